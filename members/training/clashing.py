"""What else somebody has a place in at the same time. It is said, and refuses nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, TypedDict

from django.utils.translation import gettext as _

from members import policy
from members.models import Booking, Person, Session
from members.policy import Viewer
from members.training.places import State


class Named(TypedDict):
    """Whether whoever looks may read what it is."""

    named: bool


if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    Meanwhile = WithAnnotations[Booking, Named]


def clashes(person: Person, sessions: Sequence[Session], viewer: Viewer, at: datetime) -> dict[int, list[str]]:
    """By the id of each of `sessions`, in words that are for `viewer`, what else `person` has a place in meanwhile.

    In one statement. What `viewer` may not read, or has no business with since it is another's, has no name.
    """
    if not sessions:
        return {}
    since, until = min(one.starts_at for one in sessions), max(one.ends_at for one in sessions)
    mine = list(
        Booking.objects.filter(
            person=person, state=State.PLACED, session__cancelled_at=None, session__ends_at__gt=since,
            session__starts_at__lt=until,
        )
        .annotate(named=policy.readable(viewer, at, "session__course__item_id"))
        .select_related("session__course")
        .order_by("session__starts_at", "pk")
    )  # fmt: skip
    own = viewer.person == person.pk
    return {one.pk: _of(one, mine, own=own) for one in sessions}


def _of(session: Session, mine: Iterable[Meanwhile], *, own: bool) -> list[str]:
    others = [one for one in mine if one.session_id != session.pk and _meet(one.session, session)]
    if not own:
        return [_("something else at that time")] if others else []
    said = [one.session.course.title if one.named else _("something else at that time") for one in others]
    return list(dict.fromkeys(said))


def _meet(one: Session, other: Session) -> bool:
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at
