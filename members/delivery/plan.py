"""From what is owed to the outbox: each announcement becomes deliveries and digest lines, once, however often asked.

One INSERT … SELECT for those told at once and one for those told in their digest; no loop over people.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

import structlog
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from members.delivery import invited
from members.delivery.drill import first_of, owe_drill
from members.delivery.insert import owe, write
from members.delivery.quiet import quiet
from members.delivery.recipients import (
    About,
    at_once,
    following_at_once,
    following_in_digest,
    in_digest,
    may_carry,
    messaged,
    messaged_at_once,
    reached,
    subscribed,
    subscribers_at_once,
    subscribers_in_digest,
    told_before,
    tried_all_the_same,
)
from members.delivery.right import BY_NAME, FOLLOWED, answer, hearers, hearing_houses, open_to_all
from members.exercises.pausing import pause_for
from members.facts import facts_of
from members.kit.match import match
from members.models import Announcement, Cell, Delivery, Grant, Item, Organisation, Person, Realm, Standing, Tier
from members.placing import Facts
from members.policy import Answer
from members.response.ask import ask, ask_no_more
from members.shows import Exit, Stand, lesser, stand_of, would_stand

log = structlog.get_logger(__name__)

LINES = """
    INSERT INTO members_digestline (announcement_id, address_id, weekly, shown)
    SELECT %s, r.id, r.weekly, 0 FROM ({recipients}) r WHERE 1 = 1
    ON CONFLICT (address_id, announcement_id) DO NOTHING"""


class Planned(NamedTuple):
    """How many announcements were planned, and how many could not be: those stay owed."""

    done: int = 0
    failed: int = 0


def plan(at: datetime, *, held: bool = False) -> Planned:
    """Plan every announcement that is owed at `at`, the most urgent first. One that fails holds up no other.

    `held`: those instead that a restore holds, of which nothing goes out by that.
    """
    found = list(planning(lambda: at, held=held))
    return Planned(sum(one.done for one in found), sum(one.failed for one in found))


def planning(now: Callable[[], datetime], *, held: bool = False, pause: float = float("inf")) -> Iterator[Planned]:
    """The same by and by: what `pause` seconds of it did, again and again, until all is planned. What came meanwhile
    is seen each time, so that a Flash is not planned after the Information of a long outage."""
    tried: set[int] = set()
    while waiting := _owed(now(), held=held, tried=tried):
        began, done, failed = time.monotonic(), 0, 0
        for announced in waiting:
            for one in announced:
                tried.add(one.pk)
                try:
                    planned = _plan(one.pk, now())
                    done += planned
                except Exception:
                    failed += 1
                    log.exception("planning failed", announcement=one.pk)
                else:
                    if planned and one.flash and not held:  # what is owed stands: an exercise is never in its way
                        pause_for(one.pk, now())
            if time.monotonic() - began > pause:
                break
        yield Planned(done, failed)


class Owed(NamedTuple):
    pk: int
    flash: bool  # a real one


def _owed(at: datetime, *, held: bool, tried: Collection[int]) -> list[list[Owed]]:
    """The most urgent item first, with all that is owed of it: what a later announcement takes back is not sent first
    because it was planned first. What is of an exercise comes after all that is real."""
    owed = Announcement.objects.filter(planned_at=None, due_at__lte=at, item__realm=F("realm"))
    owed = owed.filter(held_since__isnull=not held).annotate(first=first_of()).order_by("-first", "due_at", "pk")
    by_item: dict[int | None, list[Owed]] = {}
    for pk, item, first in owed.values_list("pk", "item", "first"):
        if pk not in tried:
            by_item.setdefault(item, []).append(Owed(pk, first == Tier.FLASH))
    return list(by_item.values())


@transaction.atomic
def _plan(pk: int, at: datetime) -> bool:
    """Plan one announcement; False where another planner has it, or had."""
    owed = Announcement.objects.select_for_update(skip_locked=True, of=("self",)).select_related("item__warp")
    announcement = owed.filter(pk=pk, planned_at=None).first()
    if announcement is None or announcement.item is None:
        return False
    facts = facts_of(announcement.item)
    if announcement.realm != Realm.REAL:
        owe_drill(announcement, facts, at)
        return bool(Announcement.objects.filter(pk=pk).update(planned_at=at))
    if later := _begins_later(announcement, facts, at):
        Announcement.objects.filter(pk=pk).update(due_at=later)
        return False
    if answer(announcement.event) == Answer.WITHDRAWN:
        _take_back(announcement, facts, at)
    else:
        _tell(announcement, facts, at)
    quiet(announcement, at)
    Announcement.objects.filter(pk=pk).update(planned_at=at)
    return True


def _begins_later(announcement: Announcement, facts: Facts, at: datetime) -> datetime | None:
    """When the standing that is announced begins, should it have been moved since: nobody is told early."""
    if announcement.event not in (Announcement.Event.RELEASED, Announcement.Event.REVISED):
        return None
    if any(one.in_force(at) for one in facts.standings):
        return None
    return min((one.since for one in facts.standings if at < one.since < one.until), default=None)


def _tell(announcement: Announcement, facts: Facts, at: datetime) -> None:
    item = facts.item
    people = invited.alone(announcement, hearers(item, announcement.event, at, facts=facts))
    if announcement.event in BY_NAME:
        about = About(announcement.tier, (), item.warp_id, at)
        owe(announcement, reached(people) | tried_all_the_same(people, about), at)
        invited.take_over(announcement)
        return
    if announcement.event in FOLLOWED:
        _tell_followers(announcement, facts, people, at)
        return
    houses = hearing_houses(item, announcement.event, at, facts)
    ask(announcement, item, houses, at)
    stand = stand_of(facts, at)
    kit = _whose_kit(announcement, item, stand.version or announcement.version)
    about = About(announcement.tier, announcement.categories, item.warp_id, at, kit)
    told_now = at_once(people, stand, about) | messaged_at_once(people, houses, stand, about)
    owe(announcement, told_now | tried_all_the_same(people, about), at)
    told = Exists(Delivery.objects.filter(announcement=announcement, address=OuterRef("pk")).order_by())
    write(LINES, [announcement.pk], in_digest(people, stand, about, told=Q(told)), "weekly")
    if stand.cell(Exit.SUBSCRIBER) > Cell.NOTHING and open_to_all(item, announcement.event, at):
        owe(announcement, subscribers_at_once(about), at)
        write(LINES, [announcement.pk], subscribers_in_digest(about), "weekly")


def _tell_followers(announcement: Announcement, facts: Facts, people: QuerySet[Person], at: datetime) -> None:
    """Following is the tick: how soon they are told, their others say. Nobody hears of what is embargoed or removed."""
    stand = stand_of(facts, at)
    if stand.withdrawn or not stand.label:
        return
    about = About(announcement.tier, announcement.categories, facts.item.warp_id, at)
    owe(announcement, following_at_once(people, stand, about), at)
    write(LINES, [announcement.pk], following_in_digest(people, stand, about), "weekly")


def _whose_kit(announcement: Announcement, item: Item, version: int) -> QuerySet[Organisation] | None:
    """The organisations whose kit it concerns. Should that not be found out, everybody else is told all the same."""
    try:
        with transaction.atomic():
            return match(announcement, item, version)
    except Exception:
        log.exception("whose kit it concerns was not found out", announcement=announcement.pk)
        return None


def _take_back(announcement: Announcement, facts: Facts, at: datetime) -> None:
    """What has not gone out never will; those who were told read that it was withdrawn, where the channel says that."""
    item = facts.item
    stand, before = stand_of(facts, at), told_before(item)
    people = hearers(item, announcement.event, at, facts=facts)
    houses = hearing_houses(item, announcement.event, at, facts)
    if _takes_back(stand, Exit.MAIL):
        owe(announcement, reached(people).filter(before), at)
    told = messaged(people, houses, stand).filter(before, may_carry(stand, Cell.TITLE, Cell.TITLE))
    owe(announcement, told, at)
    if _takes_back(stand, Exit.SUBSCRIBER) and open_to_all(item, announcement.event, at):
        owe(announcement, subscribed(at).filter(before), at)
    cancel_due(item, announcement, str(_("It was withdrawn before this was sent.")))
    ask_no_more(announcement, item, at)


def _takes_back(stand: Stand, channel: Exit) -> bool:
    return lesser(Answer.WITHDRAWN, stand.cell(channel)) > Cell.NOTHING


def cancel_due(item: Item, before: Announcement, why: str) -> int:
    """Cancel what is still due of `item` from before the announcement `before`, but what a sender holds: the next
    claim finds out whether that is out.

    Not what came after it: an item withdrawn and released again may be planned in any order, by its urgency.
    """
    due = Delivery.objects.filter(announcement__item=item, announcement__lt=before, state=Delivery.State.DUE)
    return due.filter(lease_until=None).update(state=Delivery.State.CANCELLED, outcome=why)


class Told(NamedTuple):
    """How many people are told now, and how many in their next digest."""

    now: int
    digest: int


def preview(
    item: Item, standing: Standing, grants: Iterable[Grant], tier: int, categories: Collection[str], at: datetime
) -> Told:
    """How many people would be told, were `standing` (not saved, nor its `grants`) released at `at`.

    Members alone: who subscribed without an account is nobody whom a coordinator counts on. And not who ticked their
    kit alone: what their organisation runs is its own secret, and a count that moves with the text would tell it.
    """
    people = hearers(item, Announcement.Event.RELEASED, at, standing, grants)
    asked = (people, would_stand(item, standing, at), About(tier, categories, item.warp_id, at))
    now = at_once(*asked).values("person")
    digest = in_digest(*asked).exclude(person__in=now).values("person")
    return Told(now.distinct().count(), digest.distinct().count())
