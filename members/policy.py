"""Who may see what, and when: THE rule. Every exit of the hub asks here and nowhere else.

    may(viewer, item, at)          nothing · offer · withdrawn · body
    visible_to(viewer, at)         exactly the `body` set, as a queryset
    audience(item, at, standing)   the active people to whom `may` answers `body`
    shows(viewer, item, at, channel)   the lesser of `may` and the channel's cell (shows.py)

An item is placed in buckets (placing.py), a viewer holds keys (keys.py); holders.py is the same, the other way. Who may
do what is said in permits.py, which asks here first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from enum import IntEnum

from django.db.models import BooleanField, F, Func, QuerySet

from members import clock
from members.buckets import Level
from members.facts import facts_of, facts_of_all
from members.holders import holders
from members.houses import houses, houses_by
from members.keys import NOBODY, Viewer
from members.models import (
    Ancestry,
    Grant,
    Item,
    Organisation,
    Person,
    Placement,
    Realm,
    Standing,
)
from members.placing import Facts, given, open_at, rows_for

__all__ = [
    "NOBODY",
    "Answer",
    "Viewer",
    "audience",
    "may",
    "offers_to",
    "reached",
    "visible_to",
    "withdrawals_to",
]


class Answer(IntEnum):
    NOTHING = 0
    OFFER = 1
    WITHDRAWN = 2
    BODY = 3


def may(viewer: Viewer, item: Item, at: datetime) -> Answer:
    """What `viewer` has of `item` at `at`: exactly one of the four answers."""
    above = list(Ancestry.objects.filter(item=item).values_list("ancestor_id", flat=True))
    open_rows = open_then(Placement.objects.filter(item__in=[item.pk, *above], bucket__in=viewer.keys(at)), at)
    own: list[tuple[int, int]] = []
    read = set()
    for pk, level, since in open_rows.values_list("item_id", "level", "since"):
        if pk == item.pk:
            own.append((level, since))
        elif level >= Level.BODY:
            read.add(pk)
    if len(read) < len(above) or not own:
        return Answer.NOTHING
    level, since = max(own)
    if level >= Level.BODY:
        return Answer.BODY
    if level == Level.WITHDRAWN and may(viewer, item, clock.moment(since - 1)) < Answer.BODY:
        return Answer.NOTHING  # what they never had is not taken from them
    return Answer(level)


def visible_to(viewer: Viewer, at: datetime, realm: int = Realm.REAL) -> QuerySet[Item]:
    """Exactly the items that are `body` to `viewer` at `at`."""
    return Item.rows.realm(realm).filter(readable(viewer, at))


def readable(viewer: Viewer, at: datetime, item: str = "pk") -> Func:
    """The condition that the item of field `item` is `body`: usable in any query, inside others too."""
    return _condition(lambda column: readable_sql(viewer, at, column), item)


def readable_sql(viewer: Viewer, at: datetime, item: str) -> str:
    """The same in SQL, of the item of column `item`: for statements written by hand."""
    return f"{_opens(viewer, at, item)} AND {parents_open(viewer, at, item)}"


def handled(viewer: Viewer, at: datetime, item: str = "pk") -> Func:
    """The condition that `viewer` is a handler of the item of field `item`: what lies on their desk."""
    return _condition(
        lambda column: f"{_opens(viewer, at, column, Level.HANDLER)} AND {parents_open(viewer, at, column)}", item
    )


def _condition(sql: Callable[[str], str], item: str) -> Func:
    """Raw SQL on one field. The name of its column is Django's to give: in a query within a query it is another."""
    return Func(F(item), template=f"({sql('%(expressions)s')})", output_field=BooleanField())


def _opens(viewer: Viewer, at: datetime, item: str, level: int = Level.BODY) -> str:
    held, t = ",".join(map(str, sorted(viewer.keys(at)))), clock.micro(at)
    return (
        f"EXISTS (SELECT 1 FROM members_placement p WHERE p.item_id = {item} AND p.bucket IN ({held})"
        f" AND p.level >= {int(level)} AND p.since <= {t} AND {t} < p.until)"
    )


def parents_open(viewer: Viewer, at: datetime, item: str) -> str:
    """The condition, in SQL, that every ancestor of the item of column `item` is `body`."""
    return (
        f"NOT EXISTS (SELECT 1 FROM members_ancestry a WHERE a.item_id = {item}"
        f" AND NOT {_opens(viewer, at, 'a.ancestor_id')})"
    )


def offers_to(viewer: Viewer, at: datetime) -> QuerySet[Item]:
    """The embargoed items that `viewer` is offered and has not answered: only that there is one."""
    offered = open_then(Placement.objects.filter(level=Level.OFFER, bucket__in=viewer.keys(at)), at)
    return _below_readable(offered.values_list("item_id", flat=True), viewer, at).exclude(readable(viewer, at))


