"""A shared incident as a MISP event, in MISP's core format. (standards.md §2, §6)

TLP is a tag, and what MISP's servers do with an event is its `distribution`: both are set, and the second never reaches
further than the first. A withdrawn event stays published, or no feed's reader would learn that its attributes are gone.
"""

from __future__ import annotations

from typing import Any, NamedTuple
from uuid import UUID

import orjson

from advisories.serve.exchange import naming, rsit
from advisories.serve.exchange.facts import HASHES, HEADINGS, IncidentFacts
from members import tlp

Thing = dict[str, Any]

MEDIA_TYPE = "application/json"
OWN, COMMUNITY, ALL, INHERIT = "0", "1", "3", "5"
# AMBER knows organisations and clients, MISP its servers' communities: so what is AMBER stays with who takes it in.
DISTRIBUTION = {tlp.CLEAR: ALL, tlp.GREEN: COMMUNITY, tlp.AMBER: OWN, tlp.STRICT: OWN}
THREAT_LEVELS = {1: "3", 2: "2", 3: "1", 4: "1"}  # MISP's run from 1, high, to 3, low
UNDEFINED = "4"
ONGOING, COMPLETE = "1", "2"
COLOURS = {tlp.CLEAR: "#FFFFFF", tlp.GREEN: "#33FF00", tlp.AMBER: "#FFC000", tlp.STRICT: "#FFC000"}

NETWORK, PAYLOAD, OUTSIDE = "Network activity", "Payload delivery", "External analysis"
ATTRIBUTES = {
    "ipv4": ("ip-dst", NETWORK),
    "ipv6": ("ip-dst", NETWORK),
    "domain": ("domain", NETWORK),
    "url": ("url", NETWORK),
    "email": ("email", PAYLOAD),
    **{name: (name, PAYLOAD) for name in HASHES},
    "file": ("filename", PAYLOAD),
    "cve": ("vulnerability", OUTSIDE),
}


class Row(NamedTuple):
    """An attribute. `name` is what it keeps from version to version: a section is one, whatever its text is."""

    type: str
    category: str
    value: str
    name: str
    comment: str = ""
    sought: bool = False


def event(facts: IncidentFacts, hub: UUID) -> bytes:
    """The whole event. `hub`: `naming.of_hub(BASE_URL)`."""
    seen = [Row(*ATTRIBUTES[kind], value, value, sought=kind != "cve") for kind, value in facts.distinct()]
    rows = {(row.type, row.name): row for row in (*_words(facts), *seen)}
    attributes = [_attribute(facts, hub, row) for row in rows.values()]
    at = naming.seconds(facts.modified)
    said = {
        "uuid": str(naming.stable(hub, facts.reference, "event")),
        "info": facts.name(),
        "date": str(facts.started or facts.created.date()),
        "threat_level_id": THREAT_LEVELS.get(facts.severity or 0, UNDEFINED),
        "analysis": COMPLETE if facts.state == "closed" else ONGOING,
        "distribution": DISTRIBUTION[facts.label],
        "sharing_group_id": "0",
        "published": True,
        "timestamp": at,
        "publish_timestamp": at,
        "attribute_count": str(len(attributes)),
        "Orgc": {"name": facts.creator.name, "uuid": str(naming.stable(hub, "warp", facts.creator.slug))},
        "Tag": _tags(facts),
        "Attribute": attributes,
    }
    return orjson.dumps({"Event": said})


def _words(facts: IncidentFacts) -> list[Row]:
    """The text, the links, and what it is related to. Of a withdrawn one, the places of its text without the words."""
    if facts.withdrawn:
        return [Row("text", "Other", "Withdrawn.", heading, heading) for heading in HEADINGS]
    texts = [Row("text", "Other", text, heading, heading) for heading, text in facts.sections()]
    own = [("", facts.url)] if facts.url else []
    links = [Row("link", OUTSIDE, url, url, title) for title, url in (*own, *facts.references) if url]
    known = [(facts.reference, f"Version {facts.version}"), *((one, "Related") for one in facts.related)]
    return texts + links + [Row("text", "Internal reference", one, one, why) for one, why in known]


def _tags(facts: IncidentFacts) -> list[Thing]:
    tags = [{"name": f"tlp:{facts.label.lower()}", "colour": COLOURS[facts.label]}]
    names = [rsit.tag(facts.rsit), 'workflow:state="rejected"' if facts.withdrawn else ""]
    return tags + [{"name": name} for name in names if name]


def _attribute(facts: IncidentFacts, hub: UUID, row: Row) -> Thing:
    return {
        "uuid": str(naming.stable(hub, facts.reference, "attribute", row.type, row.name)),
        "type": row.type,
        "category": row.category,
        "value": row.value,
        "comment": row.comment,
        "to_ids": row.sought and not facts.withdrawn,
        "distribution": INHERIT,
        "sharing_group_id": "0",
        "timestamp": naming.seconds(facts.modified),
        "deleted": facts.withdrawn,
    }
