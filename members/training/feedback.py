"""What those who were there say of a session. Whoever teaches reads it without names, once five have answered."""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from members import policy
from members.audit import record
from members.models import Booking, Feedback, Person, Session
from members.policy import Viewer
from members.refused import Refused

ENOUGH = 5  # answers: fewer would tell whose they are
GIVEN_FOR = timedelta(days=14)  # after the session ended
MARKS = range(1, 6)
LONGEST = 5_000


@dataclass(frozen=True)
class Results:
    """How many gave each mark, from 1 to 5, and what was said, in an order that says nothing of who and when."""

    count: int
    useful: list[int]
    pace: list[int]
    words: list[str]


def asked(person: Person, session: Session, at: datetime) -> Booking | None:
    """The booking by which `person` may say something of `session`: they were there, and read the course."""
    reads = policy.readable(Viewer(person.pk), at, "session__course__item_id")
    there = Booking.objects.filter(reads, person=person, session=session, attended=Booking.Attended.YES)
    return there.exclude(state=Booking.State.ENDED).select_related("feedback").first()


def still_open(session: Session, at: datetime) -> bool:
    return session.cancelled_at is None and at < session.ends_at + GIVEN_FOR


@transaction.atomic
def give(person: Person, session: Session, at: datetime, *, useful: int, pace: int, words: str = "") -> Feedback:
    """Said once, from when it began, and changed until two weeks after it ended. Raises Refused.

    The audit says no course: its trail is read by whoever teaches, and would tell beside which words it was.
    """
    booking = asked(person, session, at)
    if booking is None:
        raise Refused(_("Who was there says how it was. Ask whoever teaches to note that you came."))
    if at < session.starts_at:
        raise Refused(_("It has not begun yet. Say how it was once you know."))
    if not still_open(session, at):
        raise Refused(_("It is more than two weeks ago: nothing is added any more."))
    words = words.replace("\r\n", "\n").replace("\0", "").strip()
    if useful not in MARKS or pace not in MARKS or len(words) > LONGEST:
        raise Refused(_("Choose a mark from 1 to 5 for each, and write no more than %d characters.") % LONGEST)
    said = {"useful": useful, "pace": pace, "words": words, "given_at": at}
    given, _new = Feedback.objects.update_or_create(booking=booking, defaults=said)
    record("give_feedback", at, by=person)
    return given


def results(session: Session) -> Results | None:
    """None until enough have answered.

    What was said counts whatever is noted of its author since: did it come and go with their attendance, whoever
    teaches would take one person's back and see whose words went with it.
    """
    rows = list(Feedback.objects.filter(booking__session=session).values_list("useful", "pace", "words"))
    if len(rows) < ENOUGH:
        return None
    useful, pace = (Counter(row[place] for row in rows) for place in (0, 1))
    words = sorted((row[2] for row in rows if row[2]), key=lambda one: _shuffled(session, one))
    return Results(len(rows), [useful[mark] for mark in MARKS], [pace[mark] for mark in MARKS], words)


def _shuffled(session: Session, words: str) -> str:
    """A place that comes of the words alone, and that nobody works out from them."""
    return hmac.new(settings.SECRET_KEY.encode(), f"{session.code}:{words}".encode(), hashlib.sha256).hexdigest()
