"""`setup`: from an empty database to a coordinator with a link."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from members import clock
from members.models import Affiliation, Organisation, Person, Warp
from members.permits import coordinates
from tests.advisories.commands import run
from tests.members.world import World

pytestmark = pytest.mark.django_db
WORDS = {"warp": "Severn WARP", "prefix": "sv", "organisation": "Avonbridge Borough Council", "name": "Cara Orr",
         "email": "Cara@example.org"}  # fmt: skip


def options(**changes: str) -> list[str]:
    return [word for name, said in {**WORDS, **changes}.items() if said for word in (f"--{name}", said)]


def test_it_makes_a_coordinator_who_can_set_a_password_and_mails_them(mailoutbox: list[Any]) -> None:
    ran = run("setup", *options(), "--json")
    assert ran.status == 0
    (made,) = json.loads(ran.out)
    person = Person.objects.get(email="cara@example.org")
    (office,) = coordinates(person, clock.now())
    assert (office.warp.name, office.warp.prefix, made["prefix"]) == ("Severn WARP", "SV", "SV")
    assert person.affiliations.get().role == Affiliation.Role.LEAD
    assert not person.has_usable_password()
    (sent,) = mailoutbox
    assert sent.to == ["cara@example.org"] and made["link"] in sent.body
    path = re.sub(r"^https?://[^/]+", "", made["link"])
    assert "password1" in Client(SERVER_NAME="localhost").get(path, follow=True).content.decode()


def test_it_says_what_it_made(mailoutbox: list[Any]) -> None:
    out = run("setup", *options()).out
    assert "Cara Orr of Avonbridge Borough Council coordinates it" in out
    assert "/account/password/reset/key/" in out


def test_a_hub_that_has_a_warp_is_left_alone(world: World) -> None:
    ran = run("setup", *options())
    assert ran.status == 1 and "has a WARP already" in ran.error
    assert not Person.objects.filter(email="cara@example.org").exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"email": "cara"}, {"email": ""}, {"prefix": "S"}, {"prefix": "SEVERN"}, {"prefix": "ŴŴ"}, {"warp": ""},
        {"name": "!"},
    ],
)  # fmt: skip
def test_what_is_wrong_or_lacking_is_said_and_nothing_is_made(changes: dict[str, str]) -> None:
    ran = run("setup", *options(**changes))
    assert ran.status == 2 and f"--{next(iter(changes))}" in ran.error
    assert not Warp.objects.exists() and not Organisation.objects.exists() and not Person.objects.exists()


def test_a_mail_that_does_not_go_out_is_said_and_the_link_is_printed_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unreachable(*_: Any, **__: Any) -> None:
        raise ConnectionRefusedError("Connection refused")

    monkeypatch.setattr(mail, "get_connection", unreachable)
    ran = run("setup", *options())
    assert ran.status == 2
    assert "/account/password/reset/key/" in ran.out
    assert "did not go out: Connection refused" in ran.error
    assert Warp.objects.exists()


def test_without_mail_nothing_is_sent(mailoutbox: list[Any]) -> None:
    assert run("setup", *options(), "--no-mail").status == 0
    assert mailoutbox == []
