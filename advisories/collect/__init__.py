"""Collecting: source -> frozen RawEntry values. Only run.py touches the database."""
