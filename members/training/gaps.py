"""Where training is missing in a WARP: by organisation, how many of its people had any in the last twelve months."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from members.models import Affiliation, Course, Membership, Organisation, Warp
from members.policy import Viewer
from members.training.had import had, years_before

LEVELS = tuple(Course.Level)


@dataclass(frozen=True)
class Row:
    """An organisation: how many people it has, how many of them were trained at all, and how many on each level."""

    organisation: Organisation
    people: int
    trained: int
    levels: dict[str, int]

    @property
    def share(self) -> int:
        """Per cent of its people."""
        return round(100 * self.trained / self.people) if self.people else 0


def gaps(viewer: Viewer, warp: Warp, at: datetime) -> list[Row]:
    """The active members of `warp`: those where nobody was trained first, then by name.

    Only courses count that `viewer` reads, and only people who are of that organisation still.
    """
    active = Membership.objects.at(at).filter(warp=warp, state=Membership.State.ACTIVE).order_by()
    houses = list(Organisation.objects.filter(pk__in=active.values("organisation")).order_by("name", "pk"))
    people = _people(houses, at)
    trained: dict[tuple[int, str], set[int]] = defaultdict(set)
    since = years_before(at)
    for one in had(viewer, at, Q(organisation__in=[house.pk for house in houses])):
        if one.organisation and one.reference and one.on > since and one.person in people[one.organisation]:
            for level in ("", one.level):
                trained[one.organisation, level].add(one.person)
    rows = [_row(house, people[house.pk], trained) for house in houses]
    return sorted(rows, key=lambda row: row.trained > 0)


def _people(houses: list[Organisation], at: datetime) -> dict[int, set[int]]:
    of = Affiliation.objects.at(at).filter(
        organisation__in=houses, person__active_since__lte=at, person__active_until__gt=at
    )
    found: dict[int, set[int]] = defaultdict(set)
    for house, person in of.order_by().values_list("organisation", "person"):
        found[house].add(person)
    return found


def _row(house: Organisation, people: set[int], trained: dict[tuple[int, str], set[int]]) -> Row:
    levels = {level.value: len(trained[house.pk, level.value]) for level in LEVELS}
    return Row(house, len(people), len(trained[house.pk, ""]), levels)
