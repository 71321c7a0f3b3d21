"""Randomness, through one seam, so that a proof can compare two worlds byte for byte."""

from __future__ import annotations

import secrets

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no 0/O, 1/I/L, U: read out over a telephone at 2 a.m.


def below(limit: int) -> int:
    """A random whole number in 0 … limit - 1. Tests replace this one function."""
    return secrets.randbelow(limit)


def code(length: int) -> str:
    """A random code in letters and digits that can't be mistaken for one another."""
    drawn, letters = below(len(ALPHABET) ** length), []  # drawn once: asking the system costs more than all the rest
    for _ in range(length):
        drawn, place = divmod(drawn, len(ALPHABET))
        letters.append(ALPHABET[place])
    return "".join(letters)
