"""What somebody would have been told in the last month by a list of ticks: held against what they may read now.

What asks on its page who looks is held against no tick before they have said so: a tick that fits tells what it is.
The same answer as planning's statement (delivery/recipients.py) for one person and ticks that need not be saved;
tests/members/telling/test_month.py holds the two against each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Exists, OuterRef

from members import kinds, tlp
from members.keys import openly
from members.models import (
    Affiliation,
    Announcement,
    Cell,
    Frequency,
    Item,
    KitMatch,
    Office,
    Person,
    Realm,
    Tier,
)
from members.policy import Viewer, readable
from members.response.who import answering
from members.shows import Exit, Stand, stands
from members.telling.ticks import Tick

DAYS = 30
MOST = 200  # announcements, the latest
EVENTS = (Announcement.Event.RELEASED, Announcement.Event.REVISED)


@dataclass(frozen=True)
class Heard:
    """One announcement as ticks meet it. `alone`: no digest may carry it."""

    item: Item
    title: str
    label: str
    tier: int
    at: datetime
    categories: Sequence[str]
    warp: str
    kit: bool
    alone: bool

    @property
    def url(self) -> str:
        return kinds.page(self.item)

    @property
    def tier_name(self) -> str:
        return Tier(self.tier).name.lower()


class Month(NamedTuple):
    """The announcements of a month that somebody may read now, newest first; whether a Flash always wakes them;
    whether there were more than are looked at; and whether some are kept back until they confirm who they are."""

    heard: Sequence[Heard]
    woken: bool
    more: bool
    kept_back: bool


class Told(NamedTuple):
    """What a list of ticks makes of a month."""

    at_once: Sequence[Heard]
    daily: Sequence[Heard]
    weekly: Sequence[Heard]

    @property
    def digest(self) -> int:
        return len(self.daily) + len(self.weekly)


def month(person: Person, viewer: Viewer, at: datetime, *, confirmed: bool) -> Month:
    """As many statements whatever there was. `viewer` is `person`'s own, who is `confirmed` or not."""
    found = Announcement.objects.filter(
        readable(openly(viewer, at), at, "item_id"), event__in=EVENTS, realm=Realm.REAL,
        due_at__gt=at - timedelta(days=DAYS), due_at__lte=at,
    )  # fmt: skip
    mine = Affiliation.objects.at(at).filter(person=person).order_by().values("organisation")
    matches = KitMatch.objects.filter(announcement=OuterRef("pk"), organisation__in=mine).order_by()
    rows = list(found.annotate(kit=Exists(matches)).select_related("item__warp").order_by("-due_at", "-pk")[: MOST + 1])
    stand = stands({row.item for row in rows if row.item}, at)
    released = [row for row in rows[:MOST] if row.item and _stands(stand[row.item.pk])]
    shown = [row for row in released if confirmed or not (row.item and stand[row.item.pk].asks)]
    titles = kinds.titles({row.item: stand[row.item.pk].version or row.version for row in shown if row.item})
    heard = [_heard(row, row.item, stand[row.item.pk], titles) for row in shown if row.item]
    return Month(heard, _woken(person, at), len(rows) > MOST, len(shown) < len(released))


def told(ticks: Iterable[Tick], of: Month) -> Told:
    """Which of them would have come, and how soon."""
    ticks = list(ticks)
    paces = [(pace(ticks, one, woken=of.woken), one) for one in of.heard]
    at_once, daily, weekly = ([one for how, one in paces if how == frequency] for frequency in Frequency)
    return Told(at_once, daily, weekly)


def pace(ticks: Iterable[Tick], one: Heard, *, woken: bool) -> int | None:
    """The fastest of those ticks that fit; None where none does."""
    met = [tick.frequency for tick in ticks if _fits(tick, one)]
    if (one.tier == Tier.FLASH and woken) or (met and one.alone):
        return Frequency.AT_ONCE
    return min(met, default=None)


def _fits(tick: Tick, one: Heard) -> bool:
    about = tick.category in ("", *one.categories) and tick.warp in ("", one.warp)
    return about and tick.lowest <= one.tier and (one.kit or not tick.kit)


def _stands(stand: Stand) -> bool:
    return stand.row in tlp.LABELS and not stand.withdrawn


def _heard(row: Announcement, item: Item, stand: Stand, titles: dict[int, str]) -> Heard:
    return Heard(
        item=item, title=titles.get(item.pk, item.reference), label=stand.label, tier=row.tier, at=row.due_at,
        categories=tuple(row.categories), warp=item.warp.slug, kit=row.kit,  # type: ignore[attr-defined]  # annotated
        alone=stand.cell(Exit.DIGEST) == Cell.NOTHING,
    )  # fmt: skip


def _woken(person: Person, at: datetime) -> bool:
    return answering(at).filter(person=person).exists() or Office.objects.at(at).filter(person=person).exists()
