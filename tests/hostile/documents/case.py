"""A hostile document, and what it must come to: refused whole, taken in part, or taken whole."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

TRAP = "http://trap.invalid/"  # stands for the address of a server to which nobody may come
FILE = "file:///trap.invalid"  # stands for a file of this machine, which says LEAK
LEAK = "token-that-nobody-may-read"  # no entry may say it


@dataclass(frozen=True, slots=True)
class Case:
    """`entries`: how many are taken, None where the document is refused whole. `words`: what the refusal says, or
    that of each entry which is not taken. `marking`: of all that is taken, where that is the danger. `says`: what a
    text that is taken must still say. `kept`: whether the refused bytes came to be kept: not where they were too many.
    """

    body: bytes | Callable[[], bytes]
    entries: int | None
    words: tuple[str, ...] = ()
    marking: str = ""
    says: str = ""
    kept: bool = True
    headers: Mapping[str, str] = field(default_factory=dict)

    def bytes(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else self.body()

    def sent(self, **headers: str) -> Case:
        """The same under these headers."""
        return replace(self, headers=headers)


Body = bytes | Callable[[], bytes]
Cases = dict[str, Case]


def refused(body: Body, words: str, *, kept: bool = True) -> Case:
    return Case(body, None, (words,), kept=kept)


def part(body: Body, entries: int, *words: str, marking: str = "", says: str = "") -> Case:
    return Case(body, entries, words, marking, says)


def whole(body: Body, entries: int, marking: str = "", says: str = "") -> Case:
    return Case(body, entries, (), marking, says)


def as_json(document: Any) -> bytes:
    return json.dumps(document).encode()


def tenths(document: bytes) -> Iterable[tuple[int, bytes]]:
    """The document cut after each tenth of it but the last."""
    return ((tenth, document[: len(document) * tenth // 10]) for tenth in range(1, 10))


ODD: list[Any] = [
    None, True, 0, -1, 1.5, 2**63, "", " ", "\0", "\u202egnp.exe", "x" * 100_000, [], {}, [[]], [None, 7, {}, "x"],
    {"x": [1]}, "../../etc/passwd", "<script>alert(1)</script>", "9999-12-31T23:59:59-14:00",
]  # fmt: skip
