"""“We see this too”: one click by a person for their organisations. Read by them alone, and counted without a name."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from advisories.models import Indicator, Sighting
from members import items, permits, tlp
from members.audit import day_of, record
from members.authorship import capacities
from members.items import locked
from members.models import WRITTEN, Affiliation, Item, Kind, Person
from members.refused import Refused
from members.shows import EMBARGOED, UNRELEASED, Stand, stands

UNCOUNTED = frozenset({tlp.RED, EMBARGOED, UNRELEASED})


@transaction.atomic
def sight(
    person: Person, item: Item, at: datetime, organisations: Collection[str], indicator: str = ""
) -> list[Sighting]:
    """Each of these organisations (slugs) sees `item` too, or the `indicator` that it names. Said twice, said once.

    Raises Refused where nothing of it is counted, or an organisation is not theirs to speak for.
    """
    item = locked(item.pk)
    houses = _chosen(may_sight(person, item, at), organisations)
    if indicator and not _names(item, at, indicator):
        raise Refused(_("It does not name that indicator any more. Look at the version that stands now."))
    before = {one.item.affiliation_id: one for one in own(person, item, at) if one.indicator == indicator}
    return [before.get(house.pk) or _say(person, item, at, house, indicator) for house in houses]


@transaction.atomic
def take_back(
    person: Person, item: Item, at: datetime, organisations: Collection[str], indicator: str = ""
) -> list[Sighting]:
    """What `person` said of `item` for these organisations is not counted by the next run. Raises Refused."""
    item = locked(item.pk)
    houses = {house.pk for house in _chosen(affiliations(person, at), organisations)}
    said = [one for one in own(person, item, at) if one.indicator == indicator and one.item.affiliation_id in houses]
    for one in said:
        one.taken_back_at = at
        one.save(update_fields=["taken_back_at"])
        record("unsight", at, by=person, reference=one.item.reference)
    return said


def may_sight(person: Person, item: Item, at: datetime) -> list[Affiliation]:
    """For whom `person` may say so: their organisations, and none where no count of it would ever be told."""
    if item.kind not in WRITTEN or not countable(stands([item], at)[item.pk]):
        return []
    return affiliations(person, at) if permits.can(person, "sight", item, at) else []


def affiliations(person: Person, at: datetime) -> list[Affiliation]:
    return [one for one in capacities(person, at) if isinstance(one, Affiliation)]


def countable(stand: Stand) -> bool:
    """Whether how many see it may be told: it is released, and neither RED nor under an embargo."""
    return stand.row not in UNCOUNTED and not stand.withdrawn


def own(person: Person, item: Item, at: datetime) -> list[Sighting]:
    """What `person` said of `item` for the organisations that they speak for, and did not take back."""
    theirs = affiliations(person, at)
    said = Sighting.rows.filter(
        item__parent=item, item__author=person, item__affiliation__in=theirs, taken_back_at=None
    )
    return list(said.select_related("item").order_by("item__pos"))


def _chosen(mine: list[Affiliation], organisations: Collection[str]) -> list[Affiliation]:
    chosen = [one for one in mine if one.organisation.slug in organisations]
    if not chosen or len({one.organisation_id for one in chosen}) < len(set(organisations)):
        raise Refused(_("You can say this for organisations of yours that are active members, and of what is counted."))
    return chosen


def _names(item: Item, at: datetime, indicator: str) -> bool:
    version = stands([item], at)[item.pk].version
    return Indicator.objects.filter(item=item, version__number=version, value=indicator).exists()


def _say(person: Person, item: Item, at: datetime, house: Affiliation, indicator: str) -> Sighting:
    """Never submitted: so no audience of the item, and no handler, is ever given it. No audit row of the item itself
    says who it was."""
    child = items.create(
        Kind.SIGHTING, item.warp, at, author=person, affiliation=house, parent=item, realm=item.realm,
        marking=item.marking, submitted=False,
    )  # fmt: skip
    record("sight", at, by=person, reference=child.reference)
    return Sighting.rows.create(item=child, indicator=indicator, seen_on=day_of(at).date(), counted=True)
