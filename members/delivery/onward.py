"""Where one channel fails, the message goes to the owner's next: a row like any other, whose right the claim asks.

Once for each address: what was planned for it already, or went there before, is not repeated. A digest goes by mail
alone, and so does what is about somebody's own booking; an account mail only where it was meant to, and what is of an
exercise by the ways that its scenario says. Who is to ring, and is reached by nothing, has colleagues.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Case, IntegerField, Q, Value, When

from members.delivery.channels import offered
from members.delivery.quiet import quiet
from members.delivery.recipients import usable
from members.delivery.right import OWN
from members.models import Address, Announcement, Channel, Delivery, Escalation, Realm, Tier
from members.response.escalate import tell_the_others

RETRIED = timedelta(seconds=15)  # where its server does not answer, a message is due again within that
UNHEARD = timedelta(minutes=2)  # after which a Flash that is not out goes every other way as well
ORDER = (Channel.MAIL, Channel.SMS, Channel.TEAMS, Channel.SLACK, Channel.WEBHOOK)
# What is Flash, due since so long and not out, for every other usable address of the same owner. A row has no time of
# its own: the first telling is as old as its planning, what escalates as old as its step. SQLite takes the tables of a
# CROSS JOIN as they stand: by its own choice it held every address against all that is due.
FLASH = """
    INSERT INTO members_delivery (announcement_id, address_id, step, state, due_at, tries, shown, outcome)
    SELECT d.announcement_id, o.id, d.step, 'due', %s, 0, 0, ''
    FROM members_announcement n
    CROSS JOIN members_delivery d
    CROSS JOIN members_address a
    CROSS JOIN members_address o
    WHERE n.realm = %s AND n.tier = %s AND n.item_id IS NOT NULL AND n.held_since IS NULL
        AND d.announcement_id = n.id AND a.id = d.address_id
        AND o.id <> a.id AND o.verified_at IS NOT NULL AND o.bad_since IS NULL AND o.ended_at IS NULL
        AND (o.person_id = a.person_id OR o.organisation_id = a.organisation_id) AND o.channel IN ({channels})
        AND d.state = 'due' AND (d.first_refused_at <= %s
        OR (d.first_refused_at IS NULL AND d.due_at <= %s AND (d.step = 0 AND n.planned_at <= %s
            OR d.step > 0 AND EXISTS (SELECT 1 FROM members_escalation e
                WHERE e.announcement_id = n.id AND e.step = d.step AND e.outcome = 'told' AND e.done_at <= %s))))
    ON CONFLICT (announcement_id, address_id, step) DO NOTHING"""


def to_next_channel(row: Delivery, at: datetime) -> None:
    """`row` will never get there: it goes to the owner's next address that has no such row, the most usual first."""
    to_next_channels(row.announcement, [row], at)


def to_next_channels(announcement: Announcement, rows: Sequence[Delivery], at: datetime) -> None:
    """The same for several rows of one announcement. A few statements, whatever their number."""
    owned = [row for row in rows if any(_owner(row.address))]
    apart = announcement.realm != Realm.REAL or announcement.event in OWN
    if announcement.item_id is None or apart or not owned:
        return
    following = _following(announcement, owned)
    Delivery.objects.bulk_create(
        [Delivery(announcement=announcement, address_id=to, step=step, due_at=at) for to, step in following],
        ignore_conflicts=True,
    )
    if any(row.step == Escalation.Step.COORDINATOR for row in owned):
        tell_the_others(announcement, at)
    quiet(announcement, at)


def _owner(address: Address) -> tuple[int, int]:
    """The ids of its person and organisation, 0 for none."""
    return (address.person_id or 0, address.organisation_id or 0)


def _following(announcement: Announcement, rows: Sequence[Delivery]) -> list[tuple[int, int]]:
    """Where `rows` go instead, by which step."""
    order = Case(
        *(When(channel=name, then=Value(place)) for place, name in enumerate(ORDER)), output_field=IntegerField()
    )
    theirs = Q(person__in=[row.address.person_id for row in rows if row.address.person_id])
    theirs |= Q(organisation__in=[row.address.organisation_id for row in rows if row.address.organisation_id])
    ways = list(usable(offered()).filter(theirs).order_by(order, "pk"))
    told = set(Delivery.objects.filter(announcement=announcement, address__in=ways).values_list("address", "step"))
    found = []
    for row in rows:
        own = ((way.pk, row.step) for way in ways if _owner(way) == _owner(row.address))
        if following := next((one for one in own if one not in told), None):
            told.add(following)
            found.append(following)
    return found


def flash_unheard(at: datetime) -> int:
    """What is Flash and was not delivered in two minutes goes every other way to the same owner. How many rows."""
    late, now, soon = map(connection.ops.adapt_datetimefield_value, (at - UNHEARD, at, at + RETRIED))
    ways = offered()
    insert = FLASH.format(channels=", ".join(["%s"] * len(ways)))
    with connection.cursor() as cursor:
        cursor.execute(insert, [now, Realm.REAL, Tier.FLASH, *ways, late, soon, late, late])
        return int(cursor.rowcount)
