"""Somebody stands at the door and has not booked: whoever teaches adds them by their whole address."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from members import policy
from members.audit import record
from members.models import Affiliation, Booking, Organisation, Person, Session
from members.refused import Refused
from members.training.attendance import Attended, Means, State, is_open, note
from members.training.holding import taught


class Several(Refused):
    """They are of several organisations: for which they came is to be said."""

    def __init__(self, houses: list[Organisation]) -> None:
        super().__init__(_("They are of several organisations. Choose for which of them they came."))
        self.houses = houses


@transaction.atomic
def walk_in(by: Person, session: Session, at: datetime, email: str, house: str = "") -> tuple[Booking, int]:
    """They were there, and have a place, be it full; the booking, and by how many it is over what it holds.

    `house`: the slug of the organisation for which they came, where they are of several. Raises Refused.
    """
    session = taught(by, session, at)
    if not is_open(session, at):
        raise Refused(_("People are added from one hour before it starts until a day after it ends."))
    person = _reader(email, session, at)
    if there := session.bookings.exclude(state=State.ENDED).filter(person=person).first():
        return note(by, session, at, there.code, Attended.YES), _over(session)
    booking = Booking.objects.create(
        session=session, person=person, organisation=_house(person, house, at), state=State.PLACED, booked_at=at,
        booked_by=by, placed_at=at, attended=Attended.YES, attended_at=at, means=Means.TRAINER,
    )  # fmt: skip
    record("walk_in", at, by=by, reference=session.course.item.reference, session=session.code)
    return booking, _over(session)


def _reader(email: str, session: Session, at: datetime) -> Person:
    """Who is not there and who may not read it are answered alike."""
    typed = email.replace("\0", "").strip().lower()
    person = Person.objects.filter(email=typed, active_since__lte=at, active_until__gt=at).first()
    asked = policy.Viewer(person.pk if person else None)
    if person is None or policy.may(asked, session.course.item, at) != policy.Answer.BODY:
        raise Refused(_("Nobody with this address may book this course. Look at the address once more."))
    return person


def _house(person: Person, slug: str, at: datetime) -> Organisation | None:
    of = Affiliation.objects.at(at).filter(person=person).select_related("organisation").order_by("organisation__name")
    houses = {one.organisation.slug: one.organisation for one in of}
    if slug and slug not in houses:
        raise Refused(_("They are not of that organisation."))
    if len(houses) > 1 and not slug:
        raise Several(list(houses.values()))
    return houses[slug] if slug else next(iter(houses.values()), None)


def _over(session: Session) -> int:
    return max(0, session.bookings.filter(state=State.PLACED).count() - session.capacity)
