"""One STIX object as an entry: its words, its facts, its outside addresses."""

from __future__ import annotations

import html as escaping
from collections.abc import Iterable
from typing import Any

from advisories.collect.base import RawEntry
from advisories.collect.text import html
from advisories.collect.text.cves import cves_in
from advisories.collect.text.jsonbody import strings
from advisories.collect.text.moments import moment

Thing = dict[str, Any]

LONGEST_FACT = 8_000  # characters; as long as a pattern may be
FACTS = (
    "type", "pattern", "pattern_type", "valid_from", "valid_until", "confidence", "lang", "labels", "report_types",
    "indicator_types", "malware_types", "threat_actor_types", "tool_types", "infrastructure_types", "context",
    "aliases", "x_mitre_aliases", "sectors", "goals", "is_family", "first_seen", "last_seen", "opinion",
    "revoked", "x_mitre_deprecated",
)  # fmt: skip
MOST_NAMED = 200  # names in one list; how many more there are is said


def entry(thing: Thing, label: str | None, named: list[Thing], author: str) -> RawEntry:
    """The entry of one object; `named` are the objects that it may name, in its own order."""
    title = html.line(name_of(thing))
    summary = html.rich(_description(thing)) + _list(named)
    references = list(_references(thing))
    texts = [
        html.line(html.words(summary), html.LONGEST_SUMMARY),
        title,
        *(text for reference in references for text in reference),
    ]
    return RawEntry.of(
        guid=thing["id"],
        title=title,
        summary=summary,
        url=next((address for _, _, address in references if address), ""),
        published=moment(thing.get("published") or thing.get("created")),
        updated=moment(thing.get("modified")),
        author=author or html.line(", ".join(strings(thing.get("authors"))), html.LONGEST_AUTHOR),
        cves=cves_in(*texts, *(id for other in named for _, id, _ in _references(other))),
        label=label,
        facts=_facts(thing, references),
    )


def name_of(thing: Thing) -> str:
    """What people call the object; for one without a name, its kind and first words."""
    for key in ("name", "abstract"):
        if isinstance(thing.get(key), str) and html.line(thing[key]):
            return str(thing[key])
    words = html.line(_description(thing) or str(thing.get("pattern") or ""), 120)
    kind = str(thing["type"]).replace("-", " ").capitalize()
    return f"{kind}: {words}" if words else f"{kind} {thing['id'].partition('--')[2]}"


def _description(thing: Thing) -> str:
    for key in ("description", "content", "explanation"):
        if isinstance(thing.get(key), str):
            return str(thing[key])
    return ""


def _list(named: list[Thing]) -> str:
    names = [escaping.escape(html.line(name_of(one)), quote=False) for one in named[:MOST_NAMED]]
    if len(named) > MOST_NAMED:
        names.append(f"… +{len(named) - MOST_NAMED}")
    return "".join(["<ul>", *(f"<li>{name}</li>" for name in names), "</ul>"]) if names else ""


def _references(thing: Thing) -> Iterable[tuple[str, str, str]]:
    """(who, id there, http(s) address or "") of each external reference."""
    given = thing.get("external_references")
    for one in given[:200] if isinstance(given, list) else ():
        if isinstance(one, dict):
            texts = (
                html.line(str(one.get(key) or ""), html.LONGEST_URL) for key in ("source_name", "external_id", "url")
            )
            who, number, address = texts
            yield who, number, html.web_address(address)


def _facts(thing: Thing, references: list[tuple[str, str, str]]) -> dict[str, str]:
    facts = {key: _fact(thing.get(key)) for key in FACTS}
    facts["owner"] = html.line(str(thing.get("created_by_ref") or ""), 100)
    facts["external_ids"] = ", ".join(f"{who} {number}" for who, number, _ in references if number)[:LONGEST_FACT]
    return {key: value for key, value in facts.items() if value}


def _fact(value: Any) -> str:
    if value is True:
        return "true"
    if isinstance(value, str | int | float) and value is not False:
        return html.line(str(value), LONGEST_FACT)
    return html.line(", ".join(strings(value)), LONGEST_FACT)
