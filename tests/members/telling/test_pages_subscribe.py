"""Public mail for who has no account, from the first page to the last mail: by real forms and a real mail server."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from members import subscribing
from members.delivery.send import sweep
from members.links import confirm_token
from members.models import Address, AuditRow, Delivery, Frequency, Subscriber, Subscription, Tier
from members.telling.ticks import Tick, of
from tests.members.delivery.conftest import PostOffice, kind, owe, post
from tests.members.delivery.test_send import html, plain
from tests.members.world import World
from tests.pages import visitor

__all__ = ["kind", "post"]  # fixtures
pytestmark = pytest.mark.django_db
SAM = "sam@example.net"
WISH = {"email": SAM, "frequency": "2"}
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def fresh() -> None:
    """Nobody has asked for anything yet."""
    cache.clear()


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch, noon: datetime) -> datetime:
    """The pages' clock stands at noon."""
    monkeypatch.setattr("members.clock.ask", lambda: noon)
    return noon


def asked(**more: object) -> str:
    answer = visitor().post("/subscribe/", {**WISH, **more})
    assert answer.status_code == 200
    return answer.content.decode()


def link(post: PostOffice) -> str:
    """Of the last mail to Sam, which asks."""
    mail = [mail for mail in post.taken if mail["To"] == SAM][-1]
    (found,) = set(re.findall(r"https://hub\.example\.org(/subscribe/confirm/\w+/)", plain(mail)))
    assert f"https://hub.example.org{found}" in html(mail)
    return found


def listed() -> set[Tick]:
    return {of(row) for row in Subscription.objects.filter(address__value=SAM)}


def test_asked_for_confirmed_from_the_mailbox_and_left(world: World, at: datetime, post: PostOffice) -> None:
    assert "Look into your mailbox" in asked(frequency="1", categories=["phishing", "outage"])
    sweep(at)
    assert [str(mail["Subject"]) for mail in post.taken] == ["Do you want the hub's public warnings?"]
    where = link(post)
    for _look in range(2):
        shown = visitor().get(where).content.decode()
        assert "Phishing and fraud" in shown or "Outages" in shown
        assert "At once" in shown and SAM not in shown
    assert not Subscriber.objects.get().hears(at) and listed() == set()
    assert "Confirmed. Thank you." in visitor().post(where).content.decode()
    assert listed() == {Tick(1, 1, "phishing"), Tick(1, 1, "outage")}
    item = world.item({"id": "c", "label": "CLEAR"})
    owe(item, at, tier=Tier.ADVISORY, categories=["breach"])
    owe(item, at, tier=Tier.ADVISORY, categories=["outage"])
    owe(world.item({"id": "g", "label": "GREEN"}), at, tier=Tier.FLASH, categories=["outage"])
    sweep(at)
    to_sam = [str(mail["Subject"]) for mail in post.taken if mail["To"] == SAM]
    assert to_sam[1:] == ["[TLP:CLEAR] Patch the mail gateway"]
    leave = next(str(mail["List-Unsubscribe"]) for mail in post.taken if mail["To"] == SAM and mail["List-Unsubscribe"])
    path = leave.strip().removeprefix("<https://hub.example.org").rstrip(">")
    assert "Have no more of it?" in visitor().get(path).content.decode()
    assert "It comes no more" in visitor().post(path).content.decode()
    assert not Subscriber.objects.get().hears(at)


def test_the_mail_that_asks_is_one_that_no_link_ends(world: World, at: datetime, post: PostOffice) -> None:
    asked()
    sweep(at)
    (mail,) = post.taken
    assert mail["List-Unsubscribe"] is None and mail["Auto-Submitted"] == "auto-generated"
    token = confirm_token(Subscriber.objects.get())
    kept = f"{list(Subscriber.objects.values())} {list(Delivery.objects.values('outcome', 'announcement__words'))}"
    assert token in plain(mail) and token not in kept


def test_the_answer_is_the_same_whatever_is_known_of_an_address(world: World, at: datetime, post: PostOffice) -> None:
    new = asked()
    sweep(at)
    visitor().post(link(post))
    known, members, often = asked(), asked(email="alice@example.org"), asked()
    silenced = asked()
    assert new == known == members == often == silenced
    sweep(at)
    assert post.names().count("sam") == 3, "three a day for one address, whoever asks"
    assert post.names().count("alice") == 1


def test_a_visitor_asks_so_often_and_no_more(world: World, at: datetime) -> None:
    for number in range(20):
        asked(email=f"sam{number}@example.net")
    answer = visitor().post("/subscribe/", {**WISH, "email": "sam20@example.net"})
    assert answer.status_code == 429 and "Too many tries" in answer.content.decode()
    assert Subscriber.objects.count() == 20


@pytest.mark.parametrize(
    "wrong",
    [{"email": "sam"}, {"email": ""}, {"email": f"{SAM}\nBcc: a@b.org"}, {"frequency": "9"}, {"categories": ["x"]}],
)
def test_what_is_no_address_or_no_choice_is_said_at_its_field(
    world: World, at: datetime, wrong: dict[str, object]
) -> None:
    assert "There is a problem" in asked(**wrong)
    assert not Subscriber.objects.exists()


def test_whoever_did_not_ask_does_nothing_and_gets_nothing_more(world: World, at: datetime, post: PostOffice) -> None:
    asked()
    sweep(at)
    where = link(post)
    owe(world.item({"id": "c", "label": "CLEAR"}), at, tier=Tier.ADVISORY)
    sweep(at)
    sweep(at + DAY)
    assert post.names().count("sam") == 1
    assert subscribing.confirm(where.split("/")[-2], at + 4 * DAY) is None
    assert subscribing.confirm(where.split("/")[-2], at + 2 * DAY) is not None


def test_asked_anew_before_it_is_confirmed_the_newer_link_counts_and_the_older_mail_is_not_sent(
    world: World, at: datetime, post: PostOffice
) -> None:
    asked()
    older = f"/subscribe/confirm/{confirm_token(Subscriber.objects.get())}/"
    asked(frequency="3")
    sweep(at)
    assert post.names() == ["sam"]
    ended, never = visitor().get(older), visitor().get("/subscribe/confirm/nothing/")
    assert (ended.status_code, ended.content) == (never.status_code, never.content) and ended.status_code == 404
    assert visitor().post(link(post)).status_code == 200
    assert listed() == {Tick(1, Frequency.WEEKLY)}


def test_another_choice_is_made_by_asking_again_and_holds_when_it_is_confirmed(
    world: World, at: datetime, post: PostOffice
) -> None:
    asked()
    sweep(at)
    visitor().post(link(post))
    asked(frequency="3", categories=["breach"])
    assert listed() == {Tick(1, Frequency.DAILY)}, "whoever asks in another's name changes nothing"
    sweep(at)
    again = visitor().post(link(post)).content.decode()
    assert "Once a week" in again and listed() == {Tick(1, Frequency.WEEKLY, "breach")}
    assert Address.objects.filter(value=SAM).count() == Subscriber.objects.count() == 1
    verbs = list(AuditRow.objects.filter(verb__contains="subscription").order_by("pk").values_list("verb", flat=True))
    assert verbs == ["ask_subscription", "confirm_subscription", "ask_subscription", "change_subscription"]


def test_confirming_takes_the_forms_own_token_as_any_page_does(world: World, at: datetime, post: PostOffice) -> None:
    asked()
    sweep(at)
    stranger = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    assert stranger.post(link(post)).status_code == 403
    assert listed() == set()
