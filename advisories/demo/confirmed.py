"""Who confirmed the demonstration's urgent warnings of last week, and how soon: one organisation too late."""

from __future__ import annotations

from datetime import datetime, timedelta

from advisories.demo import people as cast
from advisories.demo.writings import CARA
from members import tlp
from members.models import Affiliation, Announcement, Person, Response, Standing, Tier
from members.policy import reached
from members.response import answer
from members.response.ask import ask

OLD = timedelta(days=3)  # so that everybody has answered, and nobody is rung for it
AFTER = tuple(timedelta(minutes=one) for one in (12, 25, 48, 95, 180, 330, 610, 1500, 2950))


def confirm(at: datetime) -> None:
    """By each organisation in turn: whoever answers for it in the cast, or Cara, who rang where nobody does."""
    stood = Standing.objects.at(at).filter(state=Standing.State.RELEASED).exclude(label=tlp.RED).values("item")
    urgent = Announcement.objects.filter(tier=Tier.URGENT, due_at__lt=at - OLD, item__author__email=CARA)
    for place, announcement in enumerate(urgent.filter(item__in=stood).select_related("item__warp").order_by("due_at")):
        _asked(announcement, place)


def _asked(announcement: Announcement, place: int) -> None:
    item, then = announcement.item, announcement.due_at
    assert item is not None  # it was released
    ask(announcement, item, reached(item, then), then)
    for turn, one in enumerate(Response.objects.filter(announcement=announcement).select_related("organisation")):
        slug, later = one.organisation.slug, then + AFTER[(turn + place) % len(AFTER)]
        if email := _answers_for().get(slug):
            answer.acknowledge(Person.objects.get(email=email), item, later, [slug])
        else:
            answer.note_call(Person.objects.get(email=CARA), item, later, [slug])


def _answers_for() -> dict[str, str]:
    everyone = [one for group in cast.PEOPLE.values() for one in group if one.of]
    return {one.of[0]: one.email for one in everyone if one.of and one.of[1] != Affiliation.Role.READER}
