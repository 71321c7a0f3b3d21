"""How every verb says no."""

from __future__ import annotations


class Refused(Exception):
    """An act that the hub will not do. `str()` says why, and what would help, in the words of the person's language."""
