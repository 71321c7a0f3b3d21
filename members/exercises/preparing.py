"""An exercise written, by a coordinator of its WARP. Whoever prepares one finds its teams, its injects and the
invitation here too."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from members import items, permits, tlp
from members.audit import record
from members.exercises import spelling
from members.exercises.holding import State, facilitated, not_ended, opened
from members.exercises.running import invite
from members.exercises.scenario import LONGEST
from members.exercises.scripting import add_inject, add_team, edit_inject, remove_inject, remove_team
from members.models import Exercise, Kind, Person, Realm, Warp
from members.refused import Refused

__all__ = [
    "LABELS", "add_inject", "add_team", "edit", "edit_inject", "invite", "invited", "prepare", "remove_inject",
    "remove_team",
]  # fmt: skip

LABELS = (tlp.GREEN, tlp.AMBER, tlp.STRICT)
FASTEST = 60  # a minute of exercise time in each second


@transaction.atomic
def prepare(
    person: Person, warp: Warp, at: datetime, title: str, *, aims: str = "", briefing: str = "",
    label: str = tlp.GREEN, pace: int = 1,
) -> Exercise:  # fmt: skip
    """A new exercise of `warp`, which its coordinators alone read until somebody is invited. Raises Refused."""
    office = permits.coordinates(person, at).filter(warp=warp).first()
    if office is None:
        raise Refused(_("You can’t do this: only a coordinator of the WARP can prepare an exercise."))
    words = _written(title, aims, briefing, label, pace)
    item = items.create(Kind.EXERCISE, warp, at, author=person, office=office, marking=label, realm=Realm.EXERCISE)
    exercise = Exercise.rows.create(item=item, pace=pace, written_at=at, **words)
    record("prepare_exercise", at, by=person, reference=item.reference, label=label)
    return exercise


@transaction.atomic
def edit(
    person: Person, exercise: Exercise, at: datetime, *, title: str | None = None, aims: str | None = None,
    briefing: str | None = None, label: str | None = None, pace: int | None = None,
) -> Exercise:  # fmt: skip
    """Write anew what is given. Its label until somebody is invited, its pace while its clock stands. Raises
    Refused."""
    held = facilitated(person, exercise, at)
    not_ended(held)
    label = held.item.marking if label is None else label
    pace = held.pace if pace is None else pace
    title, aims = held.title if title is None else title, held.aims if aims is None else aims
    words = _written(title, aims, held.briefing if briefing is None else briefing, label, pace)
    if label != held.item.marking and opened(held, at) is not None:
        raise Refused(_("Its label can’t change any more: those who take part were invited under it."))
    if pace != held.pace and held.state == State.RUNNING:
        raise Refused(_("Its pace can’t change while its clock runs. Pause it first."))
    if label != held.item.marking:
        held.item.marking = label
        held.item.save(update_fields=["marking"])
    for name, value in {**words, "pace": pace, "written_at": at}.items():
        setattr(held, name, value)
    held.save(update_fields=[*words, "pace", "written_at"])
    record("edit_exercise", at, by=person, reference=held.item.reference)
    return held


def invited(exercise: Exercise, at: datetime) -> bool:
    """Whether those who take part read its briefing."""
    return opened(exercise, at) is not None


def _written(title: str, aims: str, briefing: str, label: str, pace: int) -> dict[str, str]:
    """The words as they are kept. Raises Refused where they can't be."""
    words = {"title": spelling.line(title), "aims": spelling.lines(aims), "briefing": spelling.lines(briefing)}
    words = {name: said.replace("\0", "") for name, said in words.items()}
    if not words["title"]:
        raise Refused(_("It needs a title: say what the exercise is called."))
    if any(len(said) > LONGEST[name] for name, said in words.items()):
        raise Refused(_("It is too long: %(title)d characters for the title, %(aims)d for the aims, %(briefing)d for"
                        " the briefing.") % LONGEST)  # fmt: skip
    if label not in LABELS:
        raise Refused(_("An exercise is TLP:GREEN, TLP:AMBER or TLP:AMBER+STRICT. Choose one of them."))
    if not 1 <= pace <= FASTEST:
        raise Refused(_("Its pace is from 1 to %(most)d seconds of exercise time in each second.") % {"most": FASTEST})
    return words
