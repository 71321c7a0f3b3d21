"""Cells of a table for a spreadsheet."""

from __future__ import annotations


def cell(value: str) -> str:
    """What a spreadsheet would take for a formula is text to it."""
    return f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
