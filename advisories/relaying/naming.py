"""Names of rows that stand in addresses."""

from __future__ import annotations

from members import chance


def code() -> str:
    return chance.code(20)
