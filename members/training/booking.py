"""Who comes: exactly as many as there are places, everybody after them waiting in the order in which they came.

The rule is asked of whom the place is for, and of who books it: neither gives the other what they may not read.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members import mandate, permits
from members.audit import alias_of, record
from members.authorship import capacities
from members.models import Affiliation, Booking, Organisation, Person, Session
from members.refused import Refused
from members.training import telling
from members.training.courses import released
from members.training.holding import at_a_time, held
from members.training.places import State, fill, open_still, placed

# Whoever is not there, may not read it or is of another organisation is answered alike: it tells nobody who reads what.
NOBODY = gettext_lazy("Nobody with this address can be booked on it: look at the address, and whether it is for them.")


@transaction.atomic
def book(
    person: Person, session: Session, at: datetime, *, by: Person | None = None,
    organisation: Organisation | None = None, for_warp: bool = False,
) -> Booking:  # fmt: skip
    """A place for `person`, or one in the queue. Booked twice, it is booked once. Raises Refused.

    `by`: who books it for them, a lead of `organisation` or whoever teaches the course. `organisation`: for which they
    come, where they are of several. `for_warp`: for none of them, but by an office.
    """
    by = by or person
    at_a_time(Person.objects.filter(pk__in=[person.pk, by.pk]))
    session = held(session)
    item = session.course.item
    if not permits.can(by, "book", item, at) or released(item, at) is None:
        raise Refused(_("You can't book this: it is not for you, or not published."))
    house = _house(person, by, session, organisation, at, for_warp=for_warp)
    if there := session.bookings.exclude(state=State.ENDED).filter(person=person).first():
        there.session = session
        return there
    open_still(session, at)
    if session.books_until <= at:
        raise Refused(_("The deadline for booking this session has passed."))
    free = placed(session) < session.capacity
    booking = Booking.objects.create(
        session=session, person=person, organisation=house, state=State.PLACED if free else State.WAITING,
        booked_at=at, booked_by=by, placed_at=at if free else None,
    )  # fmt: skip
    telling.tell(booking, telling.What.PLACED if free else telling.What.WAITING, at)
    whom = {"whom": alias_of(person)} if by != person else {}
    record("book", at, by=by, reference=item.reference, session=session.code, state=booking.state, **whom)
    return booking


@transaction.atomic
def cancel(booking: Booking, at: datetime, *, by: Person) -> None:
    """They come no more; whoever waits first has their place. For themselves to say, a lead of the organisation that
    they come for, or whoever teaches the course. Raises Refused."""
    session = held(booking.session)
    booking = Booking.objects.select_related("organisation", "person").get(pk=booking.pk)
    if not may_cancel(booking, by, session, at):
        raise Refused(_("You can't cancel this booking."))
    if booking.state == State.ENDED:
        return  # a nervous thumb
    open_still(session, at)
    booking.state, booking.ended_at, booking.session = State.ENDED, at, session
    booking.save(update_fields=["state", "ended_at"])
    telling.tell(booking, telling.What.CANCELLED, at)
    whom = {"whom": alias_of(booking.person)} if by != booking.person else {}
    record("unbook", at, by=by, reference=session.course.item.reference, session=session.code, **whom)
    fill(session, at)


def may_cancel(booking: Booking, by: Person, session: Session, at: datetime) -> bool:
    """Whether it is theirs, of an organisation that they lead, or on a course that they teach."""
    if booking.person_id == by.pk:
        return mandate.is_open(by, at)
    if permits.can(by, "teach", session.course.item, at):
        return True
    of = booking.organisation
    return of is not None and mandate.leads(by, of, at) and permits.can(by, "book", session.course.item, at)


def at_address(typed: str, at: datetime) -> Person:
    """Who is reached at exactly this address. Raises Refused, in the same words as for who may not read the course."""
    address = typed.replace("\0", "").strip().lower()
    person = Person.objects.filter(email=address, active_since__lte=at, active_until__gt=at).first()
    if person is None:
        raise Refused(str(NOBODY))
    return person


def comes_as(person: Person, at: datetime) -> list[Organisation | None]:
    """For whom `person` may come: their organisations that are active members; None, with an office of a WARP."""
    mine = capacities(person, at)
    houses: list[Organisation | None] = [one.organisation for one in mine if isinstance(one, Affiliation)]
    return houses if len(houses) == len(mine) else [*houses, None]


def may_be_booked(
    person: Person, by: Person, session: Session, at: datetime, organisation: Organisation | None = None
) -> list[Organisation]:
    """The organisations for which `by` may book `person`. Raises Refused where they can't at all."""
    _house(person, by, session, organisation, at)
    return [one for one in comes_as(person, at) if one is not None]


def _house(
    person: Person, by: Person, session: Session, wanted: Organisation | None, at: datetime, *, for_warp: bool = False
) -> Organisation | None:
    """For whom they come. Raises Refused where `by` can't book them for that, or nobody can."""
    item, theirs = session.course.item, comes_as(person, at)
    teaches = permits.can(by, "teach", item, at)
    if by != person:
        if not teaches and (wanted is None or not mandate.leads(by, wanted, at)):
            raise Refused(_("You can book yourself; a lead also people of their organisation, and the coordinators of"
                            " its WARP anybody who can read it."))  # fmt: skip
        if not permits.can(person, "book", item, at) or not theirs or (wanted and wanted not in theirs):
            raise Refused(str(NOBODY))
    if not theirs:
        raise Refused(_("You can book for an organisation that is an active member of a WARP, and you are of none now."
                        " Ask your lead, or the coordinators of your WARP."))  # fmt: skip
    if wanted is not None and wanted not in theirs:
        raise Refused(_("You can't come for %(organisation)s. Choose another.") % {"organisation": wanted})
    if for_warp and None not in theirs:
        raise Refused(_("You hold no office of a WARP. Choose for which organisation you come."))
    return None if for_warp else wanted or theirs[0]