def withdrawals_to(viewer: Viewer, at: datetime) -> QuerySet[Item]:
    """The withdrawn items that `viewer` had at the instant before and would still have: reference and word only."""
    taken = open_then(Placement.objects.filter(level=Level.WITHDRAWN, bucket__in=viewer.keys(at)), at)
    # With nothing to ask about, it is asked about an item that there is not: what was withdrawn from others, and lies
    # where the viewer looks too, takes as many statements as nothing.
    before = {0: 0, **{pk: since - 1 for pk, since in taken.values_list("item_id", "since")}}
    return _below_readable({0, *_read(viewer, before)}, viewer, at).exclude(readable(viewer, at))


def _read(viewer: Viewer, when: dict[int, int]) -> set[int]:
    """Those of the items `when` that were `body` to `viewer` at the moment (microseconds) beside each."""
    held = viewer.keys_at(clock.moment(micros) for micros in when.values())
    chain: dict[int, set[int]] = {pk: {pk} for pk in when}
    for pk, ancestor in Ancestry.objects.filter(item__in=when).values_list("item_id", "ancestor_id"):
        chain[pk].add(ancestor)
    open_rows: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    placed = Placement.objects.filter(item__in=set().union(*chain.values()), level__gte=Level.BODY)
    for pk, bucket, since, until in placed.values_list("item_id", "bucket", "since", "until"):
        open_rows[pk].append((bucket, since, until))

    def opened(pk: int, micros: int) -> bool:
        mine = held[clock.moment(micros)]
        return any(bucket in mine and since <= micros < until for bucket, since, until in open_rows[pk])

    return {pk for pk, micros in when.items() if all(opened(one, micros) for one in chain[pk])}


def _below_readable(pks: Iterable[int], viewer: Viewer, at: datetime) -> QuerySet[Item]:
    parents = _condition(lambda column: parents_open(viewer, at, column), "pk")
    return Item.rows.filter(parents, pk__in=pks)


def open_then(placements: QuerySet[Placement], at: datetime) -> QuerySet[Placement]:
    return placements.filter(since__lte=clock.micro(at), until__gt=clock.micro(at))


def audience(
    item: Item, at: datetime, standing: Standing | None = None, grants: Iterable[Grant] = ()
) -> QuerySet[Person]:
    """The active people to whom `may` answers `body` at `at`.

    With `standing` (and its `grants`), proposed and not saved: those who would be, were it released so.
    """
    facts = facts_of(item)
    if standing is not None:
        facts = as_if(facts, standing, list(grants))
    people = holders(body_buckets(facts, at), at)
    above = facts.parent
    while above is not None:
        people = people.filter(pk__in=holders(body_buckets(above, at), at).values("pk"))
        above = above.parent
    return people.order_by("name", "pk")


def reached(item: Item, at: datetime, facts: Facts | None = None) -> QuerySet[Organisation]:
    """The organisations that `item` reaches at `at`, by its own grants and those of what it belongs to. `facts`: its
    own, where they were read already."""
    found = Organisation.objects.all()
    for one in _upwards(facts or facts_of(item)):
        found = found.filter(pk__in=houses(body_buckets(one, at), at).order_by().values("pk"))
    return found


def reached_each(items: Iterable[Item], at: datetime) -> dict[int, set[int]]:
    """The same of many, by id: the ids of the organisations that each reaches. In as many statements for ten as for
    one."""
    opened = {pk: [body_buckets(one, at) for one in _upwards(facts)] for pk, facts in facts_of_all(items).items()}
    by_bucket = houses_by({bucket for levels in opened.values() for buckets in levels for bucket in buckets}, at)
    return {
        pk: set.intersection(*(set().union(*(by_bucket.get(one, ()) for one in buckets)) for buckets in levels))
        for pk, levels in opened.items()
    }


def _upwards(facts: Facts | None) -> Iterator[Facts]:
    while facts is not None:
        yield facts
        facts = facts.parent


def body_buckets(facts: Facts, at: datetime) -> set[int]:
    """The buckets whose key opens the text of an item at `at`."""
    return {row.bucket for row in open_at(rows_for(facts), clock.micro(at)) if row.level >= Level.BODY}


def as_if(facts: Facts, standing: Standing, grants: list[Grant]) -> Facts:
    """The facts, had `standing` been released: what is in force when it begins ends there."""
    since = standing.since
    kept = [s for s in facts.standings if s.since < since]
    for earlier in kept:
        earlier.until = min(earlier.until, since)
    return replace(facts, standings=[*kept, standing], grants=[*facts.grants, *grants])


def versions_for(viewer: Viewer, item: Item, at: datetime) -> set[int]:
    """Versions that `viewer` would be given under the last released standing of each, judged at `at`.

    For whoever has the item itself: ask `may` first. Handlers read every version.
    """
    began = Standing.objects.filter(item=item, state=Standing.State.RELEASED, since__lte=at, until__gt=F("since"))
    last = {standing.version: standing for standing in began.order_by("since", "pk")}
    grants = list(Grant.objects.filter(standing__in=last.values()))
    held = viewer.keys(at)
    return {version for version, standing in last.items() if held & given(standing, grants, clock.micro(at))}
