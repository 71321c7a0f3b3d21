"""What a machine's credential opens: what its owner's people see, less everything personal, and only while it lasts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from members import clock, credentials, tokens
from members.buckets import Bucket, split
from members.credentials import issue, revoke, viewer_of
from members.keys import NOBODY, Viewer
from members.models import AuditRow, Credential, Membership, Person
from members.policy import Answer, may, visible_to
from members.refused import Refused
from tests.members.world import World

ATOM, MACHINE = Credential.Use.ATOM, Credential.Use.MACHINE
TICK = timedelta(microseconds=1)
BRUM = [{"organisation": "brum"}]


def machine_of(world: World, organisation: str, at: datetime) -> Viewer:
    token = issue(world.organisations[organisation], MACHINE, "SIEM", at, None)[1]
    return viewer_of(token, MACHINE, at)


def token_of(world: World, name: str, at: datetime, use: Credential.Use = MACHINE) -> str:
    return issue(world.people[name], use, "reader", at, world.people[name])[1]


@pytest.mark.parametrize(
    ("case", "organisation", "answer"),
    [
        ({"label": "CLEAR"}, "brum", "body"),
        ({"label": "CLEAR"}, "paused", "body"),
        ({"label": "GREEN"}, "brum", "body"),
        ({"label": "GREEN"}, "paused", "nothing"),
        ({"label": "GREEN"}, "lapsed", "nothing"),
        ({"label": "GREEN"}, "vendor", "nothing"),
        ({"label": "GREEN", "grants": [{"warp": "kent"}]}, "maidstone", "body"),
        ({"label": "GREEN", "grants": [{"warp": "kent"}]}, "brum", "nothing"),
        ({"label": "AMBER", "grants": BRUM}, "brum", "body"),
        ({"label": "AMBER", "grants": BRUM}, "solihull", "nothing"),
        ({"label": "AMBER", "grants": [{"organisation": "solihull"}]}, "dudley", "body"),
        ({"label": "AMBER", "grants": [{"organisation": "solihull"}]}, "walsall", "nothing"),
        ({"label": "AMBER", "grants": [{"organisation": "solihull"}]}, "vendor", "nothing"),
        ({"label": "AMBER", "grants": [{"group": "finance"}]}, "maidstone", "body"),
        ({"label": "AMBER", "grants": [{"person": "alice"}]}, "brum", "nothing"),
        ({"label": "AMBER+STRICT", "grants": BRUM}, "brum", "body"),
        ({"label": "AMBER+STRICT", "grants": [{"organisation": "solihull"}]}, "dudley", "nothing"),
        ({"label": "AMBER+STRICT", "grants": [{"warp": "wm"}]}, "brum", "body"),
        ({"label": "RED", "grants": [{"person": "alice"}]}, "brum", "nothing"),
        ({"label": None}, "solihull", "nothing"),
        ({"label": None, "author": "bob"}, "solihull", "nothing"),
        ({"label": None, "author": "bob", "anonymous": True}, "solihull", "nothing"),
        ({"label": "AMBER", "grants": BRUM, "withdrawn_at": "2026-10-20T00:00Z"}, "brum", "withdrawn"),
    ],
)
def test_an_organisations_credential_sees_what_its_people_see_without_personal_grants(
    world: World, noon: datetime, case: dict[str, Any], organisation: str, answer: str
) -> None:
    item = world.item({"id": "x", **case})
    looks = machine_of(world, organisation, noon - timedelta(days=30))  # before what is withdrawn was
    assert may(looks, item, noon) == Answer[answer.upper()]
    assert visible_to(looks, noon).filter(pk=item.pk).exists() == (answer == "body")


def test_it_holds_no_personal_key(world: World, noon: datetime) -> None:
    personal = {Bucket.PERSON, Bucket.SEALED, Bucket.AFFILIATION, Bucket.OFFICE, Bucket.DESK, Bucket.DESKS}
    for organisation in world.organisations:
        held = {split(bucket)[0] for bucket in machine_of(world, organisation, noon).keys(noon)}
        assert not held & {*personal, Bucket.CUSTODY}


def test_its_keys_are_asked_in_one_statement(world: World, noon: datetime, django_assert_num_queries: Any) -> None:
    looks = machine_of(world, "brum", noon)
    with django_assert_num_queries(1):
        looks.keys_at([noon, noon + TICK, noon])
        assert looks.keys(noon) == looks.keys(noon + TICK) != NOBODY.keys(noon)


def test_the_credential_of_an_organisation_sees_no_more_from_the_moment_it_is_suspended(
    world: World, noon: datetime
) -> None:
    item = world.item({"id": "x", "label": "AMBER", "grants": BRUM})
    looks = machine_of(world, "brum", noon)
    Membership.objects.filter(organisation=world.organisations["brum"]).update(until=noon + TICK)
    assert may(looks, item, noon) == Answer.BODY
    assert may(looks, item, noon + TICK) == Answer.NOTHING


def test_a_personal_token_sees_what_its_owner_sees(world: World, noon: datetime) -> None:
    cases: list[dict[str, Any]] = [
        {"label": "AMBER", "grants": [{"person": "alice"}]}, {"label": "AMBER", "grants": BRUM}, {"label": "GREEN"},
        {"label": None}, {"label": None, "author": "bob"}, {"label": None, "author": "bob", "anonymous": True},
    ]  # fmt: skip
    items = [world.item({"id": "x", **case}) for case in cases]
    for name in ("alice", "bob", "carol", "cuth", "lee", "olive"):
        token = viewer_of(token_of(world, name, noon), MACHINE, noon)
        owner = Viewer(world.people[name].pk)
        assert token.keys(noon) == owner.keys(noon)
        assert [may(token, item, noon) for item in items] == [may(owner, item, noon) for item in items]


def test_a_token_begins_and_ends_at_its_very_moment(world: World, noon: datetime) -> None:
    token = token_of(world, "alice", noon)
    credential = Credential.objects.get()
    revoke(credential, noon + timedelta(days=1), world.people["alice"])
    item = world.item({"id": "x", "label": "GREEN"})
    end = noon + timedelta(days=1)
    for at, answer in ((noon - TICK, 0), (noon, 3), (end - TICK, 3), (end, 0), (end + TICK, 0)):
        assert may(viewer_of(token, MACHINE, at), item, at) == Answer(answer), at
        assert may(Viewer(credential=credential.pk), item, at) == Answer(answer), at


def test_the_token_of_a_closed_account_is_nobodys(world: World, noon: datetime) -> None:
    token = token_of(world, "alice", noon)
    item = world.item({"id": "x", "label": "GREEN"})
    held = viewer_of(token, MACHINE, noon)
    Person.objects.filter(pk=world.people["alice"].pk).update(active_until=noon + TICK)
    assert viewer_of(token, MACHINE, noon).credential == held.credential
    assert viewer_of(token, MACHINE, noon + TICK) == NOBODY
    assert may(held, item, noon + TICK) == Answer.NOTHING  # one who kept the viewer gets no further


def test_a_token_is_for_its_use_alone(world: World, noon: datetime) -> None:
    token = token_of(world, "alice", noon, ATOM)
    assert viewer_of(token, MACHINE, noon) == viewer_of("", ATOM, noon) == viewer_of("\ud800", ATOM, noon) == NOBODY
    assert viewer_of(f" {token}\n", ATOM, noon) != NOBODY


def test_a_token_is_kept_as_a_hash_alone(world: World, noon: datetime) -> None:
    token = token_of(world, "alice", noon)
    kept = Credential.objects.values().get()
    assert token not in str(kept) and kept["token_hash"] == tokens.hashed(token)
    assert len(token) == tokens.LENGTH and token not in str(list(AuditRow.objects.values()))


@pytest.mark.parametrize(
    ("by", "owner"),
    [("carol", "alice"), ("alice", "alan"), ("alice", "brum"), ("carol", "brum"), ("kate", "brum"), ("root", "brum")],
)
def test_who_may_not_make_one_is_told_so(world: World, noon: datetime, by: str, owner: str) -> None:
    whose = world.people.get(owner) or world.organisations[owner]
    with pytest.raises(Refused, match=r"alone|Only"):
        issue(whose, ATOM, "reader", noon, world.people[by])
    assert not Credential.objects.exists()


def test_a_lead_and_a_coordinator_of_its_warp_make_and_end_an_organisations(world: World, noon: datetime) -> None:
    alice, brian, brum = world.people["alice"], world.people["brian"], world.organisations["brum"]
    alice.affiliations.update(role="lead")
    made, _token = issue(brum, MACHINE, "SIEM", noon, alice)
    revoke(made, noon, brian)
    with pytest.raises(Refused, match="already"):
        revoke(made, noon, alice)
    verbs = AuditRow.objects.values_list("verb", "reference")
    assert list(verbs)[-2:] == [("issue_credential", "brum"), ("revoke_credential", "brum")]


def test_what_makes_no_sense_is_refused(world: World, noon: datetime) -> None:
    alice, ivan = world.people["alice"], world.people["ivan"]
    for owner, name, until, match in (
        (ivan, "reader", clock.FOREVER, "closed"), (alice, " ", clock.FOREVER, "what it is for"),
        (alice, "reader", noon, "later end"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=match):
            issue(owner, ATOM, name, noon, owner, until)
    for _ in range(credentials.MOST):
        issue(alice, ATOM, "reader", noon, alice)
    with pytest.raises(Refused, match="nobody uses"):
        issue(alice, ATOM, "reader", noon, alice)
