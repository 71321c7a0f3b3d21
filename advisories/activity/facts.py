"""What happened in a period, of what whoever asks handles: at most three statements for each, whatever there is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, Exists, F, Min, OuterRef, QuerySet, Subquery

from advisories.activity.asker import Asker
from advisories.activity.period import Period
from advisories.models import Incident, SightingCount, Version
from advisories.serve.exchange.facts import FEWEST
from members.models import (
    WRITTEN,
    Announcement,
    AuditRow,
    Delivery,
    DigestLine,
    Escalation,
    Item,
    Kind,
    Response,
    Standing,
)
from members.response.owed import still_owed

TOLD_OF = (*WRITTEN, Kind.DISCUSSION)
Numbers = dict[int, int]  # by id of the item
Times = dict[int, timedelta]


class Told(NamedTuple):
    """A standing that began: the item was released for the first time, or `again`, or withdrawn."""

    item: int
    kind: int
    began: datetime  # the item itself: of an incident, when it was derived
    at: datetime
    label: str
    state: str
    again: bool
    tier: int
    category: str
    rsit: str
    now: str  # the state of an incident, as it is now

    @property
    def first(self) -> bool:
        return self.state == Standing.State.RELEASED and not self.again

    @property
    def revised(self) -> bool:
        return self.state == Standing.State.RELEASED and self.again

    @property
    def withdrawn(self) -> bool:
        return self.state == Standing.State.WITHDRAWN


def told(asker: Asker, period: Period) -> list[Told]:
    began = _stood(asker.at).filter(item__in=asker.handles(*WRITTEN), since__gte=period.since, since__lt=period.until)
    before = _stood(asker.at).filter(item=OuterRef("item"), state=Standing.State.RELEASED, since__lt=OuterRef("since"))
    text = Version.objects.filter(advisory=OuterRef("item"), number=OuterRef("version"))
    incident = Incident.rows.filter(item=OuterRef("item"))
    found = began.annotate(
        again=Exists(before), tier=_one(text, "tier"), category=_one(text, "category"), rsit=_one(incident, "rsit"),
        now=_one(incident, "state"),
    )  # fmt: skip
    fields = ("item", "item__kind", "item__created_at", "since", "label", "state", *Told._fields[6:])
    return [Told(*row) for row in found.order_by("since", "pk").values_list(*fields)]


def _stood(at: datetime) -> QuerySet[Standing]:
    """What came true: neither ahead, nor ended before it began."""
    return Standing.objects.filter(since__lte=at, until__gt=F("since")).order_by()


def _one(rows: QuerySet[Any], field: str) -> Subquery:
    return Subquery(rows.order_by().values(field)[:1])


def lived(asker: Asker, period: Period) -> dict[str, Times]:
    """How long after an incident was derived it was contained first, and closed first: of those that were in `period`,
    and are shared."""
    shared = Standing.objects.filter(item=OuterRef("pk"), since__lte=asker.at, until__gt=F("since")).order_by()
    incidents = asker.handles(Kind.INCIDENT).filter(Exists(shared)).order_by()
    began = {ref: (pk, at) for ref, pk, at in incidents.values_list("reference", "pk", "created_at")}
    held = AuditRow.objects.filter(reference__in=incidents.values("reference"), at__lt=period.until).order_by()
    contained = held.filter(verb="set_state", detail__state__in=[Incident.State.CONTAINED, Incident.State.RECOVERED])
    return {
        name: {began[ref][0]: at - began[ref][1] for ref, at in _first(rows) if at >= period.since}
        for name, rows in (("contained", contained), ("closed", held.filter(verb="close_incident")))
    }


def _first(rows: QuerySet[AuditRow]) -> Iterable[tuple[str, datetime]]:
    return rows.values("reference").annotate(first=Min("at")).values_list("reference", "first")


def reports(asker: Asker, period: Period) -> list[int]:
    """By id, those that were filed."""
    filed = asker.reads(Kind.REPORT).filter(submitted_at__gte=period.since, submitted_at__lt=period.until)
    return list(filed.order_by("pk").values_list("pk", flat=True))


class Asked(NamedTuple):
    """One organisation was asked to confirm one alert. `owed`: it has not, and is still waited for."""

    item: int
    house: int
    tier: int
    asked_at: datetime
    due_at: datetime
    confirmed_at: datetime | None
    owed: bool


def asked(asker: Asker, period: Period) -> list[Asked]:
    of_mine = Response.objects.filter(item__in=asker.handles(*WRITTEN)).select_related("item", "announcement")
    found = list(of_mine.filter(asked_at__gte=period.since, asked_at__lt=period.until).order_by("asked_at", "pk"))
    waiting = [one for one in found if one.acknowledged_at is None and one.closed_at is None]
    owed = {one.pk for one in still_owed(waiting, asker.at)}
    return [
        Asked(one.item_id, one.organisation_id, one.announcement.tier, one.asked_at, one.due_at, one.acknowledged_at,
              one.pk in owed)
        for one in found
    ]  # fmt: skip


class Escalated(NamedTuple):
    """Somebody else was told of an alert, since one organisation had not confirmed it."""

    item: int
    step: int
    house: int


def escalated(asker: Asker, period: Period) -> list[Escalated]:
    done = Escalation.objects.filter(
        response__item__in=asker.handles(*WRITTEN), done_at__gte=period.since, done_at__lt=period.until,
        outcome__in=(Escalation.Outcome.TOLD, Escalation.Outcome.NOBODY),
    )  # fmt: skip
    fields = ("response__item", "step", "response__organisation")
    return [Escalated(*row) for row in done.order_by("pk").values_list(*fields)]


def messages(asker: Asker, period: Period) -> Numbers:
    """How many went out by themselves, of what was announced in the period."""
    sent = Delivery.objects.filter(state=Delivery.State.SENT, announcement__in=_announced(asker, period)).order_by()
    return dict(sent.values_list("announcement__item").annotate(n=Count("pk")))


def in_digests(asker: Asker, period: Period) -> Numbers:
    """How many lines of digests told of what was announced in the period."""
    lines = DigestLine.objects.filter(announcement__in=_announced(asker, period), delivery__state=Delivery.State.SENT)
    return dict(lines.order_by().values_list("announcement__item").annotate(n=Count("pk")))


def _announced(asker: Asker, period: Period) -> QuerySet[Announcement]:
    mine = Announcement.objects.filter(item__in=asker.handles(*TOLD_OF)).order_by()
    return mine.filter(due_at__gte=period.since, due_at__lt=period.until)


def seen(items: Iterable[int]) -> Numbers:
    """How many organisations see each of these too, as the last daily run found: five or more (sighted.py)."""
    found = SightingCount.objects.filter(item__in=list(items), indicator="", organisations__gte=FEWEST)
    return dict(found.order_by().values_list("item", "organisations"))


def items(pks: Iterable[int], asker: Asker) -> list[Item]:
    """The items that the figures rest on, for how they stand."""
    return list(asker.reads(*Kind).filter(pk__in=set(pks)).order_by("pk"))
