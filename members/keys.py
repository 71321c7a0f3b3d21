"""The rule, viewer's side: which buckets a viewer holds keys to, at a moment. One statement for any number of moments.

Memberships, affiliations, client links, groups, offices and accounts are read here and never copied: what ends,
ends with the next question.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from members.buckets import WITH_CLIENTS, Bucket, split
from members.seal import seal


@dataclass(frozen=True)
class Viewer:
    """Who looks: a person by id, or a machine's credential by id; neither is a subscriber, or nobody.

    An organisation's credential opens what its people open without personal grants. A personal token opens what its
    owner does, while both it and their account last; `person` stays None, for it is not they who look.
    """

    person: int | None = None
    _keys: dict[datetime, frozenset[int]] = field(default_factory=dict, compare=False, repr=False)
    credential: int | None = field(default=None, kw_only=True)

    def keys(self, at: datetime) -> frozenset[int]:
        """The buckets this viewer opens at `at`; asked once per viewer value and moment."""
        return self.keys_at([at])[at]

    def keys_at(self, moments: Iterable[datetime]) -> dict[datetime, frozenset[int]]:
        """The same for several moments, in one statement."""
        asked = list(dict.fromkeys(moments))
        if missing := [at for at in asked if at not in self._keys]:
            self._keys.update(keys(self.person, missing, self.credential))
        return {at: self._keys[at] for at in asked}


NOBODY = Viewer()
EVERYONE = frozenset({Bucket.EVERYONE.of()})


def keys(
    person: int | None, moments: Iterable[datetime], credential: int | None = None
) -> dict[datetime, frozenset[int]]:
    """The buckets that a person, or a credential, holds keys to at each of `moments`.

    For nobody, a closed account and a credential that is not in force, EVERYONE's.
    """
    held: dict[datetime, set[int]] = {moment: set(EVERYONE) for moment in moments}
    who, begins = (person, OF_PERSON) if credential is None else (credential, OF_CREDENTIAL)
    if who is not None and held:
        asked = list(held)
        for index, what, number, more in _ask(begins + KEYS, who, asked):
            held[asked[index]].update(_buckets(what, number, more))
    return {moment: frozenset(buckets) for moment, buckets in held.items()}


def _buckets(what: str, number: int, more: int) -> list[int]:
    """What one row of KEYS opens. For `reach` rows, `more` says that it was reached as somebody's client."""
    if what == "person":
        return [Bucket.PERSON.of(number), Bucket.SEALED.of(seal("person", number))]
    if what == "affiliation":
        return [Bucket.AFFILIATION.of(number), Bucket.SEALED.of(seal("affiliation", number))]
    if what == "office":
        return [Bucket.OFFICE.of(number)]
    if what == "coordinator":
        return [Bucket.DESK.of(number), Bucket.DESKS.of(), Bucket.COMMUNITY.of()]
    if what == "custodian":
        return [Bucket.CUSTODY.of(number)]
    kind = Bucket[what]
    if more:
        return [WITH_CLIENTS[kind].of(number)]
    community = [Bucket.COMMUNITY.of()] if kind == Bucket.ORGANISATION else []
    return [kind.of(number), WITH_CLIENTS[kind].of(number), *community]


# Whose keys: `alive` is the person, `house` an organisation that asks by a credential of its own.
OF_PERSON = """
WITH moment(i, t) AS (VALUES {moments}),
alive AS (
    SELECT m.i, m.t, p.id AS person FROM moment m JOIN members_person p
    ON p.id = %s AND p.active_since <= m.t AND m.t < p.active_until
),
house AS (SELECT i, t, 0 AS org FROM moment WHERE 1 = 0),
"""
OF_CREDENTIAL = """
WITH moment(i, t) AS (VALUES {moments}),
token AS (
    SELECT m.i, m.t, c.person_id AS person, c.organisation_id AS org FROM moment m JOIN members_credential c
    ON c.id = %s AND c.since <= m.t AND m.t < c.until
),
alive AS (
    SELECT c.i, c.t, p.id AS person FROM token c JOIN members_person p
    ON p.id = c.person AND p.active_since <= c.t AND c.t < p.active_until
),
house AS (SELECT i, t, org FROM token WHERE org IS NOT NULL),
"""
KEYS = """
aff AS (
    SELECT m.i, m.t, a.id, a.organisation_id AS org FROM alive m JOIN members_affiliation a
    ON a.person_id = m.person AND a.since <= m.t AND m.t < a.until
),
own AS (
    SELECT f.i, f.t, f.org, s.warp_id AS warp
    FROM (SELECT i, t, org FROM aff UNION ALL SELECT i, t, org FROM house) f JOIN members_membership s
    ON s.organisation_id = f.org AND s.state = 'active' AND s.since <= f.t AND f.t < s.until
),
reach AS (
    SELECT i, t, org, warp, 0 AS client FROM own
    UNION
    SELECT o.i, o.t, l.provider_id, s.warp_id, 1 FROM own o
    JOIN members_clientlink l ON l.client_id = o.org AND l.pass_on_amber AND l.since <= o.t AND o.t < l.until
    JOIN members_membership s
    ON s.organisation_id = l.provider_id AND s.state = 'active' AND s.since <= o.t AND o.t < s.until
),
held AS (
    SELECT m.i, o.id, o.warp_id AS warp, o.role FROM alive m JOIN members_office o
    ON o.person_id = m.person AND o.since <= m.t AND m.t < o.until
)
SELECT i, 'person', person, 0 FROM alive
UNION ALL SELECT i, 'affiliation', id, 0 FROM aff
UNION ALL SELECT i, 'ORGANISATION', org, client FROM reach
UNION ALL SELECT r.i, 'WARP', w.ancestor_id, r.client FROM reach r JOIN members_within w ON w.warp_id = r.warp
UNION ALL SELECT r.i, 'GROUP', g.group_id, r.client FROM reach r JOIN members_groupmember g
    ON g.organisation_id = r.org AND g.since <= r.t AND r.t < g.until
UNION ALL SELECT i, 'office', id, 0 FROM held
UNION ALL SELECT i, role, warp, 0 FROM held
UNION ALL SELECT h.i, 'WARP', w.ancestor_id, 0 FROM held h JOIN members_within w ON w.warp_id = h.warp
    WHERE h.role = 'coordinator'
"""


def _ask(statement: str, who: int, moments: list[datetime]) -> list[tuple[int, str, int, int]]:
    cast = "::timestamptz" if connection.vendor == "postgresql" else ""
    sql = statement.format(moments=", ".join(f"(%s, %s{cast})" for _ in moments))
    params: list[Any] = []
    for index, moment in enumerate(moments):
        params += [index, db_time(moment)]
    with connection.cursor() as cursor:
        cursor.execute(sql, [*params, who])
        rows: list[tuple[int, str, int, int]] = cursor.fetchall()
        return rows


def db_time(moment: datetime) -> Any:
    """A moment as this database compares it."""
    return connection.ops.adapt_datetimefield_value(moment.astimezone(UTC))


def openly(viewer: Viewer, at: datetime) -> Viewer:
    """The viewer without what they hold only as the author of an anonymous report: what they do in their own name
    must not need it, or it would tell who filed it."""
    return replace(viewer, _keys={at: frozenset(b for b in viewer.keys(at) if split(b)[0] != Bucket.SEALED)})
