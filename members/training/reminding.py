"""Whoever has a place is reminded once, when it is two days ahead. Woken by beat; twice, it does nothing more."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from members.audit import record
from members.models import Session
from members.training import reading, telling
from members.training.holding import held
from members.training.lapsing import lapse_of
from members.training.places import State
from members.training.scheduling import SOON

AT_ONCE = 100  # sessions; the others come with the next sweep


def remind(at: datetime) -> int:
    """Remind of every session that is soon. How many were reminded."""
    return sum(_remind(pk, at) for pk in _due(at).order_by("starts_at", "pk").values_list("pk", flat=True)[:AT_ONCE])


def _due(at: datetime) -> QuerySet[Session]:
    soon = Session.objects.filter(starts_at__gt=at, starts_at__lte=at + SOON, cancelled_at=None, reminded_at=None)
    return soon.filter(reading.offered(at))


@transaction.atomic
def _remind(pk: int, at: datetime) -> int:
    session = held(Session(pk=pk, course_id=Session.objects.values_list("course", flat=True).get(pk=pk)))
    if not _due(at).filter(pk=pk).exists():
        return 0  # another worker was there, or it was moved or cancelled meanwhile
    lapse_of(session.course.item, at)  # what ended by its own date ended by no verb
    there = list(session.bookings.filter(state=State.PLACED).order_by("pk"))
    telling.tell_each(session, there, telling.What.REMINDED, at)
    session.reminded_at = at
    session.save(update_fields=["reminded_at"])
    record("remind", at, reference=session.course.item.reference, session=session.code, people=len(there))
    return len(there)
