"""An organisation's contact ladder: whom to reach there, in which order, and who may write it.

Its leads keep it, and the coordinators of its WARPs. A telephone number is told to those who may see the ladder
(directory.ladders_for) and stands in no log and no audit row.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from members import journal, mandate
from members.audit import record
from members.delivery.forget import forget as erase
from members.delivery.recipients import usable
from members.models import Address, Affiliation, Channel, Contact, Delivery, Organisation, Person
from members.refused import Refused

Role = Contact.Role
MOST = 20  # rungs of a ladder


class Rung(NamedTuple):
    """What is written down of one contact. `person`, or the `name` of somebody without an account, whose `mail` may be
    known; the mails of a person go to the addresses that are theirs."""

    role: str
    person: Person | None = None
    name: str = ""
    telephone: str = ""
    mail: str = ""
    note: str = ""


def ladder(organisation: Organisation) -> list[Contact]:
    """From the first to the last. Whoever shows it asks whether it may be seen."""
    return list(organisation.contacts.select_related("person", "address").order_by("position", "pk"))


def still_there(organisation: Organisation, at: datetime) -> QuerySet[Contact, int]:
    """The ids of its contacts but for people who are not of it any more, who are reached by nothing."""
    return organisation.contacts.filter(belongs(at)).order_by().values_list("pk", flat=True)


def belongs(at: datetime) -> Q:
    """Of contacts: that they are still of their organisation, as a person with an open account, or have no account."""
    there = Affiliation.objects.at(at).filter(person=OuterRef("person"), organisation=OuterRef("organisation"))
    return Q(person=None) | Q(Exists(there.order_by()), person__active_since__lte=at, person__active_until__gt=at)


def people_of(organisation: Organisation, at: datetime) -> QuerySet[Person]:
    """Those who may be named on its ladder: its people with an open account."""
    there = Affiliation.objects.at(at).filter(organisation=organisation).order_by()
    return Person.objects.filter(pk__in=there.values("person"), active_since__lte=at, active_until__gt=at)


def reachable(at: datetime) -> Exists:
    """Of what has an organisation: that the hub can tell somebody there something, at an address that works."""
    reads = usable().filter(person=OuterRef("person"), person__active_since__lte=at, person__active_until__gt=at)
    there = Affiliation.objects.at(at).filter(Exists(reads.order_by()), organisation=OuterRef("organisation"))
    return Exists(there.order_by())


@transaction.atomic
def add(by: Person, organisation: Organisation, at: datetime, rung: Rung) -> Contact:
    """One more, below the others. Raises Refused."""
    organisation = _held(by, organisation, at)
    there = ladder(organisation)
    if len(there) >= MOST:
        raise Refused(_("There are %(n)d contacts already: take one away first.") % {"n": MOST})
    _check(organisation, rung, at)
    contact = Contact(organisation=organisation, position=there[-1].position + 1 if there else 0)
    _write(contact, rung)
    record("add_contact", at, by=by, reference=organisation.slug, role=contact.role)
    return contact


@transaction.atomic
def change(by: Person, contact: Contact, at: datetime, rung: Rung) -> Contact:
    """The same place on the ladder, with what is known now. Raises Refused."""
    organisation = _held(by, contact.organisation, at)
    contact = _there(contact)
    _check(organisation, rung, at, but=contact)
    _write(contact, rung)
    record("change_contact", at, by=by, reference=organisation.slug, role=contact.role)
    return contact


@transaction.atomic
def remove(by: Person, contact: Contact, at: datetime) -> None:
    """They are reached no more: what is queued for them is not sent. Raises Refused."""
    organisation = _held(by, contact.organisation, at)
    contact = _there(contact)
    journal.note(journal.What.ENDED, [name_of(contact)], at)
    take_off(contact)
    record("remove_contact", at, by=by, reference=organisation.slug, role=contact.role)


@transaction.atomic
def move_up(by: Person, contact: Contact, at: datetime) -> None:
    """Before the one above. Raises Refused."""
    organisation = _held(by, contact.organisation, at)
    order = [one.pk for one in ladder(organisation)]
    place = order.index(_there(contact).pk)
    order.insert(max(0, place - 1), order.pop(place))
    rows = {one.pk: one for one in organisation.contacts.all()}
    for position, pk in enumerate(order):
        rows[pk].position = position
    Contact.objects.bulk_update(rows.values(), ["position"])
    record("move_contact", at, by=by, reference=organisation.slug, role=contact.role)


def forget(person: Person, organisation: Organisation | None = None) -> None:
    """`person` stands on no ladder any more, or not on that of `organisation`: they left, or are erased."""
    theirs = Contact.objects.filter(person=person)
    (theirs.filter(organisation=organisation) if organisation else theirs).delete()


def name_of(contact: Contact) -> str:
    """What they are called in the journal."""
    return journal.key("contact", contact.code)


def _held(by: Person, organisation: Organisation, at: datetime) -> Organisation:
    mandate.over_people(by, organisation, at)
    return Organisation.objects.select_for_update().get(pk=organisation.pk)  # one change of a ladder at a time


def _there(contact: Contact) -> Contact:
    found = Contact.objects.select_related("address", "organisation").filter(pk=contact.pk).first()
    if found is None:
        raise Refused(_("This contact is gone: somebody took it away."))
    return found


def _check(organisation: Organisation, rung: Rung, at: datetime, but: Contact | None = None) -> None:
    if rung.role not in Role.values:
        raise Refused(_("Choose what they are: primary contact, deputy, or out of hours."))
    if (rung.person is None) == (not rung.name.strip()):
        raise Refused(_("Choose one of your people, or write the name of somebody without an account."))
    if rung.person is None:
        if not rung.mail and not rung.telephone:
            raise Refused(
                _("Write how %(name)s is reached: a telephone number, or an e-mail address.") % rung._asdict()
            )
        return
    if not people_of(organisation, at).filter(pk=rung.person.pk).exists():
        raise Refused(_("%(name)s is not of %(org)s.") % {"name": rung.person.name, "org": organisation})
    others = organisation.contacts.exclude(pk=but.pk) if but else organisation.contacts.all()
    if others.filter(person=rung.person).exists():
        raise Refused(_("%(name)s is on the list already.") % {"name": rung.person.name})


def _write(contact: Contact, rung: Rung) -> None:
    old = contact.address
    contact.role, contact.person, contact.note = rung.role, rung.person, rung.note.strip()
    contact.name, contact.telephone = "" if rung.person else " ".join(rung.name.split()), rung.telephone.strip()
    contact.address = _address(contact, "" if rung.person else rung.mail.strip(), old)
    contact.save()
    if old is not None and old != contact.address:
        _close(old)


def _address(contact: Contact, mail: str, old: Address | None) -> Address | None:
    """Of somebody without an account. Another address, or another name, is a row of its own: what went to the first
    one went there. An address that is new, or one saved again from which mail came back, is told nothing until it is
    proved (reach/prove.py)."""
    if not mail:
        return None
    same = old if old is not None and old.value == mail and old.bad_since is None else None
    if same is not None and same.contact == contact.name:
        return same
    proved = same.verified_at if same is not None else None
    return Address.objects.create(contact=contact.name, channel=Channel.MAIL, value=mail, verified_at=proved)


def take_off(contact: Contact) -> None:
    """They are on the ladder no more. Whoever calls this says by whose right."""
    old = contact.address
    contact.delete()
    if old is not None:
        _close(old)


def _close(address: Address) -> None:
    """Nothing goes there any more; it stays, without name, where it was told something, and else is gone."""
    if Delivery.objects.filter(address=address).exists():
        erase(Address.objects.filter(pk=address.pk))
    else:
        address.delete()
