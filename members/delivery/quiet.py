"""Quiet hours: what is told at once waits until they end, unless it is a Flash. Off for whoever never set them.

By rhythm, as digests are: one statement for each pair of hours and time zone among those who are told.
"""

from __future__ import annotations

from datetime import datetime

from members.delivery.hours import quiet_until
from members.models import Announcement, Delivery, Tier

OF = "address__person__"
FIELDS = ("time_zone", "quiet_from", "quiet_until")


def quiet(announcement: Announcement, at: datetime) -> int:
    """What `announcement` owes to people in their quiet hours at `at` is due when those end. How many messages."""
    if announcement.tier == Tier.FLASH:
        return 0
    owed = Delivery.objects.filter(
        announcement=announcement, state=Delivery.State.DUE, due_at__lte=at, lease_until=None, tries=0
    )
    quieted = owed.filter(**{f"{OF}quiet_from__isnull": False}).order_by()
    waiting = 0
    for zone, begins, ends in list(quieted.values_list(*(OF + name for name in FIELDS)).distinct()):
        if until := quiet_until(zone, begins, ends, at):
            theirs = {OF + "time_zone": zone, OF + "quiet_from": begins, OF + "quiet_until": ends}
            waiting += owed.filter(**theirs).update(due_at=until)
    return waiting
