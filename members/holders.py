"""The rule, the other way round: who holds keys to these buckets at a moment. The mirror of `keys.py`, set-based.

The two must agree for every pair; tests/members/test_directions.py compares them over generated worlds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from members.buckets import Bucket, split
from members.keys import db_time
from members.models import Affiliation, Person
from members.seal import seal

ACTIVE = "{s}.state = 'active' AND {s}.since <= %(t)s AND %(t)s < {s}.until"
NOW = "{x}.since <= %(t)s AND %(t)s < {x}.until"

# The people of an organisation that has an active membership; `s` is that membership.
PEOPLE = f"""SELECT a.person_id FROM members_affiliation a
    JOIN members_membership s ON s.organisation_id = a.organisation_id AND {ACTIVE.format(s="s")}
    {{more}} WHERE {NOW.format(x="a")} AND """
# The people of active clients of an active organisation; `c` is the client's membership, `s` the provider's.
CLIENTS = f"""SELECT a.person_id FROM members_affiliation a
    JOIN members_membership c ON c.organisation_id = a.organisation_id AND {ACTIVE.format(s="c")}
    JOIN members_clientlink l ON l.client_id = a.organisation_id AND l.pass_on_amber AND {NOW.format(x="l")}
    JOIN members_membership s ON s.organisation_id = l.provider_id AND {ACTIVE.format(s="s")}
    {{more}} WHERE {NOW.format(x="a")} AND """
BELOW = "JOIN members_within w ON w.warp_id = s.warp_id"
GROUPED = f"JOIN members_groupmember g ON g.organisation_id = s.organisation_id AND {NOW.format(x='g')}"
OFFICE = f"SELECT o.person_id FROM members_office o {{more}} WHERE {NOW.format(x='o')} AND "
COORDINATORS = OFFICE + "o.role = 'coordinator' AND "
ABOVE = "JOIN members_within w ON w.warp_id = o.warp_id"

_WARP = (PEOPLE.format(more=BELOW) + "w.ancestor_id IN ({ids})",
         COORDINATORS.format(more=ABOVE) + "w.ancestor_id IN ({ids})")  # fmt: skip
_ORGANISATION = (PEOPLE.format(more="") + "a.organisation_id IN ({ids})",)
_GROUP = (PEOPLE.format(more=GROUPED) + "g.group_id IN ({ids})",)

BRANCHES: dict[Bucket, tuple[str, ...]] = {
    Bucket.EVERYONE: ("SELECT id FROM members_person",),
    Bucket.COMMUNITY: (PEOPLE.format(more="") + "1 = 1", COORDINATORS.format(more="") + "1 = 1"),
    Bucket.WARP: _WARP,
    Bucket.ORGANISATION: _ORGANISATION,
    Bucket.GROUP: _GROUP,
    Bucket.PERSON: ("SELECT id FROM members_person WHERE id IN ({ids})",),
    Bucket.WARP_CLIENTS: (*_WARP, CLIENTS.format(more=BELOW) + "w.ancestor_id IN ({ids})"),
    Bucket.ORGANISATION_CLIENTS: (*_ORGANISATION, CLIENTS.format(more="") + "l.provider_id IN ({ids})"),
    Bucket.GROUP_CLIENTS: (*_GROUP, CLIENTS.format(more=GROUPED) + "g.group_id IN ({ids})"),
    Bucket.DESK: (COORDINATORS.format(more="") + "o.warp_id IN ({ids})",),
    Bucket.DESKS: (COORDINATORS.format(more="") + "1 = 1",),
    Bucket.CUSTODY: (OFFICE.format(more="") + "o.role = 'custodian' AND o.warp_id IN ({ids})",),
    Bucket.AFFILIATION: (
        f"SELECT a.person_id FROM members_affiliation a WHERE {NOW.format(x='a')} AND a.id IN ({{ids}})",
    ),
    Bucket.OFFICE: (OFFICE.format(more="") + "o.id IN ({ids})",),
}


def holders(buckets: Iterable[int], at: datetime) -> QuerySet[Person]:
    """The active people who hold a key to at least one of `buckets` at `at`. One statement."""
    people = Person.objects.filter(active_since__lte=at, active_until__gt=at)
    sql, params = holders_sql(buckets, at)
    return people.filter(pk__in=RawSQL(sql, params))


def holders_sql(buckets: Iterable[int], at: datetime) -> tuple[str, tuple[Any, ...]]:
    """A statement for the ids of the holders, with its parameters (the moment, over and over)."""
    by_kind: dict[Bucket, set[int]] = defaultdict(set)
    for bucket in buckets:
        kind, number = split(bucket)
        by_kind[kind].add(number)
    _unseal(by_kind)
    sql = " UNION ".join(
        branch.replace("{ids}", ",".join(map(str, sorted(by_kind[kind]))))
        for kind in sorted(by_kind)
        for branch in BRANCHES[kind]
    )
    sql = sql or "SELECT id AS person_id FROM members_person WHERE 1 = 0"
    return sql.replace("%(t)s", "%s"), (db_time(at),) * sql.count("%(t)s")


def _unseal(by_kind: dict[Bucket, set[int]]) -> None:
    """Replace sealed buckets by whom they stand for, found by trying every key: no table holds what could be joined."""
    seals = by_kind.pop(Bucket.SEALED, set())
    if not seals:
        return
    people = {pk for pk in Person.objects.values_list("pk", flat=True) if seal("person", pk) in seals}
    capacities = Affiliation.objects.values_list("pk", flat=True)
    affiliations = {pk for pk in capacities if seal("affiliation", pk) in seals}
    for kind, found in ((Bucket.PERSON, people), (Bucket.AFFILIATION, affiliations)):
        if found:
            by_kind[kind] |= found
