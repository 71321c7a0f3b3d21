"""Whoever keeps a report hears that one is filed: custodians of an anonymous one, handlers of another, and nobody else.

By mail and at once, whatever they ticked. It says that an item awaits them, and no more (members/shows.py). So a
custodian knows the moment of an anonymous filing, as their own deliveries do: times are days outside custody, and
whoever is under attack can't wait for a coarser one. What the reporter is told before they file says so (whosees.py).
"""

from __future__ import annotations

from datetime import datetime

from advisories.models.report import Severity
from members import tasks
from members.audit import day_of
from members.models import Announcement, Item, Tier

TIERS: dict[int | None, Tier] = {
    Severity.LOW: Tier.INFORMATION,
    Severity.MEDIUM: Tier.ADVISORY,
    Severity.HIGH: Tier.URGENT,
    Severity.CRITICAL: Tier.FLASH,  # it rings through quiet hours
    None: Tier.URGENT,  # not known yet: it may be the worst
}


def call_keepers(item: Item, severity: int | None, at: datetime) -> Announcement:
    """Owe it in the transaction of the filing. Of an anonymous report the row says no more than the day."""
    when = day_of(at) if item.anonymous else at
    owed = Announcement.objects.create(
        event=Announcement.Event.FILED, item=item, realm=item.realm, tier=TIERS[severity], created_at=when, due_at=when
    )
    tasks.nudge()
    return owed
