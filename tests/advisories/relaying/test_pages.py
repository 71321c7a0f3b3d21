"""The doors: a handler's page of one relay, the coordinators' list of destinations, and the link by which the other
side says that it has it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from advisories import publish
from advisories.models import Destination, Relay
from advisories.relaying import sending
from advisories.relaying.destinations import Typed, add
from members import clock, kinds
from members.models import AuditRow, Item
from tests.advisories.incidents import handed, kept
from tests.advisories.relaying.cast import (
    AMBER,
    KENT,
    advisory,
    by_mail,
    by_taxii,
    relayed,
    shared_incident,
    verified,
    went,
)
from tests.advisories.relaying.conftest import COLLECTION, Taxii
from tests.conftest import NOON
from tests.members.world import BEGINNING, World
from tests.pages import visitor

pytestmark = pytest.mark.django_db
LIST = "/desk/destinations/"


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "ask", lambda: NOON)


def of(world: World, name: str = "carol") -> Client:
    return visitor(world.people.get(name), confirmed=name in world.people)


def page(item: Item | str, to: Destination | None = None) -> str:
    ref = item if isinstance(item, str) else item.reference
    return reverse("advisories:relay", args=[ref]) + (f"?to={to.code}" if to else "")


def shown(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return str(answer.content.decode())


def hidden(text: str) -> dict[str, str]:
    return dict(re.findall(r'name="(to|seen)" value="([^"]*)"', text))


@pytest.mark.parametrize("make", [advisory, shared_incident])
def test_a_handler_chooses_sees_exactly_what_goes_and_sends_it_once(world: World, make) -> None:
    carol, item, to = of(world), make(world), by_mail(world)
    assert page(item) in shown(carol, kinds.page(item))
    assert f"?to={to.code}" in shown(carol, page(item))
    text = shown(carol, page(item, to))
    assert KENT in text and "[TLP:GREEN] Ransomware by mail" in text and "course-of-action--" in text
    for _ in range(2):
        answer = carol.post(page(item), hidden(text))
        assert answer.status_code == 302 and answer["Location"] == kinds.page(item) + "#handling"
    assert Relay.objects.count() == 1 and sending.send(NOON) == 1
    (letter,) = mail.outbox
    told = letter.body.splitlines()
    for line in filter(None, told):
        assert "/relayed/" in line or line in text.replace("&#x27;", "'"), "the page showed it"
    assert "Kent WARP" in shown(carol, kinds.page(item)) and "Taken over" in shown(carol, kinds.page(item))


def test_into_a_collection_likewise(world: World, taxii: Taxii) -> None:
    carol, item, to = of(world), advisory(world, AMBER), by_taxii(world, taxii)
    text = shown(carol, page(item, to))
    assert "127.0.0.1/…" in text and "t0ken" not in text and COLLECTION not in text
    carol.post(page(item), hidden(text))
    assert went(Relay.objects.get()).state == "done"
    assert "took all" in shown(carol, kinds.page(item))


def test_it_asks_once_more_who_they_are_whatever_the_label(world: World) -> None:
    item, to, carol = advisory(world), by_mail(world), visitor(world.people["carol"])
    answers = [carol.get(page(item)), carol.get(page(item, to)), carol.post(page(item), {"to": to.code, "seen": "x"})]
    assert all(one.status_code == 302 and "reauthenticate" in one["Location"] for one in answers)
    assert not Relay.objects.exists()


@pytest.mark.parametrize("name", ["alice", "bob", "kate", "root", "nobody"])
def test_who_does_not_handle_it_finds_nothing(world: World, name: str) -> None:
    item, to, client = advisory(world, AMBER), by_mail(world), of(world, name)
    relayed_to = {"to": to.code, "seen": "x"}
    client.get(page("WM-77777"))  # who asks for the first time is given an alias
    found = []
    for ref in (item.reference, "WM-77777"):
        for posted in (None, relayed_to):
            with CaptureQueriesContext(connection) as queries:
                answer = client.get(page(ref)) if posted is None else client.post(page(ref), posted)
            found.append((answer.status_code, answer.content.decode().replace(ref, "REF"), len(queries)))
    assert all(status == 404 for status, *_ in found)
    assert name == "alice" or found[:2] == found[2:], "to alice it is there, and not hers to relay"
    said = client.get(kinds.page(item)).content.decode()
    assert "Relay it" not in said and "Kent" not in said


def test_what_was_relayed_stands_there_for_handlers_alone(world: World) -> None:
    item = advisory(world, {"id": "clear", "label": "CLEAR"})
    went(relayed(world, item, by_mail(world)))
    assert "Kent WARP" in shown(of(world), kinds.page(item))
    for name in ("alice", "kate", "nobody"):
        assert "Kent" not in shown(of(world, name), kinds.page(item)), name


def test_where_it_can_go_nowhere_the_page_says_why(world: World) -> None:
    carol, item, to = of(world), advisory(world, AMBER), by_mail(world)
    text = shown(carol, page(item))
    assert "TLP:GREEN at the strictest" in text and f"?to={to.code}" not in text
    assert "at the strictest" in shown(carol, page(item, to))
    carol.post(page(item), {"to": to.code, "seen": "x"})
    publish.withdraw(world.people["carol"], item, NOON, "It was wrong")
    assert "withdrawn" in shown(carol, page(item)) and not Relay.objects.exists()
    assert page(item) not in shown(carol, kinds.page(item))


def test_of_what_is_withdrawn_it_says_that_they_still_have_it(world: World) -> None:
    item = advisory(world)
    went(relayed(world, item, by_mail(world)))
    publish.withdraw(world.people["carol"], item, NOON, "It was wrong")
    assert "tell them" in shown(of(world), kinds.page(item))


def test_another_warps_destination_is_none(world: World) -> None:
    item, carol = advisory(world), of(world)
    kate, kent = world.people["kate"], world.warps["kent"]
    other = verified(world, add(kate, kent, Typed("X", "mail", "GREEN", mail="x@example.org"), BEGINNING), BEGINNING)
    assert "X" not in re.findall(r"hub-row__title[^>]*>(.*?)<", shown(carol, page(item)))
    assert carol.get(page(item, other)).status_code == 404
    assert carol.post(page(item), {"to": other.code, "seen": "x"}).status_code == 404


@pytest.mark.parametrize("where", ["choice", "item", "list"])
def test_however_many_there_are_it_asks_as_many_statements(world: World, where: str) -> None:
    carol, item = of(world), advisory(world)
    path = {"choice": page(item), "item": kinds.page(item), "list": LIST}[where]
    counts = []
    for number in range(2):
        for n in range(1 + 9 * number):
            typed = Typed("X", "mail", "GREEN", mail=f"x{number}{n}@example.org")
            one = add(world.people["carol"], world.warps["wm"], typed, BEGINNING)
            relayed(world, item, verified(world, one, BEGINNING))
        carol.get(path)
        with CaptureQueriesContext(connection) as queries:
            assert carol.get(path).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_whoever_agrees_is_shown_to_whom_it_may_be_relayed(world: World) -> None:
    by_mail(world)
    for label, told in (("GREEN", True), ("AMBER", False)):
        item = kept(world, label=label)
        publish_ready(world, item, label)
        text = shown(of(world, "bob"), reverse("incidents:consent", args=[item.reference]))
        assert ("to Kent WARP" in text) is told, label


def publish_ready(world: World, item: Item, label: str) -> None:
    from advisories import draft
    from advisories.models import Advisory

    audience = [("organisation", world.organisations["brum"].pk)] if label == "AMBER" else []
    said: dict[str, Any] = {"title": "Ransomware", "label": label, "audience": audience}
    draft.edit(world.people["carol"], Advisory.rows.get(item=item), NOON, **said)
    handed(world, item)


# The list


MAIL = {"name": "Kent WARP", "kind": "mail", "strictest": "GREEN", "mail": KENT}


def added(client: Client, warp: str = "wm", **typed: str) -> Any:
    return client.post(reverse("advisories:destination-new", args=[warp]), {**MAIL, **typed})


def act(client: Client, one: Destination, name: str, **typed: str) -> Any:
    return client.post(reverse("advisories:destination-act", args=[one.code, name]), typed, follow=True)


def test_a_coordinator_adds_one_and_verifies_it_by_the_code_that_they_tell(world: World) -> None:
    carol = of(world)
    assert added(carol).status_code == 302
    one = Destination.objects.get()
    act(carol, one, "code")
    (letter,) = mail.outbox
    found = re.search(r"\d{6}", str(letter.body))
    assert letter.to == [KENT] and found is not None
    wrong = f"{(int(found[0]) + 1) % 10**6:06}"
    assert "That is not the code" in act(carol, one, "confirm", code=wrong).content.decode()
    assert "Verified" in act(carol, one, "confirm", code=found[0]).content.decode()
    one.refresh_from_db()
    assert (one.verified_at, one.verified_by) == (NOON, world.people["carol"]) and not one.code_hash
    assert "Verified by Carol" in shown(carol, LIST)
    verbs = AuditRow.objects.filter(reference="wm").values_list("verb", flat=True)
    assert {"add_destination", "send_destination_code", "verify_destination"} <= set(verbs)
    assert KENT not in repr(list(AuditRow.objects.values())), "no row of the audit quotes an address"


def test_a_code_is_spoilt_by_guessing(world: World) -> None:
    carol = of(world)
    added(carol)
    one = Destination.objects.get()
    act(carol, one, "code")
    found = re.search(r"\d{6}", str(mail.outbox[0].body))
    assert found is not None
    for _ in range(5):
        act(carol, one, "confirm", code="x")
    assert "no code that still holds" in act(carol, one, "confirm", code=found[0]).content.decode()
    assert "sent just now" in act(carol, one, "code").content.decode()
    assert Destination.objects.get().verified_at is None


def test_one_that_is_taken_off_keeps_no_secret(world: World, taxii: Taxii) -> None:
    carol, one = of(world), by_taxii(world, taxii)
    assert "Taken off" in act(carol, one, "off").content.decode()
    one.refresh_from_db()
    assert (one.ended_at, bytes(one.secret)) == (NOON, b"") and "NCSC" not in shown(carol, LIST)
    assert act(carol, one, "ask").status_code == 404


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"mail": ""}, "needed to send anything"),
        ({"mail": "nobody"}, "valid"),
        ({"strictest": "RED"}, "valid choice"),
        ({"strictest": "AMBER"}, "encrypted alone"),
        ({"key": "nothing"}, "no public key"),
        ({"kind": "taxii"}, "needed to send anything"),
        ({"kind": "taxii", "root": "http://taxii.example.org/", "collection": "x"}, "https://"),
        ({"kind": "taxii", "root": "https://a:b@taxii.example.org/", "collection": "x"}, "without a name or password"),
        ({"kind": "taxii", "root": "https://taxii.example.org/api1/", "collection": "../x"}, "id of the collection"),
        ({"kind": "taxii", "root": "https://taxii.example.org/?x", "collection": "x"}, "API root"),
    ],
)
def test_what_is_typed_wrongly_is_said_so(world: World, typed: dict[str, str], said: str) -> None:
    answer = added(of(world), **typed)
    assert answer.status_code == 200 and said in answer.content.decode()
    assert not Destination.objects.exists()


def test_the_same_is_added_once(world: World) -> None:
    carol = of(world)
    added(carol)
    assert "on the list already" in added(carol).content.decode()


@pytest.mark.parametrize("name", ["alice", "kate", "cuth", "root"])
def test_who_does_not_coordinate_the_warp_keeps_no_list_of_it(world: World, name: str) -> None:
    one, client = by_mail(world), of(world, name)
    Destination.objects.update(verified_at=None, verified_by=None)
    assert added(client, mail="x@example.org").status_code == 404
    for verb in ("code", "confirm", "off"):
        assert act(client, one, verb, code="x").status_code == 404
    assert "Kent" not in client.get(LIST).content.decode()
    assert Destination.objects.get().ended_at is None and mail.outbox == []


def test_to_change_the_list_asks_once_more_who_they_are(world: World) -> None:
    one, carol = by_mail(world), visitor(world.people["carol"])
    for answer in (added(carol, mail="x@example.org"), carol.post(reverse("advisories:destination-act",
                                                                           args=[one.code, "off"]))):  # fmt: skip
        assert answer.status_code == 302 and "reauthenticate" in answer["Location"]
    assert Destination.objects.get().ended_at is None


# The other side's word


def test_the_link_says_nothing_of_the_item_and_only_a_click_counts(world: World) -> None:
    item, anyone = advisory(world), visitor()
    relay = relayed(world, item, by_mail(world))
    link = reverse("relay-receipt", args=[relay.code])
    assert anyone.get(link).status_code == 404, "nothing went yet"
    went(relay)
    text = shown(anyone, link)
    assert item.reference not in text and "Ransomware" not in text and "GREEN" not in text
    assert Relay.objects.get().confirmed_at is None, "mail programs follow links by themselves"
    assert "Thank you" in anyone.post(link).content.decode()
    assert Relay.objects.get().confirmed_at == NOON
    assert anyone.get(reverse("relay-receipt", args=["22222"])).status_code == 404
    assert "They said that they have it" in shown(of(world), kinds.page(item))
