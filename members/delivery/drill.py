"""What is told of exercises: to whom, and whether it still holds when it is to be sent. Apart from all that is real:
nobody's ticks, digests, quiet hours, subscribers and organisations' channels are asked, and nobody's answer is awaited.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.delivery.channels import CHANNELS
from members.delivery.claimed import Verdict, What
from members.delivery.insert import owe
from members.delivery.recipients import all_ways, reached
from members.delivery.right import hearers
from members.exercises.players import Role, getting, taking_part
from members.exercises.telling import Word
from members.facts import facts_of
from members.models import Address, Announcement, Cell, Delivery, Exercise, Inject, Person, Realm, Reply
from members.placing import Facts
from members.shows import Exit, Stand, stand_of

State, Event = Exercise.State, Announcement.Event
OVER = gettext_lazy("The exercise ended before this was sent.")
OVERTAKEN = gettext_lazy("Something newer of the exercise was told before this was sent.")


def first_of(path: str = "") -> Case:
    """Of announcements, at the end of `path`: the higher, the sooner. What is real by its tier; all of exercises after
    that, so that it goes in the order in which it was owed."""
    real = When(**{f"{path}realm": Realm.REAL}, then=F(f"{path}tier"))
    return Case(real, default=Value(-1), output_field=IntegerField())


def may_go() -> Q:
    """Of deliveries: real ones, those of what befell an exercise, and those of injects while nothing is paused: these
    wait meanwhile."""
    paused = Exercise.rows.filter(item=OuterRef("announcement__item__parent"), state=State.PAUSED).order_by()
    return Q(announcement__realm=Realm.REAL) | Q(announcement__event=Event.PLAYED) | ~Q(Exists(paused))


def owe_drill(announcement: Announcement, facts: Facts, at: datetime) -> None:
    """Owe what is announced of an exercise to those who take part: once, like what is real."""
    if _over(announcement):
        return
    stand = stand_of(facts, at)
    people = _people(announcement, facts, at)
    mail = stand.cell(Exit.MAIL) > Cell.NOTHING
    to = reached(people) if mail else Address.objects.none()
    owe(announcement, all_ways(people, stand) if mail and _loud(announcement) else to, at)


def _loud(announcement: Announcement) -> bool:
    """Whether it goes by telephone and chat too. That it is paused goes by every way by which injects may come."""
    if announcement.event == Event.PLAYED:
        return announcement.words == Word.PAUSED
    return Inject.objects.filter(item=announcement.item, channel=Inject.Channel.MESSAGE).exists()


def _people(announcement: Announcement, facts: Facts, at: datetime) -> QuerySet[Person]:
    """Those who take part and to whom the rule gives it. Of its pause whoever facilitates it hears too: it may be
    the hub that paused it."""
    people = hearers(facts.item, announcement.event, at, facts=facts)
    if announcement.event != Event.PLAYED:
        part = getting(Inject.objects.get(item=facts.item), at)
        return people.filter(pk__in=part.order_by().values("person"))
    told = Q(pk__in=taking_part(facts.item.pk, at).order_by().values("person"))
    if announcement.words == Word.PAUSED:
        lead = hearers(facts.item, Event.REMINDER, at, facts=facts)  # an event of which who handles it alone hears
        told |= Q(pk__in=lead.order_by().values("pk"))
    return people.filter(told)


def judge_drill(announcement: Announcement, rows: list[Delivery], at: datetime) -> Iterator[Verdict]:
    """What each of `rows` may say at `at`, asked again: of the rule, and whether they still take part."""
    item = announcement.item
    assert item is not None  # the database's check constraint
    facts = facts_of(item)
    stand = stand_of(facts, at)
    asked = [row.address.person_id for row in rows if row.address.person_id]
    people = set(_people(announcement, facts, at).filter(pk__in=asked).order_by().values_list("pk", flat=True))
    asks = _awaited(announcement, people, at)
    why = _over(announcement)
    for row in rows:
        said = _cell(row.address, stand)
        if why:
            yield Verdict(None, why)
        elif row.address.person_id not in people:
            yield Verdict(None, _("They took no part in it any more when it was to be sent."))
        elif said == Cell.NOTHING:
            yield Verdict(None, _("Nothing may be said of it by this channel."))
        else:
            yield Verdict(What(
                announcement.event, announcement.tier, said, item, stand.version or announcement.version, stand.label,
                words=announcement.words, asks=row.address.person_id in asks,
            ))  # fmt: skip


def _cell(address: Address, stand: Stand) -> Cell:
    return stand.cell(CHANNELS[address.channel].exit, private=address.private_since is not None)


def _over(announcement: Announcement) -> str:
    """Why it holds no more, whoever gets it; "" where it does."""
    if announcement.event == Event.PLAYED:
        later = Announcement.objects.filter(item=announcement.item, event=Event.PLAYED, pk__gt=announcement.pk)
        return str(OVERTAKEN) if later.exists() else ""
    ended = Inject.objects.filter(item=announcement.item, exercise__state=State.ENDED)
    return str(OVER) if ended.exists() else ""


def _awaited(announcement: Announcement, people: set[int], at: datetime) -> set[int]:
    """Those of `people` whose organisation is to acknowledge what is announced, and has not."""
    inject = Inject.objects.filter(item=announcement.item, asks=True).first()
    if inject is None or announcement.event == Event.PLAYED:
        return set()
    done = Reply.objects.filter(inject=inject, what=Reply.What.ACKNOWLEDGED).order_by().values("organisation")
    players = getting(inject, at).filter(role=Role.PLAYER, person__in=people).exclude(organisation__in=done)
    return set(players.order_by().values_list("person", flat=True))
