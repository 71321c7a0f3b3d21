"""Who was told of an item, when, by what, with what result. For its handlers: whoever shows it asks `can` first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext as _

from members.models import Cell, Delivery, DigestLine, Item


class Row(NamedTuple):
    """One telling: of what event, to whom, by which channel, how it stands and what others may hear was said."""

    event: str
    person: str
    channel: str
    digest: bool
    state: str  # a Delivery.State, or "waiting" for the digest
    at: datetime | None  # when it was sent
    due_at: datetime | None
    shown: Cell  # NOTHING until it was sent
    tries: int
    outcome: str


def said_to_others(state: str, outcome: str) -> str:
    """What others than its owner read of a message's outcome: the words of a server quote the address, ours do not."""
    if state == Delivery.State.CANCELLED:
        return outcome
    failed = bool(outcome) and state in (Delivery.State.DUE, Delivery.State.DEAD)
    return _("the other side did not take it") if failed else ""


def ledger(item: Item) -> list[Row]:
    """Every telling of `item`, in the order in which it was announced, then by name. Two statements."""
    rows = [*_messages(item), *_lines(item)]
    return [row for _key, row in sorted(rows, key=lambda pair: pair[0])]


# By what no other item moves: one person's messages and lines of digests are numbered each among all items'.
Key = tuple[int, str, bool, int, int]
Sortable = tuple[Key, Row]


def _messages(item: Item) -> Iterator[Sortable]:
    found = Delivery.objects.filter(announcement__item=item).select_related("announcement", "address__person")
    for one in found:
        yield _row(one, one, one.step, digest=False)


def _lines(item: Item) -> Iterator[Sortable]:
    found = DigestLine.objects.filter(announcement__item=item)
    for line in found.select_related("announcement", "address__person", "delivery"):
        yield _row(line, line.delivery, 0, digest=True)


def _row(told: Delivery | DigestLine, by: Delivery | None, step: int, *, digest: bool) -> Sortable:
    person = told.address.person.name if told.address.person else ""
    if told.address.subscriber_id is not None:
        person = _("a subscriber without an account")
    if told.address.contact:  # their name is their organisation's to show
        person = _("a contact without an account")
    key = (told.announcement_id, person, digest, told.address_id, step)
    event, channel, shown = told.announcement.event, told.address.channel, Cell(told.shown)
    if by is None:
        return key, Row(event, person, channel, digest, "waiting", None, None, shown, 0, "")
    state, outcome = by.state, said_to_others(by.state, by.outcome)
    if isinstance(told, DigestLine) and fell_out(told, by):
        due_at = told.announcement.due_at  # not when the digest went: that it did says that others were left in it
        return key, Row(event, person, channel, digest, Delivery.State.CANCELLED, None, due_at, shown, 0, "")
    return key, Row(event, person, channel, digest, state, by.sent_at, by.due_at, shown, by.tries, outcome)


def fell_out(line: DigestLine, digest: Delivery) -> bool:
    """Whether a line is not told: its digest goes without it, since the right had ended, or does not go at all."""
    went = digest.state == Delivery.State.SENT and line.shown == Cell.NOTHING
    return line.fell or went or digest.state == Delivery.State.CANCELLED
