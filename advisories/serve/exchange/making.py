"""STIX objects with what all of one export share: creator, version, moments, marking, and ids that stay.

They are objects of the stix2 library, which checks each as it is made. It costs a process 30 MB, so whoever exports
imports this when they do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from stix2 import v21

from advisories.collect.text.markings import TLP_2_EXTENSION
from advisories.serve.exchange import naming
from advisories.serve.exchange.facts import FIRST, LABELS, IncidentFacts
from members import tlp

Thing = Any  # of the classes of v21

MARKED = "2022-10-01T00:00:00.000Z"  # when OASIS made the markings


def marking(label: str) -> Thing:
    """The TLP 2.0 marking-definition, as OASIS published it: it is pinned, so no letter of it is ours."""
    if label not in LABELS:
        raise KeyError(label)
    return v21.MarkingDefinition(
        id=tlp.STIX_MARKING[label],
        created=MARKED,
        name=tlp.display(label),
        extensions={TLP_2_EXTENSION: {"extension_type": "property-extension", "tlp_2_0": label.lower()}},
    )


@dataclass(frozen=True, slots=True)
class Maker:
    """What makes the objects of one version of one incident or advisory. `copy`: what else names its report."""

    facts: IncidentFacts
    hub: UUID
    copy: tuple[str, ...] = ()

    def markings(self) -> list[Thing]:
        return [marking(label) for label in dict.fromkeys((tlp.CLEAR, self.facts.label))]

    def creator(self) -> Thing:
        """The WARP. Its name is no secret, and the same identity is in every export, so it is CLEAR in all of them."""
        made = self.facts.creator
        return v21.Identity(
            id=self._creator_id(),
            created=naming.moment(FIRST),
            modified=naming.moment(max(FIRST, made.named)),
            name=made.name,
            identity_class="organization",
            object_marking_refs=[tlp.STIX_MARKING[tlp.CLEAR]],
        )

    def thing(self, of: type[Thing], *names: str, **said: Any) -> Thing:
        """A versioned object, named within the incident. What is empty is left out: STIX has no empty property."""
        facts = self.facts
        return of(
            id=self.id_of(of, *names),
            created_by_ref=self._creator_id(),
            created=naming.moment(facts.created),
            modified=naming.moment(facts.modified),
            revoked=facts.withdrawn,
            object_marking_refs=self.marked,
            **{key: value for key, value in said.items() if value not in ("", [], None)},
        )

    def id_of(self, of: type[Thing], *names: str) -> str:
        return f"{of._type}--{naming.stable(self.hub, self.facts.reference, of._type, *names)}"

    def related(self, source: Thing, target: Thing, how: str = "related-to") -> Thing:
        ends = {"source_ref": source.id, "target_ref": target.id}
        return self.thing(v21.Relationship, how, *ends.values(), relationship_type=how, **ends)

    def tied(self, source: Thing, target: Thing | None) -> list[Thing]:
        """That it has to do with the incident; nothing where there is none."""
        return [] if target is None else [self.related(source, target)]

    @property
    def marked(self) -> list[str]:
        """Of everything but the creator. What was seen in an incident is as secret as the incident."""
        return [tlp.STIX_MARKING[self.facts.label]]

    def _creator_id(self) -> str:
        return f"identity--{naming.stable(self.hub, 'warp', self.facts.creator.slug)}"
