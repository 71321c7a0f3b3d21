"""Why somebody did, or did not, get a message about an item: by the very queries that made the rows (became.py).

For whoever reads the item, about themselves; its handlers may ask it about another of its readers, and are told what
came of it, by which channel, and no more: what somebody ticked, where they are reached and what their server said is
their own, and a reason by ticks would tell what their organisation runs. Whoever shows it asks the rule for both first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.categories import Category
from members.delivery.became import results
from members.delivery.recipients import About, asking, at_once, called, in_digest, usable
from members.delivery.right import BY_NAME, OWN, hearers
from members.kit.match import matched
from members.models import (
    Address,
    Announcement,
    Cell,
    Channel,
    Frequency,
    Item,
    Person,
    Realm,
    Subscription,
    Tier,
)  # fmt: skip
from members.shows import Exit, Stand, stands
from members.templatetags.hub import moment

TOLD = (Announcement.Event.RELEASED, Announcement.Event.REVISED)
HOW_OFTEN: dict[int, Promise] = {
    Frequency.AT_ONCE: gettext_lazy("at once"),
    Frequency.DAILY: gettext_lazy("in the daily digest"),
    Frequency.WEEKLY: gettext_lazy("in the weekly digest"),
}


class Telling(NamedTuple):
    """One announcement as it concerns one person: what befell the item and when; what became of the message at each
    address; and why, "" where that is plain."""

    event: str
    at: datetime
    results: tuple[str, ...]
    why: str


def why(person: Person, item: Item, at: datetime, *, own: bool = True) -> list[Telling]:
    """Every announcement of `item` that concerns `person`, the latest first. As many statements for ten as for one.

    `own`: they ask it about themselves. To others it says nothing of ticks, addresses and servers.
    """
    announced = list(
        Announcement.objects.filter(item=item, realm=Realm.REAL, due_at__lte=at).order_by("-due_at", "-pk")
    )
    came = results(person, item, at, own=own)
    latest = next((one for one in announced if one.event in TOLD), None)
    reasoned = {one.pk for one in announced if one == latest or one.event in OWN}
    return [
        Telling(
            str(Announcement.Event(one.event).label), one.due_at, tuple(came.get(one.pk, ())),
            _reason(Asked(person, item, one, at, bool(came.get(one.pk)), own)) if one.pk in reasoned else "",
        )
        for one in announced
        if one.pk in came or one == latest
    ]  # fmt: skip


# Why: small conditions with names, the first that holds. A new reason is a function and its line.


@dataclass
class Asked:
    """About whom, of what, and whether they were told. What several conditions need is asked once."""

    person: Person
    item: Item
    announcement: Announcement
    at: datetime
    told: bool
    own: bool

    @cached_property
    def about(self) -> About:
        one = self.announcement
        return About(one.tier, one.categories, self.item.warp_id, self.then, matched(one))

    @property
    def then(self) -> datetime:
        """When it was decided who is told."""
        return self.announcement.planned_at or self.at

    @cached_property
    def addresses(self) -> list[Address]:
        return list(Address.objects.filter(person=self.person, channel=Channel.MAIL).order_by("pk"))

    @cached_property
    def usable(self) -> list[Address]:
        return list(usable().filter(person=self.person).order_by("pk"))

    @cached_property
    def stand(self) -> Stand:
        return stands([self.item], self.at)[self.item.pk]

    @cached_property
    def ticked(self) -> list[Subscription]:
        """The ticks of theirs that ask for it, the fastest first."""
        mine = asking(self.about).filter(address__in=self.usable).select_related("warp")
        return list(mine.order_by("frequency", "lowest", "pk"))

    def _by(self, query: Callable[..., QuerySet[Address]]) -> bool:
        return query(Person.objects.filter(pk=self.person.pk), self.stand, self.about).exists()

    @cached_property
    def wanted_at_once(self) -> bool:
        return self._by(at_once)

    @cached_property
    def wanted_in_digest(self) -> bool:
        return self._by(in_digest)

    @cached_property
    def called(self) -> bool:
        return usable().filter(called(self.then), person=self.person).exists()


def _reason(asked: Asked) -> str:
    conditions = BECAUSE if asked.told else NOT
    mine = (one for one in conditions if asked.own or one not in THEIRS)
    return next((str(said) for one in mine if (said := one(asked))), "")


def _booked(asked: Asked) -> str:
    if asked.announcement.event not in OWN:
        return ""
    return str(_("Because it is about their own booking: whose that is hears of it, whatever they ticked."))


def _guarded(asked: Asked) -> str:
    return str(_("Who is named on it is told, whatever they ticked.")) if asked.announcement.event in BY_NAME else ""


def _by_tick(asked: Asked) -> str:
    if not asked.ticked:
        return ""
    tick = asked.ticked[0]
    what = _named(tick.category) if tick.category else _("everything")
    if tick.warp is not None:
        what = _("%(what)s of %(warp)s") % {"what": what, "warp": tick.warp.name}
    said = _("Because a tick asks for %(what)s from %(tier)s up, %(often)s.")
    if tick.kit:
        said = _(
            "Because a tick asks for %(what)s that concerns what your organisation runs, from %(tier)s up, %(often)s."
        )
    return said % {"what": what, "tier": Tier(tick.lowest).label, "often": HOW_OFTEN[tick.frequency]}


def _by_tier(asked: Asked) -> str:
    if asked.announcement.tier != Tier.FLASH or not asked.called:
        return ""
    return str(_("Because it is a Flash: it reaches all who answer for an organisation, whatever they ticked."))


def _not_planned(asked: Asked) -> str:
    if asked.announcement.planned_at is not None:
        return ""
    if asked.announcement.held_since:
        return str(_("Nobody was told yet: the hub was restored from a backup, and its operator decides."))
    return str(_("Nobody was told yet: the hub is about to."))


def _no_address(asked: Asked) -> str:
    return "" if asked.addresses else str(_("The hub knows no address to write to."))


def _bad_address(asked: Asked) -> str:
    if asked.usable:
        return ""
    bad = [one for one in asked.addresses if one.bad_since]
    if not asked.own:
        return str(_("Mail to them came back.") if bad else _("Their address is not verified."))
    if bad:
        said = _("Mail to %(to)s came back: it is not written to since %(at)s.")
        return said % {"to": bad[0].value, "at": moment(bad[0].bad_since)}
    return _("The address %(to)s is not verified.") % {"to": asked.addresses[0].value}


def _verified_later(asked: Asked) -> str:
    if any(one.verified_at and one.verified_at <= asked.then for one in asked.usable):
        return ""
    said = _("The address was verified on %(at)s, after it was announced.")
    return said % {"at": moment(min(one.verified_at for one in asked.usable if one.verified_at))}


def _joined_later(asked: Asked) -> str:
    since = asked.person.active_since
    if since <= asked.then:
        return ""
    return _("It was announced before the account was opened, on %(at)s.") % {"at": moment(since)}


def _right_later(asked: Asked) -> str:
    mine = Person.objects.filter(pk=asked.person.pk)
    if hearers(asked.item, asked.announcement.event, asked.then).filter(pk__in=mine.values("pk")).exists():
        return ""
    if not hearers(asked.item, asked.announcement.event, asked.at).filter(pk__in=mine.values("pk")).exists():
        return str(_("The hub writes no message about it here: it is read on its page alone."))
    said = _("When it was announced, on %(at)s, it was not for this account yet: the right began later.")
    return said % {"at": moment(asked.then)}


def _no_channel(asked: Asked) -> str:
    if asked.stand.cell(Exit.MAIL) > Cell.NOTHING:
        return ""
    return str(_("Nothing may be said of it by mail."))


def _no_tick(asked: Asked) -> str:
    if asked.wanted_at_once or asked.wanted_in_digest:
        return ""
    one = asked.announcement
    named = ", ".join(map(_named, one.categories)) or _("no category")
    said = _("No tick asks for it: it is %(tier)s, %(categories)s.")
    return said % {"tier": Tier(one.tier).label, "categories": named}


def _named(category: str) -> str:
    return str(Category(category).label) if category in Category.values else category


def _ticked_since(asked: Asked) -> str:
    return str(_("The ticks ask for it now; when it was announced they did not, or nobody was told then."))


Condition = Callable[[Asked], str]
BECAUSE: tuple[Condition, ...] = (_booked, _guarded, _by_tick, _by_tier)
NOT: tuple[Condition, ...] = (
    _not_planned, _no_address, _bad_address, _joined_later, _right_later, _verified_later, _no_channel, _no_tick,
    _ticked_since,
)  # fmt: skip
THEIRS: tuple[Condition, ...] = (_by_tick, _no_tick, _ticked_since)  # told to themselves alone
