"""STIX objects with what all of one export share: creator, version, moments, marking, and ids that stay.

They are plain values: the stix2 library would check each again as it is made, in fifteen times the time, and costs
every process 30 MB. That what comes out is STIX, the tests ask that library and OASIS's validator.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from advisories.collect.text.markings import TLP_2_EXTENSION
from advisories.serve.exchange import naming
from advisories.serve.exchange.facts import FIRST, LABELS, IncidentFacts
from members import tlp

Thing = dict[str, Any]

MARKED = "2022-10-01T00:00:00.000Z"  # when OASIS made the markings


def marking(label: str) -> Thing:
    """The TLP 2.0 marking-definition, as OASIS published it: it is pinned, so no letter of it is ours."""
    if label not in LABELS:
        raise KeyError(label)
    return {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": tlp.STIX_MARKING[label],
        "created": MARKED,
        "name": tlp.display(label),
        "extensions": {TLP_2_EXTENSION: {"extension_type": "property-extension", "tlp_2_0": label.lower()}},
    }


@dataclass(frozen=True, slots=True)
class Maker:
    """What makes the objects of one version of one incident."""

    facts: IncidentFacts
    hub: UUID

    def markings(self) -> list[Thing]:
        return [marking(label) for label in dict.fromkeys((tlp.CLEAR, self.facts.label))]

    def creator(self) -> Thing:
        """The WARP. Its name is no secret, and the same identity is in every export, so it is CLEAR in all of them."""
        made = self.facts.creator
        return {
            "type": "identity",
            "spec_version": "2.1",
            "id": self._creator_id(),
            "created": naming.moment(FIRST),
            "modified": naming.moment(max(FIRST, made.named)),
            "name": made.name,
            "identity_class": "organization",
            "object_marking_refs": [tlp.STIX_MARKING[tlp.CLEAR]],
        }

    def thing(self, type: str, *names: str, **said: Any) -> Thing:
        """A versioned object, named within the incident. What is empty is left out: STIX has no empty property."""
        facts = self.facts
        return {
            "type": type,
            "spec_version": "2.1",
            "id": f"{type}--{naming.stable(self.hub, facts.reference, type, *names)}",
            "created_by_ref": self._creator_id(),
            "created": naming.moment(facts.created),
            "modified": naming.moment(facts.modified),
            **({"revoked": True} if facts.withdrawn else {}),
            **{key: value for key, value in said.items() if value not in ("", [], None)},
            "object_marking_refs": [tlp.STIX_MARKING[facts.label]],
        }

    def related(self, source: Thing, target: Thing, how: str = "related-to") -> Thing:
        ends = {"source_ref": source["id"], "target_ref": target["id"]}
        return self.thing("relationship", how, *ends.values(), relationship_type=how, **ends)

    def seen(self, thing: Thing) -> Thing:
        """An observable, marked: what was seen in this incident is as secret as the incident."""
        return {**thing, "object_marking_refs": [tlp.STIX_MARKING[self.facts.label]]}

    def _creator_id(self) -> str:
        return f"identity--{naming.stable(self.hub, 'warp', self.facts.creator.slug)}"
