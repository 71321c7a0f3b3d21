"""The places of a version that could tell who reported it, and what was decided about each."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from advisories.models import Finding, Version
from advisories.sanitise import Known, Suspect, find_all

FIELDS: dict[str, Promise] = {
    "title": _("Title"), "what_to_do": _("What to do"), "who_it_hits": _("Who it hits"),
    "what_is_known": _("What is known"), "lessons": _("What was learned"),
}  # fmt: skip
WHOLE: dict[str, Promise] = {"references": _("References"), "indicators": _("Indicators")}  # taken out or kept
LINES: dict[str, Promise] = {"timeline": _("Timeline")}
NAMES: dict[str, Promise] = {**FIELDS, **LINES, **WHOLE}


class Piece(NamedTuple):
    """A text of a version. `key`: by what the row is found that it is a row of."""

    field: str
    text: str
    key: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a line something stands that could tell who reported it. `code`: the same while that line is."""

    piece: int
    field: str
    code: str
    suspect: Suspect
    before: str
    after: str
    kept: bool = False

    @property
    def name(self) -> Promise:
        return NAMES[self.field]

    @property
    def whole(self) -> bool:
        """Whether it can only be taken out, not replaced."""
        return self.field in WHOLE


def pieces(version: Version) -> list[Piece]:
    """All that its readers are told, in the order in which they read it."""
    told = [Piece(field, getattr(version, field)) for field in FIELDS]
    told += [Piece("timeline", words, (str(on), words)) for on, words in version.timeline.values_list("on", "words")]
    told += [Piece("references", f"{title} {url}", (title, url))
             for title, url in version.references.values_list("title", "url")]  # fmt: skip
    named = version.indicators.values_list("kind", "value")
    return [*told, *(Piece("indicators", value, (kind, value)) for kind, value in named)]


def places(version: Version, known: Known) -> list[Place]:
    """Every place, in order, with whether it was decided that it stays."""
    told = pieces(version)
    found = [_place(index, piece, suspect)
             for index, (piece, suspects) in enumerate(zip(told, find_all([p.text for p in told], known), strict=True))
             for suspect in suspects]  # fmt: skip
    stays = set(_kept(version, found))
    return [replace(one, kept=one.code in stays) for one in found]


def undecided(version: Version, known: Known) -> list[Place]:
    return [one for one in places(version, known) if not one.kept]


def code_of(field: str, text: str, start: int, end: int) -> str:
    """Of a place in `text`: another one when its line is changed, or where in the line it stands."""
    begins, line = _line(text, start, end)
    where = [field, line, str(start - begins), str(end - begins)]
    return hashlib.sha256("\0".join(where).encode()).hexdigest()[:32]


def _line(text: str, start: int, end: int) -> tuple[int, str]:
    """Where the line, or lines, of a place begin, and what they say."""
    begins = text.rfind("\n", 0, start) + 1
    ends = text.find("\n", end)
    return begins, text[begins : len(text) if ends < 0 else ends]


def _place(index: int, piece: Piece, suspect: Suspect) -> Place:
    begins, line = _line(piece.text, suspect.start, suspect.end)
    code = code_of(piece.field, piece.text, suspect.start, suspect.end)
    before, after = line[: suspect.start - begins], line[suspect.end - begins :]
    return Place(index, piece.field, code, suspect, before, after)


def _kept(version: Version, found: list[Place]) -> Iterator[str]:
    decided = Finding.objects.filter(item=version.advisory_id, place__in={one.code for one in found})
    yield from decided.filter(choice=Finding.Choice.KEPT).values_list("place", flat=True)
