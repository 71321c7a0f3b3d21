"""What somebody reads of training: courses, and sessions of them, through the rule on the item of the course."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, TypedDict

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from members import policy
from members.models import Booking, Course, Session, Standing
from members.policy import Viewer

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

State = Booking.State


class Places(TypedDict):
    """How many have a place in a session, and how many wait for one."""

    placed: int
    waiting: int


if TYPE_CHECKING:
    Counted = WithAnnotations[Session, Places]


def courses(viewer: Viewer, at: datetime) -> QuerySet[Course]:
    """The courses that `viewer` reads: drafts and what was taken back too, where they handle it."""
    return Course.rows.filter(policy.readable(viewer, at, "item_id")).select_related("item__warp")


def sessions(viewer: Viewer, at: datetime) -> QuerySet[Session]:
    """The sessions of those courses, cancelled ones too, by time."""
    readable = policy.readable(viewer, at, "course__item_id")
    return Session.objects.filter(readable).select_related("course__item__warp").order_by("starts_at", "pk")


def offered(at: datetime, course: str = "course") -> Exists:
    """The condition that the course of this field stands released at `at`: before and after, nobody can book it."""
    stands = Standing.objects.at(at).filter(item=OuterRef(f"{course}_id"), state=Standing.State.RELEASED)
    return Exists(stands.order_by())


def counted(found: QuerySet[Session]) -> QuerySet[Counted]:
    """The same, each with how many are `placed` in it and `waiting` for it."""
    return found.annotate(
        placed=Count("bookings", filter=Q(bookings__state=State.PLACED)),
        waiting=Count("bookings", filter=Q(bookings__state=State.WAITING)),
    )


def mine(viewer: Viewer, at: datetime) -> QuerySet[Booking]:
    """The bookings ahead of whoever looks, on courses that they read, by time."""
    readable = policy.readable(viewer, at, "session__course__item_id")
    ahead = Booking.objects.filter(readable, person=viewer.person, session__ends_at__gt=at, session__cancelled_at=None)
    there = ahead.exclude(state=State.ENDED).select_related("session__course__item__warp")
    return there.order_by("session__starts_at", "pk")
