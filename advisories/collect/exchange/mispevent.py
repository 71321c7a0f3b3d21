"""A MISP event as an entry: its words, its label, its facts. Runs in the worker.

An event's label is the strictest of its own and of all that is in it, and an event without one is not widened by what
is in it. What is marked more strictly than the event itself is counted, and told nowhere.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime

from advisories.collect.base import RawEntry, Refusal, gettext_noop
from advisories.collect.exchange.mispattribute import (
    STRICT,
    Attribute,
    deleted,
    may_show,
    of_event,
    own_label,
    summary,
    tags,
)
from advisories.collect.text import html
from advisories.collect.text.cves import cves_in, is_cve
from advisories.collect.text.markings import strictest
from advisories.collect.text.moments import when
from advisories.collect.text.record import Record
from advisories.collect.text.vulnfacts import listed

UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
THREAT_LEVELS = {"1": "high", "2": "medium", "3": "low", "4": "undefined"}
ANALYSES = {"0": "initial", "1": "ongoing", "2": "completed"}
_TECHNIQUE = re.compile(r'attack-pattern="[^"]*?\b(T\d{4}(?:\.\d{3})?)"', re.ASCII)
_ALIAS = re.compile(r"[A-Z][A-Z0-9]{1,19}-[A-Z0-9][A-Z0-9._:-]{1,80}", re.ASCII)

NO_EVENT = gettext_noop("%(place)s is no MISP event.")
BAD_ID = gettext_noop("%(place)s is “%(id)s”, which is not the id of a MISP event (a UUID).")
UNPUBLISHED = gettext_noop("The event %(id)s is not published by those who write it, so it was not taken.")
TOO_MANY = gettext_noop("The event %(id)s has more than %(limit)d attributes; the hub takes no more.")


def entry(record: Record, most: int) -> RawEntry | Refusal:
    """The entry of a published event, under its UUID; `record` is what has it as its `Event`."""
    event = record.inner("Event")
    if not record.has("Event"):
        return Refusal("", NO_EVENT, {"place": event.place})
    name, title = event.line("uuid", 100), event.line("info")
    if not UUID.fullmatch(name):
        return Refusal(name, BAD_ID, {"place": f"{event.place}.uuid", "id": name})
    if event.given("published") and event.text("published").lower() not in ("1", "true"):
        return Refusal(name, UNPUBLISHED, {"id": name})  # its title is not published either
    own = own_label(event)
    shown, hidden = of_event(event, own)
    if len(shown) + len(hidden) > most:
        return Refusal(name, TOO_MANY, {"id": name, "limit": most})
    maker, facts = event.inner("Orgc"), _facts(event, shown, own)
    return RawEntry.of(
        guid=name.lower(),
        title=title or f"MISP event {name}",
        summary=_words(facts, hidden) + summary(shown),
        url=facts["references"].partition("\n")[0],
        published=_published(event),
        updated=event.read("timestamp", _moment),
        author=maker.line("name", html.LONGEST_AUTHOR),
        cves=cves_in(title, *_vulnerabilities(shown)),
        label=strictest([own, *(one.label for one in hidden), STRICT if hidden and own is None else None]),
        facts={key: value for key, value in {**facts, "unread": event.unread()}.items() if value},
    )


def _facts(event: Record, shown: list[Attribute], own: str | None) -> dict[str, str]:
    tagged = [event, *(one.thing for one in shown)]
    told = [one for one in event.each("EventReport") if not deleted(one) and may_show(own, own_label(one, event))]
    ids = {html.line(text, 100).upper() for text in _vulnerabilities(shown)}
    indicators = Counter(one.type for one in shown if one.thing.text("to_ids").lower() in ("1", "true"))
    return {
        "aliases": listed(sorted(one for one in ids if _ALIAS.fullmatch(one) and not is_cve(one))),
        "analysis": ANALYSES.get(event.text("analysis"), ""),
        "attack": listed(sorted({found for thing in tagged for found in _techniques(thing)})),
        "indicators": listed(f"{kind} ({count})" for kind, count in indicators.most_common()),
        "owner": event.inner("Orgc").line("uuid", 100) or event.inner("Orgc").line("name", 100),
        "references": listed(address for one in shown if (address := _reference(one))),
        "reports": listed(one.line("name", 200) for one in told),
        "threat_level": THREAT_LEVELS.get(event.text("threat_level_id"), ""),
    }


def _words(facts: dict[str, str], hidden: list[Attribute]) -> str:
    """Safe HTML."""
    level, analysis = facts["threat_level"], facts["analysis"]
    known = [f"Threat level: {level}." if level else "", f"Analysis: {analysis}." if analysis else ""]
    more = f"Marked more strictly than the event, so not shown: {len(hidden)} attributes." if hidden else ""
    return html.paragraphs("\n\n".join([" ".join(filter(None, known)), more]))


def _techniques(thing: Record) -> Iterable[str]:
    """The ids of ATT&CK techniques in the tags and galaxies of an event or an attribute."""
    names = [name or "" for name in tags(thing)]
    for galaxy in thing.each("Galaxy"):
        for cluster in galaxy.each("GalaxyCluster"):
            names += [cluster.line("tag_name"), f'{galaxy.line("type", 100)}="{cluster.line("value")}"']
    return (found[1] for name in names if (found := _TECHNIQUE.search(name)))


def _vulnerabilities(attributes: list[Attribute]) -> list[str]:
    return [one.value for one in attributes if "vulnerability" in (one.type, one.within)]


def _reference(one: Attribute) -> str:
    wanted = one.type in ("link", "url") and one.category == "External analysis"
    return (one.thing.read("value", html.web_address) or "") if wanted else ""


def _published(event: Record) -> datetime | None:
    at = event.read("publish_timestamp", _moment) if event.text("publish_timestamp").strip("0") else None
    return at or event.read("date", when)


def _moment(text: str) -> datetime | None:
    """Seconds since 1970."""
    if not (text.isascii() and text.isdigit() and len(text) <= 11):
        return None
    return datetime.fromtimestamp(int(text), UTC)
