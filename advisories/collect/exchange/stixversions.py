"""Which of the STIX objects that come together stand: each id once, by its owner, in its newest version."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

from advisories.collect.base import Refusal, gettext_noop
from advisories.collect.text import html

Thing = dict[str, Any]

_UUID = re.compile(r"[0-9A-Za-z-]{36}")  # as others write them; a NUL in one would be no text to PostgreSQL

UNREADABLE = gettext_noop("The object has no id and type that STIX knows.")
CLASH = gettext_noop("%(id)s comes twice with the same version and different contents.")
FOREIGN = gettext_noop(
    "%(id)s comes in the name of %(other)s, but its first version here is by %(owner)s, who alone gives versions of it."
)
NOBODY = gettext_noop("nobody")


def usable(thing: Any) -> bool:
    """Whether it is a dict whose id is of the form type--uuid, with its own type."""
    if not isinstance(thing, dict) or not isinstance(thing.get("type"), str) or not isinstance(thing.get("id"), str):
        return False
    prefix, _, uuid = thing["id"].partition("--")
    return prefix == thing["type"] and _UUID.fullmatch(uuid) is not None


def newest_of(things: Iterable[Any]) -> tuple[dict[str, Thing], list[Refusal]]:
    """Each object once, in its newest version, and what cannot be taken."""
    newest: dict[str, Thing] = {}
    readable, refusals = _readable(things)
    owners = _owners(readable)
    for thing in readable:
        former, owner = newest.get(thing["id"]), owners.get(thing["id"])
        if owner is not None and _owner(thing) != owner:
            said = {"id": thing["id"], "owner": owner or NOBODY, "other": _owner(thing) or NOBODY}
            refusals.append(Refusal(thing["id"], FOREIGN, said))
        elif former is None or _version(thing) > _version(former):
            newest[thing["id"]] = thing
        elif _version(thing) == _version(former) and thing != former:
            refusals.append(Refusal(thing["id"], CLASH, {"id": thing["id"]}))
    return newest, refusals


def _readable(things: Iterable[Any]) -> tuple[list[Thing], list[Refusal]]:
    readable, refusals = list[Thing](), list[Refusal]()
    for thing in things:
        if usable(thing):
            readable.append(thing)
        else:
            said = html.line(str(thing.get("id", "")), 100) if isinstance(thing, dict) else ""
            refusals.append(Refusal(said, UNREADABLE))
    return readable, refusals


def _owners(things: list[Thing]) -> dict[str, str]:
    """Of each id that comes more than once: whose its oldest version is (section 3.6). Else whoever wrote a later date
    would own it.
    """
    counted = Counter(one["id"] for one in things)
    again = [one for one in things if counted[one["id"]] > 1]
    oldest_last = sorted(again, key=lambda one: (_version(one), _owner(one)), reverse=True)
    return {one["id"]: _owner(one) for one in oldest_last}


def _owner(thing: Thing) -> str:
    return html.line(str(thing.get("created_by_ref") or ""), 100)


def _version(thing: Thing) -> str:
    """STIX times are RFC 3339 in UTC; without the Z they sort as texts, whatever their digits."""
    return str(thing.get("modified") or thing.get("created") or "").rstrip("Z")
