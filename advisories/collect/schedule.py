"""When a source is fetched next. Every moment is the database's, every chance the hub's one."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, QuerySet

from advisories.collect.base import CollectError
from advisories.collect.feeds.pace import next_allowed
from advisories.models import Source
from members import chance

LEASE = timedelta(minutes=15)  # longer than the slowest fetch and parse together
LONGEST = timedelta(days=1)
SOON = timedelta(minutes=2)  # when a source has more than one go takes
SLOWEST, DAY = 4, 24 * 60  # times `every`, and minutes
GONE = 410


def due(at: datetime) -> QuerySet[Source]:
    """The sources to be fetched at `at`, those that waited longest first."""
    return Source.objects.filter(enabled=True, due_at__lte=at).select_related("warp").order_by("due_at", "pk")


def take(source: Source, at: datetime) -> bool:
    """Claim `source` for one fetch; False where somebody else has done so since it was read."""
    claimed = Source.objects.filter(pk=source.pk, due_at=source.due_at).update(due_at=at + LEASE)
    return bool(claimed)


def succeed(source: Source, at: datetime, *, more: bool = False, fresh: bool = True, **said: Any) -> None:
    """A good answer: what it said of itself is kept, in one statement.

    `more`: not all of it was fetched yet. `fresh`: something was new; a source that says nothing new is asked more and
    more seldom, within its bounds, and at once as often as before when it does. Never sooner than it asks
    for itself, a day apart at the most.
    """
    rhythm = source.every if fresh else min((source.pace or source.every) * 3 // 2, longest(source))
    state = said.get("state", source.state)
    asked_for = min(int(state.get("ttl") or 0), DAY)
    due_at = at + SOON if more else next_allowed(next_due(max(rhythm, asked_for), at), state)
    Source.objects.filter(pk=source.pk).update(due_at=due_at, failures=0, last_good_at=at, pace=rhythm, **said)


def longest(source: Source) -> int:
    """Minutes that may lie between two fetches of a source that says nothing new."""
    return max(source.every, source.at_most or min(source.every * SLOWEST, DAY))


def fail(source: Source, at: datetime, error: CollectError | None) -> None:
    """A bad one (`error` None: a bug of ours): later and later, never sooner than the server asked for."""
    source.failures += 1
    wait = back_off(source.every, source.failures)
    if error is not None and error.permanent:
        wait = LONGEST
    if error is not None and error.retry_after is not None:
        wait = max(wait, timedelta(seconds=error.retry_after))
    changes = {"enabled": False} if is_gone(error) else {}
    Source.objects.filter(pk=source.pk).update(failures=F("failures") + 1, due_at=at + _jittered(wait), **changes)


def fail_in_part(source: Source, at: datetime, **said: object) -> None:
    """Some of its documents were not taken: that is remembered, and the others are not kept waiting."""
    due_at = next_due(source.every, at)
    Source.objects.filter(pk=source.pk).update(failures=F("failures") + 1, due_at=due_at, **said)


def is_gone(error: CollectError | None) -> bool:
    """Whether the server says that the document is gone for good: asking again would be rude."""
    return error is not None and error.permanent and error.params.get("status") == GONE


def next_due(every: int, at: datetime) -> datetime:
    """`every` minutes later, give or take a tenth, so that sources don't fall due together for ever."""
    spread = every * 60 // 10
    return at + timedelta(seconds=every * 60 - spread + chance.below(2 * spread + 1))


def back_off(every: int, failures: int) -> timedelta:
    """Twice as long after every failure in a row, up to a day (or to its own pace, where that is slower)."""
    pace = timedelta(minutes=every)
    return max(pace, min(pace * (1 << min(failures - 1, 16)), LONGEST))


def _jittered(wait: timedelta) -> timedelta:
    """Up to a tenth longer: a server that asked for patience is never met sooner."""
    seconds = int(wait.total_seconds())
    return timedelta(seconds=seconds + chance.below(seconds // 10 + 1))
