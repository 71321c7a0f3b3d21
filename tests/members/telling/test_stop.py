"""One click ends optional mail, without signing in, and nothing that is urgent; what is urgent carries no such link."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.message import EmailMessage

import pytest
from django.test import Client

from members.delivery.digest import digest
from members.delivery.plan import plan
from members.delivery.send import sweep
from members.handles import handle
from members.models import Announcement, AuditRow, Delivery, DigestLine, Frequency, Subscription, Tier
from members.telling import ticks
from members.telling.stop import stop, stoppable, token
from members.telling.ticks import Tick
from tests.members.delivery.conftest import PostOffice, kind, owe, post
from tests.members.delivery.test_digest import EIGHT, wait
from tests.members.delivery.test_plan import names, tick, told
from tests.members.delivery.test_send import AMBER, GREEN, RED, STRICT, html, plain, to
from tests.members.test_subscribing import SAM, subscriber
from tests.members.world import World

__all__ = ["kind", "post"]  # fixtures
pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
KNOW, PLAN, URGENT = Tier.INFORMATION, Tier.ADVISORY, Tier.URGENT
AT_ONCE, DAILY, WEEKLY = Frequency


def path(mail: EmailMessage) -> str:
    """Of its List-Unsubscribe, on the hub; "" where it has none, and then no half of one."""
    where, how = (str(mail[name] or "").strip() for name in ("List-Unsubscribe", "List-Unsubscribe-Post"))  # unfolded
    if not where:
        assert not how
        return ""
    assert how == "List-Unsubscribe=One-Click"
    assert where.startswith("<https://hub.example.org/") and where.endswith(">")
    return where.removeprefix("<https://hub.example.org").removesuffix(">")


def click(where: str) -> int:
    """As a mail program does it: a POST without cookies, whose answer is no redirect."""
    mail_program = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    return int(mail_program.post(where, ONE_CLICK).status_code)


def lists(world: World, who: str) -> set[Tick]:
    return {ticks.of(row) for row in ticks.ticks(world.people[who])}


# Which mail carries one


@pytest.mark.parametrize("tier", [KNOW, PLAN])
def test_what_is_optional_and_came_at_once_ends_by_one_click(
    world: World, noon: datetime, post: PostOffice, tier: int
) -> None:
    tick("alice", (KNOW, AT_ONCE, ""), (KNOW, DAILY, "outage"))
    owe(world.item(GREEN), noon, tier=tier)
    sweep(noon)
    assert click(path(to(post, "alice"))) == 200
    assert lists(world, "alice") == {Tick(URGENT, AT_ONCE), Tick(KNOW, DAILY, "outage")}


@pytest.mark.parametrize("tier", [URGENT, Tier.FLASH])
@pytest.mark.parametrize("case", [GREEN, AMBER, STRICT, RED], ids=lambda case: case["label"])
def test_what_is_urgent_carries_none(
    world: World, noon: datetime, post: PostOffice, case: dict[str, object], tier: int
) -> None:
    owe(world.item(case), noon, tier=tier)
    sweep(noon)
    assert path(to(post, "alice")) == ""


@pytest.mark.parametrize("case", [STRICT, RED], ids=lambda case: case["label"])
def test_what_says_less_than_a_title_carries_none_since_that_would_tell_its_tier(
    world: World, noon: datetime, post: PostOffice, case: dict[str, object]
) -> None:
    tick("alice", (KNOW, AT_ONCE, ""))
    owe(world.item(case), noon, tier=PLAN)
    sweep(noon)
    assert path(to(post, "alice")) == ""


def test_an_account_mail_and_a_withdrawal_carry_none(world: World, noon: datetime, post: PostOffice) -> None:
    for fields in ({"event": "account", "notice": "broken-glass", "words": "x"}, {"event": "withdrawn"}):
        item = world.item({**GREEN, "withdrawn_at": noon.isoformat()}) if fields["event"] == "withdrawn" else None
        mail = Announcement.objects.create(
            item=item, version=1, due_at=noon, planned_at=noon, tier=KNOW, **fields
        )  # fmt: skip
        Delivery.objects.create(announcement=mail, address=world.people["alice"].addresses.get(), due_at=noon)
    sweep(noon)
    assert [path(mail) for mail in post.taken if mail["To"] == "alice@example.org"] == ["", ""]


# What it ends


def test_a_digest_ends_what_came_in_it_and_a_tick_of_another_frequency_stays(
    world: World, noon: datetime, post: PostOffice
) -> None:
    tick("alice", (URGENT, AT_ONCE, ""), (PLAN, DAILY, ""), (KNOW, WEEKLY, ""))
    wait(world.item(GREEN), EIGHT - DAY + timedelta(hours=1), PLAN)
    sweep(EIGHT)
    assert click(path(to(post, "alice"))) == 200
    assert lists(world, "alice") == {Tick(URGENT, AT_ONCE), Tick(KNOW, WEEKLY)}
    wait(world.item(GREEN), EIGHT, PLAN)
    assert "alice" in names(DigestLine.objects.filter(delivery=None, weekly=True))


def test_mondays_digest_with_both_ends_both(world: World, noon: datetime, post: PostOffice) -> None:
    tick("alice", (URGENT, AT_ONCE, ""), (PLAN, DAILY, ""), (KNOW, WEEKLY, ""))
    wait(world.item(GREEN), noon, PLAN)
    wait(world.item(GREEN), noon, KNOW)
    sweep(EIGHT)
    assert click(path(to(post, "alice"))) == 200
    assert lists(world, "alice") == {Tick(URGENT, AT_ONCE)}


@pytest.mark.parametrize("frequency", [DAILY, WEEKLY])
def test_who_has_what_is_urgent_in_their_digest_alone_keeps_that(
    world: World, noon: datetime, frequency: Frequency
) -> None:
    """Whoever was sent a copy of a digest must not silence a council."""
    tick("alice", (KNOW, frequency, ""), (KNOW, AT_ONCE, "phishing"))
    stop(token(world.people["alice"].addresses.get().pk, [frequency]), noon)
    assert lists(world, "alice") == {Tick(URGENT, frequency), Tick(KNOW, AT_ONCE, "phishing")}
    owe(world.item(GREEN), noon, tier=URGENT, categories=["outage"])
    plan(noon)
    assert "alice" in names(DigestLine.objects.all())


def test_what_waits_for_the_digest_that_was_ended_is_not_sent(world: World, noon: datetime, post: PostOffice) -> None:
    for who in ("alice", "bob"):
        tick(who, (URGENT, AT_ONCE, ""), (KNOW, DAILY, ""))
    wait(world.item(GREEN), noon, PLAN)
    stop(token(world.people["alice"].addresses.get().pk, [DAILY]), noon)
    digest(EIGHT)
    sweep(EIGHT)
    assert "bob" in post.names() and "alice" not in post.names()


def test_what_is_urgent_is_told_at_once_all_the_same(world: World, noon: datetime) -> None:
    tick("alice", (KNOW, AT_ONCE, ""))
    stop(token(world.people["alice"].addresses.get().pk, [AT_ONCE]), noon)
    owe(world.item(GREEN), noon, tier=PLAN)
    plan(noon)
    assert "alice" not in told()
    owe(world.item(GREEN), noon, tier=URGENT)
    plan(noon)
    assert "alice" in told()


def test_it_is_of_one_address_and_of_nobody_elses(world: World, noon: datetime) -> None:
    before = lists(world, "bob")
    assert stop(token(world.people["alice"].addresses.get().pk, [DAILY, WEEKLY]), noon) is not None
    assert lists(world, "alice") == {Tick(URGENT, AT_ONCE)} and lists(world, "bob") == before


# The page


def test_opening_the_link_asks_and_changes_nothing_and_posting_twice_is_as_once(world: World, noon: datetime) -> None:
    where = f"/stop/{token(world.people['alice'].addresses.get().pk, [DAILY])}/"
    before = lists(world, "alice")
    shown = Client(SERVER_NAME="localhost").get(where)
    assert shown.status_code == 200 and "the daily digest" in shown.content.decode()
    assert "alice" not in shown.content.decode() and not shown.cookies
    assert "no-store" in shown.headers["Cache-Control"]
    assert Client(SERVER_NAME="localhost").head(where).status_code == 200
    assert lists(world, "alice") == before
    assert [click(where), click(where)] == [200, 200]
    assert len(lists(world, "alice")) == 2
    rows = AuditRow.objects.filter(verb="stop_ticks")
    assert [(row.actor, row.detail) for row in rows] == [("", {"frequencies": [DAILY]})]


def test_a_link_that_is_none_looks_like_one_whose_address_is_gone(world: World, noon: datetime) -> None:
    address = world.people["alice"].addresses.get()
    where = f"/stop/{token(address.pk, [DAILY])}/"
    address.delete()
    gone, never = (Client(SERVER_NAME="localhost").post(one) for one in (where, "/stop/nothing/"))
    assert gone.status_code == never.status_code == 404 and gone.content == never.content
    assert stoppable(handle("tick", 1, 2)) is None


# Subscribers


@pytest.mark.parametrize("at_once", [True, False], ids=["at once", "digest"])
@pytest.mark.parametrize("tier", [KNOW, Tier.FLASH])
def test_every_mail_to_a_subscriber_ends_all_of_theirs_by_one_click_and_by_the_link_in_it(
    world: World, noon: datetime, post: PostOffice, at_once: bool, tier: int
) -> None:
    one = subscriber(noon, at_once=at_once)
    owe(world.item({"id": "c", "label": "CLEAR"}), noon, tier=tier)
    sweep(noon)
    sweep(EIGHT)
    mail = next(mail for mail in post.taken if mail["To"] == SAM)
    where = path(mail)
    assert f"https://hub.example.org{where}" in plain(mail) and f"https://hub.example.org{where}" in html(mail)
    assert "/account/told/" not in plain(mail)
    other = next(mail for mail in post.taken if mail["To"] == "alice@example.org")
    assert "/subscribe/leave/" not in other.as_string() and "https://hub.example.org/account/told/" in plain(other)
    shown = Client(SERVER_NAME="localhost").get(where)
    assert shown.status_code == 200 and SAM not in shown.content.decode() and not shown.cookies
    one.refresh_from_db()
    assert one.hears(noon)
    assert [click(where), click(where)] == [200, 200]
    one.refresh_from_db()
    assert not one.hears(noon + DAY * 900)
    assert Subscription.objects.filter(address__subscriber=one).exists()
    assert click("/subscribe/leave/nothing/") == 404
