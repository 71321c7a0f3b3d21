"""Where somebody may report to, and how many would read it there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from members.models import Affiliation, Membership, Office, Person, Warp


def places_of(person: Person, at: datetime) -> list[tuple[Affiliation, Warp]]:
    """For which organisation of theirs, to which WARP that it is an active member of, in order of their names."""
    mine = Affiliation.objects.at(at).filter(person=person).select_related("organisation")
    active = Membership.objects.at(at).filter(
        state=Membership.State.ACTIVE, organisation__in=mine.values("organisation")
    )
    warps: dict[int, list[Warp]] = {}
    for one in active.select_related("warp").order_by("warp__name", "pk"):
        warps.setdefault(one.organisation_id, []).append(one.warp)
    ordered = mine.order_by("organisation__name", "pk")
    return [(one, warp) for one in ordered for warp in dict.fromkeys(warps.get(one.organisation_id, []))]


def kept_by(warps: Mapping[int, Warp], at: datetime) -> list[tuple[str, int, int]]:
    """Of each WARP: its name, how many handle what is reported by name, and how many keep what is anonymous."""
    there = {"person__active_since__lte": at, "person__active_until__gt": at}
    held = set(Office.objects.at(at).filter(warp__in=warps, **there).values_list("warp_id", "role", "person_id"))
    count = Counter((warp, role) for warp, role, _person in held)
    return [
        (warp.name, count[pk, Office.Role.COORDINATOR.value], count[pk, Office.Role.CUSTODIAN.value])
        for pk, warp in warps.items()
    ]
