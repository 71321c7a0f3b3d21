"""What sources send, of any size and drawn by a seeded chance: STIX bundles, feeds, and entries as they are parsed.

`edition`: what its source says another time. One in `of` things is told otherwise in it; the rest is as in edition 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from email.utils import format_datetime
from random import Random
from typing import Any
from uuid import UUID
from xml.sax.saxutils import escape

import orjson

from advisories.collect.base import RawEntry
from benchmarks.texts import NOW, Text, Writer

# As many of each hundred as in MITRE ATT&CK, where three of four objects are relationships.
ATTACK = {
    "relationship": 75, "attack-pattern": 5, "course-of-action": 3, "malware": 3, "intrusion-set": 1,
    "x-mitre-analytic": 7, "x-mitre-detection-strategy": 6,
}  # fmt: skip
INDICATORS = {"indicator": 100}
MORE: dict[str, dict[str, Any]] = {
    "malware": {"is_family": True, "malware_types": ["trojan"]},
    "indicator": {
        "pattern": "[domain-name:value = 'bad.example.net']", "pattern_type": "stix",
        "valid_from": "2026-01-01T00:00:00.000Z",
    },
}  # fmt: skip
NAMELESS = {"relationship"}


def bundle(count: int, kinds: dict[str, int], edition: int = 0, of: int = 1) -> bytes:
    """A STIX 2.1 bundle, about 1,300 bytes for an object."""
    r, writer = Random(4), Writer(count)
    types = r.choices(list(kinds), list(kinds.values()), k=count)
    things = [
        _thing(r, kind, writer.text(n), writer.text(n), n, edition if n % of == 0 else 0)
        for n, kind in enumerate(types)
    ]
    return orjson.dumps({"type": "bundle", "id": f"bundle--{_uuid(Random(edition))}", "objects": things})


def _thing(r: Random, kind: str, text: Text, more: Text, number: int, edition: int) -> dict[str, Any]:
    made = _day(number)
    thing = {
        "type": kind, "spec_version": "2.1", "id": f"{kind}--{_uuid(r)}", "name": text.title,
        "created": _stix(made), "modified": _stix(made + timedelta(hours=edition)),
        "created_by_ref": "identity--7b1c2d7e-0d4b-4a8a-9a51-5f0f6a4d7c11",
        "description": f"{text.body}\n\n{more.body}{_told(edition)}",
        "external_references": [
            {"source_name": "example", "external_id": f"T{number}", "url": f"https://example.org/things/{number}"}
        ],
        **MORE.get(kind, {}),
    }  # fmt: skip
    if kind in NAMELESS:
        del thing["name"]
        thing |= {"relationship_type": "uses", "source_ref": f"malware--{_uuid(r)}", "target_ref": f"tool--{_uuid(r)}"}
    return thing


def feed(count: int, name: str = "news", edition: int = 0, of: int = 1) -> bytes:
    """RSS with dates, whose texts are HTML of some paragraphs and links: about 800 bytes for an entry."""
    writer = Writer(count)
    items = "".join(_item(writer.text(n), name, n, edition if n % of == 0 else 0) for n in range(count))
    head = f"<title>{name}</title><link>https://{name}.example.org/</link><description>Of {name}</description>"
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()


def _item(text: Text, name: str, number: int, edition: int) -> str:
    address = f"https://{name}.example.org/{number}"
    words = text.body.split()
    markup = (
        f'<h2>{text.title}</h2><p class="first">{" ".join(words[:30])} <a href="{address}/more" onclick="go()">more</a>'
        f'</p><p style="color:red">{" ".join(words[30:])} <b>{name}</b>{_told(edition)}</p><script>go()</script>'
    )
    return (
        f"<item><title>{text.title}</title><link>{address}</link><guid>{address}</guid>"
        f"<pubDate>{format_datetime(_day(number))}</pubDate><description>{escape(markup)}</description></item>"
    )


def entries(count: int, edition: int = 0, of: int = 1) -> Iterator[RawEntry]:
    """As the parser of feeds gives them."""
    writer = Writer(count)
    for number in range(count):
        text = writer.text(number)
        yield RawEntry.of(
            guid=f"https://example.org/{number}", title=text.title, url=f"https://example.org/{number}",
            summary=f"<p>{text.body}{_told(edition if number % of == 0 else 0)}</p>", published=_day(number),
        )  # fmt: skip


def _told(edition: int) -> str:
    return f" As told the {edition}th time." if edition else ""


def _day(number: int) -> datetime:
    return NOW - timedelta(days=number % 300 + 1, seconds=number)


def _stix(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S.000Z}"


def _uuid(r: Random) -> UUID:
    return UUID(int=r.getrandbits(128), version=4)
