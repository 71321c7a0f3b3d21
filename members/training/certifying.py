"""Certificates: issued once for a session or a self-paced course, and revoked with a reason. What stands on one is what
was so on the day; nothing changes it later."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from members.audit import record
from members.models import Affiliation, Booking, Certificate, Course, Organisation, Person, Session
from members.refused import Refused
from members.times import LONDON
from members.training.holding import held_course, taught, taught_course

LONGEST_REASON = 500


@transaction.atomic
def issue(
    person: Person, course: Course, at: datetime, *, completed_on: date, session: Session | None = None,
    organisation: Organisation | None = None, by: Person | None = None,
) -> Certificate:  # fmt: skip
    """`person` completed `course`. Issued twice, it is issued once: the one that holds is given back.

    `by` None: the hub, of what it has seen itself. Without an `organisation`, it is the only one that they are of.
    """
    course = held_course(course.pk) if by is None else taught_course(by, course.pk, at)
    if held := Certificate.objects.filter(person=person, course=course, session=session, revoked_at=None).first():
        return held
    organisation = organisation or _only_house(person, at)
    made = _made(person, course, at, completed_on, session, organisation.pk if organisation else None)
    made.save()
    record("issue_certificate", at, by=by, reference=course.item.reference, number=made.number)
    return made


@transaction.atomic
def issue_all(by: Person, session: Session, at: datetime) -> int:
    """Everybody who was there has a certificate; how many are new. Raises Refused.

    Whose was revoked gets none by this: `issue_again` is for that.
    """
    session = _ended(by, session, at)
    bookings = list(owed(session))
    course = session.course
    Certificate.objects.bulk_create(
        _made(one.person, course, at, day_of(session), session, one.organisation_id) for one in bookings
    )
    if bookings:
        record(
            "issue_certificates", at, by=by, reference=course.item.reference, session=session.code, count=len(bookings)
        )
    return len(bookings)


@transaction.atomic
def issue_again(by: Person, session: Session, at: datetime, code: str) -> Certificate:
    """One for who was there and whose earlier one was revoked. Raises Refused."""
    session = _ended(by, session, at)
    there = session.bookings.exclude(state=Booking.State.ENDED).filter(code=code, attended=Booking.Attended.YES)
    booking = there.select_related("person", "organisation").first()
    if booking is None:
        raise Refused(_("Only who was there gets a certificate. Note first that they came."))
    return issue(
        booking.person, session.course, at, session=session, organisation=booking.organisation,
        completed_on=day_of(session), by=by,
    )  # fmt: skip


@transaction.atomic
def issue_anew(by: Person, certificate: Certificate, at: datetime) -> Certificate:
    """Whose certificate of a course's lessons was revoked has one again: they did what they did, and nothing that they
    do there gives them another. Raises Refused."""
    course = taught_course(by, certificate.course_id, at)
    found = Certificate.objects.select_related("person", "organisation").get(pk=certificate.pk)
    if found.session_id is not None:
        raise Refused(_("It is of a session: issue a new one on its sign-in list."))
    if found.revoked_at is None:
        raise Refused(_("It holds: there is nothing to issue."))
    return issue(found.person, course, at, completed_on=found.completed_on, organisation=found.organisation, by=by)


@transaction.atomic
def revoke(by: Person, certificate: Certificate, at: datetime, reason: str) -> None:
    """It holds no more, and whoever checks its number is told so. Twice is once. Raises Refused."""
    course = taught_course(by, certificate.course_id, at)
    found = Certificate.objects.select_for_update(of=("self",)).get(pk=certificate.pk)
    reason = reason.replace("\0", "").strip()
    if not reason:
        raise Refused(_("Say why it is revoked: whose it is reads it."))
    if len(reason) > LONGEST_REASON:
        raise Refused(_("The reason is too long: %d characters are the most.") % LONGEST_REASON)
    if found.revoked_at is not None:
        return
    found.revoked_at, found.revoked_because = at, reason
    found.save(update_fields=["revoked_at", "revoked_because"])
    record("revoke_certificate", at, by=by, reference=course.item.reference, number=found.number)


def owed(session: Session) -> QuerySet[Booking]:
    """Who was there and never had a certificate of it."""
    had = Certificate.objects.filter(session=OuterRef("session"), person=OuterRef("person")).order_by()
    there = session.bookings.filter(attended=Booking.Attended.YES).exclude(state=Booking.State.ENDED)
    return there.filter(~Exists(had)).select_related("person").order_by("pk")


def without(course: Course, certificates: Iterable[Certificate]) -> set[int]:
    """The ids of those, among `certificates` of the course, that were of its lessons and revoked, and whose owner has
    no other that holds."""
    gone = {one.pk: one.person_id for one in certificates if one.revoked_at is not None and one.session_id is None}
    hold = Certificate.objects.filter(course=course, session=None, revoked_at=None, person__in=set(gone.values()))
    held = set(hold.order_by().values_list("person", flat=True))
    return {pk for pk, person in gone.items() if person not in held}


def day_of(session: Session) -> date:
    """The day on which it was completed, as clocks show it here."""
    return session.ends_at.astimezone(LONDON).date()


def _ended(by: Person, session: Session, at: datetime) -> Session:
    found = taught(by, session, at)
    if found.cancelled_at is not None:
        raise Refused(_("It was cancelled: nobody completed it."))
    if at < found.ends_at:
        raise Refused(_("It is not over yet. Issue certificates once it is."))
    return found


def _only_house(person: Person, at: datetime) -> Organisation | None:
    of = list(Affiliation.objects.at(at).filter(person=person).select_related("organisation")[:2])
    return of[0].organisation if len(of) == 1 else None


def _made(
    person: Person, course: Course, at: datetime, completed_on: date, session: Session | None, house: int | None
) -> Certificate:
    return Certificate(
        person=person, course=course, session=session, organisation_id=house, name=person.name, title=course.title,
        completed_on=completed_on, cpd_minutes=course.cpd_minutes, issued_at=at,
    )  # fmt: skip


def of(person: Person, number: str) -> Certificate | None:
    """The certificate of this number, where it is theirs."""
    found = Certificate.objects.select_related("course__item__warp", "organisation")
    return found.filter(person=person, number=number).first()


def of_course(course: Course, before: str = "") -> QuerySet[Certificate]:
    """Those of a course, the latest first; with `before`, what comes after the certificate of that number."""
    found = Certificate.objects.filter(course=course).select_related("person", "organisation", "session")
    last = Certificate.objects.filter(course=course, number=before).first() if before else None
    if last is not None:
        earlier = Q(completed_on__lt=last.completed_on) | Q(completed_on=last.completed_on, pk__lt=last.pk)
        found = found.filter(earlier)
    return found.order_by("-completed_on", "-pk")
