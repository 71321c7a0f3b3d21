"""What each row of a claim may say, and to whom: the right asked again, in the claim's own transaction."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members import tlp
from members.delivery import invited
from members.delivery.channels import CHANNELS
from members.delivery.claimed import Verdict, What
from members.delivery.drill import judge_drill
from members.delivery.lines import left
from members.delivery.right import GUARDED, answer, hearers, hearing_houses, open_to_all
from members.facts import facts_of
from members.models import Address, Announcement, Cell, Channel, Delivery, Escalation, Item, Realm, Tier
from members.placing import Facts
from members.policy import Answer
from members.response.again import still
from members.response.ask import confirmers
from members.shows import EMBARGOED, Exit, Stand, lesser, stand_of

CONFIRMED = gettext_lazy("It was confirmed before this was sent.")


def judge(announcement: Announcement, rows: list[Delivery], at: datetime) -> Iterator[Verdict]:
    """What each of `rows`, all of one announcement, may say at `at`."""
    judged = JUDGES.get(Announcement.Event(announcement.event), _judge_item)
    if announcement.realm != Realm.REAL:
        judged = judge_drill
    for row, verdict in zip(rows, judged(announcement, rows, at), strict=True):
        if _usable(row.address, announcement):
            yield verdict
        else:
            onward = verdict.onward or verdict.what is not None  # theirs, by another address
            yield Verdict(None, _("Its address is no longer verified, or bad."), onward=onward)


def _usable(address: Address, announcement: Announcement) -> bool:
    asks = address.subscriber_id is not None and announcement.notice == Announcement.Notice.CONFIRM
    flash = announcement.tier == Tier.FLASH and address.channel == Channel.MAIL  # recipients.tried_all_the_same
    works = address.verified_at is not None and (address.bad_since is None or flash)
    return (asks or works) and address.ended_at is None  # by confirming anew, what was bad is so no longer


def _judge_digest(announcement: Announcement, rows: list[Delivery], at: datetime) -> Iterator[Verdict]:
    still = left(rows, at)
    for row in rows:
        lines, said, weekly = still[row.pk]
        if lines:
            to_subscriber = row.address.subscriber_id is not None
            what = What(announcement.event, announcement.tier, lines[0].cell, lines=lines, to_subscriber=to_subscriber)
            yield Verdict(what, lines=said, weekly=weekly)
        else:
            yield Verdict(None, _("Nothing was left to tell."))


def _judge_account(announcement: Announcement, rows: list[Delivery], at: datetime) -> Iterator[Verdict]:
    """An account mail says nothing of any item: whose account is closed gets none, and no right is asked."""
    prefetch_related_objects([row.address for row in rows], "person")
    what = What(
        announcement.event, announcement.tier, Cell.AWAITS, notice=announcement.notice, words=announcement.words
    )
    for row in rows:
        person = row.address.person
        subscriber = row.address.subscriber
        closed = person is not None and not person.active_since <= at < person.active_until
        closed = closed or (subscriber is not None and not subscriber.in_force(at))
        yield Verdict(None, _("Their account was closed.")) if closed else Verdict(what)


def _judge_item(announcement: Announcement, rows: list[Delivery], at: datetime) -> Iterator[Verdict]:
    item = announcement.item
    assert item is not None  # the database's check constraint
    facts = facts_of(item)
    stand = stand_of(facts, at)
    wanted = answer(announcement.event)
    invitation = invited.of(announcement)
    if why := _overtaken(announcement.event, wanted, stand) or invited.overtaken(invitation, at):
        yield from (Verdict(None, why) for _row in rows)
        return
    asked = [row.address.person_id for row in rows if row.address.person_id]
    hear = invited.alone(announcement, hearers(item, announcement.event, at, facts=facts))
    people = set(hear.filter(pk__in=asked).order_by().values_list("pk", flat=True))
    subscribers = _subscribers(rows, item, announcement.event, at)
    houses = _houses(rows, facts, announcement.event, at)
    confirm, about = confirmers(announcement, people, at), still(announcement, item, rows, at)
    for row in rows:
        address = row.address
        said = lesser(wanted, _cell(address, stand))
        theirs = (address.person_id in people, address.subscriber_id in subscribers, address.organisation_id in houses)
        if not any(theirs):
            yield _contacted(announcement, row, said, row.pk in about)
        elif said == Cell.NOTHING:
            yield Verdict(None, _("Nothing may be said of it by this channel."), onward=True)
        elif row.step and row.pk not in about:
            yield Verdict(None, CONFIRMED)
        else:
            version = stand.version or announcement.version
            by = confirm.get(address.person_id or 0) if row.step != Escalation.Step.COORDINATOR else None
            yield Verdict(What(
                announcement.event, announcement.tier, said, item, version, stand.label, confirm_by=by,
                to_subscriber=address.subscriber_id is not None, step=row.step, houses=tuple(about.get(row.pk, ())),
                invited=invited.said(invitation, said),
            ))  # fmt: skip


def _contacted(announcement: Announcement, row: Delivery, said: Cell, awaited: bool) -> Verdict:
    """Whoever has no right to the item. A contact without an account hears that something waits, while it does,
    and nothing of what: that message is made of no item."""
    if not (row.step and row.address.contact):
        return Verdict(None, _("They had no right to it when it was to be sent."))
    if said == Cell.NOTHING:
        return Verdict(None, _("Nothing may be said of it by this channel."))
    if not awaited:
        return Verdict(None, CONFIRMED)
    return Verdict(What(announcement.event, 0, Cell.AWAITS, step=row.step))


JUDGES = {Announcement.Event.DIGEST: _judge_digest, Announcement.Event.ACCOUNT: _judge_account}


def _cell(address: Address, stand: Stand) -> Cell:
    """What the table allows this address. A channel of an organisation, which several read, never says that something
    awaits: that is said of what is for people by name."""
    way = Exit.SUBSCRIBER if address.subscriber_id else CHANNELS[address.channel].exit
    allowed = stand.cell(way, private=address.private_since is not None)
    return Cell.NOTHING if address.organisation_id and allowed < Cell.NOTICE else allowed


def _houses(rows: list[Delivery], facts: Facts, event: str, at: datetime) -> set[int]:
    """The organisations of `rows` that may hear this by a channel of their own."""
    asked = {row.address.organisation_id for row in rows if row.address.organisation_id is not None}
    if not asked:
        return set()
    hear = hearing_houses(facts.item, event, at, facts)
    return set(hear.filter(pk__in=asked).order_by().values_list("pk", flat=True))


def _subscribers(rows: list[Delivery], item: Item, event: str, at: datetime) -> set[int]:
    """Those of `rows` who have no account, asked for mail, still want it, and may hear this, as anybody may."""
    there = {one.pk: one for row in rows if (one := row.address.subscriber) is not None}
    if not there or not open_to_all(item, event, at):
        return set()
    return {pk for pk, one in there.items() if one.hears(at)}


def _overtaken(event: str, wanted: Answer, stand: Stand) -> str:
    """Why the announcement no longer holds, whoever reads it: "" where it does."""
    if event in GUARDED:
        return "" if stand.row == EMBARGOED else _("The embargo was over before this was sent.")
    if event == Announcement.Event.FILED:
        return ""  # a report never stands released: who keeps it, the rule has just said
    if wanted == Answer.WITHDRAWN:
        return "" if stand.withdrawn else _("It was released again before this was sent.")
    if stand.withdrawn:
        return _("It was withdrawn before this was sent.")
    return "" if stand.row in tlp.LABELS else _("It was no longer released when this was to be sent.")
