"""STIX 2.1 (and, leniently, 2.0): bundles, TAXII envelopes and bare objects. Runs in the worker.

A report or grouping becomes one entry that names what it refers to; every other object that can stand alone
becomes one of its own, unless such an entry names it already. A name is shown only where its own marking allows:
an object marked more strictly than the report, or marked otherwise than an unmarked report, stands alone.
TLP is read from the pinned ids alone, and a document with a look-alike marking is refused whole: there is no
telling what else in it was meant to widen an audience. No reference is followed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from advisories.collect.base import CollectError, ParseContext, Parsed, gettext_noop
from advisories.collect.exchange.stixobject import entry, name_of
from advisories.collect.exchange.stixversions import newest_of, usable
from advisories.collect.text import html, jsonbody
from advisories.collect.text.depth import deeper_than
from advisories.collect.text.markings import LABELS, forgery, pinned, strictest

Thing = dict[str, Any]

DEEPEST = 50
REST = "AMBER+STRICT"  # what comes unmarked, where its source has no label of its own
CONTAINERS = {"report", "grouping"}
STANDALONE = CONTAINERS | {
    "vulnerability", "indicator", "malware", "campaign", "intrusion-set", "threat-actor", "tool",
    "attack-pattern", "course-of-action", "infrastructure", "incident", "note", "opinion",
}  # fmt: skip

NO_STIX = gettext_noop("This is JSON, but no STIX bundle or object.")
TOO_DEEP = gettext_noop("The STIX document nests deeper than %(limit)d levels.")
TOO_MANY = gettext_noop("The STIX bundle has %(count)d objects; the hub takes at most %(limit)d.")
FORGED = gettext_noop(
    "The STIX bundle defines the marking %(id)s as a TLP label, but only the ids that OASIS has published are "
    "TLP. Nothing of the bundle was taken. Ask its sender to use those."
)


def parse(body: bytes, context: ParseContext) -> Parsed:
    """The bundle's reports and standalone objects. Raises CollectError(refused=True) on what is no STIX."""
    things = _objects(body, context.limits.entries)
    for thing in things:
        if isinstance(thing, dict) and thing.get("type") == "marking-definition" and forgery(thing):
            raise CollectError(FORGED, refused=True, id=html.line(str(thing.get("id")), 100))
    newest, refusals = newest_of(things)
    labels = {key: _label(thing) for key, thing in newest.items()}
    named = {key: _named_by(thing, newest, labels) for key, thing in newest.items() if thing["type"] in CONTAINERS}
    folded = {other for others in named.values() for other in others if other not in named}
    entries = tuple(
        entry(thing, labels[key], [newest[other] for other in named.get(key, ())], _author(thing, newest, labels))
        for key, thing in newest.items()
        if thing["type"] in STANDALONE and key not in folded
    )
    return Parsed(entries, tuple(refusals))


def _objects(body: bytes, limit: int) -> list[Any]:
    document = jsonbody.load(body)
    if deeper_than(body, DEEPEST):
        raise CollectError(TOO_DEEP, refused=True, limit=DEEPEST)
    things = _inside(document)
    if things is None:
        raise CollectError(NO_STIX, refused=True)
    if len(things) > limit:
        raise CollectError(TOO_MANY, refused=True, count=len(things), limit=limit)
    return things


def _inside(document: Any) -> list[Any] | None:
    """The objects of a bundle or a TAXII envelope, a bare object as a list of one, None for other JSON.

    What has `more` is an envelope: one whose objects are all odd loses those, and holds up no page that follows.
    """
    if not isinstance(document, dict):
        return None
    objects = document.get("objects")
    if document.get("type") == "bundle":
        return objects if isinstance(objects, list) else ([] if objects is None else None)
    if usable(document):
        return [document]
    if isinstance(objects, list) and ("more" in document or any(map(usable, objects))):
        return objects
    return None


def _label(thing: Thing) -> str | None:
    """The strictest TLP label on the object or on any part of it; None where there is none.

    An id in capitals, or alone where a list belongs, is written wrongly: it counts, since unmarked may be wider. What
    is marked in parts alone is unmarked in the rest, so a part's label may narrow the whole and never widens it.
    """
    marked = thing.get("object_marking_refs")
    references = jsonbody.strings([marked] if isinstance(marked, str) else marked)
    own = strictest(map(pinned, references))
    granular = thing.get("granular_markings")
    parts = strictest(
        pinned(str(one.get("marking_ref", "")))
        for one in (granular if isinstance(granular, list) else ())
        if isinstance(one, dict)
    )
    return strictest([own, parts, REST if parts and not own else None])


def _named_by(container: Thing, newest: Mapping[str, Thing], labels: Mapping[str, str | None]) -> list[str]:
    """The ids of the objects that the container's entry may name, as they stand in it."""
    own = labels[container["id"]]
    references = dict.fromkeys(jsonbody.strings(container.get("object_refs")))
    return [
        ref
        for ref in references
        if ref in newest
        and newest[ref]["type"] in STANDALONE
        and _may_name(own, labels[ref])
        and ref != container["id"]
    ]


def _may_name(own: str | None, other: str | None) -> bool:
    if own == other or other == LABELS[0]:
        return True
    return own is not None and other is not None and LABELS.index(other) <= LABELS.index(own)


def _author(thing: Thing, newest: Mapping[str, Thing], labels: Mapping[str, str | None]) -> str:
    creator = newest.get(str(thing.get("created_by_ref", "")))
    if creator is None or creator["type"] != "identity":
        return ""
    visible = labels[creator["id"]] is None or _may_name(labels[thing["id"]], labels[creator["id"]])
    return html.line(name_of(creator), html.LONGEST_AUTHOR) if visible else ""
