"""The rule of `policy.md`, item's side: in which buckets one item lies, at what level, when. Pure; no database.

The verb that changes an item rewrites its placements in its own transaction (`place.py`). The lines that are cited
are those of the rule; line 0 (the parent first) is asked at reading, of every ancestor.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from members import clock, tlp
from members.buckets import WITH_CLIENTS, Bucket, Level
from members.models import Embargo, Grant, Handler, Item, Kind, Named, Standing
from members.models.dated import Dated
from members.spans import ALWAYS, NEVER, Span, Spans, less, meet

TAKES_GREEN_ON_CLEAR = {Kind.COMMENT, Kind.SIGHTING}


class Row(NamedTuple):
    bucket: int
    level: int
    since: int
    until: int
    label: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rule needs to know of one item: the rows that hang on it, saved or only proposed."""

    item: Item
    standings: Sequence[Standing] = ()
    grants: Sequence[Grant] = ()
    handlers: Sequence[Handler] = ()
    seconds: Sequence[Handler] = ()  # named to look at a draft that derives from a report
    embargo: Embargo | None = None
    named: Sequence[Named] = ()
    origin: tuple[int, int] | None = None  # (filer, capacity), sealed
    glass: Sequence[tuple[int, Span]] = ()  # who broke it, and for how long they handle the item by that
    reporters: Sequence[int] = ()  # buckets of the authors of the reports that it is derived from
    parent: Facts | None = None

    def in_force(self, *states: str) -> Spans:
        return tuple(span(s) for s in self.standings if s.state in states)

    def guarded(self) -> Spans:
        """Line 5: one was proposed, and its end has not come or no released standing is in force."""
        if self.embargo is None:
            return NEVER
        freed = meet((Span(clock.micro(self.embargo.ends_at)),), self.in_force("released"))
        return less((Span(clock.micro(self.embargo.proposed_at)),), freed)

    def filed(self) -> Spans:
        return NEVER if self.item.submitted_at is None else (Span(clock.micro(self.item.submitted_at)),)

    def inherits(self) -> bool:
        """A child that has neither a standing nor an embargo of its own: one that is guarded is no less so below."""
        return self.parent is not None and not self.standings and self.embargo is None


def span(dated: Dated) -> Span:
    return Span(clock.micro(dated.since), clock.micro(dated.until))


def rows_for(facts: Facts) -> list[Row]:
    """Every placement of one item over all time, in a stable order."""
    return sorted(set(_rows(facts)))


def _rows(facts: Facts) -> Iterator[Row]:
    yield from _author(facts)
    if facts.item.anonymous:  # line 3: no standing, grant or embargo reaches it
        yield from _rows_in(facts.filed(), Bucket.CUSTODY.of(facts.item.warp_id), Level.BODY)
    elif facts.inherits():
        yield from _inherited(facts)
    else:
        yield from _own(facts)


def _rows_in(spans: Spans, bucket: int, level: Level, label: str = "") -> Iterator[Row]:
    for since, until in spans:
        yield Row(bucket, level, since, until, label)


def _author(facts: Facts) -> Iterator[Row]:
    """Line 2, and the reporter who reads what is derived from their report."""
    item = facts.item
    if facts.origin is not None:
        filer, capacity = facts.origin
        yield from _rows_in(ALWAYS, Bucket.SEALED.of(capacity), Level.BODY)
        if item.anonymous:  # a report they filed is theirs for good; what else they said without a name, while it lasts
            yield from _rows_in(facts.filed(), Bucket.SEALED.of(filer), Level.BODY)
    if item.affiliation_id is not None:
        yield from _rows_in(ALWAYS, Bucket.AFFILIATION.of(item.affiliation_id), Level.BODY)
    if item.office_id is not None:
        yield from _rows_in(ALWAYS, Bucket.OFFICE.of(item.office_id), Level.BODY)
    if item.author_id is not None and item.kind == Kind.REPORT:
        yield from _rows_in(facts.filed(), Bucket.PERSON.of(item.author_id), Level.BODY)
    for reporter in facts.reporters:
        yield from _rows_in(ALWAYS, reporter, Level.BODY)


def _own(facts: Facts) -> Iterator[Row]:
    """Lines 4 to 7, for an item that stands for itself."""
    withdrawn = facts.in_force("withdrawn")
    guarded = less(facts.guarded(), withdrawn)  # line 4 comes before line 5
    yield from _embargoed(facts, guarded)
    for standing in facts.standings:
        in_force = less((span(standing),), guarded)
        yield from _handlers(facts, in_force, red=standing.label == tlp.RED)
        yield from _audience(facts, standing, in_force)
    standingless = less(facts.filed(), (*facts.in_force("released", "withdrawn"), *guarded))
    yield from _handlers(facts, standingless, red=facts.item.marking == tlp.RED)  # line 6
    for second in facts.seconds if facts.reporters else ():
        spans = meet(standingless, (span(second),))
        yield from _rows_in(spans, Bucket.PERSON.of(second.person_id), Level.BODY)


def _handlers(facts: Facts, spans: Spans, *, red: bool) -> Iterator[Row]:
    """The coordinators of the item's own WARP; for RED and embargoed items only those named on it."""
    open_desk = NEVER if red else less(spans, facts.guarded())
    desk = Bucket.DESKS.of() if facts.item.hub_wide else Bucket.DESK.of(facts.item.warp_id)
    yield from _rows_in(open_desk, desk, Level.HANDLER)
    for handler in facts.handlers:
        named_only = meet(less(spans, open_desk), (span(handler),))
        yield from _rows_in(named_only, Bucket.PERSON.of(handler.person_id), Level.HANDLER)
    yield from _glass(facts, spans)


