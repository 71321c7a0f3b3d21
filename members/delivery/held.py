"""What a restored database owes may have gone out since the backup was made: nobody can tell by it alone. So it is
held, announcement by announcement, until the operator lets it go or drops it; what the journal knows was sent is not.

While an announcement is held, its deliveries stay due, and are cancelled like others by what ends a right.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from members import clock, tasks
from members.audit import record
from members.delivery.claimed import key_of
from members.delivery.mark import line_key, message_key
from members.delivery.quiet import quiet
from members.exercises.pausing import pause_for
from members.exercises.restored import drop as drop_exercises
from members.journal import Lines, What
from members.models import Announcement, Delivery, DigestLine, Escalation, Realm, ReporterNotice, Response, Tier
from members.refused import Refused

DUE, SENT = Delivery.State.DUE, Delivery.State.SENT
Rows = QuerySet[Announcement]


class Held(NamedTuple):
    """One held announcement as the operator sees it: no title, no name of a person."""

    code: str
    tier: str
    alert: bool  # Flash or Urgent
    event: str
    reference: str  # "" for a digest or an account mail
    since: datetime  # when it was due
    messages: int  # due when the backup was made
    lines: int  # that waited for somebody's digest
    planned: bool
    unconfirmed: int  # organisations that were asked to confirm, and had not

    @property
    def urgent(self) -> bool:
        """Whether it is an alert that nobody may drop in passing."""
        return self.alert and bool(self.unconfirmed or not self.planned)


def hold(at: datetime) -> int:
    """Hold whatever may still send something. How many announcements. What is owed of exercises is dropped.

    A digest that is held is one of its own: that of the day may yet be written, of what is announced from now on.
    """
    drop_exercises(at)
    owing = Announcement.objects.filter(_owing(), held_since=None, realm=Realm.REAL)
    held = owing.update(held_since=at)
    Announcement.objects.filter(event=Announcement.Event.DIGEST, held_since=at).update(window="")
    # To whom it went is written nowhere, so nobody can tell whether it did: the first page says that it awaits them.
    ReporterNotice.objects.all().delete()
    return held


def _owing() -> Q:
    mine = {"announcement": OuterRef("pk")}
    due = Delivery.objects.filter(**mine, state=DUE).order_by()
    lines = DigestLine.objects.filter(**mine, delivery=None).order_by()
    asked = Response.objects.filter(**mine, acknowledged_at=None, closed_at=None).order_by()
    return Q(planned_at=None) | Q(Exists(due)) | Q(Exists(lines)) | Q(Exists(asked))


def sent_since(told: Lines) -> int:
    """The messages that the journal knows were sent after the backup are sent. How many."""
    known = told.get(What.SENT, {})
    if not known:
        return 0
    due = Delivery.objects.filter(state=DUE, announcement__held_since__isnull=False).order_by()
    found = []
    for row in due.select_related("announcement", "address").iterator():
        when = known.get(message_key(key_of(row.announcement.code, row.address, row.step)))
        if when is not None:
            row.state, row.sent_at, row.lease_until, row.outcome = SENT, when, None, _said()
            found.append(row)
    Delivery.objects.bulk_update(found, ["state", "sent_at", "lease_until", "outcome"], batch_size=500)
    return len(found)


def lines_sent(told: Lines, at: datetime) -> int:
    """Lines whose digest went out later than the backup: that digest is unknown here, and stands as one message. How
    many lines."""
    known = told.get(What.SENT, {})
    waiting = DigestLine.objects.filter(delivery=None, announcement__held_since__isnull=False).order_by()
    gone = [line for line in waiting.iterator() if line_key(line.pk) in known] if known else []
    if not gone:
        return 0
    digest = Announcement.objects.create(
        event=Announcement.Event.DIGEST, tier=Tier.ADVISORY, created_at=at, due_at=at, planned_at=at
    )
    by = {
        address: Delivery.objects.create(
            announcement=digest, address_id=address, state=SENT, due_at=at, sent_at=when, outcome=_said()
        )
        for address, when in {line.address_id: known[line_key(line.pk)] for line in gone}.items()
    }
    for line in gone:
        line.delivery = by[line.address_id]
    DigestLine.objects.bulk_update(gone, ["delivery"], batch_size=500)
    return len(gone)


def _said() -> str:
    return str(_("Sent after the backup was made, as the journal says."))


def settle() -> int:
    """What owes nothing any more is not held. How many are still."""
    held = Announcement.objects.filter(held_since__isnull=False)
    held.exclude(_owing()).update(held_since=None)
    return held.count()


def how_many() -> int:
    """How many announcements are held. One statement."""
    return Announcement.objects.filter(held_since__isnull=False, realm=Realm.REAL).count()


def held(**of: str) -> list[Held]:
    """What is held, the most urgent first. Three statements."""
    rows = Announcement.objects.filter(held_since__isnull=False, realm=Realm.REAL, **of).select_related("item")
    lines = dict(_count(DigestLine.objects.filter(delivery=None)))
    asked = dict(_count(Response.objects.filter(acknowledged_at=None, closed_at=None)))
    due = Count("deliveries", filter=Q(deliveries__state=DUE))
    return [
        Held(
            row.code, str(Tier(row.tier).label), row.tier >= Tier.URGENT,
            str(Announcement.Event(row.event).label), row.item.reference if row.item else "",
            row.due_at, row.due, lines.get(row.pk, 0), row.planned_at is not None, asked.get(row.pk, 0),
        )
        for row in rows.annotate(due=due).order_by("-tier", "due_at", "pk")
    ]  # fmt: skip


def _count(rows: QuerySet[DigestLine] | QuerySet[Response]) -> list[tuple[int, int]]:
    mine = rows.filter(announcement__held_since__isnull=False).order_by()
    return list(mine.values_list("announcement").annotate(n=Count("pk")).values_list("announcement", "n"))


@transaction.atomic
def let_go(code: str, at: datetime) -> Held:
    """It goes out after all: every right is asked at once and again, and refusals of old count for nothing. Whoever has
    to confirm it has the whole time to do so.

    Raises Refused where nothing of that code is held.
    """
    one = _one(code)
    Announcement.objects.filter(code=code).update(held_since=None)
    due = Delivery.objects.filter(announcement__code=code, state=DUE)
    # Free at once; but of what somebody held when the backup was made, the claim asks the journal.
    due.filter(lease_until__gte=at).update(lease_until=at - clock.MICROSECOND)
    due.update(due_at=at, tries=0, first_refused_at=None)
    _ask_from(code, at)
    quiet(Announcement.objects.get(code=code), at)
    if one.planned:  # else planning does it
        pause_for(Announcement.objects.get(code=code).pk, at)
    record("let_go", at, reference=one.reference, event=one.event, messages=one.messages)
    tasks.nudge()
    return one


def _ask_from(code: str, at: datetime) -> None:
    """The time to confirm, and the steps while it passes, begin anew: it went by while nothing was sent."""
    waiting = Response.objects.filter(announcement__code=code, acknowledged_at=None, closed_at=None).order_by()
    for asked_at in list(waiting.values_list("asked_at", flat=True).distinct()):
        later, theirs = at - asked_at, waiting.filter(asked_at=asked_at)
        owed = Escalation.objects.filter(response__in=theirs.values("pk"), announcement__code=code, done_at=None)
        owed.update(due_at=F("due_at") + later)
        theirs.update(asked_at=at, due_at=F("due_at") + later)


@transaction.atomic
def drop(code: str, at: datetime) -> Held:
    """It went out already, or is wanted no more: nothing of it is sent, and nobody is told that it is not confirmed.
    Who has not confirmed is still waited for.

    Raises Refused where nothing of that code is held.
    """
    one = _one(code)
    why = _("Dropped after a restore: it may have gone out after the backup was made.")
    due = Delivery.objects.filter(announcement__code=code, state=DUE)
    due.update(state=Delivery.State.CANCELLED, outcome=why, lease_until=None)
    DigestLine.objects.filter(announcement__code=code, delivery=None).delete()
    owed = Escalation.objects.filter(announcement__code=code, done_at=None)
    owed.update(done_at=at, outcome=Escalation.Outcome.STOPPED)
    Announcement.objects.filter(code=code, planned_at=None).update(planned_at=at)
    Announcement.objects.filter(code=code).update(held_since=None)
    record("drop", at, reference=one.reference, event=one.event, messages=one.messages)
    return one


def _one(code: str) -> Held:
    found = held(code=code)
    if not found:
        raise Refused(_("Nothing of code %(code)s is held. `held list` names them.") % {"code": code})
    return found[0]
