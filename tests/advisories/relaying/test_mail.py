"""Kent's WARP gets by mail what wm has released: its text under its label, and the same as STIX, and says that it has
it. Of who reported it and of what is said beneath it nothing goes."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage

import orjson
import pytest
import stix2
from django.db import IntegrityError, transaction

from advisories import publish
from advisories.models import Relay
from advisories.relaying import asking, destinations, sending
from advisories.relaying.outcome import Outcome
from advisories.relaying.pacing import TRIES
from advisories.relaying.parcel import Parcel
from members import clock
from members.models import AuditRow, Item
from members.trail import trail
from tests import pages
from tests.advisories.incidents import kept, shared
from tests.advisories.relaying.cast import (
    AMBER,
    KENT,
    LATER,
    advisory,
    by_mail,
    pair,
    relayed,
    shared_incident,
    went,
)
from tests.advisories.serve.exchanged import errors
from tests.conftest import NOON
from tests.members.delivery.conftest import PostOffice
from tests.members.test_openpgp import opened
from tests.members.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "ask", lambda: NOON)


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def bundle_of(mail: EmailMessage) -> bytes:
    (file,) = mail.iter_attachments()
    assert isinstance(file, EmailMessage)
    return bytes(file.get_payload(decode=True))


@pytest.mark.parametrize("make", [advisory, shared_incident])
def test_it_goes_with_its_label_its_text_and_its_bundle(world: World, post: PostOffice, make) -> None:
    item = make(world)
    relay = went(relayed(world, item, by_mail(world)))
    assert (relay.state, relay.sent_at, relay.tries) == ("done", NOON, 1) and "accepted" in relay.said
    (mail,) = post.taken
    assert mail["To"] == KENT and mail["Subject"] == "[TLP:GREEN] Ransomware by mail"
    said = text_of(mail)
    assert said.startswith("TLP:GREEN\n") and said.rstrip().endswith("TLP:GREEN")
    assert "Pull the plug" in said and item.reference in said and f"/relayed/{relay.code}/" in said
    assert errors(bundle_of(mail)) == []
    told = stix2.parse(bundle_of(mail).decode(), allow_custom=False)
    kinds = [one.type for one in told.objects]
    assert ("incident" in kinds) is (make is shared_incident) and "report" in kinds and "course-of-action" in kinds
    marked = {ref for one in told.objects for ref in getattr(one, "object_marking_refs", [])}
    assert "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb" in marked


def test_an_advisory_names_its_vulnerabilities(world: World, post: PostOffice) -> None:
    went(relayed(world, advisory(world), by_mail(world)))
    told = orjson.loads(bundle_of(post.taken[0]))["objects"]
    assert [one["name"] for one in told if one["type"] == "vulnerability"] == ["CVE-2026-12345"]


def test_of_who_reported_it_and_what_is_said_beneath_it_nothing_goes(world: World, post: PostOffice) -> None:
    to = by_mail(world)
    item = shared(world, kept(world, label="GREEN"), label="GREEN", audience=[])
    pages.comment(world, item, "So do we at Dudley", author="dora")
    assert went(relayed(world, item, to)).state == "done"
    whole = (text_of(post.taken[0]) + bundle_of(post.taken[0]).decode()).lower()
    for word in ("bob", "solihull", "carol", "dudley", "dora", "sighting"):
        assert word not in whole, word


def test_two_clicks_by_a_nervous_thumb_are_one_relay(world: World, post: PostOffice) -> None:
    item, to = advisory(world), by_mail(world)
    first, second = relayed(world, item, to), relayed(world, item, to)
    assert first == second
    assert relayed(world, item, to, LATER) == went(first) and sending.send(LATER) == 0
    assert len(post.taken) == 1 and AuditRow.objects.filter(verb="relay").count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():  # nor by two processes at the same moment
        Relay.objects.create(item=item, version=1, label="GREEN", digest=first.digest, destination=to, by=first.by)


def test_what_is_claimed_by_one_worker_is_sent_by_no_other(
    world: World, post: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    relay, handed = relayed(world, advisory(world), by_mail(world)), sending._handed

    def meanwhile(relay: Relay, goes: Parcel | None) -> Outcome:
        assert sending.send(NOON) == sending.send(NOON + sending.LEASE - clock.MICROSECOND) == 0
        return handed(relay, goes)

    monkeypatch.setattr(sending, "_handed", meanwhile)
    assert went(relay).state == "done" and len(post.taken) == 1


def test_who_died_leaves_it_to_the_next_and_what_they_write_late_counts_for_nothing(
    world: World, post: PostOffice
) -> None:
    relay = relayed(world, advisory(world), by_mail(world))
    dead, _goes = sending._claimed(relay.pk, NOON)
    after = NOON + sending.LEASE
    assert dead is not None and went(relay, after).tries == 2
    sending._noted(dead, Outcome(Relay.State.FAILED, "late"), after)
    assert Relay.objects.get().state == "done" and len(post.taken) == 1


def test_a_server_that_is_busy_is_tried_again_later_and_not_for_ever(world: World, post: PostOffice) -> None:
    post.on_rcpt["*"] = "451 Later"
    relay, at = relayed(world, advisory(world), by_mail(world)), NOON
    relay = went(relay, at)
    assert relay.state == "due" and relay.due_at == NOON + timedelta(minutes=1) and "451" in relay.said
    assert sending.send(NOON + timedelta(seconds=59)) == 0
    for _ in range(TRIES):
        at += timedelta(hours=7)
        relay = went(relay, at)
        Relay.objects.filter(due_at__isnull=False).update(due_at=at)
    assert (relay.state, relay.tries, relay.due_at) == ("failed", TRIES, None)
    post.on_rcpt.clear()
    assert relayed(world, relay.item, relay.destination) != relay, "it may be asked for again"


def test_an_address_that_is_refused_is_not_tried_again(world: World, post: PostOffice) -> None:
    post.on_rcpt["*"] = "550 No such user"
    relay = went(relayed(world, advisory(world), by_mail(world)))
    assert (relay.state, relay.due_at) == ("failed", None) and "No such user" in relay.said
    assert AuditRow.objects.filter(verb="relay_failed", reference=relay.item.reference).exists()


def test_what_is_narrower_than_green_goes_encrypted_to_their_key(world: World, post: PostOffice) -> None:
    item = advisory(world, AMBER)
    assert went(relayed(world, item, by_mail(world, strictest="AMBER", key=True))).state == "done"
    (mail,) = post.taken
    whole = mail.as_string()
    assert "Ransomware" not in whole and "AMBER" not in whole and item.reference not in whole
    inner = opened(mail, pair())
    assert inner["Subject"] == "[TLP:AMBER] Ransomware by mail" and text_of(inner).startswith("TLP:AMBER\n")
    assert errors(bundle_of(inner)) == []


def test_they_say_that_they_have_it(world: World, post: PostOffice) -> None:
    relay = relayed(world, advisory(world), by_mail(world))
    assert asking.confirm(relay.code, NOON) is None, "nothing went yet"
    went(relay)
    for at in (LATER, LATER + timedelta(hours=1)):
        assert asking.confirm(relay.code, at) == relay
    assert Relay.objects.get().confirmed_at == LATER
    assert AuditRow.objects.filter(verb="relay_receipt").count() == 1


def test_each_step_is_in_its_trail_in_words(world: World, post: PostOffice) -> None:
    item = advisory(world)
    asking.confirm(went(relayed(world, item, by_mail(world))).code, NOON)
    did = {(step.who, step.did) for step in trail(item, world.viewers()["carol"], NOON)}
    assert {("Carol", "asked that it is relayed"), ("The hub", "relayed it, and the other side took it"),
            ("The hub", "was told by the other side that they have it")} <= did  # fmt: skip


def test_what_is_withdrawn_meanwhile_is_not_sent(world: World, post: PostOffice) -> None:
    item = advisory(world)
    relay = relayed(world, item, by_mail(world))
    publish.withdraw(world.people["carol"], item, LATER, "It was wrong")
    relay = went(relay, LATER)
    assert (relay.state, relay.due_at) == ("cancelled", None) and "withdrawn" in relay.said and post.taken == []
    assert AuditRow.objects.filter(verb="relay_cancelled").count() == 1


def test_nor_once_its_destination_is_off_the_list(world: World, post: PostOffice) -> None:
    item, to = advisory(world), by_mail(world)
    relay = relayed(world, item, to)
    destinations.take_off(world.people["carol"], to, NOON)
    assert went(relay).state == "cancelled" and post.taken == []


def test_nor_once_whoever_asked_does_not_handle_it_any_more(world: World, post: PostOffice) -> None:
    relay = relayed(world, advisory(world), by_mail(world))
    world.people["carol"].offices.update(until=NOON)
    relay = went(relay, LATER)
    assert relay.state == "cancelled" and "does not handle it" in relay.said and post.taken == []


def test_nor_once_it_reads_otherwise_than_what_was_looked_at(world: World, post: PostOffice) -> None:
    item = shared_incident(world)
    relay = relayed(world, item, by_mail(world))
    item.incident.__class__.rows.update(state="closed", state_at=NOON)
    assert "reads otherwise" in went(relay).said and post.taken == []
    assert went(relayed(world, Item.rows.get(pk=item.pk), relay.destination)).state == "done"
