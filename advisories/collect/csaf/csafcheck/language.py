"""Language tags of BCP 47 (RFC 5646 2.2.9): whether IANA knows every part of one."""

from __future__ import annotations

import re
from itertools import takewhile

from advisories.collect.csaf.csafcheck import facts

# What may stand at a place, in the order of the places. The schema has seen to the grammar.
_PLACES = (
    ("extlang", re.compile(r"[a-z]{3}")),
    ("script", re.compile(r"[a-z]{4}")),
    ("region", re.compile(r"[a-z]{2}|\d{3}")),
    ("variant", re.compile(r"[a-z0-9]{5,8}|\d[a-z0-9]{3}")),
)


def exists(tag: str) -> bool:
    """Whether a tag that is of the form is made of registered parts, none of them twice."""
    whole = tag.lower()
    if whole in facts.subtags()["grandfathered"] or whole.startswith("x-"):
        return True
    parts = whole.split("-")
    extensions = [part for part in takewhile(lambda part: part != "x", parts) if len(part) == 1]
    if len(set(extensions)) < len(extensions):
        return False
    first, *rest = takewhile(lambda part: len(part) > 1, parts)
    return _known("language", first) and _all_known(first, rest)


def _all_known(language: str, parts: list[str]) -> bool:
    place, seen = 0, set()
    for part in parts:
        while place < len(_PLACES) and not _PLACES[place][1].fullmatch(part):
            place += 1
        if place == len(_PLACES) or part in seen or not _known(_PLACES[place][0], part):
            return False
        if _PLACES[place][0] == "extlang" and language not in facts.subtags()["extlang"][part]["prefix"]:
            return False
        seen.add(part)
    return True


def _known(kind: str, part: str) -> bool:
    private = facts.subtags()["ranges"].get(kind, ())
    return part in facts.subtags()[kind] or any(
        len(part) == len(first) and first <= part <= last for first, last in private
    )
