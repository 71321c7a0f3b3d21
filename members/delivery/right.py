"""Who may hear of an item by an event at a moment: the rule, set-based, asked when planning and again at each claim."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet

from members import clock, kinds
from members.buckets import Bucket, Level, split
from members.facts import facts_of
from members.holders import holders
from members.houses import houses
from members.models import Announcement, Grant, Item, Organisation, Person, Standing
from members.placing import Facts, open_at, rows_for
from members.policy import Answer, Viewer, as_if, body_buckets, may, reached

Event = Announcement.Event
# What the rule must answer to someone who is to hear of such an event; all others want the text.
ANSWERS = {Event.WITHDRAWN: Answer.WITHDRAWN, Event.OFFERED: Answer.OFFER}
# These befall an item while it is guarded, and nobody's ticks are asked: who is named on it agreed to hear of it.
GUARDED = frozenset({Event.OFFERED, Event.EXTENDED, Event.REMINDER})
OWN = frozenset({Event.INVITED})  # about somebody's own booking: to them alone (invited.py), whatever they ticked
# Whoever keeps a report is told of it by their office, and no organisation is.
BY_NAME = GUARDED | {Event.FILED} | OWN
# These are told to those who follow what it was said about, and to nobody else.
FOLLOWED = frozenset({Event.REPLIED, Event.ACCEPTED})


def answer(event: str) -> Answer:
    """How much of the item an announcement of this event is about."""
    return ANSWERS.get(Event(event), Answer.BODY)


def hearers(
    item: Item,
    event: str,
    at: datetime,
    standing: Standing | None = None,
    grants: Iterable[Grant] = (),
    facts: Facts | None = None,
) -> QuerySet[Person]:
    """The active people who may hear at `at` that `event` befell `item`.

    With `standing` and `grants`, proposed and not saved: those who could, were it released so. `facts`: those of
    `item`, where they were read already.
    """
    facts = facts or facts_of(item)
    if standing is not None:
        facts = as_if(facts, standing, list(grants))
    wanted = answer(event)
    if wanted == Answer.OFFER:
        return _below(facts, at, _holding(facts, at, Level.OFFER))
    if event == Event.REMINDER:
        return _below(facts, at, _holding(facts, at, Level.HANDLER))
    people = _reading(facts, at)
    if event == Event.FILED:
        return people.exclude(pk=item.author_id) if item.author_id else people  # who filed it knows
    if wanted == Answer.WITHDRAWN:
        people = Person.objects.filter(Q(pk__in=people.values("pk")) | _lost(facts, at))
    if event in FOLLOWED:
        people = people.filter(pk__in=kinds.of(item).followers(item).order_by().values("pk"))
    return people


def hearing_houses(item: Item, event: str, at: datetime, facts: Facts | None = None) -> QuerySet[Organisation]:
    """The organisations whose own channels may hear at `at` that `event` befell `item`: those that the rule reaches.

    What is guarded, and what is filed, befalls people by name, and no organisation; and none follows anything.
    """
    if event in BY_NAME | FOLLOWED:
        return Organisation.objects.none()
    if answer(event) != Answer.WITHDRAWN:
        return reached(item, at, facts)
    still = Q(pk__in=reached(item, at).order_by().values("pk"))
    return Organisation.objects.filter(still | _lost_by(item, at))


def _lost_by(item: Item, at: datetime) -> Q:
    """Those from which it was withdrawn: they would have it still, and had it at the instant before."""
    rows = [row for row in open_at(rows_for(facts_of(item)), clock.micro(at)) if row.level == Level.WITHDRAWN]
    lost = Q(pk__in=[])
    for since in {row.since for row in rows}:
        would = houses((row.bucket for row in rows if row.since == since), at)
        had = reached(item, clock.moment(since - 1))
        lost |= Q(pk__in=would.order_by().values("pk")) & Q(pk__in=had.order_by().values("pk"))
    return lost


def open_to_all(item: Item, event: str, at: datetime) -> bool:
    """Whether somebody without an account may hear at `at` that `event` befell `item`: its subscribers then do."""
    return event not in BY_NAME | FOLLOWED and may(Viewer(), item, at) == answer(event)


def _reading(facts: Facts, at: datetime) -> QuerySet[Person]:
    """To whom it is `body`, but for whoever reads it only because they filed the report behind it.

    Their deliveries would say who they are, to everybody who sees whom the hub told; they read it on its page.
    """
    buckets = {bucket for bucket in body_buckets(facts, at) if split(bucket)[0] != Bucket.SEALED}
    return _below(facts, at, holders(buckets, at))


def _below(facts: Facts, at: datetime, people: QuerySet[Person]) -> QuerySet[Person]:
    """Those of `people` to whom the parent is `body`."""
    return people if facts.parent is None else people.filter(pk__in=_reading(facts.parent, at).values("pk"))


def _holding(facts: Facts, at: datetime, level: Level) -> QuerySet[Person]:
    return holders((row.bucket for row in open_at(rows_for(facts), clock.micro(at)) if row.level == level), at)


def _lost(facts: Facts, at: datetime) -> Q:
    """Those from whom it was withdrawn: they would have it still, and had it at the instant before."""
    rows = [row for row in open_at(rows_for(facts), clock.micro(at)) if row.level == Level.WITHDRAWN]
    lost = Q(pk__in=[])
    for since in {row.since for row in rows}:
        would = _below(facts, at, holders((row.bucket for row in rows if row.since == since), at))
        had = _reading(facts, clock.moment(since - 1))
        lost |= Q(pk__in=would.values("pk")) & Q(pk__in=had.values("pk"))
    return lost
