"""Read what the rule needs to know of items, for any number of them and all that stands above, in nine statements.

In as many whatever it finds: what lies below an item may be hidden from whoever acts on it, and must not be told by
the time that their act takes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet

from members import clock
from members.buckets import Bucket
from members.models import Ancestry, BreakGlass, Derivation, Grant, Handler, Item, Named, Standing
from members.placing import Facts
from members.spans import Span

GLASS = timedelta(hours=1)  # how long break-glass lasts
Grouped = dict[int, list[Any]]


def facts_of(item: Item) -> Facts:
    """Of one item, with those of its ancestors."""
    return facts_of_all([item])[item.pk]


def facts_of_all(items: Iterable[Item]) -> dict[int, Facts]:
    """By id of each of `items`."""
    asked = {item.pk: item for item in items}
    read = {item.pk: item for item in _with_ancestors(asked)}
    every, pks = {**read, **asked}, list(read)
    standings = _grouped(Standing.objects.filter(item__in=pks).select_related("withdraws"), "item_id")
    grants: Grouped = defaultdict(list)
    for grant in Grant.objects.filter(standing__item__in=pks).select_related("standing"):
        grants[grant.standing.item_id].append(grant)
    handlers = _grouped(Handler._base_manager.filter(item__in=pks), "item_id")
    embargoes = {pk: item.embargo for pk, item in read.items() if hasattr(item, "embargo")}
    named = _grouped(Named.objects.filter(embargo__item__in=pks), "embargo_id")
    origins = {pk: (o.filer, o.capacity) for pk, item in read.items() if (o := getattr(item, "origin", None))}
    glass, reporters = _glass(every.values()), _reporters(pks)
    made: dict[int, Facts] = {}

    def make(item: Item) -> Facts:
        if item.pk not in made:
            embargo = embargoes.get(item.pk)
            made[item.pk] = Facts(
                item=item, standings=standings.get(item.pk, ()), grants=grants.get(item.pk, ()),
                handlers=[one for one in handlers.get(item.pk, ()) if not one.second],
                seconds=[one for one in handlers.get(item.pk, ()) if one.second],
                embargo=embargo, named=named.get(embargo.pk, ()) if embargo else (),
                origin=origins.get(item.pk), glass=glass.get(item.reference, ()), reporters=reporters.get(item.pk, ()),
                parent=make(every[item.parent_id]) if item.parent_id else None,
            )  # fmt: skip
        return made[item.pk]

    return {pk: make(item) for pk, item in asked.items()}


def _with_ancestors(asked: Collection[int]) -> QuerySet[Item]:
    """The items `asked` for, and every one above one of them, each with its embargo and its sealed link."""
    above = Ancestry.objects.filter(item__in=asked).order_by().values("ancestor")
    wanted = Q(pk__in=list(asked)) | Q(pk__in=above)
    return Item._base_manager.filter(wanted).select_related("embargo", "origin").order_by()


def _grouped(rows: Iterable[Any], key: str) -> Grouped:
    found: Grouped = defaultdict(list)
    for row in rows:
        found[getattr(row, key)].append(row)
    return found


def _glass(items: Iterable[Item]) -> dict[str, list[tuple[int, Span]]]:
    """Who broke glass for each, by its reference, each for an hour from its approval on."""
    found: dict[str, list[tuple[int, Span]]] = defaultdict(list)
    broken = BreakGlass.objects.filter(reference__in=[item.reference for item in items], approved_at__isnull=False)
    for reference, person, since in broken.values_list("reference", "person_id", "approved_at"):
        if since is not None:
            found[reference].append((person, Span(clock.micro(since), clock.micro(since + GLASS))))
    return found


def _reporters(pks: list[int]) -> dict[int, list[int]]:
    """Buckets of those whose reports each was derived from: sealed where the report is anonymous."""
    found: dict[int, list[int]] = defaultdict(list)
    reports = Derivation.objects.filter(item__in=pks)
    for pk, filer, author in reports.values_list("item", "report__origin__filer", "report__author_id"):
        if filer is not None:
            found[pk].append(Bucket.SEALED.of(filer))
        elif author is not None:
            found[pk].append(Bucket.PERSON.of(author))
    return found