def _glass(facts: Facts, spans: Spans) -> Iterator[Row]:
    """Break-glass names somebody as a handler, whatever the label, for the hour that it lasts."""
    for person, hour in facts.glass:
        yield from _rows_in(meet(spans, (hour,)), Bucket.PERSON.of(person), Level.HANDLER)


def _audience(facts: Facts, standing: Standing, in_force: Spans) -> Iterator[Row]:
    """Line 7 by label; for a withdrawn standing, line 4, by the grants of the one that it ends."""
    withdrawn = standing.state == Standing.State.WITHDRAWN
    given_to = standing.withdraws if withdrawn else standing
    assert given_to is not None  # the database's check constraint
    level = Level.WITHDRAWN if withdrawn else Level.BODY
    before = [Span(since - 1, since) for since, _ in in_force]
    for bucket, spans in _reached(standing.label, grants_of(given_to, facts.grants)):
        if withdrawn and not meet(spans, before):  # what it did not give at the instant before, it can't take back
            continue
        yield from _rows_in(meet(spans, in_force), bucket, level, standing.label)


def grants_of(standing: Standing, grants: Sequence[Grant]) -> list[Grant]:
    """Those of `grants` that hang on `standing`, which may be proposed and not saved."""
    if standing.pk is None:
        return [grant for grant in grants if grant.standing_id is None and grant.standing is standing]
    return [grant for grant in grants if grant.standing_id == standing.pk]


def _reached(label: str, grants: Sequence[Grant]) -> Iterator[tuple[int, Spans]]:
    if label == tlp.CLEAR:
        yield Bucket.EVERYONE.of(), ALWAYS
    elif label == tlp.GREEN and not grants:  # ever given one, it stays narrowed
        yield Bucket.COMMUNITY.of(), ALWAYS
    else:
        for grant in grants:
            kind, number = target(grant)
            if label == tlp.RED and kind != Bucket.PERSON:
                continue
            if label == tlp.AMBER:
                kind = WITH_CLIENTS.get(kind, kind)
            yield kind.of(number), (span(grant),)


def given(standing: Standing, grants: Sequence[Grant], moment: int) -> set[int]:
    """The buckets that a released standing gives the text to at `moment` (microseconds), by line 7 alone."""
    reached = _reached(standing.label, grants_of(standing, grants))
    return {bucket for bucket, spans in reached if any(since <= moment < until for since, until in spans)}


def target(grant: Grant) -> tuple[Bucket, int]:
    """What a grant reaches, as a bucket's kind and id."""
    for kind, number in (
        (Bucket.WARP, grant.warp_id),
        (Bucket.GROUP, grant.group_id),
        (Bucket.ORGANISATION, grant.organisation_id),
        (Bucket.PERSON, grant.person_id),
    ):
        if number is not None:
            return kind, number
    raise ValueError("a grant without a target: name a WARP, a group, an organisation or a person")


def _embargoed(facts: Facts, guarded: Spans) -> Iterator[Row]:
    """Line 5: handlers named on it, and the named people by their answer to the terms."""
    embargo = facts.embargo
    if embargo is None:
        return
    for handler in facts.handlers:
        spans = meet(guarded, (span(handler),))
        yield from _rows_in(spans, Bucket.PERSON.of(handler.person_id), Level.HANDLER)
    yield from _glass(facts, guarded)
    for named in facts.named:
        for level, spans in _answered(embargo, named):
            spans = meet(meet(guarded, spans), (span(named),))
            yield from _rows_in(spans, Bucket.PERSON.of(named.person_id), level)


def _answered(embargo: Embargo, named: Named) -> Iterator[tuple[Level, Spans]]:
    """What one named person has, when: an offer until they answer, and again once the terms have changed."""
    answered = (Span(clock.micro(named.answered_at)),) if named.answered_at else NEVER
    yield Level.OFFER, less(ALWAYS, answered)
    if named.answer == Named.Answer.ACCEPTED:
        changed = NEVER if named.terms >= embargo.terms else (Span(clock.micro(embargo.terms_since)),)
        yield Level.BODY, less(answered, changed)
        yield Level.OFFER, meet(answered, changed)


def _inherited(facts: Facts) -> Iterator[Row]:
    """A child without a standing of its own takes its parent's; a comment on a CLEAR item takes GREEN."""
    parent = facts.parent
    assert parent is not None
    if facts.item.kind == Kind.ATTACHMENT:  # whoever reported agrees to what goes out, and so to its files
        for reporter in parent.reporters:
            yield from _rows_in(ALWAYS, reporter, Level.BODY)
    source = _inherited(parent) if parent.inherits() else _own(parent)
    for row in source:
        if row.level < Level.BODY or parent.item.anonymous:
            continue
        bucket, label = row.bucket, row.label
        if bucket == Bucket.EVERYONE and facts.item.kind in TAKES_GREEN_ON_CLEAR:
            bucket, label = Bucket.COMMUNITY.of(), tlp.GREEN
        for since, until in meet((Span(row.since, row.until),), facts.filed()):
            yield Row(bucket, row.level, since, until, label)


def open_at(rows: Iterable[Row], moment: int) -> list[Row]:
    """The rows in force at `moment` (microseconds)."""
    return [row for row in rows if row.since <= moment < row.until]
