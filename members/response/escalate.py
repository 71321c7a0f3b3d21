"""Nobody has confirmed: what is due is done, once, by whichever sweep comes first, and an answer stops the rest.

Each step's messages are deliveries like any other: claimed, asked again (again.py) and in the ledger. Set-based, a few
statements for each announcement and step that is due.
"""

from __future__ import annotations

from datetime import datetime
from itertools import product

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from members.delivery.insert import owe, write_rows
from members.delivery.quiet import quiet
from members.delivery.recipients import all_ways, usable
from members.delivery.right import hearers
from members.duty import coordinators, on_duty
from members.many import among
from members.models import Address, Announcement, Cell, Contact, Delivery, Escalation, Item, Response, Tried
from members.policy import reached
from members.response.who import may_answer
from members.shows import Exit, Stand, stands

log = structlog.get_logger(__name__)
Step, Outcome = Escalation.Step, Escalation.Outcome

TRIED = """
    INSERT INTO members_tried (escalation_id, address_id)
    SELECT * FROM ({recipients}) r WHERE 1 = 1 ON CONFLICT (escalation_id, address_id) DO NOTHING"""
HOUSE = "organisation__responses__escalations"  # of what has an organisation: the steps that wait for it


def escalate(at: datetime) -> int:
    """Do what is due at `at`, and stop what nobody waits for. How many steps were done. One that fails holds up no
    other, and stays owed. What is held after a restore waits for the operator, like the first telling."""
    stop(at)
    owed = Escalation.objects.filter(done_at=None, due_at__lte=at, announcement__held_since=None).order_by()
    done = 0
    for announcement, step in sorted(set(owed.values_list("announcement", "step"))):
        try:
            done += _take(announcement, Step(step), at)
        except Exception:
            log.exception("escalating failed", announcement=announcement)
    return done


@transaction.atomic
def stop(at: datetime) -> int:
    """What was confirmed, withdrawn, or asked anew by a later version, escalates no more. How many steps."""
    rows = _idle(Escalation.objects.filter(done_at=None)).select_for_update(skip_locked=True, of=("self",))
    return _stopped(list(rows.order_by("pk").values_list("pk", flat=True)), at)


def _idle(rows: QuerySet[Escalation]) -> QuerySet[Escalation]:
    """Those of `rows` whose organisation is not waited for by what asked."""
    awaited = Response.objects.filter(
        pk=OuterRef("response"), announcement=OuterRef("announcement"), acknowledged_at=None, closed_at=None
    ).order_by()
    return rows.filter(~Exists(awaited))


def _stopped(pks: list[int], at: datetime) -> int:
    rows = Escalation.objects.filter(pk__in=among(pks), done_at=None)
    return rows.update(done_at=at, outcome=Outcome.STOPPED) if pks else 0


@transaction.atomic
def _take(announcement_id: int, step: Escalation.Step, at: datetime) -> int:
    """One step of one announcement, for all that wait for it. What another sweeper holds is another's."""
    owed = Escalation.objects.select_for_update(skip_locked=True, of=("self",)).filter(done_at=None, due_at__lte=at)
    held = list(owed.filter(announcement=announcement_id, step=step).order_by("pk").values_list("pk", flat=True))
    if not held:
        return 0
    announcement = Announcement.objects.select_related("item__warp").get(pk=announcement_id)
    item = _item(announcement)
    waiting = _still(held, item, at)
    stand = stands([item], at)[item.pk]
    if step == Step.DEPUTIES:
        _try_contacts(waiting, announcement, stand, at)
    else:
        _try_coordinators(waiting, announcement, stand, at)
    _tell(waiting, announcement, step, at)
    quiet(announcement, at)
    return len(waiting)


def _still(held: list[int], item: Item, at: datetime) -> list[int]:
    """Those of `held` whose organisation has the item and has not confirmed it; the others are stopped."""
    rows = Escalation.objects.filter(pk__in=among(held))
    lost = rows.exclude(response__organisation__in=reached(item, at).order_by().values("pk"))
    gone = {*_idle(rows).values_list("pk", flat=True), *lost.values_list("pk", flat=True)}
    _stopped(sorted(gone), at)
    return [pk for pk in held if pk not in gone]


