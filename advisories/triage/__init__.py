"""Triage: match.py and rank.py decide and touch nothing; stories.py and desk.py apply what they decide."""
