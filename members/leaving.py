"""What ends a right: suspended, left, moved, no longer named, the account closed, the person erased.

Each verb is one transaction: the rows that end, what is queued by them (delivery/revoke.py), and the audit row. From
the next request on the right is gone; nothing that it gave is copied anywhere.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from members import chance, credentials, joining, journal, mandate
from members.audit import alias_of, record
from members.delivery.forget import forget
from members.ending import lost
from members.joining import State, becomes, end, membership
from members.models import (
    Address,
    Affiliation,
    Alias,
    Certificate,
    Membership,
    Office,
    Organisation,
    Person,
    PublicKey,
    Warp,
)
from members.refused import Refused
from members.response import ladder
from members.training import progress
from members.training.holding import at_a_time


@transaction.atomic
def suspend(organisation: Organisation, warp: Warp, at: datetime, by: Person | None) -> Membership:
    """What `organisation` had as a member of `warp` rests until it is readmitted. Raises Refused."""
    now = membership(organisation, warp, at)
    if now is None or now.state != State.ACTIVE:
        said = _("%(organisation)s is not an active member of %(warp)s.")
        raise Refused(said % {"organisation": organisation, "warp": warp})
    row = becomes("suspend", organisation, warp, State.SUSPENDED, at, by)
    lost(reached_through(organisation), at)
    return row


@transaction.atomic
def leave(organisation: Organisation, warp: Warp, at: datetime, by: Person | None) -> Membership:
    """`organisation` is a member of `warp` no more, nor asks to be. Raises Refused."""
    now = membership(organisation, warp, at)
    if now is None or now.state == State.LEFT:
        said = _("%(organisation)s is no member of %(warp)s.")
        raise Refused(said % {"organisation": organisation, "warp": warp})
    row = becomes("leave", organisation, warp, State.LEFT, at, by)
    lost(reached_through(organisation), at)
    return row


def reached_through(*organisations: Organisation) -> QuerySet[Person]:
    """Everybody who was ever of one of them, or of a client of one: all that a change of theirs can touch."""
    houses = Q(affiliations__organisation__in=organisations)
    clients = Q(affiliations__organisation__provider_links__provider__in=organisations)
    return Person.objects.filter(houses | clients)


# People


@transaction.atomic
def end_affiliation(person: Person, organisation: Organisation, at: datetime, by: Person | None) -> None:
    """`person` is of `organisation` no more; what came through it ends with it. Raises Refused."""
    mandate.over_people(by, organisation, at)
    at_a_time(Person.objects.filter(pk=person.pk))
    if not end(Affiliation.objects.filter(person=person, organisation=organisation), at):
        raise _not_of(person, organisation)
    ladder.forget(person, organisation)
    record("end_affiliation", at, by=by, reference=organisation.slug, whom=alias_of(person))
    lost(Person.objects.filter(pk=person.pk), at)


@transaction.atomic
def move(
    person: Person, affiliation: Affiliation, to: Organisation, role: Affiliation.Role, at: datetime, by: Person | None
) -> Affiliation:
    """`person` leaves one organisation for another at one moment: never of both, never of neither.

    Whoever moves them answers for both: nobody is given to an organisation that has no say. Raises Refused.
    """
    there = affiliation.organisation
    if affiliation.person_id != person.pk or not affiliation.in_force(at):
        raise _not_of(person, there)
    end_affiliation(person, there, at, by)
    return joining.affiliate(person, to, role, at, by)


@transaction.atomic
def end_office(office: Office, at: datetime, by: Person | None, *, last: bool = False) -> None:
    """The office ends. `last` says that its WARP may be left without a coordinator. Raises Refused."""
    mandate.over_office(by, office.warp, Office.Role(office.role), at)
    at_a_time(Person.objects.filter(pk=office.person_id))  # as who closes an account: them first, then the WARP
    _somebody_stays(Office.objects.filter(pk=office.pk), at, last)
    if not end(Office.objects.filter(pk=office.pk), at):
        raise Refused(_("That office has ended already."))
    record("end_office", at, by=by, reference=office.warp.slug, whom=alias_of(office.person), role=office.role)
    lost(Person.objects.filter(pk=office.person_id), at)


@transaction.atomic
def disable(person: Person, at: datetime, by: Person | None, *, last: bool = False) -> None:
    """The account of `person` is closed: sessions, tokens and what is queued end with it. Raises Refused.

    Affiliations and offices stay as they are: nobody without an account opens anything by them. `last`: as above.
    """
    mandate.over_account(by, person, at)
    person = Person.objects.select_for_update().get(pk=person.pk)
    if person.active_until <= at:
        raise Refused(_("The account of %(name)s is closed already.") % {"name": person.name})
    _somebody_stays(Office.objects.filter(person=person), at, last)
    person.active_until = max(at, person.active_since)
    person.set_unusable_password()  # and no session of theirs fits any more, should the account ever be opened again
    person.save(update_fields=["active_until", "password"])
    credentials.end_all(person, at)
    record("disable", at, by=by, whom=alias_of(person))
    lost(Person.objects.filter(pk=person.pk), at)
    journal.note(journal.What.CLOSED, [key_of(person)], at)


@transaction.atomic
def erase(person: Person, at: datetime, by: Person | None) -> None:
    """Whose account is closed is named nowhere any more: the alias goes, so that no audit row leads to them, and
    what they are called and reached by, also where a server or a notice quoted it. The rows that they wrote stay.
    Raises Refused."""
    mandate.over_account(by, person, at)
    person = Person.objects.select_for_update().get(pk=person.pk)
    if mandate.is_open(person, at):
        raise Refused(_("Close the account of %(name)s first.") % {"name": person.name})
    Alias.objects.filter(person=person).delete()
    forget(Address.objects.filter(person=person))
    PublicKey.objects.filter(person=person).delete()
    Certificate.objects.filter(person=person).update(name="")
    progress.forget(person)
    ladder.forget(person)
    person.name, person.email = _("a former member"), f"erased-{chance.code(12).lower()}@invalid"
    person.save(update_fields=["name", "email"])
    record("erase", at, by=by)
    journal.note(journal.What.ERASED, [key_of(person)], at)


def key_of(person: Person) -> str:
    """What `person` is called in the journal."""
    return journal.row_key("person", person.pk, person.active_since)


def _somebody_stays(ending: QuerySet[Office], at: datetime, last: bool) -> None:
    """Raise Refused where a WARP would be left without a coordinator whose account is open."""
    theirs = ending.filter(role=Office.Role.COORDINATOR, since__lte=at, until__gt=at)
    held = Warp.objects.select_for_update().filter(pk__in=list(theirs.values_list("warp", flat=True)))
    left = {warp.pk: warp for warp in held}  # locked: two who remove each other at once would leave nobody
    others = Office.objects.at(at).filter(role=Office.Role.COORDINATOR, warp__in=left)
    others = others.exclude(person__in=theirs.values("person"))
    for kept in others.filter(person__active_since__lte=at, person__active_until__gt=at):
        left.pop(kept.warp_id, None)
    if left and not last:
        said = _("%(warps)s would have no coordinator. Name another first, or say that it may have none.")
        raise Refused(said % {"warps": ", ".join(map(str, left.values()))})


def _not_of(person: Person, organisation: Organisation) -> Refused:
    return Refused(_("%(name)s is not of %(org)s.") % {"name": person.name, "org": organisation})
