"""Who has confirmed an alert and who has not: for the handlers of the item. Whoever shows it asks `can` first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import NamedTuple

from django.db.models import OuterRef, Prefetch, Subquery

from members.delivery.ledger import said_to_others
from members.directory import ladders_for
from members.models import Contact, Delivery, Item, Organisation, Person, Response, ResponseNote, Tried
from members.policy import Viewer, reached
from members.response.ladder import belongs, reachable
from members.response.ringing import ringer


class State(Enum):
    LATE = "late"  # was to confirm by now
    AWAITED = "awaited"
    CONFIRMED = "confirmed"
    CLOSED = "closed"
    LET_GO = "let go"  # nobody waits for it: it was withdrawn, or it is not for them any more


class Try(NamedTuple):
    """Somebody was told by an escalation. `who` is "" for a contact whose name is not whoever looks's to know;
    `outcome` has the server's words only where they may know the address too, which those quote."""

    step: int
    who: str
    channel: str
    state: str  # a Delivery.State
    at: datetime | None  # when it was sent
    outcome: str


@dataclass(frozen=True)
class Row:
    """One organisation. `by`: who confirmed, and `means` how; `notes` and `tries` the oldest first; `contacts` as far
    as whoever looks may see them. `unreachable`: the hub can tell nobody there anything."""

    organisation: Organisation
    state: State
    asked_at: datetime
    due_at: datetime
    confirmed_at: datetime | None
    by: str
    means: str
    applies: str
    code: str  # of the announcement that asked
    notes: Sequence[ResponseNote]
    ringing: Person | None = None
    ringing_since: datetime | None = None
    contacts: Sequence[Contact] = ()
    tries: Sequence[Try] = ()
    unreachable: bool = False

    @property
    def missing(self) -> bool:
        """They are to be rung: asked, and not heard of."""
        return self.state in (State.LATE, State.AWAITED)

    @property
    def took(self) -> timedelta | None:
        return self.confirmed_at - self.asked_at if self.confirmed_at else None


@dataclass(frozen=True)
class Board:
    """Everybody who was asked: those who are late first, then who is awaited, then by name."""

    rows: Sequence[Row]

    @property
    def asked(self) -> int:
        return len(self.rows)

    @property
    def confirmed(self) -> int:
        return sum(1 for row in self.rows if row.confirmed_at is not None)

    @property
    def affected(self) -> int:
        return sum(1 for row in self.rows if row.applies == Response.Applies.AFFECTED)

    @property
    def missing(self) -> Sequence[Row]:
        return [row for row in self.rows if row.missing]

    def curve(self) -> list[tuple[timedelta, int]]:
        """How many had confirmed how long after they were asked: one step for each, rising."""
        took = sorted(row.took for row in self.rows if row.took is not None)
        return [(after, number) for number, after in enumerate(took, 1)]


ORDER = list(State)


def board(item: Item, at: datetime, viewer: Viewer | None = None) -> Board:
    """The answers to `item` at `at`. `viewer`: whose right decides which contacts are shown; None: nobody's."""
    asked = Response.objects.filter(item=item).select_related("organisation", "announcement", "ringing")
    notes = Prefetch("notes", ResponseNote.objects.select_related("by"))
    found = list(asked.annotate(reachable=reachable(at)).prefetch_related(notes))
    have_it = set(reached(item, at).values_list("pk", flat=True))
    houses = [one.organisation_id for one in found]
    rungs = _contacts(houses, at, viewer)
    tries = _tries(item, rungs)
    rows = [
        replace(
            _row(one, one.organisation_id in have_it, at), contacts=rungs.get(one.organisation_id, ()),
            tries=tries[one.pk], unreachable=not one.reachable,
        )
        for one in found
    ]  # fmt: skip
    return Board(sorted(rows, key=lambda row: (ORDER.index(row.state), row.organisation.name, row.organisation.pk)))


def _contacts(houses: list[int], at: datetime, viewer: Viewer | None) -> dict[int, list[Contact]]:
    """The ladders that `viewer` may see, without whoever is not there any more."""
    rungs: dict[int, list[Contact]] = defaultdict(list)
    if viewer is not None:
        seen = ladders_for(viewer, at).filter(pk__in=houses).order_by().values("pk")
        there = Contact.objects.filter(belongs(at), organisation__in=seen).select_related("person", "address")
        for contact in there.order_by("position", "pk"):
            rungs[contact.organisation_id].append(contact)
    return rungs


def _tries(item: Item, rungs: dict[int, list[Contact]]) -> dict[int, list[Try]]:
    """By the response's id: by whom the escalations tried, and with what result."""
    known = {contact.address_id for contacts in rungs.values() for contact in contacts if contact.address_id}
    result = Delivery.objects.filter(
        announcement=OuterRef("escalation__announcement"), step=OuterRef("escalation__step"),
        address=OuterRef("address"),
    ).order_by()  # fmt: skip
    tried = Tried.objects.filter(escalation__response__item=item).select_related("escalation", "address__person")
    told = {name: Subquery(result.values(name)[:1]) for name in ("state", "sent_at", "outcome")}
    found: dict[int, list[Try]] = defaultdict(list)
    for one in tried.annotate(**told).order_by("escalation__announcement", "escalation__step", "pk"):
        address = one.address
        who = address.person.name if address.person else address.contact if address.pk in known else ""
        state, outcome = one.state or "", one.outcome or ""  # type: ignore[attr-defined]
        if address.pk not in known:
            outcome = said_to_others(state, outcome)
        said = Try(one.escalation.step, who, address.channel, state, one.sent_at, outcome)  # type: ignore[attr-defined]
        found[one.escalation.response_id].append(said)
    return found


def _row(one: Response, reached: bool, at: datetime) -> Row:
    notes = list(one.notes.all())
    # The latest: they may have confirmed an earlier version before.
    confirmed = next((note for note in reversed(notes) if note.what == ResponseNote.What.CONFIRMED), None)
    if one.acknowledged_at is None:
        confirmed = None
    by = ringer(one, at)
    return Row(
        one.organisation, _state(one, reached, at), one.asked_at, one.due_at, one.acknowledged_at,
        confirmed.by.name if confirmed and confirmed.by else "", confirmed.means if confirmed else "",
        one.applies, one.announcement.code, notes, by, one.ringing_since if by else None,
    )  # fmt: skip


def _state(one: Response, reached: bool, at: datetime) -> State:
    if one.acknowledged_at is None:
        if one.closed_at is not None or not reached:
            return State.LET_GO
        return State.LATE if one.due_at <= at else State.AWAITED
    return State.CLOSED if one.closed_at else State.CONFIRMED
