"""Who may know of whom: the reading rule for people and organisations (policy.md).

Organisations of one's own WARPs; the people of one's own organisations, and one's coordinators. Whoever coordinates a
WARP also sees who applied to it or is suspended, and the people of its organisations, for whom they answer. Who else
received an item is its handlers' to see (permits.can, "see_audience"); whom a grant may name is permits.grantable.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from members.keys import Viewer
from members.models import Affiliation, Membership, Office, Organisation, Person, Warp

State = Membership.State


def organisations_for(viewer: Viewer, at: datetime) -> QuerySet[Organisation]:
    """The organisations that `viewer` may know of at `at`: none for who has no account, and none for a machine."""
    member = Q(memberships__in=_active(at).filter(warp__in=_warps(viewer, at)))
    answers_for = Q(memberships__in=_not_left(at).filter(warp__in=_coordinated(viewer, at)))
    found = Organisation.objects.filter(Q(pk__in=_own(viewer, at)) | member | answers_for)
    return found.distinct().order_by("name", "pk")


def people_for(viewer: Viewer, at: datetime) -> QuerySet[Person]:
    """The people with an open account that `viewer` may know of at `at`, themselves among them."""
    there = _not_left(at).filter(warp__in=_coordinated(viewer, at)).values("organisation")
    colleagues = Affiliation.objects.at(at).filter(Q(organisation__in=_own(viewer, at)) | Q(organisation__in=there))
    coordinators = Office.objects.at(at).filter(role=Office.Role.COORDINATOR, warp__in=_warps(viewer, at))
    known = Q(pk__in=colleagues.values("person")) | Q(pk__in=coordinators.values("person"))
    open_ones = Person.objects.filter(active_since__lte=at, active_until__gt=at)
    return open_ones.filter(known | Q(pk__in=_self(viewer, at))).order_by("name", "pk")


def ladders_for(viewer: Viewer, at: datetime) -> QuerySet[Organisation]:
    """The organisations whose contacts (names, telephone numbers) `viewer` may see at `at`: their own, and those of
    the WARPs that they coordinate. Nobody else's."""
    answers_for = Q(memberships__in=_not_left(at).filter(warp__in=_coordinated(viewer, at)))
    return Organisation.objects.filter(Q(pk__in=_own(viewer, at)) | answers_for).distinct().order_by("name", "pk")


def warps_for(viewer: Viewer, at: datetime) -> QuerySet[Warp]:
    """The WARPs that are theirs: by an active membership of an organisation of theirs, or by an office."""
    return Warp.objects.filter(pk__in=_warps(viewer, at)).order_by("name", "pk")


def _self(viewer: Viewer, at: datetime) -> QuerySet[Person]:
    """The person who looks, while their account is open. Through the person: with None, nothing matches."""
    if viewer.person is None or viewer.credential is not None:
        return Person.objects.none()
    return Person.objects.filter(pk=viewer.person, active_since__lte=at, active_until__gt=at).order_by()


def _own(viewer: Viewer, at: datetime) -> QuerySet[Affiliation, int]:
    """The ids of their organisations."""
    mine = Affiliation.objects.at(at).filter(person__in=_self(viewer, at))
    return mine.order_by().values_list("organisation", flat=True)


def _warps(viewer: Viewer, at: datetime) -> QuerySet[Membership, int]:
    """The ids of their WARPs themselves, not of those above or below: where an organisation of theirs is an active
    member, and those that they are named for."""
    member = _active(at).filter(organisation__in=_own(viewer, at)).order_by().values_list("warp", flat=True)
    named = Office.objects.at(at).filter(person__in=_self(viewer, at)).order_by().values_list("warp", flat=True)
    return member.union(named)


def _coordinated(viewer: Viewer, at: datetime) -> QuerySet[Office, int]:
    mine = Office.objects.at(at).filter(person__in=_self(viewer, at), role=Office.Role.COORDINATOR)
    return mine.order_by().values_list("warp", flat=True)


def _active(at: datetime) -> QuerySet[Membership]:
    return Membership.objects.at(at).filter(state=State.ACTIVE)


def _not_left(at: datetime) -> QuerySet[Membership]:
    return Membership.objects.at(at).exclude(state=State.LEFT)
