"""Before any page: one moment, one viewer, and a second factor."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from members import clock
from members.middleware import demonstrates, one_moment
from members.models import Person, Warp
from tests.members.world import World
from tests.pages import confirm, demonstrator, visitor


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch, noon: datetime) -> None:
    monkeypatch.setattr(clock, "ask", lambda: noon)


@pytest.mark.django_db
def test_a_request_asks_the_clock_once(monkeypatch: pytest.MonkeyPatch, noon: datetime) -> None:
    asked: list[datetime] = []
    somebody = Person(active_since=noon, active_until=noon)
    monkeypatch.setattr(clock, "ask", lambda: asked.append(noon) or noon)  # type: ignore[func-returns-value]

    def page(request: HttpRequest) -> HttpResponse:
        return HttpResponse(str(clock.now() == request.at == clock.now()))  # type: ignore[attr-defined]

    request = RequestFactory().get("/")
    request.user = somebody
    assert one_moment(page)(request).content == b"True"
    assert len(asked) == 1


def test_the_health_page_needs_no_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_database() -> datetime:
        raise AssertionError("the database was asked")

    monkeypatch.setattr(clock, "ask", no_database)
    request = RequestFactory().get("/healthz")
    assert one_moment(lambda _request: HttpResponse("alive"))(request).content == b"alive"


def test_signed_in_without_an_authenticator_leads_to_setting_one_up_and_nowhere_else(world: World) -> None:
    client = Client(SERVER_NAME="localhost")
    client.force_login(world.people["alice"])
    for path in ("/", "/advisories/", "/desk/", "/advisories/WM-2ABCD/", "/no-such-page", reverse("mfa_index")):
        answer = client.get(path)
        assert (answer.status_code, answer["Location"]) == (302, reverse("mfa_activate_totp")), path
    assert client.get(reverse("account_logout")).status_code == 200
    set_up = client.get(reverse("mfa_activate_totp"), follow=True)
    assert (set_up.status_code, set_up.resolver_match.url_name) == (200, "account_reauthenticate")
    confirm(client, world.people["alice"])
    assert client.get(reverse("mfa_activate_totp")).status_code == 200
    assert visitor(world.people["alice"]).get("/").status_code == 200


def test_the_demonstrations_sign_in_needs_no_authenticator_while_it_is_asked_from_this_machine(
    world: World, settings: object
) -> None:
    client = demonstrator(world.people["alice"])
    assert client.get("/").status_code == 200
    for elsewhere in (
        {"REMOTE_ADDR": "192.0.2.7"},
        {"HTTP_X_FORWARDED_FOR": "192.0.2.7"},
        {"SERVER_NAME": "testserver"},
    ):
        assert client.get("/", **elsewhere).status_code == 302, elsewhere  # type: ignore[arg-type]
    settings.DEMO = False  # type: ignore[attr-defined]
    assert client.get("/").status_code == 302


def test_this_machine_is_loopback_asked_by_a_loopback_name_without_a_proxy() -> None:
    assert demonstrates(RequestFactory().get("/", SERVER_NAME="127.0.0.1", SERVER_PORT="8000"))
    assert demonstrates(RequestFactory().get("/", REMOTE_ADDR="::1", HTTP_HOST="[::1]:8000"))
    assert not demonstrates(RequestFactory().get("/", SERVER_NAME="testserver"))
    assert not demonstrates(RequestFactory().get("/", SERVER_NAME="localhost", HTTP_FORWARDED="for=192.0.2.7"))


def test_a_closed_account_is_nobody_from_the_next_page_on(world: World, noon: datetime) -> None:
    client = visitor(alice := world.people["alice"])
    assert b"Sign out" in client.get("/").content
    Person.objects.filter(pk=alice.pk).update(active_until=noon)
    assert b"Sign out" not in client.get("/").content


def test_the_menu_offers_the_desk_to_coordinators_alone(world: World) -> None:
    desk = f'href="{reverse("advisories:desk")}"'.encode()
    offered = {name for name, person in world.people.items() if desk in visitor(person).get("/").content}
    assert offered == {"carol", "brian", "kate", "ursula"}


def test_the_hub_bears_the_name_of_its_root(world: World) -> None:
    Warp.objects.filter(pk=world.warps["uk"].pk).update(name="Warnings for all")
    assert b"Warnings for all" in visitor().get("/").content


def test_a_confirmation_lasts_minutes_and_counts_for_whom_it_was_given(world: World) -> None:
    from members.views.asking import confirmed

    def ask(client: Client, person: Person) -> bool:
        request = RequestFactory().get("/", SERVER_NAME="localhost")
        request.session, request.user = client.session, person
        return confirmed(request)

    alice, bob = world.people["alice"], world.people["bob"]
    client = visitor(alice)
    assert not ask(client, alice)
    confirm(client, alice, ago=299)
    assert ask(client, alice) and not ask(client, bob)
    confirm(client, alice, ago=301)
    assert not ask(client, alice)


def test_nobody_takes_an_address_that_others_would_name_them_by(world: World) -> None:
    """Whoever is granted a RED item is named by address: Alice could have called herself the chief executive."""
    alice = visitor(world.people["alice"], confirmed=True)
    chief = "chief.executive@example.org"
    for act in ("action_add", "action_primary"):
        assert alice.post("/account/email/", {act: "", "email": chief}).status_code == 404
    world.people["alice"].refresh_from_db()
    assert world.people["alice"].email == "alice@example.org"
