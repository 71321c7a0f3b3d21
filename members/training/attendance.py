"""Who was there: signed in on the day with the code that is shown in the room, or noted by whoever teaches."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from members import chance, policy
from members.audit import record
from members.models import Booking, Certificate, Person, Session
from members.policy import Viewer
from members.refused import Refused
from members.training.holding import taught
from members.training.places import fill

BEFORE = timedelta(hours=1)  # from so long before it starts
OPEN_FOR = timedelta(hours=24)  # after it ended, people still sign in
MARKED_FOR = timedelta(days=30)  # after it ended, whoever teaches still notes who came
LETTERS = 6
State, Attended, Means = Booking.State, Booking.Attended, Booking.Means
NOTED = {Attended.YES, Attended.NO, Attended.UNKNOWN}


def is_open(session: Session, at: datetime) -> bool:
    """Whether people sign themselves in."""
    return session.cancelled_at is None and session.starts_at - BEFORE <= at < session.ends_at + OPEN_FOR


def may_note(session: Session, at: datetime) -> bool:
    """Whether whoever teaches notes who came."""
    return session.cancelled_at is None and session.starts_at - BEFORE <= at < session.ends_at + MARKED_FOR


@transaction.atomic
def show_code(by: Person, session: Session, at: datetime, *, anew: bool = False) -> str:
    """The code of the day, drawn once; `anew`: another, and the one before signs nobody in any more. Raises Refused."""
    session = taught(by, session, at)
    if not is_open(session, at):
        raise Refused(_("People sign in from one hour before it starts until a day after it ends."))
    if session.sign_in_code and not anew:
        return session.sign_in_code
    session.sign_in_code = chance.code(LETTERS)
    session.save(update_fields=["sign_in_code"])
    record("show_code", at, by=by, reference=session.course.item.reference, session=session.code)
    return session.sign_in_code


@transaction.atomic
def sign_in(person: Person, typed: str, at: datetime) -> Booking:
    """`person` is there. Twice is once. Raises Refused: alike for a wrong code and for a session that they have no
    place in."""
    booking = _place_of(person, typed, at)
    if booking is None:
        raise Refused(_("No session that you have a place in has this code now. Look at it once more, or ask whoever"
                        " teaches to note that you came."))  # fmt: skip
    if booking.attended == Attended.YES:
        return booking
    if booking.attended == Attended.NO:
        raise Refused(_("It is noted that you did not come. Ask whoever teaches to correct it."))
    _note(booking, Attended.YES, Means.CODE, at)
    record("sign_in", at, by=person, reference=booking.session.course.item.reference, session=booking.session.code)
    return booking


def _place_of(person: Person, typed: str, at: datetime) -> Booking | None:
    code = "".join(typed.split()).replace("-", "").upper()
    if len(code) != LETTERS or "\0" in code:
        return None
    reads = policy.readable(Viewer(person.pk), at, "session__course__item_id")
    mine = Booking.objects.select_for_update(of=("self",)).filter(
        reads, person=person, state=State.PLACED, session__sign_in_code=code, session__cancelled_at=None,
        session__starts_at__lte=at + BEFORE, session__ends_at__gt=at - OPEN_FOR,
    )  # fmt: skip
    return mine.select_related("session__course__item").order_by("session__starts_at", "pk").first()


@transaction.atomic
def note(by: Person, session: Session, at: datetime, code: str, attended: str) -> Booking:
    """Whoever teaches says that they came, that they didn't, or takes back what was said. Raises Refused.

    Who waited and came has a place by that, until it is taken back; who was added at the door is off the list then.
    """
    session = _noted(by, session, at)
    listed = session.bookings.select_for_update(of=("self",)).exclude(state=State.ENDED)
    booking = listed.select_related("person").filter(code=code).first()
    if booking is None:
        raise Refused(_("They are not on the list any more. Look at it again."))
    if attended not in NOTED or (attended == Attended.NO and booking.state == State.WAITING):
        raise Refused(_("Say whether they came."))
    if booking.attended == attended:
        return booking
    held = Certificate.objects.filter(session=session, person=booking.person, revoked_at=None)
    if booking.attended == Attended.YES and held.exists():
        raise Refused(_("%(name)s has a certificate of it. Revoke that first.") % {"name": booking.person.name})
    if attended == Attended.UNKNOWN:
        _without_that_they_came(booking, at)
    _note(booking, attended, Means.TRAINER, at)
    _recorded(by, session, at, attended, 1)
    if attended == Attended.UNKNOWN:
        fill(session, at)
    return booking


@transaction.atomic
def note_absent(by: Person, session: Session, at: datetime) -> int:
    """All of whom nothing is said did not come; how many. Raises Refused."""
    session = _noted(by, session, at)
    if at < session.ends_at:
        raise Refused(_("It is not over yet: somebody may still come."))
    unsaid = session.bookings.filter(state=State.PLACED, attended=Attended.UNKNOWN)
    count = unsaid.update(attended=Attended.NO, attended_at=at, means=Means.TRAINER)
    if count:
        _recorded(by, session, at, Attended.NO, count)
    return count


def on_the_list(session: Session) -> QuerySet[Booking]:
    """Who has a place, by name; then who waits, in their order."""
    found = session.bookings.exclude(state=State.ENDED).select_related("person", "organisation")
    return found.order_by("state", "person__name", "pk")


def _noted(by: Person, session: Session, at: datetime) -> Session:
    session = taught(by, session, at)
    if session.cancelled_at is not None:
        raise Refused(_("It was cancelled: nobody was there."))
    if not may_note(session, at):
        raise Refused(_("Who came is noted from one hour before it starts until 30 days after it ends."))
    return session


def _without_that_they_came(booking: Booking, at: datetime) -> None:
    """What they have only by that goes with it: pressed beside the wrong name, it would give a place that is not
    theirs, before others who wait, or note somebody as absent who never booked."""
    if booking.attended != Attended.YES or booking.placed_at != booking.attended_at:
        return
    if booking.booked_at == booking.placed_at:
        booking.state, booking.ended_at = State.ENDED, at
    else:
        booking.state, booking.placed_at = State.WAITING, None


def _note(booking: Booking, attended: str, means: str, at: datetime) -> None:
    booking.attended, booking.attended_at, booking.means = attended, at, means
    if attended == Attended.UNKNOWN:
        booking.attended_at, booking.means = None, ""
    if attended == Attended.YES and booking.state == State.WAITING:
        booking.state, booking.placed_at = State.PLACED, at
    booking.save(update_fields=["attended", "attended_at", "means", "state", "placed_at", "ended_at"])


def _recorded(by: Person, session: Session, at: datetime, attended: str, count: int) -> None:
    item = session.course.item
    record("note_attendance", at, by=by, reference=item.reference, session=session.code, said=attended, count=count)
