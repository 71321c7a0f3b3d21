"""What was seen in an incident: observables, the indicators that find them again, vulnerabilities, and their ties.

STIX defines no relationship of its own for an incident, so all are `related-to`; an indicator is `based-on` what was
observed. One observation holds all observables: how often and when exactly each was seen, nobody tells the hub.
"""

from __future__ import annotations

from datetime import UTC, datetime, time

from stix2 import v21

from advisories.serve.exchange import naming
from advisories.serve.exchange.making import Maker, Thing
from advisories.serve.exchange.observables import fits, observable, pattern

WORDS = {
    "ipv4": "IPv4 address",
    "ipv6": "IPv6 address",
    "domain": "Domain name",
    "url": "Web address",
    "email": "Email address",
    "md5": "File (MD5)",
    "sha1": "File (SHA-1)",
    "sha256": "File (SHA-256)",
    "sha512": "File (SHA-512)",
    "file": "File name",
}


def indicators(make: Maker, incident: Thing | None) -> list[Thing]:
    """All objects that come of the indicators, tied to the incident where it is one."""
    found = make.facts.distinct()
    weaknesses = [_vulnerability(make, value) for kind, value in found if kind == "cve"]
    told = [*weaknesses, *(tie for one in weaknesses for tie in make.tied(one, incident))]
    pairs = [
        (_indicator(make, *one), observable(*one, object_marking_refs=make.marked)) for one in found if one[0] != "cve"
    ]
    seen = [thing for _, thing in pairs if thing]
    observed = [_observed(make, seen)] if seen else []
    told += [*seen, *observed, *(tie for one in observed for tie in make.tied(one, incident))]
    for indicator, thing in pairs:
        told += [indicator, *make.tied(indicator, incident)]
        told += [make.related(indicator, one, "based-on") for one in observed if thing]
    return told


def _began(make: Maker) -> datetime:
    """The day on which it started, or the moment at which it was shared."""
    facts = make.facts
    return datetime.combine(facts.started, time(), UTC) if facts.started else facts.created


def _observed(make: Maker, seen: list[Thing]) -> Thing:
    began = _began(make)
    return make.thing(
        v21.ObservedData,
        first_observed=naming.moment(began),
        last_observed=naming.moment(max(began, make.facts.created)),
        number_observed=1,
        object_refs=list(dict.fromkeys(thing.id for thing in seen)),
    )


def _indicator(make: Maker, kind: str, value: str) -> Thing:
    return make.thing(
        v21.Indicator,
        kind,
        value,
        name=value,
        description=f"{WORDS[kind]} seen in {make.facts.reference}.",
        indicator_types=["malicious-activity"],
        pattern=pattern(kind, value),
        pattern_type="stix",
        valid_from=naming.moment(_began(make)),
    )


def _vulnerability(make: Maker, value: str) -> Thing:
    known = [{"source_name": "cve", "external_id": value}] if fits("cve", value) else []
    return make.thing(v21.Vulnerability, value, name=value, external_references=known)
