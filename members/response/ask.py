"""Which organisations an alert asks to confirm it, and until when: rows that planning writes beside the deliveries."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import QuerySet

from members.delivery.insert import write
from members.models import Announcement, Escalation, Item, Organisation, Realm, Response, Tier, Warp
from members.response.who import may_answer

# How long an organisation has to confirm; for a Flash, its WARP says. What is to be planned, or only known, asks for no
# answer.
URGENT = timedelta(hours=48)
ASKS = (Tier.FLASH, Tier.URGENT)
EVENTS = frozenset({Announcement.Event.RELEASED, Announcement.Event.REVISED})
# What follows where nobody confirms: at which part of that time.
STEPS = {Escalation.Step.DEPUTIES: 0.5, Escalation.Step.COORDINATOR: 1.0}
# Asked again by the same announcement, nothing changes: planning may be repeated.
ASKED = """
    INSERT INTO members_response (item_id, organisation_id, announcement_id, asked_at, due_at, applies)
    SELECT %s, r.id, %s, %s, %s, '' FROM ({recipients}) r WHERE 1 = 1
    ON CONFLICT (item_id, organisation_id) DO UPDATE SET announcement_id = excluded.announcement_id,
        asked_at = excluded.asked_at, due_at = excluded.due_at, acknowledged_at = NULL, closed_at = NULL, applies = ''
    WHERE members_response.announcement_id < excluded.announcement_id"""

ESCALATIONS = """
    INSERT INTO members_escalation (response_id, announcement_id, step, due_at, outcome)
    SELECT r.id, %s, s.step, s.due_at, '' FROM ({steps}) s CROSS JOIN ({{recipients}}) r WHERE 1 = 1
    ON CONFLICT (response_id, announcement_id, step) DO NOTHING"""


def within(tier: int, warp: Warp) -> timedelta | None:
    """How long an organisation has to confirm what `warp` tells in this tier; None where no answer is asked for."""
    if tier == Tier.FLASH:
        return timedelta(minutes=warp.flash_minutes)
    return URGENT if tier in ASKS else None


def ask(announcement: Announcement, item: Item, houses: QuerySet[Organisation], at: datetime) -> int:
    """Ask `houses`, which `item` reaches, where its tier wants an answer. How many were asked by this.

    What is for people by name (TLP:RED) reaches no organisation, and asks none.
    """
    if announcement.event not in EVENTS or announcement.realm != Realm.REAL:
        return 0
    time = within(announcement.tier, item.warp)
    if time is None:
        ask_no_more(announcement, item, at)
        return 0
    ask_no_more(announcement, item, at, but=houses)
    asked = write(ASKED, [item.pk, announcement.pk, at, at + time], houses)
    _escalate_later(announcement, at, time)
    return asked


def _escalate_later(announcement: Announcement, at: datetime, time: timedelta) -> None:
    """Owe each step for whom `announcement` asked. What an earlier version owed ends: it is awaited no more."""
    awaited = Response.objects.filter(announcement=announcement, acknowledged_at=None, closed_at=None)
    steps = " UNION ALL ".join(["SELECT %s AS step, %s AS due_at"] * len(STEPS))
    when = [value for step, part in STEPS.items() for value in (int(step), at + time * part)]
    write(ESCALATIONS.format(steps=steps), [announcement.pk, *when], awaited)


def confirmers(announcement: Announcement, people: Collection[int], at: datetime) -> dict[int, datetime]:
    """Those of `people` who answer for an organisation that `announcement` still waits for, and until when it does."""
    if announcement.tier not in ASKS or announcement.event not in EVENTS:
        return {}
    awaited = Response.objects.filter(announcement=announcement, acknowledged_at=None, closed_at=None)
    due_at = awaited.order_by().values_list("due_at", flat=True).first()
    if due_at is None:
        return {}
    houses = awaited.order_by().values("organisation")
    found = may_answer(at).filter(person__in=people, organisation__in=houses).order_by()
    return dict.fromkeys(found.values_list("person", flat=True), due_at)


def ask_no_more(announcement: Announcement, item: Item, at: datetime, but: QuerySet[Organisation] | None = None) -> int:
    """Wait for nobody who was asked before `announcement`, `but` for these: it was withdrawn, or the newer version is
    not for them, or asks for no answer. How many were waited for.

    Not for who was asked by what came after it: announcements may be planned in any order, by their urgency.
    """
    awaited = Response.objects.filter(item=item, announcement__lt=announcement, acknowledged_at=None, closed_at=None)
    if but is not None:
        awaited = awaited.exclude(organisation__in=but.order_by().values("pk"))
    return awaited.update(closed_at=at)
