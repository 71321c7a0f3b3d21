"""How many organisations see an incident, or an indicator of it: a summary, and nobody's name."""

from __future__ import annotations

from stix2 import v21

from advisories.serve.exchange.facts import Indicator
from advisories.serve.exchange.making import Maker, Thing


def sightings(make: Maker) -> list[Thing]:
    """A sighting for each count. By whom and when exactly nobody tells the hub, so neither does it."""
    facts = make.facts
    return [] if facts.withdrawn else [_sighting(make, what, count) for what, count in facts.sightings]


def _sighting(make: Maker, what: Indicator | None, count: int) -> Thing:
    of = _seen(make, what)
    return make.thing(
        v21.Sighting, of, sighting_of_ref=of, count=count, summary=True,
        description=f"Seen by {count} organisations, counted once a day.",
    )  # fmt: skip


def _seen(make: Maker, what: Indicator | None) -> str:
    if what is None:
        return make.id_of(v21.Incident)
    kind, value = what
    return make.id_of(v21.Vulnerability, value) if kind == "cve" else make.id_of(v21.Indicator, kind, value)
