"""Who may change what somebody has a right to. `by` None is the hub itself: commands and setup.

Organisations are admitted and let go by the coordinators of that WARP; people by a lead of their organisation, or a
coordinator of one of its WARPs. Each of these says nothing where it is allowed, and else raises Refused.
"""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from members.models import Affiliation, Membership, Office, Organisation, Person, SharingGroup, Warp
from members.refused import Refused

Role = Office.Role


def over_warp(by: Person | None, warp: Warp, at: datetime) -> None:
    """Whoever coordinates `warp` itself, not one above or below it."""
    if by is not None and not holds(by, at, warp=warp, role=Role.COORDINATOR):
        raise Refused(_("Only a coordinator of %(warp)s can do this.") % {"warp": warp})


def over_people(by: Person | None, organisation: Organisation, at: datetime) -> None:
    """Whoever leads `organisation`, or coordinates a WARP that it belongs to."""
    if by is not None and not (leads(by, organisation, at) or coordinates_it(by, organisation, at)):
        said = _("Only a lead of %(organisation)s, or a coordinator of its WARP, can do this.")
        raise Refused(said % {"organisation": organisation})


def over_organisation(by: Person | None, organisation: Organisation, at: datetime) -> None:
    """Whoever coordinates a WARP that `organisation` belongs to."""
    if by is not None and not coordinates_it(by, organisation, at):
        raise Refused(
            _("Only a coordinator of a WARP of %(organisation)s can do this.") % {"organisation": organisation}
        )


def over_group(by: Person | None, group: SharingGroup, at: datetime) -> None:
    """Whoever coordinates the WARP that made the group: what is granted to it reaches whom they let in."""
    if by is None or (group.warp is not None and holds(by, at, warp=group.warp, role=Role.COORDINATOR)):
        return
    said = _("Only a coordinator of %(warp)s, which runs %(group)s, can do this.")
    if group.warp is None:
        said = _("Only who runs the hub can do this: %(group)s is of no WARP.")
    raise Refused(said % {"warp": group.warp, "group": group})


def over_account(by: Person | None, person: Person, at: datetime) -> None:
    """Whoever answers for all that the person is: each of their organisations, each WARP they are named for."""
    if by is None:
        return
    offices = Office.objects.at(at).filter(person=person).select_related("warp")
    houses = Organisation.objects.filter(affiliations__in=Affiliation.objects.at(at).filter(person=person)).distinct()
    for office in offices:
        over_office(by, office.warp, Role(office.role), at)
    for organisation in houses:
        over_people(by, organisation, at)
    if not offices and not houses and not holds(by, at, role=Role.COORDINATOR):
        raise Refused(_("Only a coordinator can do this."))


def over_office(by: Person | None, warp: Warp, role: Office.Role, at: datetime) -> None:
    """Coordinators name coordinators, and let them go; custodians are custodians' to name and to let go, or whoever
    drafts could open who reported what."""
    if role == Role.COORDINATOR:
        over_warp(by, warp, at)
    elif by is not None and not holds(by, at, warp=warp, role=Role.CUSTODIAN):
        raise Refused(_("Only a custodian of %(warp)s, or who runs the hub, can do this.") % {"warp": warp})


def holds(person: Person, at: datetime, **office: object) -> bool:
    """Whether `person` holds such an office at `at`, and their account is open."""
    return is_open(person, at) and Office.objects.at(at).filter(person=person, **office).exists()


def leads(person: Person, organisation: Organisation, at: datetime) -> bool:
    """Whether `person` is a lead of `organisation` at `at`, which is an active member somewhere."""
    mine = Affiliation.objects.at(at).filter(person=person, organisation=organisation, role=Affiliation.Role.LEAD)
    active = Membership.objects.at(at).filter(organisation=organisation, state=Membership.State.ACTIVE)
    return is_open(person, at) and mine.exists() and active.exists()


def coordinates_it(person: Person, organisation: Organisation, at: datetime) -> bool:
    """Whether `person` coordinates a WARP that `organisation` belongs to, be it suspended or only applied for."""
    theirs = Membership.objects.at(at).filter(organisation=organisation).exclude(state=Membership.State.LEFT)
    return holds(person, at, role=Role.COORDINATOR, warp__in=theirs.values("warp"))


def is_open(person: Person, at: datetime) -> bool:
    """Whether the account may be used at `at`."""
    return person.active_since <= at < person.active_until
