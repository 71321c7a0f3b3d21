"""A text with what was decided about each place that could identify."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from django.utils.translation import ngettext

from advisories.sanitise.find import Suspect


class Choice(Enum):
    REDACT = "redact"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Own:
    """Words of whoever decides. They are looked through again like any text."""

    words: str


Decision: TypeAlias = Choice | Own


class Undecided(Exception):
    """Some places were not decided. `suspects` are those."""

    def __init__(self, suspects: Sequence[Suspect]) -> None:
        self.suspects = tuple(suspects)
        told = ", ".join(f"“{one.text[:40]}”" for one in self.suspects[:10])
        super().__init__(
            ngettext(
                "%(n)d place is not decided: %(told)s. Say for it whether it is replaced or kept.",
                "%(n)d places are not decided: %(told)s. Say for each whether it is replaced or kept.",
                len(self.suspects),
            )
            % {"n": len(self.suspects), "told": told + ("…" if len(self.suspects) > 10 else "")}
        )


def redacted(text: str, suspects: Sequence[Suspect], decisions: Mapping[int, Decision]) -> str:
    """`decisions` by the index of the suspect. Raises Undecided, and ValueError where the suspects are not this text's:
    it was changed after they were found."""
    if undecided := [one for index, one in enumerate(suspects) if index not in decisions]:
        raise Undecided(undecided)
    pieces, position = [], 0
    for index, one in enumerate(suspects):
        if one.start < position or text[one.start : one.end] != one.text:
            raise ValueError("The text was changed after it was looked through. Look through it again.")
        pieces += [text[position : one.start], _instead(one, decisions[index])]
        position = one.end
    return "".join([*pieces, text[position:]])


def _instead(one: Suspect, decision: Decision) -> str:
    if isinstance(decision, Own):
        return decision.words
    return one.text if decision == Choice.KEEP else one.replacement
