"""How a quiz is marked, and in which order its choices are shown. Pure: no clock, no database, no chance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Protocol


class Asked(Protocol):
    """A question, as far as it is marked."""

    code: str
    choices: list[str]
    right: list[int]


def is_right(question: Asked, chosen: Iterable[int]) -> bool:
    """All or nothing: each of the right ones was chosen, and no other."""
    return bool(question.right) and set(chosen) == set(question.right)


def tidy(question: Asked, chosen: object) -> list[int]:
    """The positions among `chosen` that the question has, in order, each once. What is none counts as not chosen."""
    if not isinstance(chosen, list | tuple | set):
        return []
    there = range(len(question.choices))
    return sorted({one for one in chosen if type(one) is int and one in there})


def score(asked: Sequence[Asked], chosen: Mapping[str, Iterable[int]]) -> int:
    """Per cent of `asked` that were answered rightly, rounded down. What was not answered is wrong."""
    right = sum(is_right(one, chosen.get(one.code, ())) for one in asked)
    return 100 * right // len(asked) if asked else 0


def order(attempt: str, question: Asked) -> list[int]:
    """The positions of the choices as this attempt shows them: always so for it, and otherwise for the next, so that
    whoever writes the right one first gives nothing away."""

    def drawn(position: int) -> bytes:
        return sha256(f"{attempt} {question.code} {position}".encode()).digest()

    return sorted(range(len(question.choices)), key=drawn)
