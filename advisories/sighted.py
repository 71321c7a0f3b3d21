"""How many organisations see what is shared: counted once a day, and told from five on (policy.md, the fourth tell).

What a page says is what the last run found, so nobody learns who clicked by watching it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count

from advisories.models import Sighting, SightingCount
from advisories.serve.exchange.facts import FEWEST
from advisories.sightings import countable
from members.alone import Work, alone
from members.audit import day_of, record
from members.models import AuditRow, Item
from members.shows import stands

HOUR = timedelta(hours=3)  # UTC: at night, and before the operator's mail
DONE, ABOUT = "count_sightings", "sightings"
Counts = dict[tuple[int, str], int]  # by item and indicator ("" for the whole item)


@transaction.atomic
def count_daily(at: datetime) -> bool:
    """Count, where that was not done for this day; whether it was. After an outage, as soon as somebody asks."""
    if not alone(Work.SIGHTINGS):
        return False
    day = day_of(at - HOUR).date().isoformat()
    last = AuditRow.objects.filter(verb=DONE, reference=ABOUT).order_by("-pk").values_list("detail", flat=True).first()
    if last and last.get("day") == day:
        return False
    _write(_count(at), at)
    record(DONE, at, reference=ABOUT, day=day)
    return True


def seen(item: Item) -> dict[str, int]:
    """What the last run found of `item`, by indicator ("" for the whole). For whom the rule gave it, where it is
    `countable`."""
    found = SightingCount.objects.filter(item=item, organisations__gte=FEWEST).order_by("pk")
    return dict(found.values_list("indicator", "organisations"))


def changed_at(item: Item) -> datetime | None:
    """When what is told of these numbers changed last."""
    return SightingCount.objects.filter(item=item).order_by("-since").values_list("since", flat=True).first()


def _count(at: datetime) -> Counts:
    """Organisations that were active members when somebody said it for them, not clicks; said by five people, so that
    whoever speaks for four does not learn of the one besides. Who leaves stays counted: a number that fell with them
    would tell that they were. One statement, and three that ask how the items stand."""
    said = Sighting.rows.filter(counted=True, taken_back_at=None)
    found = (
        said.order_by()
        .values_list("item__parent", "indicator")
        .annotate(organisations=Count("item__affiliation__organisation", distinct=True))
        .filter(organisations__gte=FEWEST)
        .alias(people=Count("item__author", distinct=True))
        .filter(people__gte=FEWEST)
    )
    many = {(item, indicator): organisations for item, indicator, organisations in found}
    items = Item.rows.filter(pk__in={item for item, _indicator in many})
    told = {pk for pk, stand in stands(items, at).items() if countable(stand)}
    return {key: count for key, count in many.items() if key[0] in told}


def _write(counts: Counts, at: datetime) -> None:
    """Only what changed is written: `since` says when."""
    stored = {(one.item_id, one.indicator): one for one in SightingCount.objects.select_for_update()}
    changed = [one for key, one in stored.items() if counts.get(key, 0) != one.organisations]
    for one in changed:
        one.organisations, one.since = counts.get((one.item_id, one.indicator), 0), at
    SightingCount.objects.bulk_update(changed, ["organisations", "since"], batch_size=500)
    SightingCount.objects.bulk_create(
        SightingCount(item_id=item, indicator=indicator, organisations=count, since=at)
        for (item, indicator), count in counts.items() if (item, indicator) not in stored
    )  # fmt: skip