def _try_contacts(waiting: list[int], announcement: Announcement, stand: Stand, at: datetime) -> None:
    """Everybody who may confirm for one of them, once more or for the first time; and whoever has no account."""
    steps = {f"{HOUSE}__in": among(waiting)}
    ways = all_ways(hearers(_item(announcement), announcement.event, at), stand).values("pk")
    answer = may_answer(at).filter(person__addresses__in=ways, **steps)
    write_rows(TRIED, [], answer.order_by().values_list(HOUSE, "person__addresses").distinct())
    if stand.cell(Exit.MAIL) > Cell.NOTHING:
        others = Contact.objects.filter(person=None, address__in=usable().values("pk"), **steps)
        write_rows(TRIED, [], others.order_by().values_list(HOUSE, "address").distinct())


def _try_coordinators(waiting: list[int], announcement: Announcement, stand: Stand, at: datetime) -> None:
    """Whoever is on duty in the item's WARP; where nobody is, or can be told, all who coordinate it: never nobody."""
    item = _item(announcement)
    hear = hearers(item, announcement.event, at)
    watch = _ids(all_ways(hear.filter(pk__in=[shift.person_id for shift in on_duty([item.warp], at)]), stand))
    told = watch or _ids(_of_coordinators(announcement, stand, at))
    if waiting and not told:
        log.error("no coordinator can be told whom to ring", announcement=announcement.pk, count=len(waiting))
    Tried.objects.bulk_create(Tried(escalation_id=one, address_id=to) for one, to in product(waiting, told))


def tell_the_others(announcement: Announcement, at: datetime) -> None:
    """Where nothing that told whom to ring is out or on its way any more, all others who coordinate the WARP are told:
    an answer is still waited for, and whoever is on duty does not know."""
    calls = Delivery.objects.filter(announcement=announcement, step=Step.COORDINATOR)
    owed = Escalation.objects.filter(announcement=announcement, step=Step.COORDINATOR, outcome=Outcome.TOLD)
    waiting = list(owed.exclude(pk__in=_idle(owed).values("pk")).order_by("pk").values_list("pk", flat=True))
    if not waiting or calls.filter(state__in=(Delivery.State.DUE, Delivery.State.SENT)).exists():
        return
    stand = stands([_item(announcement)], at)[_item(announcement).pk]
    others = _of_coordinators(announcement, stand, at).exclude(pk__in=calls.order_by().values("address"))
    told = _ids(others)
    if not told:
        log.error("no coordinator can be told whom to ring", announcement=announcement.pk, count=len(waiting))
    rows = [Tried(escalation_id=one, address_id=to) for one, to in product(waiting, told)]
    Tried.objects.bulk_create(rows, ignore_conflicts=True)
    owe(announcement, others, at, Step.COORDINATOR)


def _of_coordinators(announcement: Announcement, stand: Stand, at: datetime) -> QuerySet[Address]:
    item = _item(announcement)
    there = coordinators(item.warp, at).values("pk")
    return all_ways(hearers(item, announcement.event, at).filter(pk__in=there), stand)


def _item(announcement: Announcement) -> Item:
    assert announcement.item is not None  # what has no item asks nobody
    return announcement.item


def _ids(addresses: QuerySet[Address]) -> list[int]:
    return list(addresses.values_list("pk", flat=True))


def _tell(waiting: list[int], announcement: Announcement, step: Escalation.Step, at: datetime) -> None:
    tried = Tried.objects.filter(escalation__in=among(waiting)).order_by()
    to = Address.objects.filter(pk__in=tried.values("address"))
    owe(announcement, to, at, step)
    rows = Escalation.objects.filter(pk__in=among(waiting))
    told = Exists(Tried.objects.filter(escalation=OuterRef("pk")).order_by())
    rows.filter(told).update(done_at=at, outcome=Outcome.TOLD)
    rows.filter(done_at=None).update(done_at=at, outcome=Outcome.NOBODY)
