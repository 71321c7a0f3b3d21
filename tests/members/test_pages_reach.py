"""The pages on which people say where the hub reaches them, and leads where it reaches their organisation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from ipaddress import ip_network
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from members import clock
from members.delivery.secret import opened
from members.models import Address, Affiliation, AuditRow, Frequency, Proof, Subscription, Tier
from members.refused import Refused
from members.telling import ticks
from tests.members.delivery.conftest import house_channel
from tests.members.delivery.receiver import Receiver, endless, status
from tests.members.world import World
from tests.pages import confirm, visitor

pytestmark = pytest.mark.django_db
SECRET = "T0/B0/hushhush"


@pytest.fixture
def there(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    receiver = Receiver()
    settings.NOTIFY_URL, settings.SEND_ALLOW = receiver.url(""), [ip_network("127.0.0.1/32")]
    settings.NOTIFY_API_KEY = "x-26785a09-ab16-4eb0-8407-a37497a57506-3d844edf-8d35-48ac-975b-e847b4f122b0"
    settings.NOTIFY_SMS_TEMPLATE = "sms-template"
    monkeypatch.setattr("members.reach.register.SCHEMES", ("https", "http"))
    yield receiver
    receiver.close()


@pytest.fixture
def lead(world: World) -> Client:
    """Alice, who leads brum."""
    Affiliation.objects.filter(person=world.people["alice"]).update(role=Affiliation.Role.LEAD)
    return visitor(world.people["alice"], confirmed=True)


def code_sent(there: Receiver) -> str:
    body = there.at("/v2/notifications/sms")[-1].json["personalisation"]["body"]
    found = re.match(r"(\d{6}) is your code", body)
    assert found, body
    return found[1]


def page_of(address: Address, client: Client) -> str:
    links = re.findall(r'href="(/account/reached/at/[\w-]+/)"', client.get("/account/reached/").content.decode())
    (found,) = [link for link in links if address.value in client.get(link).content.decode()]
    return found


def add(client: Client, there: Receiver, **said: Any) -> Any:
    said = {"channel": "slack", "name": "Security team", "url": there.url(f"/services/{SECRET}"), "lowest": 3, **said}
    return client.post("/account/reached/of/brum/new/", said)


# A telephone


def test_a_telephone_is_verified_by_the_code_that_was_sent_to_it(world: World, there: Receiver) -> None:
    client = visitor(world.people["bob"], confirmed=True)
    said = client.post("/account/reached/phone/", {"number": "07700 900123", "private": "on"}, follow=True)
    assert "A code is on its way" in said.content.decode()
    address = Address.objects.get(channel="sms")
    assert (address.value, address.verified_at, address.person) == ("+447700900123", None, world.people["bob"])
    assert address.private_since is not None
    page, code = page_of(address, client), code_sent(there)
    wrong = f"{(int(code) + 1) % 10**6:06}"
    assert "not the code that was sent" in client.post(page, {"act": "confirm", "code": wrong}).content.decode()
    address.refresh_from_db()
    assert address.verified_at is None
    client.post(page, {"act": "confirm", "code": f"{code[:3]} {code[3:]}"})
    address.refresh_from_db()
    assert address.verified_at is not None
    assert list(address.subscriptions.values_list("lowest", "frequency")) == [(Tier.URGENT, 1)]
    assert code not in str(list(AuditRow.objects.values())) and "7700" not in str(list(AuditRow.objects.values()))
    assert code not in str(Proof.objects.values())


def test_a_code_is_spoilt_by_five_wrong_ones_and_by_time(
    world: World, there: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = visitor(world.people["bob"], confirmed=True)
    client.post("/account/reached/phone/", {"number": "07700 900123"})
    address, code = Address.objects.get(channel="sms"), code_sent(there)
    page, wrong = page_of(address, client), f"{(int(code) + 1) % 10**6:06}"
    for _ in range(5):
        client.post(page, {"act": "confirm", "code": wrong})
    assert "no code that still holds" in client.post(page, {"act": "confirm", "code": code}).content.decode()
    at = clock.ask()
    monkeypatch.setattr(clock, "ask", lambda: at + timedelta(minutes=1))
    client.post(page, {"act": "code"})
    monkeypatch.setattr(clock, "ask", lambda: at + timedelta(minutes=17))
    said = client.post(page, {"act": "confirm", "code": code_sent(there)}).content.decode()
    assert "no code that still holds" in said
    assert Address.objects.get(channel="sms").verified_at is None


def test_nobody_has_the_hub_write_to_strangers_all_day(
    world: World, there: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, at = visitor(world.people["bob"], confirmed=True), clock.ask()
    for number in range(5):
        client.post("/account/reached/phone/", {"number": f"07700 90012{number}"})
    assert len(there.got) == 5
    page = page_of(Address.objects.filter(channel="sms")[0], client)
    assert "Wait half a minute" in client.post(page, {"act": "code"}, follow=True).content.decode()
    for minute in range(1, 20):
        monkeypatch.setattr(clock, "ask", lambda minute=minute: at + timedelta(minutes=minute))
        said = client.post(page, {"act": "code"}, follow=True).content.decode()
    assert "too often today" in said and len(there.got) == 20


@pytest.mark.parametrize(
    "number", ["", "12", "07700 900123\n+447700900999", "call me", "+0000000000", "٠٧٧٠٠٩٠٠١٢٣", "+44٧٧٠٠٩٠٠١٢٣"]
)
def test_what_is_no_number_is_refused_in_words(world: World, there: Receiver, number: str) -> None:
    client = visitor(world.people["bob"], confirmed=True)
    said = client.post("/account/reached/phone/", {"number": number})
    assert said.status_code == 200 and "govuk-error-message" in said.content.decode()
    assert not Address.objects.filter(channel="sms").exists() and there.got == []


def test_without_notify_there_is_no_telephone_to_add(world: World, there: Receiver, settings: Any) -> None:
    settings.NOTIFY_API_KEY = ""
    client = visitor(world.people["bob"], confirmed=True)
    assert client.get("/account/reached/phone/").status_code == 404
    assert "sends no text messages" in client.get("/account/reached/").content.decode()


# An organisation's channel


def test_a_channel_is_verified_by_the_test_that_the_other_side_takes(
    world: World, there: Receiver, lead: Client
) -> None:
    said = add(lead, there)
    address = Address.objects.get(channel="slack")
    assert said.status_code == 302 and address.verified_at is None and address.private_since is None
    assert opened(address).url == there.url(f"/services/{SECRET}")
    page = said["Location"]
    assert "It is verified" in lead.post(page, {"act": "test"}, follow=True).content.decode()
    (got,) = there.got
    assert got.json["text"] == "This is a test of the WARP hub. Nothing is to be done."
    address.refresh_from_db()
    assert address.verified_at is not None
    verbs = {row.verb: (row.reference, row.detail) for row in AuditRow.objects.filter(verb__endswith="_address")}
    assert verbs == {name: ("brum", {"channel": "slack"}) for name in ("add_address", "verify_address")}


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (status(404, b"no_service"), "404 no_service"),
        (status(302, Location="http://10.0.0.1/"), "follows nowhere"),
        (status(500), "500"),
        (status(410), "410"),
    ],
    ids=["404", "302", "500", "410"],
)
def test_a_test_that_goes_wrong_says_why_on_the_page(
    world: World, there: Receiver, lead: Client, answer: Any, words: str
) -> None:
    page = add(lead, there)["Location"]
    there.answers[f"/services/{SECRET}"] = answer
    said = lead.post(page, {"act": "test"}, follow=True).content.decode()
    assert words in said and "It did not get there" in said and "hushhush" not in said
    assert Address.objects.get(channel="slack").verified_at is None


def test_a_test_reads_the_beginning_of_an_endless_answer(world: World, there: Receiver, lead: Client) -> None:
    page = add(lead, there)["Location"]
    there.answers[f"/services/{SECRET}"] = endless
    assert "It is verified" in lead.post(page, {"act": "test"}, follow=True).content.decode()


def test_a_test_goes_into_no_private_network(world: World, there: Receiver, lead: Client, settings: Any) -> None:
    settings.SEND_ALLOW = []
    page = add(lead, there)["Location"]
    said = lead.post(page, {"act": "test"}, follow=True).content.decode()
    assert "sends nothing there" in said and there.got == []


def test_a_test_does_not_say_which_names_an_inner_network_knows(
    world: World, there: Receiver, lead: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = {"files.corp.example.org": ["10.20.30.40"], "db.corp.example.org": ["127.0.0.1", "10.0.0.1"]}

    def look_up(host: str, port: int, **_how: Any) -> list[tuple[Any, ...]]:
        if host not in inner:
            raise OSError("unknown name")
        return [(0, 0, 0, "", (address, port)) for address in inner[host]]

    monkeypatch.setattr("members.web.guard.socket.getaddrinfo", look_up)
    said = set()
    for host in (*inner, "nothing.corp.example.org"):
        page = add(lead, there, url=f"https://{host}/")["Location"]
        shown = lead.post(page, {"act": "test"}, follow=True).content.decode()
        (sentence,) = re.findall(r"It did not get there[^<]*", shown)
        assert host in sentence
        said.add(sentence.replace(host, "HOST"))
    (same,) = said
    assert "sends nothing there" in same and "10." not in same


def test_a_webhooks_secret_is_shown_once_and_its_url_never(world: World, there: Receiver, lead: Client) -> None:
    said = add(lead, there, channel="webhook")
    (secret,) = re.findall(r"whsec_[\w+/=]+", said.content.decode())
    assert said["Cache-Control"] == "no-store, private"
    address = Address.objects.get(channel="webhook")
    assert opened(address).signing == (secret,)
    page = page_of(address, lead)
    pages = "".join(lead.get(path).content.decode() for path in ("/account/reached/", page))
    assert "whsec_" not in pages and "hushhush" not in pages and "127.0.0.1/…" in pages
    rotated = lead.post(page, {"act": "rotate"}).content.decode()
    (new,) = re.findall(r"whsec_[\w+/=]+", rotated)
    address.refresh_from_db()
    assert opened(address).signing == (new, secret) and new != secret
    rows = str(list(AuditRow.objects.values()))
    assert "rotate_secret" in rows and "hushhush" not in rows and "whsec_" not in rows


def test_another_web_address_is_unverified_and_another_name_is_not(world: World, there: Receiver, lead: Client) -> None:
    page = add(lead, there)["Location"]
    lead.post(page, {"act": "test"})
    lead.post(page, {"act": "change", "name": "Renamed", "private": "on", "lowest": 2})
    address = Address.objects.get(channel="slack")
    assert list(address.subscriptions.values_list("lowest", "frequency")) == [(Tier.ADVISORY, 1)]
    assert address.name == "Renamed" and address.verified_at is not None and address.private_since is not None
    lead.post(page, {"act": "change", "name": "Renamed", "url": there.url("/services/other"), "lowest": 3})
    address.refresh_from_db()
    assert address.verified_at is None and opened(address).url == there.url("/services/other")


@pytest.mark.parametrize(
    "url",
    ["ftp://x.example.org/", "http://x.example.org/", "https://user:pass@x.example.org/", "https://", "javascript:x",
     "https://x.example.org/\nHost: y", "https://x y/", "https://[::1", "x" * 3000],
)  # fmt: skip
def test_an_address_that_can_not_be_used_is_refused_without_repeating_it(
    world: World, there: Receiver, lead: Client, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setattr("members.reach.register.SCHEMES", ("https",))
    said = add(lead, there, url=url)
    assert said.status_code == 200 and "govuk-error-message" in said.content.decode()
    assert not Address.objects.filter(channel="slack").exists()


def test_what_is_taken_off_gets_nothing_and_its_secret_is_gone(world: World, there: Receiver, lead: Client) -> None:
    page = add(lead, there)["Location"]
    lead.post(page, {"act": "test"})
    assert "Taken off" in lead.post(page, {"act": "off"}, follow=True).content.decode()
    address = Address.objects.get(channel="slack")
    assert (address.verified_at, bytes(address.secret)) == (None, b"") and address.ended_at is not None
    assert lead.get(page).status_code == 404
    add(lead, there)
    address.refresh_from_db()
    assert address.ended_at is None and address.verified_at is None, "the same again is a new one, and proved anew"
    assert Subscription.objects.filter(address=address).count() == 1


# Whose it is


@pytest.mark.parametrize("who", ["alan", "bob", "carol", "kate"])
def test_an_organisations_channels_are_its_leads_alone(world: World, there: Receiver, lead: Client, who: str) -> None:
    address = house_channel(world, "slack", there.url("/x"))
    page = page_of(address, lead)
    other = visitor(world.people[who], confirmed=True)
    for path in (page, "/account/reached/of/brum/new/"):
        missing = other.get(path.replace("brum", "nowhere").replace(page, "/account/reached/at/nothing/"))
        there_is = other.get(path)
        assert (there_is.status_code, there_is.content) == (404, missing.content)
        assert other.post(path, {"act": "off"}).status_code == 404
    address.refresh_from_db()
    assert address.ended_at is None
    assert address.value not in other.get("/account/reached/").content.decode()


def test_whoever_changes_something_shows_once_more_that_it_is_they(world: World, there: Receiver, lead: Client) -> None:
    client = visitor(world.people["bob"])
    for path in ("/account/reached/phone/", "/account/reached/of/brum/new/", "/account/reached/at/x/"):
        assert client.get(path).status_code == 302
        assert "reauthenticate" in client.post(path, {"number": "07700 900123"})["Location"]
    assert not Address.objects.filter(channel="sms").exists()
    confirm(client, world.people["bob"])
    assert client.get("/account/reached/phone/").status_code == 200
    assert visitor().get("/account/reached/").status_code == 302


def test_an_address_to_which_mail_comes_back_is_verified_anew_by_its_owner(
    world: World, there: Receiver, noon: datetime, mailoutbox: list[Any]
) -> None:
    address = Address.objects.get(value="bob@example.org")
    Address.objects.filter(pk=address.pk).update(bad_since=noon, refused_days=3)
    client = visitor(world.people["bob"], confirmed=True)
    page = page_of(address, client)
    client.post(page, {"act": "code"})
    (mail,) = mailoutbox
    found = re.search(r"(\d{6}) is your code", mail.body)
    assert found and mail.to == ["bob@example.org"]
    client.post(page, {"act": "confirm", "code": found[1]})
    address.refresh_from_db()
    assert (address.bad_since, address.refused_days) == (None, 0)


def test_the_list_of_a_telephone_has_lines_at_once_alone(world: World, there: Receiver) -> None:
    bob = world.people["bob"]
    client = visitor(bob, confirmed=True)
    client.post("/account/reached/phone/", {"number": "07700 900123"})
    address = Address.objects.get(channel="sms")
    with pytest.raises(Refused, match="comes by mail"):
        ticks.add(bob, address, ticks.Tick(Tier.ADVISORY, Frequency.DAILY), clock.ask())
    ticks.add(bob, address, ticks.Tick(Tier.ADVISORY, Frequency.AT_ONCE, "phishing"), clock.ask())
    assert "+447700900123" in client.get("/account/told/").content.decode()
    client.post(page_of(address, client), {"act": "off"})
    assert "+447700900123" not in client.get("/account/told/").content.decode()


def test_a_list_costs_the_same_however_many_addresses_stand_in_it(world: World, there: Receiver, lead: Client) -> None:
    counts = []
    for number in range(6):
        house_channel(world, "slack", there.url(f"/{number}"))
        with CaptureQueriesContext(connection) as asked:
            lead.get("/account/reached/")
        counts.append(len(asked))
    assert counts[1] == counts[5] <= 12
