"""Arithmetic on spans of time: half-open, in whole microseconds, so that every rule about time is a set operation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Protocol

from members import clock

END = clock.micro(clock.FOREVER)


class Timed(Protocol):
    since: object
    until: object


class Span(NamedTuple):
    since: int
    until: int = END


Spans = tuple[Span, ...]
ALWAYS: Spans = (Span(0),)
NEVER: Spans = ()


def meet(one: Iterable[Span], other: Iterable[Span]) -> Spans:
    """What lies in both."""
    other = tuple(other)
    met = (Span(max(a.since, b.since), min(a.until, b.until)) for a in one for b in other)
    return tuple(span for span in met if span.since < span.until)


def less(one: Iterable[Span], taken: Iterable[Span]) -> Spans:
    """What lies in `one` and in none of `taken`."""
    left = tuple(one)
    for gap in taken:
        left = meet(left, (Span(0, gap.since), Span(gap.until)))
    return left
