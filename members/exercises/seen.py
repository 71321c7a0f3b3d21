"""Which exercises somebody has, as what, and what of them: all of it asked of the rule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, TypedDict

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from members import policy, stand
from members.exercises.holding import may_facilitate
from members.exercises.players import still, taking_part
from members.models import Exercise, Inject, Item, Kind, Participant, Person, Realm, Reply, Standing

PAGE = 50  # exercises in a list


class Replies(TypedDict):
    said: list[Reply]


if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    Replied = WithAnnotations[Inject, Replies]


class As(Enum):
    LEADS = "leads"  # whoever handles it
    OBSERVES = "observes"
    PLAYS = "plays"


@dataclass(frozen=True)
class Seat:
    """Somebody in an exercise. `participant` is None for who leads it and is enrolled as nothing."""

    person: Person
    exercise: Exercise
    item: Item
    role: As
    participant: Participant | None
    label: str

    @property
    def leads(self) -> bool:
        return self.role == As.LEADS

    @property
    def observes(self) -> bool:
        return self.role == As.OBSERVES

    @property
    def plays(self) -> bool:
        return self.role == As.PLAYS


def readable(viewer: policy.Viewer, at: datetime) -> QuerySet[Item]:
    """The items of the exercises that the viewer reads and has a seat in, the newest first."""
    part = Participant.objects.filter(still(at), exercise=OuterRef("pk"), person=viewer.person).order_by()
    seated = policy.handled(viewer, at) | Q(Exists(part))
    mine = policy.visible_to(viewer, at, Realm.EXERCISE).filter(seated, kind=Kind.EXERCISE)
    return mine.select_related("warp").order_by("-pos")


def seat(person: Person, viewer: policy.Viewer, ref: str, at: datetime) -> Seat | None:
    """Their seat in the exercise of that reference; None where they have none, or there is no such exercise."""
    item = readable(viewer, at).select_related("exercise").filter(reference=ref).first()
    if item is None:
        return None
    return seat_in(person, item, at)


def seat_in(person: Person, item: Item, at: datetime) -> Seat | None:
    """The same of an item that the rule gave."""
    item.exercise.item = item
    enrolled = taking_part(item.exercise, at).filter(person=person).select_related("organisation", "team").first()
    role = _role(may_facilitate(person, item, at), enrolled)
    if role is None:
        return None
    standing = stand.in_force(item, at)
    return Seat(person, item.exercise, item, role, enrolled, standing.label if standing else item.marking)


def _role(leads: bool, enrolled: Participant | None) -> As | None:
    if leads:
        return As.LEADS
    if enrolled is None:
        return None
    return As.OBSERVES if enrolled.role == Participant.Role.OBSERVER else As.PLAYS


def injects(of: Seat, viewer: policy.Viewer, at: datetime) -> QuerySet[Inject]:
    """What they may read of what happens: who leads all of it, everybody else what came to them, by the rule."""
    found = Inject.objects.filter(exercise=of.exercise).prefetch_related("teams")
    if not of.leads:
        found = found.filter(policy.readable(viewer, at, "item_id"), state=Inject.State.SENT)
    return found.order_by("offset", "number")


def with_replies(of: Seat, found: QuerySet[Inject]) -> QuerySet[Replied]:
    """The injects, each with the replies that they may read (`said`): a player those of their own organisation."""
    replies = Reply.objects.select_related("person", "organisation").order_by("at", "pk")
    if of.plays and of.participant is not None:
        replies = replies.filter(organisation=of.participant.organisation_id)
    return found.prefetch_related(Prefetch("replies", replies, to_attr="said"))


def labels(items: list[Item], at: datetime) -> dict[int, str]:
    """By id, the label of each: of what stands, else the one that is meant. One statement."""
    standing = Standing.objects.at(at).filter(item__in=items).values_list("item_id", "label")
    return {**{one.pk: one.marking for one in items}, **dict(standing)}


def enrolled_in(person: Person, items: list[Item]) -> dict[int, Participant]:
    """By id of the item, as what they are enrolled. One statement."""
    found = Participant.objects.filter(person=person, exercise__in=[one.pk for one in items])
    return {one.exercise_id: one for one in found.select_related("team")}
