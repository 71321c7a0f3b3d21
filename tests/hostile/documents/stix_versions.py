"""STIX that would put itself in the place of what others said: same ids, foreign owners, odd versions."""

from __future__ import annotations

from typing import Any

from tests.advisories.collect.test_stix import bundle, ident, thing
from tests.hostile.documents.case import Cases, part, whole
from tests.hostile.documents.good import OWNER, known

THIEF = ident("identity", "thief")
LATER, EARLIER = "2027-01-01T00:00:00Z", "2020-01-01T00:00:00Z"
OWNED, OLDER, CLASH, TWO = "belongs to", "older than what this source", "comes twice", "in the name of"


def owned(name: str, owner: str, day: int, **more: Any) -> dict[str, Any]:
    return thing("malware", name, created_by_ref=owner, modified=f"2026-03-{day:02}T00:00:00Z", **more)


MINE, STOLEN = owned("m", OWNER, 1, description="True"), owned("m", THIEF, 2, description="Stolen")
TAKEN = known(modified=LATER, name="Stolen")

CASES: Cases = {
    "a foreign owner's later version of what is known": part(bundle({**TAKEN, "created_by_ref": THIEF}), 0, OWNED),
    "nobody's later version of what is known": part(bundle({**TAKEN, "created_by_ref": None}), 0, OWNED),
    "an owner that is a list with the true one in it": part(bundle({**TAKEN, "created_by_ref": [OWNER]}), 0, OWNED),
    "an owner in capitals": part(bundle({**TAKEN, "created_by_ref": OWNER.upper()}), 0, OWNED),
    "an owner with white space before a name": part(bundle({**TAKEN, "created_by_ref": f"{OWNER} x"}), 0, OWNED),
    "a foreign owner with the true one's name": part(
        bundle({**TAKEN, "created_by_ref": THIEF}, thing("identity", "thief", name="owner")), 0, OWNED
    ),
    "a foreign owner's revocation": part(bundle({**TAKEN, "created_by_ref": THIEF, "revoked": True}), 0, OWNED),
    "a foreign owner's looser label": part(
        bundle({**TAKEN, "created_by_ref": THIEF, "object_marking_refs": []}), 0, OWNED
    ),
    "an older version of what is known": part(bundle(known(modified=EARLIER, name="Old")), 0, OLDER),
    "a version of what is known without a time": part(bundle(known(modified=None, name="x")), 0, OLDER),
    "a version of what is known at no time": part(bundle(known(modified="zzzz", name="x")), 0, OLDER),
    "a version of what is known in year 0": part(bundle(known(modified="0000-00-00T00:00:00Z", name="x")), 0, OLDER),
    "a version of what is known in year 99999": part(
        bundle(known(modified="99999-01-01T00:00:00Z", name="x")), 0, OLDER
    ),
    "a version of what is known that is a number": part(bundle(known(modified=10**18, name="x")), 0, OLDER),
    "two owners of one id, the true one first": part(bundle(MINE, STOLEN), 1, TWO, says="True"),
    "two owners of one id, the true one last": part(bundle(STOLEN, MINE), 1, TWO, says="True"),
    "two owners of one id, one of them nobody": part(bundle(MINE, {**STOLEN, "created_by_ref": None}), 1, TWO),
    "the true owner's version of what is known, and a thief's": part(
        bundle(known(), {**TAKEN, "created_by_ref": THIEF}), 0, TWO
    ),
    "one id a thousand times, all the same": whole(bundle(*[MINE] * 1_000), 1),
    "one id twice with one version and other contents": part(bundle(MINE, {**MINE, "name": "n"}), 1, CLASH),
    "one id ten times with one version": part(
        bundle(*({**MINE, "name": f"n{number}"} for number in range(10))), 1, *[CLASH] * 9
    ),
    "one id a hundred times, each version newer": whole(
        bundle(*({**MINE, "modified": f"2026-03-01T00:00:00.{n:03}Z", "name": f"n{n}"} for n in range(100))),
        1, says="n99",
    ),
    "one id a hundred times, each version older": whole(
        bundle(*({**MINE, "modified": f"2026-03-01T00:00:00.{n:03}Z", "name": f"n{n}"} for n in range(99, -1, -1))),
        1, says="n99",
    ),
    "one id as two types": part(bundle(MINE, {**MINE, "type": "tool"}), 1, "no id and type"),
    "times in year 0": whole(bundle(thing("malware", "x", created="0000-01-01T00:00:00Z", modified="-1")), 1),
    "times in year 9999": whole(bundle(thing("malware", "x", modified="9999-12-31T23:59:60.999999999Z")), 1),
    "times at the end of all zones": whole(
        bundle(thing("malware", "x", created="0001-01-01T00:00:00+23:59", modified="9999-12-31T23:59:59-23:59")), 1
    ),
    "times of a hundred thousand digits": whole(bundle(thing("malware", "x", modified="9" * 100_000)), 1),
    "a modification before the creation": whole(bundle(thing("malware", "x", created=LATER, modified=EARLIER)), 1),
}  # fmt: skip
