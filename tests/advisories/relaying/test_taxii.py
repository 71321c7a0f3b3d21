"""The national centre gets by TAXII what wm has released, and the status that its server answers is the receipt."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
import pytest
import stix2
from structlog.testing import capture_logs

from advisories import publish
from advisories.models import Destination, Relay
from advisories.relaying import sending
from advisories.relaying.destinations import Typed, add
from advisories.relaying.proving import ask_collection
from advisories.relaying.secret import Unopenable, opened
from members import clock
from members.models import AuditRow
from members.refused import Refused
from tests.advisories.relaying.cast import AMBER, LATER, advisory, by_taxii, relayed, shared_incident, went
from tests.advisories.relaying.conftest import COLLECTION, MEDIA, STATUS, Taxii
from tests.conftest import NOON
from tests.members.world import BEGINNING, World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    at = [NOON]
    monkeypatch.setattr(clock, "ask", lambda: at[0])
    return at


@pytest.mark.parametrize("make", [advisory, shared_incident])
def test_an_envelope_goes_into_the_collection_and_the_status_is_the_receipt(world: World, taxii: Taxii, make) -> None:
    relay = went(relayed(world, make(world, AMBER), by_taxii(world, taxii)))
    (envelope,) = taxii.bundles
    assert set(envelope) == {"objects"} and taxii.asked[-1] == f"/api1/collections/{COLLECTION}/objects/"
    sent = taxii.headers[-1]
    assert (sent["Content-Type"], sent["Accept"]) == (MEDIA, MEDIA)
    bundle = {"type": "bundle", "id": f"bundle--{STATUS}", **envelope}
    assert {one.type for one in stix2.parse(orjson.dumps(bundle).decode(), allow_custom=False).objects} >= {"report"}
    amber = "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"
    assert all(amber in one["object_marking_refs"] for one in envelope["objects"] if one["type"] == "report")
    assert (relay.state, relay.sent_at, relay.due_at) == ("done", NOON, None)
    assert relay.said == f"127.0.0.1 took all {len(envelope['objects'])} objects."


def test_while_it_is_at_work_it_is_asked_again_and_nothing_is_sent_twice(
    world: World, taxii: Taxii, now: list[Any]
) -> None:
    to, taxii.pending = by_taxii(world, taxii), 3
    relay = went(relayed(world, advisory(world), to))
    assert (relay.state, relay.status, relay.sent_at) == ("taken", STATUS, NOON)
    assert sending.send(NOON + timedelta(seconds=29)) == 0
    for _ in range(3):
        now[0] = relay.due_at
        relay = went(relay, now[0])
    assert relay.state == "done" and len(taxii.bundles) == 1 and taxii.asked[-1] == f"/api1/status/{STATUS}/"
    verbs = AuditRow.objects.filter(reference=relay.item.reference).order_by("pk").values_list("verb", flat=True)
    assert [verb for verb in verbs if verb.startswith("relay")] == ["relay", "relay_sent", "relay_done"]


def test_what_is_withdrawn_while_it_is_at_work_is_still_asked_about(world: World, taxii: Taxii, now: list[Any]) -> None:
    to, taxii.pending = by_taxii(world, taxii), 1
    item = advisory(world)
    relay = went(relayed(world, item, to))
    publish.withdraw(world.people["carol"], item, NOON + timedelta(seconds=1), "It was wrong")
    now[0] = relay.due_at
    assert went(relay, now[0]).state == "done"


def test_a_server_that_never_says_what_became_of_it_is_not_asked_for_ever(
    world: World, taxii: Taxii, now: list[Any]
) -> None:
    to, taxii.pending = by_taxii(world, taxii), 10_000
    relay = went(relayed(world, advisory(world), to))
    asked = 0
    while relay.state == "taken":
        now[0], asked = relay.due_at, asked + 1
        relay = went(relay, now[0])
    assert relay.state == "done" and "still at work" in relay.said and asked < 40


def test_what_it_refuses_of_it_is_told_in_its_words(world: World, taxii: Taxii) -> None:
    to, taxii.failures = by_taxii(world, taxii), [{"id": "x", "message": "No notes,\n please t0ken"}]
    relay = went(relayed(world, advisory(world), to))
    assert relay.state == "failed"
    assert relay.said.endswith("objects. No notes, please …"), "its own token is kept out of it"


@pytest.mark.parametrize(
    ("answer", "state", "said"),
    [
        ((202, b"thanks"), "done", "said no more"),
        ((200, {"id": "../../x", "status": "pending"}), "done", "said no more"),
        ((202, b'{"status": "complete", "total_count": -1, "failures": 3}'), "done", "said no more"),
        ((202, b"[" * 100_000), "done", "said no more"),
        ((401, {"title": "No"}), "failed", "401 No Look at how the hub signs in"),
        ((404, b""), "failed", "404 There is no such collection"),
        ((413, b""), "failed", "too large"),
        ((422, {"title": "Not STIX"}), "failed", "422 Not STIX"),
        ((302, b""), "failed", "302"),
        ((429, b""), "due", "429"),
        ((503, b"<h1>Down</h1>"), "due", "503"),
    ],
)  # fmt: skip
def test_whatever_it_answers_is_understood(world: World, taxii: Taxii, answer: Any, state: str, said: str) -> None:
    to, taxii.answer = by_taxii(world, taxii), answer
    relay = went(relayed(world, advisory(world), to))
    assert relay.state == state and said in relay.said, relay.said
    assert "t0ken" not in relay.said


def test_a_server_that_is_gone_is_tried_again(world: World, taxii: Taxii) -> None:
    to = by_taxii(world, taxii)
    relay = relayed(world, advisory(world), to)
    taxii.server.shutdown()
    taxii.server.server_close()
    relay = went(relay)
    assert relay.state == "due" and relay.due_at == NOON + timedelta(minutes=1) and relay.said


def test_where_it_leads_inside_nothing_goes(world: World, taxii: Taxii, settings: Any) -> None:
    relay = relayed(world, advisory(world), by_taxii(world, taxii))
    settings.SEND_ALLOW = []
    relay = went(relay)
    assert relay.state == "failed" and "no public server" in relay.said and taxii.bundles == []


@pytest.mark.parametrize("where", ["_handed", "_asked_again"])
def test_a_fault_of_ours_holds_up_no_other_and_its_words_are_in_no_log(
    world: World, taxii: Taxii, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    to = by_taxii(world, taxii)
    for _ in range(2):
        relayed(world, advisory(world), to)
    well = getattr(sending, where)
    monkeypatch.setattr(sending, where, lambda *_: (monkeypatch.setattr(sending, where, well), 1 / 0))
    with capture_logs() as logs:
        assert sending.send(NOON) == 2
    assert sorted(Relay.objects.values_list("state", flat=True)) == ["done", "due"]
    assert [one["error"] for one in logs] == ["ZeroDivisionError"]


def test_a_collection_is_verified_by_its_own_word(world: World, taxii: Taxii) -> None:
    typed = Typed("NCSC", "taxii", "AMBER", root=taxii.root, collection=COLLECTION, sign_in="wrong")
    carol, wm = world.people["carol"], world.warps["wm"]
    one = add(carol, wm, typed, BEGINNING)
    with pytest.raises(Refused, match="401"):
        ask_collection(carol, one, BEGINNING)
    taxii.token, taxii.can_write = "wrong", "true"
    with pytest.raises(Refused, match="does not say"):
        ask_collection(carol, one, BEGINNING)
    taxii.can_write = True
    ask_collection(carol, one, LATER)
    one.refresh_from_db()
    assert (one.verified_at, one.verified_by) == (LATER, carol)


def test_its_address_and_token_stand_in_no_row_and_open_in_no_other(world: World, taxii: Taxii) -> None:
    one = by_taxii(world, taxii)
    assert opened(one).sign_in == "t0ken" and opened(one).url.startswith(taxii.root)
    row = repr(Destination.objects.values().get())
    assert "t0ken" not in row and COLLECTION not in row and "api1" not in row
    assert "t0ken" not in repr(opened(one))
    one.value = "elsewhere.example.org/…00000000"
    with pytest.raises(Unopenable):
        opened(one)


def test_under_another_key_of_the_hub_it_is_given_up_in_words(world: World, taxii: Taxii, settings: Any) -> None:
    relay = relayed(world, advisory(world), by_taxii(world, taxii))
    settings.SECRET_KEY = "another" * 8
    relay = went(relay)
    assert relay.state == "failed" and "SECRET_KEY" in relay.said
