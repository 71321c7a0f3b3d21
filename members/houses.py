"""Which organisations an item reaches: the rule's way from a grant to houses, before it goes on to their people.

It is `holders.py` one step earlier, and what an organisation's own credential opens (keys.py); who reads by name, by
an office or by having written it brings in no house.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from members.buckets import Bucket, split
from members.holders import ACTIVE, BELOW, GROUPED, NOW
from members.keys import db_time
from members.models import Organisation

MOST_AT_ONCE = 400  # SQLite joins no more than 500 selects
HOUSES = f"SELECT s.organisation_id FROM members_membership s {{more}} WHERE {ACTIVE.format(s='s')} AND "
CLIENTS = f"""SELECT c.organisation_id FROM members_membership c
    JOIN members_clientlink l ON l.client_id = c.organisation_id AND l.pass_on_amber AND {NOW.format(x="l")}
    JOIN members_membership s ON s.organisation_id = l.provider_id AND {ACTIVE.format(s="s")}
    {{more}} WHERE {ACTIVE.format(s="c")} AND """

_ANY = HOUSES.format(more="") + "1 = 1"
_WARP = HOUSES.format(more=BELOW) + "w.ancestor_id IN ({ids})"
_ORGANISATION = HOUSES.format(more="") + "s.organisation_id IN ({ids})"
_GROUP = HOUSES.format(more=GROUPED) + "g.group_id IN ({ids})"

BRANCHES: dict[Bucket, tuple[str, ...]] = {
    Bucket.EVERYONE: (_ANY,),
    Bucket.COMMUNITY: (_ANY,),
    Bucket.WARP: (_WARP,),
    Bucket.ORGANISATION: (_ORGANISATION,),
    Bucket.GROUP: (_GROUP,),
    Bucket.WARP_CLIENTS: (_WARP, CLIENTS.format(more=BELOW) + "w.ancestor_id IN ({ids})"),
    Bucket.ORGANISATION_CLIENTS: (_ORGANISATION, CLIENTS.format(more="") + "l.provider_id IN ({ids})"),
    Bucket.GROUP_CLIENTS: (_GROUP, CLIENTS.format(more=GROUPED) + "g.group_id IN ({ids})"),
}


def houses(buckets: Iterable[int], at: datetime) -> QuerySet[Organisation]:
    """The organisations with an active membership that at least one of `buckets` reaches at `at`. One statement."""
    by_kind: dict[Bucket, set[int]] = defaultdict(set)
    for bucket in buckets:
        kind, number = split(bucket)
        by_kind[kind].add(number)
    sql = " UNION ".join(
        branch.replace("{ids}", ",".join(map(str, sorted(by_kind[kind]))))
        for kind in sorted(by_kind)
        for branch in BRANCHES.get(kind, ())
    )
    if not sql:
        return Organisation.objects.none()
    params = (db_time(at),) * sql.count("%(t)s")
    return Organisation.objects.filter(pk__in=RawSQL(sql.replace("%(t)s", "%s"), params))


def houses_by(buckets: Iterable[int], at: datetime) -> dict[int, set[int]]:
    """The same of each bucket by itself."""
    found: dict[int, set[int]] = defaultdict(set)
    asked = [
        f"SELECT {bucket} AS bucket, x.organisation_id FROM ({branch.replace('{ids}', str(split(bucket)[1]))}) x"
        for bucket in sorted(buckets)
        for branch in BRANCHES.get(split(bucket)[0], ())
    ]
    for first in range(0, len(asked), MOST_AT_ONCE):
        sql = " UNION ALL ".join(asked[first : first + MOST_AT_ONCE])
        with connection.cursor() as cursor:
            cursor.execute(sql.replace("%(t)s", "%s"), (db_time(at),) * sql.count("%(t)s"))
            for bucket, house in cursor.fetchall():
                found[bucket].add(house)
    return found
