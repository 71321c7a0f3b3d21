"""An inject acknowledged from its message, as an alert is: by the same link, which tells and opens nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from members.exercises.holding import State
from members.exercises.replying import Means, acknowledge, may_play
from members.models import Inject, Item, Participant, Person, Reply
from members.refused import Refused


@dataclass(frozen=True)
class Played:
    """Who may acknowledge by a link, for which organisation, and whether that has."""

    person: Person
    inject: Inject
    part: Participant
    answered: bool
    of_exercise: bool = True

    @property
    def organisations(self) -> list[str]:
        return [self.part.organisation.name] if self.part.organisation else []


def opened(person: Person, item: Item, at: datetime) -> Played | None:
    """What the link of `person` to `item` is for; None where they may not answer any more, or it is over."""
    inject = Inject.objects.filter(item=item, asks=True).select_related("exercise", "item").first()
    if inject is None or inject.exercise.state == State.ENDED:
        return None
    part = may_play(person, inject, at)
    if part is None:
        return None
    done = Reply.objects.filter(inject=inject, organisation=part.organisation, what=Reply.What.ACKNOWLEDGED)
    return Played(person, inject, part, done.exists())


def confirm(found: Played, at: datetime) -> Played | None:
    """Acknowledge it, once; None where that is too late by now."""
    try:
        if not found.answered:
            acknowledge(found.person, found.inject, at, Means.LINK)
    except Refused:
        return None
    return found
