"""Which mail is optional, and by which path whoever gets it has no more of it (RFC 8058)."""

from __future__ import annotations

from collections.abc import Collection

from django.urls import reverse

from members.delivery.claimed import What
from members.links import leave_token
from members.models import Address, Announcement, Cell, Frequency, Tier
from members.telling import stop

Event = Announcement.Event
EVENTS = frozenset({Event.RELEASED, Event.REVISED, Event.DIGEST})


def leave_path(announcement: Announcement, address: Address, what: What, weekly: Collection[bool]) -> str:
    """The path; "" for what is not optional: account mail, what is Urgent or a Flash, and what befell an item.

    And for what says less than a title, since the header would tell its tier, which such a mail does not. `weekly`: of
    the lines of a digest, whether they waited for the week.
    """
    event = Event(announcement.event)
    if address.subscriber is not None and event != Event.ACCOUNT:
        return reverse("subscription-leave", args=[leave_token(address.subscriber)])
    if address.person_id is None or event not in EVENTS:
        return ""
    if event == Event.DIGEST:
        frequencies = {Frequency.WEEKLY if waited else Frequency.DAILY for waited in weekly}
    elif announcement.tier < Tier.URGENT and what.cell >= Cell.TITLE:
        frequencies = {Frequency.AT_ONCE}
    else:
        return ""
    return reverse("stop", args=[stop.token(address.pk, frequencies)])
