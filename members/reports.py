"""What a member reports, named or anonymous: begun, filed, and what is derived from it.

An anonymous report names its author nowhere but in Origin, sealed. Whatever its author does to it is done under its
pseudonym, and every time that leaves custody is a day.
"""

from __future__ import annotations

from copy import copy
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from members import items, permits, policy
from members.audit import day_of, record
from members.crowd import CROWD, crowds
from members.delivery.right import hearers
from members.items import locked
from members.models import (
    Affiliation,
    Announcement,
    Derivation,
    Item,
    Kind,
    Membership,
    Office,
    Origin,
    Person,
    Warp,
)
from members.place import place
from members.refused import Refused
from members.seal import Unopenable, close, seal, unseal


@transaction.atomic
def begin(person: Person, affiliation: Affiliation, warp: Warp, at: datetime, *, anonymous: bool) -> Item:
    """A report that its author alone reads until they file it. Raises Refused."""
    mine = Affiliation.objects.at(at).filter(pk=affiliation.pk, person=person)
    active = Membership.objects.at(at).filter(state=Membership.State.ACTIVE, warp=warp)
    if not mine.exists() or not active.filter(organisation=affiliation.organisation_id).exists():
        raise Refused(_("You can report to a WARP that your organisation is an active member of."))
    if not anonymous:
        item = items.create(Kind.REPORT, warp, at, author=person, affiliation=affiliation, submitted=False)
        record("begin_report", at, by=person, reference=item.reference)
        return item
    item = items.create(Kind.REPORT, warp, day_of(at), submitted=False, anonymous=True)
    origin = Origin.objects.create(
        item=item, filer=seal("person", person.pk), capacity=seal("affiliation", affiliation.pk),
        sealed=close(person.pk, item.pk),
    )  # fmt: skip
    place(item)
    record("begin_report", at, reference=item.reference, pseudonym=origin.pseudonym)
    return item


@transaction.atomic
def file(person: Person, item: Item, at: datetime) -> Item:
    """From now on those who keep it read it: custodians if it is anonymous, else the WARP's handlers.

    Raises Refused.
    """
    item, origin = own(person, item, at)
    if item.submitted_at is not None:
        return item  # a nervous thumb
    item.submitted_at = day_of(at) if origin else at
    item.save(update_fields=["submitted_at"])
    if origin is not None:
        below = Q(item__parent=item)  # what was added before is read under the same name
        Origin.objects.filter(Q(pk=origin.pk) | below).update(label=label_for(item.warp, at))
    place(item)
    by = None if origin else person
    record("file_report", at, by=by, reference=item.reference, pseudonym=origin.pseudonym if origin else "")
    return item


def own(person: Person, item: Item, at: datetime) -> tuple[Item, Origin | None]:
    """The report, held, with who filed it where that is sealed. Raises Refused where it is not theirs.

    Not through `can`: what its author does to an anonymous report is done under its pseudonym, in nobody's name.
    """
    item = locked(item.pk)
    origin = Origin.objects.filter(item=item).first()
    theirs = origin.filer == seal("person", person.pk) if origin else item.author_id == person.pk
    if item.kind != Kind.REPORT or not theirs or not _reads(person, item, at):
        raise Refused(_("There is no such report of yours."))
    return item, origin


def mine(person: Person, item: str = "") -> Q:
    """The condition that what is reported by the item of field `item` was reported by them: beside the rule, never
    instead of it."""
    before = f"{item}__" if item else ""
    return Q(**{f"{before}author": person}) | Q(**{f"{before}origin__filer": seal("person", person.pk)})


def keepers(person: Person, item: Item, at: datetime) -> QuerySet[Person]:
    """Who reads the report once it is filed, by the rule, besides `person`, who reports it."""
    filed = copy(item)
    filed.submitted_at = item.submitted_at or day_of(at)
    return hearers(filed, Announcement.Event.RELEASED, at).exclude(pk=person.pk)


def add_below(person: Person, report: Item, kind: Kind, at: datetime) -> Item:
    """What the author of an anonymous report adds to it: sealed as that is, and read by whoever reads that."""
    origin = Origin.objects.get(item=report)
    item = items.create(
        kind, report.warp, day_of(at), parent=report, realm=report.realm, anonymous=True, marking=report.marking
    )
    Origin.objects.create(
        item=item, filer=origin.filer, capacity=origin.capacity, label=origin.label, sealed=close(person.pk, item.pk)
    )
    place(item)
    return item


def label_for(warp: Warp, at: datetime) -> str:
    """“A member of <WARP>”: the nearest WARP, going up, of which five organisations could have filed it."""
    for above, many in crowds(warp, at):
        if many >= CROWD:
            return _("A member of %(warp)s") % {"warp": above.name}
    return _("A member of this hub")


@transaction.atomic
def derive(person: Person, report: Item, kind: Kind, at: datetime) -> Item:
    """A new item of the report's WARP, from `report`, begun by whoever keeps it. Its text is another's to write.

    Everybody else meets only this one. The report's author reads it, drafts included. Raises Refused.
    """
    report = locked(report.pk)
    if not permits.can(person, "derive", report, at) or report.submitted_at is None:
        raise Refused(_("You can't do this: only those who keep a report derive something from it."))
    role = Office.Role.CUSTODIAN if report.anonymous else Office.Role.COORDINATOR
    office = Office.objects.at(at).filter(person=person, role=role, warp=report.warp).first()
    item = items.create(kind, report.warp, at, author=person, office=office, submitted=False)
    Derivation.objects.create(item=item, report=report)
    place(item)
    record("derive", at, by=person, reference=report.reference)
    record("derived", at, by=person, reference=item.reference)
    return item


@transaction.atomic
def submit(person: Person, item: Item, at: datetime) -> Item:
    """A draft goes to the desk: from now on its WARP's handlers read it. Raises Refused."""
    item = locked(item.pk)
    if item.author_id != person.pk or not _reads(person, item, at) or item.submitted_at is not None:
        raise Refused(_("There is no such draft of yours."))
    item.submitted_at = at
    item.save(update_fields=["submitted_at"])
    place(item)
    record("submit", at, by=person, reference=item.reference)
    return item


def _reads(person: Person, item: Item, at: datetime) -> bool:
    return policy.may(policy.Viewer(person.pk), item, at) == policy.Answer.BODY


@transaction.atomic
def open_origin(person: Person, report: Item, at: datetime, why: str) -> Person:
    """Who filed an anonymous report, for a custodian who says why. Raises Refused."""
    if not permits.can(person, "open_origin", report, at) or not report.anonymous:
        raise Refused(_("You can't do this: only a custodian of its WARP can."))
    if not why.strip():
        raise Refused(_("Say why you need to know who filed it: this is kept."))
    origin = Origin.objects.get(item=report)
    try:
        author = Person.objects.get(pk=unseal(bytes(origin.sealed), report.pk))
    except (Unopenable, Person.DoesNotExist) as error:
        said = _("The sealed link can't be opened: the hub has another ORIGIN_KEY than when it was filed.")
        raise Refused(said) from error
    record("open_origin", at, by=person, reference=report.reference)
    return author
