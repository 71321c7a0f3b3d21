"""What became of a message about an item at each address of somebody, in words and from the rows.

To others than themselves (`own`): by which channel, and how it stands. Addresses and what servers said are their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from members.delivery.hours import slot_after
from members.delivery.ledger import fell_out
from members.models import Cell, Delivery, DigestLine, Item, Person
from members.templatetags.hub import moment, moment_zone

State = Delivery.State


def results(person: Person, item: Item, at: datetime, *, own: bool) -> dict[int, list[str]]:
    """What became of each announcement of `item`, by its id. Two statements."""
    found: dict[int, list[str]] = {}
    for number, words in (*_messages(person, item, at, own), *_lines(person, item, at, own)):
        found.setdefault(number, []).append(words)
    return found


def _messages(person: Person, item: Item, at: datetime, own: bool) -> Iterator[tuple[int, str]]:
    rows = Delivery.objects.filter(announcement__item=item, address__person=person)
    # Not as they were written: in which order one statement writes many is the database's to choose, by other rows too.
    for row in rows.select_related("announcement", "address").order_by("step", "address"):
        yield row.announcement_id, _result(row, at) if own else _bare(row, at)


def _result(row: Delivery, at: datetime) -> str:
    said = {"to": row.address.value, "said": row.outcome, "at": moment(row.sent_at or row.due_at)}
    if row.state == State.SENT:
        return _("Sent to %(to)s on %(at)s: %(said)s.") % said
    if row.state == State.CANCELLED:
        return _("Not sent to %(to)s: %(said)s") % said
    if row.state == State.DEAD:
        return _("Given up for %(to)s: %(said)s.") % said
    if row.announcement.held_since:
        return _("Held: the hub was restored from a backup, and this may have gone to %(to)s before.") % said
    if row.tries:
        return _("Not sent to %(to)s yet (%(said)s); the next try is on %(at)s.") % said
    if row.due_at > at:
        return _("It goes to %(to)s on %(at)s, when the quiet hours end.") % said
    return _("On its way to %(to)s.") % said


def _bare(row: Delivery, at: datetime) -> str:
    """What others read of it: by which channel, and how it stands."""
    said = {"by": row.address.get_channel_display(), "at": moment(row.sent_at or row.due_at)}
    if row.state == State.SENT:
        return _("Sent by %(by)s on %(at)s.") % said
    if row.state == State.CANCELLED:
        return _("Not sent by %(by)s.") % said
    if row.state == State.DEAD:
        return _("Given up by %(by)s: the other side did not take it.") % said
    if row.announcement.held_since:
        return _("Held by %(by)s: the hub was restored from a backup, and this may have gone before.") % said
    if row.tries or row.due_at > at:
        return _("Not sent by %(by)s yet; it is tried on %(at)s.") % said
    return _("On its way by %(by)s.") % said


def _lines(person: Person, item: Item, at: datetime, own: bool) -> Iterator[tuple[int, str]]:
    rows = DigestLine.objects.filter(announcement__item=item, address__person=person)
    rows = rows.select_related("announcement", "address", "delivery__announcement", "delivery__address")
    for line in rows.order_by("address"):
        yield line.announcement_id, _line(line, person, at, own)


def _line(line: DigestLine, person: Person, at: datetime, own: bool) -> str:
    digest = line.delivery
    if digest is None and line.announcement.held_since:
        return str(_("Held: the hub was restored from a backup, and this may have been in a digest before."))
    if digest is None and not own:
        return str(_("It waits for a digest."))
    if digest is None:
        rhythm = (person.time_zone, person.digest_hour, person.digest_weekday)
        when = moment_zone(slot_after(*rhythm, at, weekly=line.weekly))
        return _("It waits for the digest of %(when)s.") % {"when": when}
    restored = digest.state == State.SENT and not digest.announcement.window  # nothing is known of what it said
    if not own and not restored and fell_out(line, digest):
        return str(_("It was in no digest."))  # the same, whether one went out with others or none did
    if digest.state == State.SENT and line.shown == Cell.NOTHING and not restored:
        return _("The digest of %(at)s went out without it: nothing was to be said of it by then.") % {
            "at": moment(digest.sent_at)
        }
    if line.fell and digest.state != State.SENT:
        return str(_("It was in no digest."))
    return _("In a digest. %(result)s") % {"result": _result(digest, at) if own else _bare(digest, at)}
