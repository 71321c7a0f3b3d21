"""What one council of the demonstration runs, and that its responder is told of it at once."""

from __future__ import annotations

from datetime import datetime

from members.kit.lists import add_lines
from members.kit.match import match
from members.models import Announcement, Frequency, Organisation, Person, Tier
from members.telling import ticks
from members.telling.month import EVENTS
from members.telling.ticks import Tick

HOUSE, KEEPER = "avonbridge", "sam.reed@avonbridge.example.org"
RUNS = """
Quillpost mail filter
Ledgerline Finance
Tansy Print Server | cpe:2.3:a:tansy:print_server:*:*:*:*:*:*:*:*
Our website | pkg:pypi/django
"""


def keep_kit(at: datetime) -> None:
    """A list, a line that goes by it, and whom it concerned what is not planned any more."""
    person = Person.objects.get(email=KEEPER)
    add_lines(person, Organisation.objects.get(slug=HOUSE), RUNS, at)
    only_kit = Tick(Tier.ADVISORY, Frequency.AT_ONCE, kit=True)
    ticks.add(person, person.addresses.get(), only_kit, at)
    for announcement in Announcement.objects.filter(planned_at__isnull=False, event__in=EVENTS).select_related("item"):
        if announcement.item is not None:
            match(announcement, announcement.item, announcement.version)
