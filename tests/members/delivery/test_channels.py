"""What goes out by SMS, webhook, Teams and Slack: to whom, what it says, and what comes of it when things go wrong.

The other side is a real HTTP server, and so is the mail server.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import time
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members.delivery.aside import THREADS
from members.delivery.claim import claim
from members.delivery.ledger import ledger
from members.delivery.plan import plan
from members.delivery.revoke import revoke
from members.delivery.secret import Secret, close, opened
from members.delivery.send import sweep
from members.joining import end
from members.leaving import suspend
from members.models import (
    Address,
    Affiliation,
    Announcement,
    Delivery,
    Membership,
    Person,
    Server,
    Subscription,
    Tier,
)  # fmt: skip
from members.place import place
from members.stand import withdraw
from tests.members.delivery.conftest import ISSUER, SIGNER, TEXT, TITLE, PostOffice, house_channel, owe, phone
from tests.members.delivery.receiver import Receiver, endless, status
from tests.members.world import World

pytestmark = pytest.mark.django_db

CLEAR = {"id": "clear", "label": "CLEAR"}
GREEN = {"id": "green", "label": "GREEN"}
AMBER = {"id": "amber", "label": "AMBER", "grants": [{"organisation": "brum"}]}
STRICT = {"id": "strict", "label": "AMBER+STRICT", "grants": [{"organisation": "brum"}]}
RED = {"id": "red", "label": "RED", "grants": [{"person": "alice"}]}
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
State = Delivery.State


def row(address: Address) -> Delivery:
    return Delivery.objects.get(address=address)


def sms(there: Receiver) -> list[Any]:
    return [one.json for one in there.at("/v2/notifications/sms")]


# What each says


def test_a_webhook_says_title_and_link_under_a_signature_that_its_owner_can_check(
    world: World, noon: datetime, post: PostOffice, there: Receiver
) -> None:
    address = house_channel(world, "webhook", there.url("/hook"))
    item = world.item(CLEAR)
    owe(item, noon)
    sweep(noon)
    (got,) = there.at("/hook")
    assert got.json == {
        "type": "released",
        "timestamp": noon.isoformat(),
        "data": {"label": "TLP:CLEAR", "reference": item.reference, "title": TITLE, "tier": "Urgent",
                 "url": f"https://hub.example.org/advisories/{item.reference}/"},
    }  # fmt: skip
    assert TEXT.encode() not in got.body
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    signed = f"{got.headers['webhook-id']}.{got.headers['webhook-timestamp']}.".encode() + got.body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert got.headers["webhook-signature"] == f"v1,{expected}"
    assert int(got.headers["webhook-timestamp"]) == int(noon.timestamp())
    assert row(address).state == State.SENT and row(address).outcome == "taken over by 127.0.0.1"


def test_a_message_that_is_sent_again_has_the_same_id_and_another_time(
    world: World, noon: datetime, post: PostOffice, there: Receiver
) -> None:
    house_channel(world, "webhook", there.url("/hook"))
    owe(world.item(CLEAR), noon)
    there.answers["/hook"] = status(500)
    sweep(noon)
    there.answers.clear()
    sweep(noon + MINUTE)
    first, second = there.at("/hook")
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"]
    other = world.item({**CLEAR, "id": "other"})
    owe(other, noon + MINUTE)
    sweep(noon + MINUTE)
    assert there.at("/hook")[-1].headers["webhook-id"] != first.headers["webhook-id"]


def test_a_new_secret_signs_beside_the_old_one_for_a_week(
    world: World, noon: datetime, post: PostOffice, there: Receiver
) -> None:
    address = house_channel(world, "webhook", there.url("/hook"))
    secret = opened(address).rotated(noon)
    address.secret = close(address, secret)
    address.save()
    for days, count in ((0, 2), (6, 2), (8, 1)):
        owe(world.item({**CLEAR, "id": f"clear {days}"}), noon + timedelta(days=days))
        sweep(noon + timedelta(days=days))
        assert len(there.at("/hook")[-1].headers["webhook-signature"].split()) == count


def test_what_is_typed_in_a_title_is_no_markup_in_teams_and_slack(
    world: World, noon: datetime, post: PostOffice, there: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    wicked = "<!channel> & [click](https://evil.example) *now*"
    monkeypatch.setattr("tests.members.delivery.conftest.TITLE", wicked)
    house_channel(world, "teams", there.url("/teams"))
    house_channel(world, "slack", there.url("/slack"))
    owe(world.item(CLEAR), noon)
    sweep(noon)
    slack = there.at("/slack")[0].json
    assert slack["text"].startswith("[TLP:CLEAR] &lt;!channel&gt; &amp; [click]")
    assert {block["text"]["type"] for block in slack["blocks"] if block["type"] == "section"} == {"plain_text"}
    card = there.at("/teams")[0].json["attachments"][0]["content"]
    assert card["body"][0]["text"] == "TLP:CLEAR"
    assert "[click](" not in card["body"][1]["text"] and r"\[click\]\(" in card["body"][1]["text"]
    assert card["actions"][0]["url"].startswith("https://hub.example.org/advisories/")


def test_a_text_message_begins_with_the_label_and_asks_who_answers_to_confirm(
    world: World, noon: datetime, post: PostOffice, there: Receiver
) -> None:
    phone(world, "alice", private=True)
    item = world.item(GREEN)
    owe(item, noon, tier=Tier.FLASH)
    sweep(noon)
    (said,) = sms(there)
    label, link, confirm = said["personalisation"]["body"].split("\n")
    assert label == f"[TLP:GREEN] {TITLE}"
    assert link == f"https://hub.example.org/advisories/{item.reference}/"
    assert confirm.startswith("Confirm that you have it: https://hub.example.org/a/")
    assert (said["phone_number"], said["template_id"]) == ("+447700900123", "sms-template")


def test_notify_is_asked_with_a_token_made_of_the_key(
    world: World, noon: datetime, post: PostOffice, there: Receiver
) -> None:
    phone(world, "alice")
    owe(world.item(CLEAR), noon)
    sweep(noon)
    (got,) = there.at("/v2/notifications/sms")
    head, claims, signature = got.headers["Authorization"].removeprefix("Bearer ").split(".")
    expected = hmac.new(SIGNER.encode(), f"{head}.{claims}".encode(), hashlib.sha256).digest()
    assert base64.urlsafe_b64decode(signature + "=") == expected
    told = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    assert told == {"iss": ISSUER, "iat": int(noon.timestamp())}


def test_a_title_of_any_length_leaves_room_for_its_links(
    world: World, noon: datetime, post: PostOffice, there: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.members.delivery.conftest.TITLE", "Very long " * 500)
    phone(world, "alice")
    owe(world.item(CLEAR), noon)
    sweep(noon)
    body = sms(there)[0]["personalisation"]["body"]
    assert len(body) < 918 and "/advisories/" in body


@pytest.mark.parametrize(
    ("case", "private", "said"),
    [
        (CLEAR, False, "released"),
        (GREEN, False, None),  # never on a public channel
        (GREEN, True, "released"),
        (AMBER, True, "notice"),
        (STRICT, True, "notice"),
        (RED, True, None),  # for people by name, and no channel that several read
    ],
    ids=["clear", "green-public", "green-private", "amber", "strict", "red"],
)
def test_an_organisations_channel_says_what_the_table_allows(
    world: World,
    noon: datetime,
    post: PostOffice,
    there: Receiver,
    case: dict[str, Any],
    private: bool,
    said: str | None,
) -> None:
    house_channel(world, "webhook", there.url("/hook"), private=private)
    item = world.item(case)
    owe(item, noon, tier=Tier.FLASH)
    sweep(noon)
    assert [one.json["type"] for one in there.at("/hook")] == ([said] if said else [])
    for one in there.at("/hook") if said == "notice" else []:
        assert set(one.json["data"]) == {"label", "title", "url"}
        assert TITLE.encode() not in one.body and item.reference.encode() not in one.body


def test_a_channel_that_is_private_no_more_when_it_is_claimed_is_told_nothing_of_what_is_green(
    world: World, noon: datetime, post: PostOffice, there: Receiver
) -> None:
    kept = house_channel(world, "webhook", there.url("/kept"), private=True)
    opened_up = house_channel(world, "webhook", there.url("/opened"), private=True)
    owe(world.item(GREEN), noon)
    plan(noon)
    Address.objects.filter(pk=opened_up.pk).update(private_since=None)
    sweep(noon)
    assert [one.path for one in there.got] == ["/kept"]
    assert (row(kept).state, row(opened_up).state) == (State.SENT, State.CANCELLED)


def test_red_reaches_a_telephone_as_something_that_awaits(
    world: World, noon: datetime, post: PostOffice, there: Receiver
) -> None:
    phone(world, "alice", private=True)
    phone(world, "alan", "+447700900124", private=True)
    owe(world.item(RED), noon)
    sweep(noon)
    assert [one["personalisation"]["body"] for one in sms(there)] == [
        "An item awaits you. Sign in to read it.\nhttps://hub.example.org/"
    ]


def test_a_withdrawal_goes_where_its_title_went_and_says_the_reference(
    world: World, noon: datetime, post: PostOffice, there: Receiver
) -> None:
    house_channel(world, "webhook", there.url("/open"))
    house_channel(world, "slack", there.url("/other"), whose="maidstone")
    shown, amber = world.item(CLEAR), world.item(AMBER)
    for item in (shown, amber):
        owe(item, noon)
    sweep(noon)
    Subscription.objects.all().delete()  # nobody's ticks are asked of a withdrawal
    for item in (shown, amber):
        withdraw(item, noon + MINUTE)
        place(item)
        owe(item, noon + MINUTE, "withdrawn")
    there.got.clear()
    sweep(noon + MINUTE)
    assert [one.json["type"] for one in there.at("/open")] == ["withdrawn"]
    assert there.at("/open")[0].json["data"]["title"] == f"{shown.reference} was withdrawn: do not act on it."
    assert len(there.at("/other")) == 1


# To whom


def test_flash_goes_to_every_channel_and_less_where_it_is_ticked(
    world: World, noon: datetime, post: PostOffice, there: Receiver
) -> None:
    house_channel(world, "webhook", there.url("/hook"))
    phone(world, "alice")
    owe(world.item({**CLEAR, "id": "advisory"}), noon, tier=Tier.ADVISORY)
    sweep(noon)
    assert there.got == []
    Subscription.objects.filter(address__channel__in=("sms", "webhook")).delete()
    owe(world.item({**CLEAR, "id": "urgent"}), noon, tier=Tier.URGENT)
    sweep(noon)
    assert there.got == [], "nothing is ticked"
    owe(world.item({**CLEAR, "id": "flash"}), noon, tier=Tier.FLASH)
    sweep(noon)
    assert sorted(one.path for one in there.got) == ["/hook", "/v2/notifications/sms"]
    assert "alice" in post.names(), "and mail"


@pytest.mark.parametrize("missing", ["verified_at", "bad_since", "ended_at"])
def test_nothing_goes_to_an_address_that_is_unverified_bad_or_taken_off(
    world: World, noon: datetime, post: PostOffice, there: Receiver, missing: str
) -> None:
    fields = {missing: None if missing == "verified_at" else noon}
    planned, claimed = house_channel(world, "slack", there.url("/a")), house_channel(world, "slack", there.url("/b"))
    Address.objects.filter(pk=planned.pk).update(**fields)
    owe(world.item(CLEAR), noon, tier=Tier.FLASH)
    plan(noon)
    Address.objects.filter(pk=claimed.pk).update(**fields)
    sweep(noon)
    assert there.got == []
    assert not Delivery.objects.filter(address=planned).exists()
    assert row(claimed).state == State.CANCELLED


def test_a_right_that_ends_between_planning_and_claim_sends_nothing(
    world: World, noon: datetime, post: PostOffice, there: Receiver
) -> None:
    ours = house_channel(world, "webhook", there.url("/brum"))
    theirs = house_channel(world, "webhook", there.url("/maidstone"), whose="maidstone")
    owe(world.item({**AMBER, "grants": [{"organisation": "brum"}, {"organisation": "maidstone"}]}), noon)
    plan(noon)
    assert Delivery.objects.filter(address__in=[ours, theirs], state=State.DUE).count() == 2
    end(Membership.objects.filter(organisation=world.organisations["brum"]), noon)
    sweep(noon)
    assert [one.path for one in there.got] == ["/maidstone"]
    assert row(ours).state == State.CANCELLED and "no right" in row(ours).outcome


def test_suspending_an_organisation_cancels_what_is_queued_for_its_channels(
    world: World, noon: datetime, post: PostOffice, there: Receiver
) -> None:
    ours = house_channel(world, "webhook", there.url("/brum"))
    owe(world.item(AMBER), noon)
    plan(noon)
    birmingham = Membership.objects.get(organisation=world.organisations["brum"]).warp
    suspend(world.organisations["brum"], birmingham, noon, None)
    assert row(ours).state == State.CANCELLED


# What goes wrong


def test_a_webhook_that_leads_elsewhere_is_not_followed(
    world: World, noon: datetime, post: PostOffice, there: Receiver
) -> None:
    address = house_channel(world, "webhook", there.url("/hook"))
    there.answers["/hook"] = status(302, Location="http://169.254.169.254/latest/meta-data/")
    owe(world.item(CLEAR), noon)
    report = sweep(noon)
    assert (report.dead, len(there.got)) == (1, 1)
    assert "302" in row(address).outcome and "169.254" not in row(address).outcome


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "169.254.169.254", "[::1]", "2130706433"])
def test_nothing_is_sent_into_a_private_network(
    world: World, noon: datetime, post: PostOffice, there: Receiver, settings: Any, host: str
) -> None:
    settings.SEND_ALLOW = []
    address = house_channel(world, "webhook", f"http://{host}:{there.port}/hook")
    owe(world.item(CLEAR), noon)
    sweep(noon)
    assert there.got == [] and row(address).state in (State.DEAD, State.DUE)
    assert row(address).state == State.DEAD and "sends nothing there" in row(address).outcome


def test_of_an_answer_without_end_the_beginning_is_read(
    world: World, noon: datetime, post: PostOffice, there: Receiver
) -> None:
    address = house_channel(world, "webhook", there.url("/hook"))
    there.answers["/hook"] = endless
    owe(world.item(CLEAR), noon)
    began = time.monotonic()
    sweep(noon)
    assert row(address).state == State.SENT and time.monotonic() - began < 4


def test_one_that_hangs_holds_up_neither_mail_nor_others_and_rests(
    world: World, noon: datetime, post: PostOffice, there: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("members.web.post.post.__kwdefaults__", {**SHORT, "seconds": 1.0})
    slow = [house_channel(world, "webhook", there.url(f"/slow/{n}")) for n in range(3)]
    quick = house_channel(world, "slack", there.url("/quick"))
    for one in slow:
        there.answers[f"/slow/{slow.index(one)}"] = there.hang
    owe(world.item(CLEAR), noon)
    began = time.monotonic()
    sweep(noon)
    assert time.monotonic() - began < 2.5, "they hang beside one another"
    assert row(quick).state == State.SENT and "alice" in post.names()
    for one in slow:
        one.refresh_from_db()
        assert one.rests_until == noon + timedelta(seconds=10) and row(one).state == State.DUE
        assert "too slow" in row(one).outcome
    owe(world.item({**CLEAR, "id": "next"}), noon + SECOND)
    there.got.clear()
    sweep(noon + SECOND)
    assert [one.path for one in there.got] == ["/quick"], "what rests is asked nothing"


SHORT = {
    "allow": (), "read": 4_000,
    "resolve": __import__("members.web.guard", fromlist=["system_addresses"]).system_addresses,
}  # fmt: skip


def test_who_asks_for_a_pause_gets_it_and_nobody_elses_message_waits(
    world: World, noon: datetime, post: PostOffice, there: Receiver
) -> None:
    busy, other = house_channel(world, "teams", there.url("/busy")), house_channel(world, "teams", there.url("/other"))
    there.answers["/busy"] = status(429, Retry_After="120")
    owe(world.item(CLEAR), noon)
    sweep(noon)
    assert (row(busy).state, row(other).state) == (State.DUE, State.SENT)
    there.answers.clear()
    there.got.clear()
    sweep(noon + timedelta(seconds=119))
    assert there.got == []
    sweep(noon + timedelta(seconds=121))
    assert row(busy).state == State.SENT
    busy.refresh_from_db()
    assert (busy.rests_until, busy.rest_seconds) == (None, 0)


def test_a_rest_that_no_rest_reaches_was_begun_by_a_wrong_clock_and_holds_nothing(
    world: World, noon: datetime, post: PostOffice, there: Receiver
) -> None:
    wrong, resting = (house_channel(world, "teams", there.url(f"/{name}")) for name in ("wrong", "resting"))
    Address.objects.filter(pk=wrong.pk).update(rests_until=noon + timedelta(days=1), rest_seconds=10)
    Address.objects.filter(pk=resting.pk).update(rests_until=noon + timedelta(minutes=59), rest_seconds=10)
    owe(world.item(CLEAR), noon)
    sweep(noon)
    assert (row(wrong).state, row(resting).state) == (State.SENT, State.DUE)


def test_what_fails_for_three_days_is_given_up(world: World, noon: datetime, post: PostOffice, there: Receiver) -> None:
    address = house_channel(world, "webhook", there.url("/hook"))
    there.answers["/hook"] = status(500, b"<html>it broke</html>")
    owe(world.item(CLEAR), noon)
    sweep(noon)
    assert row(address).state == State.DUE and "500" in row(address).outcome
    sweep(noon + timedelta(hours=73))
    assert row(address).state == State.DEAD
    address.refresh_from_db()
    assert address.bad_since is None and address.refused_days == 0


def test_slack_without_that_service_makes_the_address_bad_on_the_third_day(
    world: World, noon: datetime, post: PostOffice, there: Receiver
) -> None:
    address = house_channel(world, "slack", there.url("/gone"))
    there.answers["/gone"] = status(404, b"no_service")
    for day in range(3):
        owe(world.item({**CLEAR, "id": f"day {day}"}), noon + timedelta(days=day))
        sweep(noon + timedelta(days=day))
        address.refresh_from_db()
        assert (address.refused_days, address.bad_since is None) == (day + 1, day < 2)
    assert "no_service" in Delivery.objects.filter(address=address)[0].outcome


def errors(code: int, message: str, **headers: str) -> Any:
    return status(code, json.dumps({"errors": [{"error": "x", "message": message}]}).encode(), **headers)


def test_a_number_that_notify_refuses_goes_to_the_next_channel_of_its_owner_once(
    world: World, noon: datetime, post: PostOffice, there: Receiver
) -> None:
    """The mail address has no tick for it: only the telephone was to ring."""
    address = phone(world, "alice", private=True)
    Subscription.objects.filter(address__channel="mail").delete()
    there.answers["/v2/notifications/sms"] = errors(400, "phone_number Not enough digits")
    item = world.item(GREEN)
    owe(item, noon)
    sweep(noon)
    assert row(address).state == State.DEAD
    sweep(noon + SECOND)
    sweep(noon + MINUTE)
    assert post.names() == ["alice"]
    told = [(one.person, one.channel, one.state) for one in ledger(item)]
    assert told == [("Alice", "mail", "sent"), ("Alice", "sms", "dead")]


def test_the_next_channel_is_asked_for_the_right_as_the_first_was(
    world: World, noon: datetime, post: PostOffice, there: Receiver
) -> None:
    phone(world, "alice")
    Subscription.objects.filter(address__channel="mail").delete()
    there.answers["/v2/notifications/sms"] = errors(400, "phone_number Not enough digits")
    post.on_rcpt["alice@example.org"] = "451 later"
    owe(world.item(AMBER), noon)
    sweep(noon)
    sweep(noon + SECOND)
    moved = Delivery.objects.get(address__value="alice@example.org")
    assert moved.state == State.DUE
    end(Membership.objects.filter(organisation=world.organisations["brum"]), noon)
    post.on_rcpt.clear()
    sweep(noon + MINUTE)
    moved.refresh_from_db()
    assert moved.state == State.CANCELLED and post.names() == []


REFUSALS = [
    (403, "Invalid token: API key not found"), (429, "Exceeded rate limit"), (400, "Template not found"),
    (500, "Internal server error"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "message"), REFUSALS)
def test_where_notify_says_no_to_all_they_wait_and_the_operator_is_shown_why(
    world: World, noon: datetime, post: PostOffice, there: Receiver, code: int, message: str
) -> None:
    one, two = phone(world, "alice"), phone(world, "alan", "+447700900124")
    there.answers["/v2/notifications/sms"] = errors(code, message, Retry_After="60")
    owe(world.item(CLEAR), noon)
    report = sweep(noon)
    assert message in report.paused and "sms" in set(Server.objects.values_list("name", flat=True))
    assert {row(one).state, row(two).state} == {State.DUE}
    there.answers.clear()
    sweep(noon + timedelta(seconds=59))
    assert {row(one).state, row(two).state} == {State.DUE}
    sweep(noon + timedelta(seconds=75))
    sweep(noon + timedelta(seconds=90))
    assert {row(one).state, row(two).state} == {State.SENT}


def test_mail_goes_by_notify_where_the_operator_chose_it(
    world: World, noon: datetime, post: PostOffice, there: Receiver, settings: Any
) -> None:
    settings.NOTIFY_MAIL_TEMPLATE = "mail-template"
    item = world.item(AMBER)
    owe(item, noon)
    sweep(noon)
    said = {one.json["email_address"]: one.json for one in there.at("/v2/notifications/email")}
    assert set(said) >= {"alice@example.org", "alan@example.org"} and post.taken == []
    told = said["alice@example.org"]["personalisation"]
    assert told["subject"] == f"[TLP:AMBER] {TITLE}"
    assert TEXT not in told["body"] and f"/advisories/{item.reference}/" in told["body"]
    assert said["alice@example.org"]["template_id"] == "mail-template"
    assert "one_click_unsubscribe_url" not in said["alice@example.org"], "nobody leaves what is urgent by a click"


def test_mail_by_notify_does_not_hold_up_the_text_messages_of_a_flash(
    world: World, noon: datetime, post: PostOffice, there: Receiver, settings: Any
) -> None:
    settings.NOTIFY_MAIL_TEMPLATE = "mail-template"
    phone(world, "alice", private=True)
    owe(world.item(GREEN), noon)
    owe(world.item({**GREEN, "id": "flash"}), noon, tier=Tier.FLASH)
    sweep(noon)
    first = [one.path for one in there.got[:THREADS]]  # which go side by side, and come in any order
    assert "/v2/notifications/sms" in first, "of more than twenty mails"
    assert len(there.at("/v2/notifications/email")) > 20


def test_optional_mail_by_notify_has_the_link_by_which_it_ends(
    world: World, noon: datetime, post: PostOffice, there: Receiver, settings: Any
) -> None:
    settings.NOTIFY_MAIL_TEMPLATE = "mail-template"
    owe(world.item(GREEN), noon, tier=Tier.ADVISORY)
    sweep(noon)
    sweep(noon + timedelta(days=1))
    (said,) = [one.json for one in there.got if one.json["email_address"] == "alice@example.org"]
    assert said["one_click_unsubscribe_url"].startswith("https://hub.example.org/stop/")
    assert "leave-" not in said["personalisation"]["body"] and "place-" not in said["personalisation"]["body"]


def test_what_waits_while_its_address_goes_bad_goes_to_the_next_that_may_say_it(
    world: World, noon: datetime, post: PostOffice, there: Receiver
) -> None:
    owe(world.item(GREEN), noon)
    plan(noon)
    public, private = phone(world, "alice", "+447700900101"), phone(world, "alice", "+447700900102", private=True)
    left = phone(world, "bob", "+447700900103", private=True)
    end(Affiliation.objects.filter(person=world.people["bob"]), noon)
    Address.objects.filter(value__in=["alice@example.org", "bob@example.org"]).update(bad_since=noon)
    sweep(noon)
    assert [one["phone_number"] for one in sms(there)] == ["+447700900102"]
    assert (row(public).state, row(private).state) == (State.CANCELLED, State.SENT)
    assert not Delivery.objects.filter(address=left).exists(), "who has no right any more is told by no next channel"


def test_what_goes_on_from_a_claim_takes_as_many_statements_for_eight_as_for_one(
    world: World, noon: datetime, post: PostOffice, there: Receiver
) -> None:
    counts = []
    for number in range(8):
        house_channel(world, "webhook", there.url(f"/hook/{number}"), private=True)
        if number in (0, 7):
            owe(world.item({**GREEN, "id": f"green {number}"}), noon)
            plan(noon)
            Address.objects.filter(channel="webhook").update(private_since=None)
            with CaptureQueriesContext(connection) as asked:
                assert claim(Announcement.objects.latest("pk").pk, noon, "webhook").cancelled == number + 1
            Address.objects.filter(channel="webhook").update(private_since=noon)
            counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("offered", [True, False], ids=["offered", "not offered"])
@pytest.mark.parametrize("how", ["planned", "refused", "unheard"])
def test_nothing_is_owed_by_a_channel_that_the_hub_does_not_offer(
    world: World, noon: datetime, post: PostOffice, there: Receiver, settings: Any, how: str, offered: bool
) -> None:
    if not offered:
        settings.NOTIFY_API_KEY = ""
    if how == "planned":
        phone(world, "alice")
    owe(world.item(CLEAR), noon, tier=Tier.FLASH)
    plan(noon)
    if how != "planned":
        phone(world, "alice")
        post.on_rcpt["alice@example.org"] = "550 no such user" if how == "refused" else "451 later"
    sweep(noon)
    sweep(noon + timedelta(seconds=125))
    assert Delivery.objects.filter(address__channel="sms").exists() is offered


def test_flash_that_is_not_out_in_two_minutes_goes_every_other_way(
    world: World, noon: datetime, post: PostOffice, there: Receiver
) -> None:
    """A telephone that was registered since: planning knew none."""
    post.on_rcpt["*"] = "451 later"
    owe(world.item(CLEAR), noon, tier=Tier.FLASH)
    sweep(noon)
    phone(world, "alice")
    sweep(noon + timedelta(seconds=119))
    assert sms(there) == []
    sweep(noon + timedelta(seconds=125))
    assert len(sms(there)) == 1
    sweep(noon + timedelta(seconds=200))
    assert len(sms(there)) == 1, "once"
    assert Delivery.objects.filter(address__value="alice@example.org", state=State.DUE).exists(), "and mail is retried"


def test_no_secret_of_a_channel_gets_into_a_log_the_ledger_or_what_is_printed(
    world: World, noon: datetime, post: PostOffice, there: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    url = there.url("/services/T0/B0/hushhush")
    address = house_channel(world, "slack", url)
    there.answers["/services/T0/B0/hushhush"] = status(404, b"no_service")
    item = world.item(CLEAR)
    owe(item, noon)
    with caplog.at_level(logging.DEBUG):
        plan(noon)
        (claimed,) = claim(Announcement.objects.get().pk, noon, "slack").ours
        Delivery.objects.update(lease_until=None)
        sweep(noon)
    assert there.got, "it was sent"
    assert "hushhush" in opened(address).url
    shown = [
        caplog.text,
        repr(claimed),
        repr(opened(address)),
        str(address),
        *map(str, ledger(item)),
        row(address).outcome,
    ]
    assert not [one for one in shown if "hushhush" in one]
    assert b"hushhush" not in bytes(Address.objects.get(pk=address.pk).secret)
    moved = Address.objects.create(organisation=world.organisations["maidstone"], channel="slack", value=address.value)
    moved.secret = bytes(address.secret)
    moved.save()
    Address.objects.filter(pk=moved.pk).update(verified_at=noon)
    owe(world.item({**CLEAR, "id": "two"}), noon, tier=Tier.FLASH)
    there.got.clear()
    sweep(noon)
    assert row(moved).state == State.DEAD and "can't be read any more" in row(moved).outcome


def test_a_claim_takes_as_many_statements_for_one_channel_as_for_eight(
    world: World, noon: datetime, post: PostOffice, there: Receiver
) -> None:
    counts = []
    for number in range(8):
        house_channel(world, "webhook", there.url(f"/hook/{number}"))
        if number in (0, 7):
            owe(world.item({**CLEAR, "id": f"clear {number}"}), noon)
            plan(noon)
            with CaptureQueriesContext(connection) as asked:
                assert len(claim(Announcement.objects.latest("pk").pk, noon, "webhook").ours) == number + 1
            counts.append(len(asked))
    assert counts[0] == counts[1]


def test_an_address_with_a_line_break_in_it_is_never_written_to(
    world: World, noon: datetime, post: PostOffice, there: Receiver, settings: Any
) -> None:
    settings.NOTIFY_MAIL_TEMPLATE = "mail-template"
    Address.objects.filter(value="alice@example.org").update(value="alice@example.org\nBcc: x@example.org")
    owe(world.item(CLEAR), noon)
    sweep(noon)
    assert not [one for one in there.got if "Bcc" in one.body.decode()]


def test_revoking_cancels_what_is_due_by_other_channels_too(
    world: World, noon: datetime, post: PostOffice, there: Receiver
) -> None:
    address = phone(world, "alice")
    owe(world.item(AMBER), noon)
    plan(noon)
    alice = Person.objects.filter(pk=world.people["alice"].pk)
    alice.update(active_until=noon)
    revoke(alice, noon)
    assert row(address).state == State.CANCELLED


def test_a_secret_is_never_what_was_given_in() -> None:
    assert "hush" not in repr(Secret("https://example.org/hush", ("hush",)))
