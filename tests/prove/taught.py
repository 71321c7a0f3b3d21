"""What is taught and played in a drawn world, as rows: courses that people booked, an exercise and its injects."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from members.models import (
    Attempt,
    Booking,
    Course,
    Exercise,
    Inject,
    Item,
    Lesson,
    Organisation,
    Participant,
    Question,
    Reply,
    Session,
    Team,
)
from members.training.telling import What, tell
from tests.members.world import BEGINNING
from tests.prove.attended import attended
from tests.prove.draw import START, Words

if TYPE_CHECKING:
    from tests.prove.worlds import Drawn

AHEAD = datetime(2027, 6, 1, 9, tzinfo=UTC)  # after every moment of a walk
# Of the four who booked, who is told what.
TOLD = ((What.PLACED, What.REMINDED), (What.MOVED,), (What.CANCELLED,), (What.WAITING,))
WITHIN = "within"  # may be shown to whoever reads the item, and stands on no page that is asked for by itself


def calendar_token(token: str) -> str:
    """The secret of a person's calendar, beside that of their feed."""
    return f"{token}C"


def course(world: Drawn, item: Item, words: Words) -> None:
    """With a session ahead, which four people booked whether they read it or not, and a lesson that one was asked
    about."""
    title, aims = world.token(words, "title", "title"), world.token(words, "aims", "body")
    row = Course.rows.create(item=item, title=title, aims=aims, form="self-paced", written_at=BEGINNING)
    ahead = AHEAD + timedelta(days=words["place"])
    session = Session.objects.create(
        course=row, starts_at=ahead, ends_at=ahead + timedelta(hours=3), books_until=ahead, capacity=3,
        place=world.token(words, "place", "body"), trainer=world.token(words, "trainer", "body"),
        link=f"https://example.org/{world.token(words, 'link', WITHIN)}", changed_at=BEGINNING,
    )  # fmt: skip
    for number, name in enumerate(words["booked"]):
        told = TOLD[number] if words["standings"] else ()
        _book(world, session, name, placed=number < session.capacity, told=told)
    attended(world, row, words, words["booked"][0], house(world, words["booked"][0]))
    lesson = Lesson.objects.create(
        course=row, number=1, **{field: world.token(words, f"lesson {field}", WITHIN) for field in ("title", "text")}
    )
    said = {field: world.token(words, f"question {field}", WITHIN) for field in ("text", "why")}
    choices = [world.token(words, "choice", WITHIN), "x"]
    question = Question.objects.create(lesson=lesson, choices=choices, right=[0], **said)
    Attempt.objects.create(
        lesson=lesson, person=world.people[words["booked"][0]], asked=[question.code], chosen={question.code: [1]},
        began_at=START, handed_in_at=START, score=0,
    )  # fmt: skip


def _book(world: Drawn, session: Session, name: str, *, placed: bool, told: Iterable[What]) -> None:
    person = world.people[name]
    booking = Booking.objects.create(
        session=session, person=person, state="placed" if placed else "waiting", booked_at=BEGINNING, booked_by=person,
        placed_at=BEGINNING if placed else None,
    )  # fmt: skip
    for what in told:
        tell(booking, what, START)


def exercise(world: Drawn, item: Item, words: Words) -> None:
    title, briefing = world.token(words, "title", "title"), world.token(words, "briefing", "body")
    row = Exercise.rows.create(
        item=item, title=title, briefing=briefing, state="running", runs_since=START, started_at=START,
        written_at=BEGINNING,
    )  # fmt: skip
    for number, name in enumerate(words["players"]):
        team, _new = Team.objects.get_or_create(exercise=row, slug=f"team-{number % 2}", name=f"Team {number % 2}")
        Participant.objects.create(exercise=row, person=world.people[name], organisation=house(world, name), team=team)


def house(world: Drawn, name: str) -> Organisation:
    """For whom they play: an organisation of theirs, or in a small world any."""
    of = world.words["people"][name]["affiliations"]
    return world.organisations[of[0]["organisation"] if of else next(iter(world.organisations))]


def inject(world: Drawn, item: Item, words: Words) -> None:
    """Sent, and answered by one who got it."""
    row = Inject.objects.create(
        exercise=Exercise.rows.get(item=item.parent), number=words["number"], offset=60 * words["number"], asks=True,
        title=world.token(words, "title", "title"), text=world.token(words, "text", "body"), state="sent", item=item,
        expects=world.token(words, "expects", "handler"), attachment_name="x.txt", sent_at=START, sent_clock=0.0,
        attachment=world.token(words, "attachment", WITHIN),
    )  # fmt: skip
    row.teams.set(row.exercise.teams.all())
    for name in words["players"][:1]:
        by = {**words, "replied": name}
        Reply.objects.create(
            inject=row, organisation=house(world, name), person=world.people[name], what="answered", at=START,
            clock=0.0, words=world.mint.make(words["place"], "reply", "reply", by),
        )  # fmt: skip
