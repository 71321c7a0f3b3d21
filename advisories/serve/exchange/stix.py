"""A shared incident as a STIX 2.1 bundle. (standards.md §4)

The incident carries OASIS's core extension, a report holds everything together, and every object is marked by the
pinned TLP 2.0 ids, which are shipped with it since no reader has them built in. The same version is the same bytes.
"""

from __future__ import annotations

from uuid import UUID

from stix2 import v21

from advisories.serve.exchange import naming, rsit
from advisories.serve.exchange.facts import HITS, TO_DO, IncidentFacts
from advisories.serve.exchange.making import Maker, Thing
from advisories.serve.exchange.observables import is_url
from advisories.serve.exchange.stixindicators import indicators
from advisories.serve.exchange.stixsightings import sightings

MEDIA_TYPE = "application/stix+json;version=2.1"
CORE = "extension-definition--ef765651-680c-498d-9894-99799f2fa126"
CRITICALITY = {1: 15, 2: 40, 3: 70, 4: 95}  # the extension's appendix: low, moderate, high, extreme


def bundle(facts: IncidentFacts, hub: UUID, *copy: str) -> bytes:
    """The whole bundle. `hub`: `naming.of_hub(BASE_URL)`. `copy`: what else names it, and the report in it, where it
    tells less than its readers have: of one name and moment there is one content."""
    make = Maker(facts, hub, copy)
    incident = _incident(make) if facts.incident else None
    told = [incident] if incident else []
    told += [*_advice(make, incident), *indicators(make, incident), *sightings(make)]
    objects = [*make.markings(), make.creator(), _report(make, told), *told]
    name = naming.stable(hub, facts.reference, "bundle", naming.moment(facts.modified), facts.label, *copy)
    return str(v21.Bundle(objects, id=f"bundle--{name}").serialize()).encode()


def _incident(make: Maker) -> Thing:
    facts = make.facts
    began = f"It started on {facts.started:%d %B %Y}." if facts.started else ""
    known = [] if facts.withdrawn else [facts.what_is_known, began]
    core = {
        "extension_type": "property-extension",
        "determination": rsit.determination(facts.rsit, facts.state),
        "investigation_status": "closed" if facts.state == "closed" else "open",
        "incident_types": rsit.stix_types(facts.rsit),
        "criticality": CRITICALITY.get(facts.severity or 0),
    }
    return make.thing(
        v21.Incident,
        name=facts.name(),
        description="\n\n".join(filter(None, known)),
        labels=[*filter(None, [rsit.tag(facts.rsit)]), facts.state],
        external_references=_references(facts),
        extensions={CORE: {key: value for key, value in core.items() if value not in ([], None)}},
    )


def _advice(make: Maker, incident: Thing | None) -> list[Thing]:
    """What to do, and who it hits. Of what is withdrawn both are taken back, without their words."""
    facts, told = make.facts, []
    if facts.withdrawn or facts.what_to_do.strip():
        said = "" if facts.withdrawn else facts.what_to_do
        action = make.thing(v21.CourseOfAction, name=f"{TO_DO} about {facts.reference}", description=said)
        told += [action, *make.tied(action, incident)]
    if facts.withdrawn or facts.who_it_hits.strip():
        said = "Withdrawn." if facts.withdrawn else facts.who_it_hits
        about = incident.id if incident else make.id_of(v21.Report, *make.copy)
        told.append(make.thing(v21.Note, abstract=HITS, content=said, object_refs=[about]))
    return told


def _report(make: Maker, told: list[Thing]) -> Thing:
    """What importers show: the whole text, and everything that is in the bundle."""
    facts = make.facts
    parts = [] if facts.withdrawn else [f"{heading}\n{text}" for heading, text in facts.sections()]
    return make.thing(
        v21.Report,
        *make.copy,
        name=facts.name(),
        description="\n\n".join(parts),
        report_types=["threat-report"],
        published=naming.moment(facts.first_released),
        external_references=_references(facts),
        object_refs=list(dict.fromkeys(thing.id for thing in told)) or [make.creator().id],
    )


def _references(facts: IncidentFacts) -> list[dict[str, str]]:
    """Its own page first. What is no address by RFC 3986 is told as words."""
    own = {"source_name": facts.creator.name, "external_id": facts.reference, "description": f"Version {facts.version}"}
    if is_url(facts.url):
        own["url"] = facts.url
    if facts.withdrawn:
        return [own]
    related = [
        {"source_name": facts.creator.name, "external_id": other, "description": "Related"} for other in facts.related
    ]
    return [own, *related, *(_link(title, url) for title, url in facts.references)]


def _link(title: str, url: str) -> dict[str, str]:
    if not is_url(url):
        return {"source_name": "reference", "description": f"{title} {url}".strip()}
    return {"source_name": "reference", "url": url, **({"description": title} if title else {})}
