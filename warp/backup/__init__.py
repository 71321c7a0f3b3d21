"""A backup is one file: the database as it was at one moment, the files, and a manifest by which both are checked.

The keys are not in it (WARP_HOME/secret-key, origin-key, operator-token): whoever finds a backup must not be able to
open who filed an anonymous report. See docs/operators.md.
"""
