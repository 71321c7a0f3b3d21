"""What leaves the hub, at a real SMTP server: to whom, what it says, and what happens when the server misbehaves."""

from __future__ import annotations

import json
import time
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any
from unittest.mock import Mock

import pytest
from django.core.management import call_command

from members import kinds
from members.delivery import claim as claiming
from members.delivery import judge as judging
from members.delivery import mark as marking
from members.delivery import plan as planning
from members.delivery import send as sending
from members.delivery.channels.base import ChannelError, Receipt
from members.delivery.channels.smtp import Smtp
from members.delivery.claim import again, claim, waiting
from members.delivery.gate import Gate, gate, pause
from members.delivery.ledger import ledger
from members.delivery.plan import plan
from members.delivery.send import sweep
from members.kinds import Content, KindOf
from members.models import (
    Address,
    Affiliation,
    Announcement,
    Cell,
    Delivery,
    Item,
    Kind,
    Person,
    Server,
    Standing,
    Tier,
)  # fmt: skip
from members.place import place
from members.policy import audience
from members.stand import release, withdraw
from tests.members.delivery.conftest import TEXT, TITLE, PostOffice, free_port, house_channel, owe
from tests.members.delivery.receiver import Receiver
from tests.members.world import World

pytestmark = pytest.mark.django_db

GREEN = {"id": "green", "label": "GREEN"}
AMBER = {"id": "amber", "label": "AMBER", "grants": [{"organisation": "brum"}]}
STRICT = {"id": "strict", "label": "AMBER+STRICT", "grants": [{"organisation": "brum"}]}
RED = {"id": "red", "label": "RED", "grants": [{"person": "alice"}]}  # no handler named: alice alone
SECOND = timedelta(seconds=1)
State = Delivery.State


def readers(item: Item, at: datetime) -> list[str]:
    return sorted(person.email.split("@")[0] for person in audience(item, at))


def plain(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def html(message: EmailMessage) -> str:
    part = message.get_body(("html",))
    assert part is not None
    return str(part.get_content())


def to(post: PostOffice, who: str) -> EmailMessage:
    (found,) = [message for message in post.taken if message["To"] == f"{who}@example.org"]
    return found


def row(who: str, **asked: Any) -> Delivery:
    return Delivery.objects.get(address__value=f"{who}@example.org", **asked)


def close(who: str, world: World, at: datetime) -> None:
    Person.objects.filter(pk=world.people[who].pk).update(active_until=at)


# To whom, and what


@pytest.mark.parametrize("case", [GREEN, AMBER, STRICT, RED], ids=lambda case: case["id"])
def test_exactly_those_who_may_read_it_are_told(
    world: World, noon: datetime, post: PostOffice, case: dict[str, Any]
) -> None:
    item = world.item(case)
    owe(item, noon)
    report = sweep(noon)
    assert post.names() == readers(item, noon)
    assert (report.planned, report.sent, report.cancelled) == (1, len(post.taken), 0)
    assert sweep(noon).sent == 0, "once"


@pytest.mark.parametrize("stage", ["escalate", "digest", "flash_unheard"])
def test_what_is_planned_goes_out_before_anything_else_is_looked_at(
    world: World, noon: datetime, post: PostOffice, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    item = world.item(GREEN)
    owe(item, noon)
    out: list[list[str]] = []

    def looked(at: datetime) -> int:
        out.append(post.names())
        return 0

    monkeypatch.setattr(sending, stage, looked)
    sweep(noon)
    assert out == [readers(item, noon)]


def test_a_flash_is_out_before_the_last_of_a_backlog_is_planned_also_one_that_comes_meanwhile(
    world: World, noon: datetime, post: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after an outage: what waited is planned by and by, and looked at anew in between."""
    monkeypatch.setattr(sending, "LOOK_UP", 0.0)
    backlog = [owe(world.item(GREEN), noon - SECOND, tier=Tier.INFORMATION) for _ in range(4)]
    item = world.item(GREEN)
    first = owe(item, noon, tier=Tier.FLASH)
    planned: list[int] = []
    out: list[int] = []
    sound = planning._plan

    def slowly(pk: int, at: datetime) -> bool:
        if len(planned) == 2:
            planned.append(owe(world.item(STRICT), noon, tier=Tier.FLASH).pk)  # it is filed by another in between
        planned.append(pk)
        out.append(len(post.taken))
        return sound(pk, at)

    monkeypatch.setattr(planning, "_plan", slowly)
    assert sweep(noon).planned == 6
    told, later = len(readers(item, noon)), planned[2]
    assert planned == [first.pk, backlog[0].pk, later, backlog[1].pk, later, backlog[2].pk, backlog[3].pk]
    assert out[0] == 0 and out[1] == told, "the first Flash is out before the backlog is planned"
    assert out[3] == told and out[4] > told, "and the other before what is left of it"


def test_a_pass_whose_time_is_over_leaves_the_rest_of_a_backlog_and_its_digest_to_the_next(
    world: World, noon: datetime, post: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or it would plan on, send nothing, and see no Flash that comes."""
    monkeypatch.setattr(sending, "LOOK_UP", 0.0)
    owed = [owe(world.item(GREEN), noon - SECOND, tier=Tier.INFORMATION) for _ in range(6)]
    sound = planning._plan

    def slowly(pk: int, at: datetime) -> bool:
        time.sleep(0.1)
        return sound(pk, at)

    gathered: list[int] = []

    def gathering(at: datetime) -> int:
        gathered.append(Announcement.objects.filter(planned_at=None).count())
        return 0

    monkeypatch.setattr(planning, "_plan", slowly)
    monkeypatch.setattr(sending, "digest", gathering)
    first = sweep(noon, budget=0.25)
    assert 0 < first.planned < len(owed) and gathered == [] and post.taken == []
    flash = owe(world.item(STRICT), noon, tier=Tier.FLASH)
    left = sweep(noon)
    assert left.planned == len(owed) - first.planned + 1 and gathered == [0]
    assert flash.item is not None and sorted(post.names()) == readers(flash.item, noon)


@pytest.mark.parametrize("failing", ["first", "last"])
def test_what_can_not_be_planned_is_tried_once_a_pass_and_holds_up_no_other(
    world: World, noon: datetime, post: PostOffice, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    monkeypatch.setattr(sending, "LOOK_UP", 0.0)
    owed = [owe(world.item(GREEN), noon, tier=Tier.FLASH) for _ in range(3)]
    broken = owed[0 if failing == "first" else 2].pk
    sound = planning._plan

    def breaking(pk: int, at: datetime) -> bool:
        if pk == broken:
            raise ValueError("broken")
        return sound(pk, at)

    monkeypatch.setattr(planning, "_plan", breaking)
    report = sweep(noon)
    assert (report.planned, report.failed) == (2, 1)
    assert Announcement.objects.filter(planned_at=None).get().pk == broken


def test_by_web_channels_too_when_mail_rests(
    world: World, noon: datetime, there: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    house_channel(world, "webhook", there.url("/hook"), private=True)
    owe(world.item(GREEN), noon, tier=Tier.FLASH)
    pause("mail", noon, "It does not answer.")
    begun: list[bool] = []

    def looked(at: datetime) -> int:
        begun.append(_begun(there))
        return 0

    monkeypatch.setattr(sending, "digest", looked)
    sweep(noon)
    assert begun == [True]


def _begun(there: Receiver) -> bool:
    """Whether something came within a second: it is posted beside."""
    ends = time.monotonic() + 1
    while not there.got and time.monotonic() < ends:
        time.sleep(0.01)
    return bool(there.got)


def test_a_green_mail_says_it_all_with_its_label_before_the_text(
    world: World, noon: datetime, post: PostOffice
) -> None:
    item = world.item(GREEN)
    owe(item, noon)
    sweep(noon)
    mail = to(post, "alice")
    assert mail["Subject"] == f"[TLP:GREEN] {TITLE}"
    text = plain(mail)
    assert text.startswith(f"TLP:GREEN\n{TITLE}\n\nWhat to do\n- {TEXT} (v1)\n")
    assert f"https://hub.example.org/advisories/{item.reference}/" in text
    page = html(mail)
    assert page.index("TLP:GREEN</strong>") < page.index("<h1", page.index("<body")) < page.index(TEXT)
    assert 'style="' in page, "mail clients ignore style sheets"
    assert "All of us" in page
    assert "All of us" in text


def test_every_mail_says_that_no_person_wrote_it(world: World, noon: datetime, post: PostOffice) -> None:
    owe(world.item(GREEN), noon)
    sweep(noon)
    mail = to(post, "alice")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["List-Id"] == "WARP hub <told.hub.example.org>"
    assert mail["List-Unsubscribe"] is None
    assert "<img" not in html(mail), "no tracking pixel"
    assert len({message["Message-ID"] for message in post.taken}) == len(post.taken)
    assert all(message["To"] and "," not in message["To"] for message in post.taken), "one recipient each"
    assert len(post.sessions) == 1, "one connection serves them all"


def test_an_amber_mail_has_title_and_link_only(world: World, noon: datetime, post: PostOffice) -> None:
    item = world.item(AMBER)
    owe(item, noon)
    sweep(noon)
    mail = to(post, "alice")
    assert mail["Subject"] == f"[TLP:AMBER] {TITLE}"
    for said in (plain(mail), html(mail)):
        assert TITLE in said
        assert "TLP:AMBER" in said
        assert f"/advisories/{item.reference}/" in said
        assert TEXT not in said
        assert "All of us" not in said


def test_an_amber_strict_mail_is_neutral(world: World, noon: datetime, post: PostOffice) -> None:
    item = world.item(STRICT)
    owe(item, noon)
    sweep(noon)
    mail = to(post, "alice")
    assert mail["Subject"] == "[TLP:AMBER+STRICT] A new item: sign in to read it"
    for said in (mail.as_string(), plain(mail), html(mail)):
        assert TITLE not in said
        assert TEXT not in said
        assert item.reference not in said
    assert plain(mail).startswith("TLP:AMBER+STRICT\n")


@pytest.mark.parametrize(
    "case",
    [
        RED,
        {"id": "embargo", "label": None, "embargo": {
            "state": "active", "ends_at": "2026-12-01T12:00Z", "handlers": ["carol"],
            "named": {"alice": "unanswered"}}},
    ],
    ids=["red", "offered under embargo"],
)  # fmt: skip
def test_a_mail_about_red_or_embargoed_items_says_that_one_awaits_and_no_more(
    world: World, noon: datetime, post: PostOffice, case: dict[str, Any]
) -> None:
    item = world.item(case)
    owe(item, noon, event="released" if case is RED else "offered")
    sweep(noon)
    mail = to(post, "alice")
    assert mail["Subject"] == "An item awaits you"
    warp = item.warp
    warp.name = "West Midlands WARP"
    warp.save()
    for said in (mail.as_string(), plain(mail), html(mail)):
        for secret in (TITLE, TEXT, item.reference, "TLP:", warp.name, "Pat", "Carol", "/advisories/"):
            assert secret not in said


def test_a_long_title_is_cut_for_the_subject_and_whole_in_the_text(
    world: World, noon: datetime, post: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    title = "Ä" * 50 + " & " + "b" * 50
    ours = KindOf(lambda item, version, cell: Content(title), lambda item: "/x/", lambda item, version: "")
    monkeypatch.setitem(kinds._KINDS, Kind.ADVISORY, ours)
    owe(world.item(GREEN), noon)
    sweep(noon)
    mail = to(post, "alice")
    label, _, rest = str(mail["Subject"]).strip().partition(" ")
    assert label == "[TLP:GREEN]"
    assert len(rest) == 70
    assert rest == title[:69] + "…"
    assert title in " ".join(plain(mail).split())


def test_what_is_in_force_at_the_claim_is_sent_not_what_was_planned(
    world: World, noon: datetime, post: PostOffice
) -> None:
    item = world.item(GREEN)
    owe(item, noon)
    plan(noon)
    release(
        item, 2, "AMBER", [("organisation", world.organisations["brum"].pk)], noon + SECOND, by=world.people["carol"]
    )
    sweep(noon + 2 * SECOND)
    assert post.names() == readers(item, noon + 2 * SECOND)
    mail = to(post, "alice")
    assert mail["Subject"] == f"[TLP:AMBER] {TITLE}"
    assert TEXT not in plain(mail)
    assert row("mia").state == State.CANCELLED


def test_a_revised_one_says_so(world: World, noon: datetime, post: PostOffice) -> None:
    item = world.item(GREEN)
    release(item, 2, "GREEN", [], noon, by=world.people["carol"])
    owe(item, noon, event="revised", version=2)
    sweep(noon)
    mail = to(post, "alice")
    assert mail["Subject"] == f"[TLP:GREEN] Changed: {TITLE}"
    assert f"{TEXT} (v2)" in plain(mail)
    assert "Changed since you were told" in plain(mail)
    assert "Changed since you were told" in html(mail)


def test_a_withdrawal_says_the_reference_and_the_word(world: World, noon: datetime, post: PostOffice) -> None:
    item = world.item(AMBER)
    owe(item, noon)
    sweep(noon)
    told = post.names()
    post.taken.clear()
    post.recipients.clear()
    withdraw(item, noon + SECOND)
    owe(item, noon + SECOND, event="withdrawn")
    sweep(noon + SECOND)
    assert post.names() == told
    mail = to(post, "alice")
    assert mail["Subject"] == f"{item.reference} was withdrawn"
    for said in (plain(mail), html(mail)):
        assert f"{item.reference} was withdrawn." in said
        assert TITLE not in said
        assert "TLP:" not in said


def test_a_withdrawal_overtaken_by_a_new_release_is_not_told(world: World, noon: datetime, post: PostOffice) -> None:
    item = world.item(AMBER)
    owe(item, noon)
    sweep(noon)
    withdraw(item, noon + SECOND)
    owe(item, noon + SECOND, event="withdrawn")
    plan(noon + SECOND)
    brum = [("organisation", world.organisations["brum"].pk)]
    release(item, 2, "AMBER", brum, noon + 2 * SECOND, by=world.people["carol"])
    report = sweep(noon + 2 * SECOND)
    assert (report.sent, report.cancelled) == (0, len(readers(item, noon)))


# The right, between plan and send


def end_affiliation(world: World, at: datetime) -> None:
    Affiliation.objects.filter(person=world.people["alice"]).update(until=at)


def end_account(world: World, at: datetime) -> None:
    close("alice", world, at)


def end_verification(world: World, at: datetime) -> None:
    Address.objects.filter(value="alice@example.org").update(verified_at=None)


def come_back(world: World, at: datetime) -> None:
    Address.objects.filter(value="alice@example.org").update(bad_since=at)


@pytest.mark.parametrize("end", [end_affiliation, end_account, end_verification, come_back])
def test_a_right_that_ended_before_the_claim_sends_nothing(
    world: World, noon: datetime, post: PostOffice, end: Any
) -> None:
    item = world.item(GREEN)
    owe(item, noon)
    plan(noon)
    end(world, noon + SECOND)
    report = sweep(noon + SECOND)
    assert "alice" not in post.names()
    assert "alan" in post.names()
    assert report.cancelled == 1
    alice = row("alice")
    assert (alice.state, alice.shown) == (State.CANCELLED, Cell.NOTHING)
    assert alice.outcome
    assert sweep(noon + 2 * SECOND).sent == 0


def test_an_item_withdrawn_between_plan_and_claim_is_told_to_nobody(
    world: World, noon: datetime, post: PostOffice
) -> None:
    item = world.item(GREEN)
    owe(item, noon)
    plan(noon)
    withdraw(item, noon + SECOND)  # and the announcement of that is not yet planned
    sweep(noon + SECOND)
    assert post.taken == []


def test_an_item_whose_standing_was_cancelled_is_told_to_nobody(world: World, noon: datetime, post: PostOffice) -> None:
    item = world.item(GREEN)
    owe(item, noon)
    plan(noon)
    Standing.objects.filter(item=item).update(until=noon)
    place(item)
    assert sweep(noon).sent == 0
    assert {one.outcome for one in Delivery.objects.all()} == {"It was no longer released when this was to be sent."}


def test_an_old_claim_is_asked_again_before_its_message(
    world: World, noon: datetime, post: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The right to a later message of the batch ends while an earlier one is being sent."""
    monkeypatch.setattr(sending, "FRESH", -SECOND)
    item = world.item(AMBER)
    owe(item, noon)
    sound = Smtp.send
    first: list[str] = []

    def send(self: Smtp, claimed: Any) -> Any:
        if not first:
            first.append(claimed.to)
            people = Affiliation.objects.exclude(person__email=claimed.to)
            people.filter(organisation=world.organisations["brum"]).update(until=noon)
        return sound(self, claimed)

    monkeypatch.setattr(Smtp, "send", send)
    sweep(noon)
    (still,) = first
    assert post.recipients[0] == still
    assert set(post.names()) == {still.split("@")[0], *readers(item, noon)}
    assert not {"alice", "alan"} <= set(post.names())


def test_a_claim_that_someone_else_has_taken_over_is_not_sent(world: World, noon: datetime) -> None:
    owe(world.item(RED), noon)
    plan(noon)
    (announcement,) = waiting(noon, "mail")
    (mine,) = claim(announcement, noon, "mail").ours
    assert again(mine, noon) == mine
    later = noon + claiming.LEASE + SECOND
    (theirs,) = claim(announcement, later, "mail").ours
    assert again(mine, later) is None
    assert again(theirs, later) == theirs


# Two at once


def test_what_one_worker_has_claimed_another_can_not(world: World, noon: datetime) -> None:
    owe(world.item(GREEN), noon)
    plan(noon)
    (announcement,) = waiting(noon, "mail")
    one = claim(announcement, noon, "mail", 3).ours
    other = claim(announcement, noon, "mail").ours
    assert len(one) == 3
    assert {m.delivery for m in one} | {m.delivery for m in other} == set(Delivery.objects.values_list("pk", flat=True))
    assert not {m.delivery for m in one} & {m.delivery for m in other}
    assert claim(announcement, noon, "mail").ours == ()
    assert len(claim(announcement, noon + claiming.LEASE + SECOND, "mail").ours) == Delivery.objects.count()


def test_who_failed_with_what_another_has_taken_over_does_not_let_a_third_have_it(world: World, noon: datetime) -> None:
    """The second may have sent it by then, and the third would again."""
    owe(world.item(RED), noon)
    plan(noon)
    (announcement,) = waiting(noon, "mail")
    (first,) = claim(announcement, noon, "mail").ours
    jumped = noon + timedelta(days=1)
    (second,) = claim(announcement, jumped, "mail").ours
    assert not marking.failed(first, jumped, ChannelError("451 come back later"))
    assert row("alice").lease_until == second.lease_until
    assert marking.failed(second, jumped, ChannelError("550 no such person", refused=True))
    assert row("alice").state == State.DEAD
    marking.sent(first, jumped, Receipt("250 OK"))
    assert not marking.failed(second, jumped, ChannelError("451 come back later"))
    assert row("alice").state == State.SENT, "who has it has it"


def test_what_a_dead_worker_held_is_sent_when_its_lease_is_over(world: World, noon: datetime, post: PostOffice) -> None:
    item = world.item(GREEN)
    owe(item, noon)
    plan(noon)
    (announcement,) = waiting(noon, "mail")
    claim(announcement, noon, "mail", 3)
    sweep(noon)
    sweep(noon + claiming.LEASE + SECOND)
    assert post.names() == readers(item, noon), "everyone once"


def test_the_most_urgent_goes_first(world: World, noon: datetime, post: PostOffice) -> None:
    early, flash = world.item(RED), world.item({**RED, "id": "flash"})
    owe(early, noon - SECOND)
    owe(flash, noon, tier=Tier.FLASH)
    plan(noon)
    assert [Announcement.objects.get(pk=pk).item for pk in waiting(noon, "mail")] == [flash, early]


def test_of_the_like_the_longest_due_goes_first_each_once(world: World, noon: datetime, post: PostOffice) -> None:
    """By the moment, and not as a moment without microseconds is written where times are text."""
    second = noon.replace(microsecond=0)
    for micro in (500_000, 0, 1, -1):
        owe(world.item({**GREEN, "id": f"green{micro}"}), second + timedelta(microseconds=micro))
    plan(second + SECOND)
    found = [Announcement.objects.get(pk=pk).due_at - second for pk in waiting(second + SECOND, "mail")]
    assert found == [timedelta(microseconds=micro) for micro in (-1, 0, 1, 500_000)]


def test_one_that_can_not_be_claimed_holds_up_no_other(
    world: World, noon: datetime, post: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, sound = world.item({**RED, "id": "broken"}), world.item(GREEN)
    owe(broken, noon, tier=Tier.FLASH)
    owe(sound, noon)
    judge = judging._judge_item

    def judged(announcement: Announcement, *more: Any) -> Any:
        if announcement.item_id == broken.pk:
            raise RuntimeError("a bug in the claim")
        return judge(announcement, *more)

    monkeypatch.setattr(judging, "_judge_item", judged)
    assert sweep(noon).failed > 0
    assert set(post.names()) == set(readers(sound, noon))
    assert Delivery.objects.filter(announcement__item=broken, state="due").exists(), "it waits to be mended"


def test_a_lease_outlasts_all_that_sending_takes(settings: Any) -> None:
    settings.EMAIL_TIMEOUT = 10
    assert claiming.ANSWERS * timedelta(seconds=settings.EMAIL_TIMEOUT) <= claiming.LEASE - claiming.FRESH


def test_a_batch_is_four_times_the_last_while_it_is_out_in_time_and_small_again_where_others_would_wait(
    noon: datetime,
) -> None:
    one, sizes = sending.Pass(noon, 1.0, int), []
    for spent in (0.1, 0.1, 0.1, 0.4, 0.7, 1.5):
        one.paced(time.monotonic() - spent)
        sizes.append(one.batch)
    assert sizes == [200, 500, 500, 500, 500, 50]


def test_a_pass_that_has_used_its_time_lets_go_of_the_rest(world: World, noon: datetime, post: PostOffice) -> None:
    owe(world.item(GREEN), noon)
    plan(noon)
    assert sweep(noon, budget=-1).sent == 0
    assert not Delivery.objects.exclude(lease_until=None).exists()
    sweep(noon)
    assert post.taken


# Servers that misbehave


def test_a_server_that_is_not_there_costs_no_message_a_try(
    world: World, noon: datetime, post: PostOffice, settings: Any
) -> None:
    item = world.item(GREEN)
    owe(item, noon)
    port = settings.EMAIL_PORT
    settings.EMAIL_PORT = free_port()
    report = sweep(noon)
    assert report.paused
    assert report.sent == 0
    assert set(Delivery.objects.values_list("state", "tries", "first_refused_at", "lease_until")) == {
        ("due", 0, None, None)
    }
    assert gate("mail", noon) == Gate.SHUT
    settings.EMAIL_PORT = port
    assert sweep(noon + 9 * SECOND).paused == report.paused
    assert post.taken == [], "it rests"
    sweep(noon + 30 * SECOND)
    assert post.names() == readers(item, noon)
    assert Server.objects.get().paused_until is None


def test_a_resting_server_is_probed_with_one_message_less_and_less_often(
    world: World, noon: datetime, post: PostOffice
) -> None:
    owe(world.item(GREEN), noon)
    post.on_rcpt["*"] = "421 too busy"
    sweep(noon)
    assert len(post.seen) == 1
    at, rests = noon, []
    for probes in range(2, 9):
        until = Server.objects.get().paused_until
        assert until is not None
        rests.append((until - at).total_seconds())
        at = until
        sweep(at)
        assert len(post.seen) == probes
    assert rests == [10, 20, 40, 80, 160, 300, 300]
    assert set(Delivery.objects.values_list("tries", flat=True)) == {0}


def test_only_one_of_two_sweepers_probes(world: World, noon: datetime) -> None:
    Server.objects.create(name="mail", paused_until=noon, backoff_seconds=10)
    assert [gate("mail", noon), gate("mail", noon)] == [Gate.PROBE, Gate.SHUT]


def test_a_probe_with_nothing_to_send_leaves_it_to_the_next(world: World, noon: datetime, post: PostOffice) -> None:
    Server.objects.create(name="mail", paused_until=noon, backoff_seconds=10)
    sweep(noon)
    item = world.item(GREEN)
    owe(item, noon)
    sweep(noon + SECOND)
    assert post.names() == readers(item, noon)


def test_a_connection_that_has_served_others_is_only_opened_anew(
    world: World, noon: datetime, post: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As by a server that takes so many messages for each connection."""
    item = world.item(GREEN)
    owe(item, noon)
    sound = PostOffice.handle_RCPT
    counts: dict[int, int] = {}
    sessions: list[Any] = []  # kept, so that no id is used twice

    async def handle(self: PostOffice, server: Any, session: Any, *rest: Any) -> str:
        sessions.append(session)
        counts[id(session)] = counts.get(id(session), 0) + 1
        return "421 enough for this one" if counts[id(session)] > 3 else await sound(self, server, session, *rest)

    monkeypatch.setattr(PostOffice, "handle_RCPT", handle)
    report = sweep(noon)
    assert post.names() == readers(item, noon)
    assert not report.paused
    assert len(counts) > 1


def test_greylisting_is_tried_again_by_age_with_jitter(world: World, noon: datetime, post: PostOffice) -> None:
    owe(world.item(RED), noon)
    post.on_rcpt["*"] = "451 greylisted, come back"
    at, gaps = noon, []
    for tries in range(1, 9):
        assert sweep(at).later == 1
        alice = row("alice")
        assert (alice.state, alice.tries, alice.first_refused_at) == (State.DUE, tries, noon)
        assert alice.outcome == "451 greylisted, come back"
        gaps.append((alice.due_at - at).total_seconds())
        at = alice.due_at
    assert 10 <= gaps[0] <= 13
    assert all(gap <= 300 for gap in gaps)
    assert gaps[-1] > 200
    post.on_rcpt.clear()
    sweep(at)
    assert post.names() == ["alice"]


def test_after_three_days_of_trying_it_is_given_up_for_a_person_to_see(
    world: World, noon: datetime, post: PostOffice
) -> None:
    owe(world.item(RED), noon)
    post.on_data["*"] = "452 mailbox full"
    sweep(noon)
    sweep(noon + timedelta(hours=71))
    assert row("alice").state == State.DUE
    assert sweep(noon + timedelta(hours=73)).dead == 1
    assert (row("alice").state, row("alice").outcome) == (State.DEAD, "452 mailbox full")


@pytest.mark.parametrize("where", ["on_rcpt", "on_data"])
def test_a_refusal_for_good_is_the_end_of_that_message_and_of_no_other(
    world: World, noon: datetime, post: PostOffice, where: str
) -> None:
    item = world.item(GREEN)
    owe(item, noon)
    getattr(post, where)["alice@example.org"] = "550 no such person"
    report = sweep(noon)
    assert report.dead == 1
    assert [*post.names(), "alice"] != readers(item, noon)
    assert sorted([*post.names(), "alice"]) == readers(item, noon)
    assert (row("alice").state, row("alice").outcome) == (State.DEAD, "550 no such person")
    assert Address.objects.get(value="alice@example.org").bad_since is None, "once is not often"


@pytest.mark.parametrize(("said", "kept"), [("550 no\0body", "550 nobody"), ("550 \x1b[31mnobody", "550 [31mnobody")])
def test_no_words_of_a_server_break_the_database_or_a_terminal(
    world: World, noon: datetime, post: PostOffice, said: str, kept: str
) -> None:
    """PostgreSQL keeps no NUL: each pass fell by this one answer, and all that was due after it waited for ever."""
    item = world.item(GREEN)
    owe(item, noon)
    post.on_rcpt["alice@example.org"] = said
    assert sweep(noon).dead == 1
    assert (row("alice").state, row("alice").outcome) == (State.DEAD, kept)
    assert sorted([*post.names(), "alice"]) == readers(item, noon)


def test_what_can_not_be_written_of_one_message_holds_up_no_other(
    world: World, noon: datetime, post: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = world.item(GREEN)
    owe(item, noon)
    with monkeypatch.context() as broken:
        broken.setattr(marking, "to_next_channel", Mock(side_effect=ValueError("a bug")))
        post.on_rcpt["alice@example.org"] = "550 no such person"
        assert sweep(noon).failed == 1
    assert sorted([*post.names(), "alice"]) == readers(item, noon)
    assert row("alice").state == State.DUE
    sweep(noon + claiming.LEASE + SECOND)
    assert row("alice").state == State.DEAD, "mended, it is written"


def test_an_address_is_bad_after_refusals_on_three_days(world: World, noon: datetime, post: PostOffice) -> None:
    post.on_rcpt["alice@example.org"] = "550 no such person"
    address = Address.objects.get(value="alice@example.org")
    bad = []
    for hours in (0, 1, 24, 48):  # the second is on the first day still
        at = noon + timedelta(hours=hours)
        owe(world.item({**RED, "standing_from": at.isoformat()}), at)
        sweep(at)
        address.refresh_from_db()
        bad.append(address.bad_since)
    assert bad == [None, None, None, noon + timedelta(hours=48)]
    at = noon + timedelta(hours=72)
    owe(world.item({**RED, "standing_from": at.isoformat()}), at)
    offered = len(post.seen)
    sweep(at)
    assert len(post.seen) == offered, "it is not written to any more"


def test_a_message_taken_in_between_shows_that_the_address_lives(
    world: World, noon: datetime, post: PostOffice
) -> None:
    address = Address.objects.filter(value="alice@example.org")
    address.update(refused_days=2, refused_on=noon.date() - timedelta(days=1))
    owe(world.item(RED), noon)
    sweep(noon)
    assert address.get().refused_days == 0


@pytest.mark.parametrize("how", ["cut", "hang"])
def test_a_message_that_breaks_the_connection_is_tried_again_and_holds_up_no_other(
    world: World, noon: datetime, post: PostOffice, how: str
) -> None:
    item = world.item(AMBER)
    owe(item, noon)
    plan(noon)
    first = Delivery.objects.order_by("due_at", "pk").first()
    assert first is not None
    poison = first.address.value
    post.on_data[poison] = how
    assert sweep(noon).paused
    at = noon + 10 * SECOND
    sweep(at)
    assert sorted([*post.names(), poison.split("@")[0]]) == readers(item, noon), "all others have it"
    first.refresh_from_db()
    assert first.state == State.DUE
    assert first.tries >= 1
    post.on_data.clear()
    sweep(at + 60 * SECOND)
    assert post.names() == readers(item, noon)


@pytest.mark.parametrize(
    "value", ["alice@example.org\nBcc: mallory@example.net", "alice@example.org\r\n", "@", "alice@", ""]
)
def test_an_address_that_is_none_is_refused_in_words(
    world: World, noon: datetime, post: PostOffice, value: str
) -> None:
    Address.objects.filter(value="alice@example.org").update(value=value)
    owe(world.item(AMBER), noon)
    report = sweep(noon)
    assert report.dead == 1
    dead = Delivery.objects.get(state=State.DEAD)
    assert dead.outcome
    assert "alan" in post.names()
    assert not any("mallory" in seen for seen in post.seen)
    assert not report.paused


@pytest.mark.parametrize("mark", ["\n", "\r\n", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\x00"])
def test_whatever_breaks_a_line_in_a_title_breaks_no_header_and_holds_back_no_mail(
    world: World, noon: datetime, post: PostOffice, monkeypatch: pytest.MonkeyPatch, mark: str
) -> None:
    """Word pastes a vertical tab for a line break: Django lets it through, and the header was cut in two."""
    title = f"Patch{mark}Bcc: mallory@example.net"
    ours = KindOf(lambda *_: Content(title), lambda item: "/x/", lambda item, version: "")
    monkeypatch.setitem(kinds._KINDS, Kind.ADVISORY, ours)
    item = world.item(AMBER)
    owe(item, noon)
    sweep(noon)
    assert post.names() == readers(item, noon)
    for mail in post.taken:
        assert mail["Subject"] == "[TLP:AMBER] Patch Bcc: mallory@example.net"
        assert mail["Bcc"] is None and mail["From"] and mail["Message-ID"]


def test_an_item_that_can_not_be_written_holds_up_no_other(
    world: World, noon: datetime, post: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    sick, sound = world.item(AMBER), world.item(GREEN)
    whole = kinds.of(sick)

    def render(item: Item, version: int, cell: Cell) -> Content:
        if item == sick:
            raise RuntimeError(f"a bug that quotes {TITLE}")
        return whole.render(item, version, cell)

    monkeypatch.setitem(kinds._KINDS, Kind.ADVISORY, KindOf(render, whole.url, whole.search_text))
    owe(sick, noon - SECOND, tier=Tier.FLASH)
    owe(sound, noon)
    report = sweep(noon)
    assert post.names() == readers(sound, noon)
    assert report.later == len(readers(sick, noon))
    assert row("alice", announcement__item=sick).outcome == "RuntimeError"


def test_the_message_id_stays_the_same_from_try_to_try(world: World, noon: datetime, post: PostOffice) -> None:
    owe(world.item(RED), noon)
    sweep(noon)
    Delivery.objects.update(state=State.DUE)  # as after a crash between the server's 250 and our commit
    sweep(noon + SECOND)
    first, second = post.taken
    assert first["Message-ID"] == second["Message-ID"]
    assert str(first["Message-ID"]).endswith("@hub.example.org>")


def test_a_hub_without_a_name_of_its_own_says_so_in_its_message_ids(
    world: World, noon: datetime, post: PostOffice, settings: Any
) -> None:
    settings.BASE_URL = "http://127.0.0.1:8000"
    owe(world.item(RED), noon)
    sweep(noon)
    assert str(to(post, "alice")["Message-ID"]).endswith("@hub.invalid>")


# The ledger, and the command


def test_the_ledger_says_who_was_told_what_with_what_result(world: World, noon: datetime, post: PostOffice) -> None:
    item = world.item(AMBER)
    owe(item, noon)
    plan(noon)
    close("alan", world, noon)
    post.on_rcpt["alice@example.org"] = "550 5.1.1 <alice@example.org>: no such person"
    sweep(noon)
    rows = {row.person: row for row in ledger(item)}
    assert rows["Carol"].state == "sent"
    assert (rows["Carol"].shown, rows["Carol"].at) == (Cell.TITLE, noon)
    assert (rows["Alan"].state, rows["Alan"].shown) == ("cancelled", Cell.NOTHING)
    assert "alice@example.org" in row("alice").outcome, "to herself it is told as it was said"
    assert (rows["Alice"].state, rows["Alice"].outcome) == ("dead", "the other side did not take it")
    assert sorted(row.person.lower() for row in ledger(item)) == sorted({*readers(item, noon), "alan"})


def test_send_tells_in_json_what_it_did(world: World, noon: datetime, post: PostOffice, capsys: Any) -> None:
    item = world.item(GREEN)
    owe(item, noon)
    call_command("send", "--json")
    (report,) = json.loads(capsys.readouterr().out)
    assert (report["planned"], report["sent"], report["dead"], report["paused"]) == (1, len(post.taken), 0, "")
    assert len(post.taken) == len(readers(item, noon))


@pytest.mark.parametrize(("answer", "status"), [("550 no", 1), ("451 later", 1), ("421 busy", 2)])
def test_send_says_by_its_status_what_was_not_sent(
    world: World, noon: datetime, post: PostOffice, answer: str, status: int, capsys: Any
) -> None:
    post.on_rcpt["*"] = answer
    owe(world.item(RED), noon)
    with pytest.raises(SystemExit) as ended:
        call_command("send")
    assert ended.value.code == status
    assert "sent: 0" in capsys.readouterr().out


def test_digests_that_can_not_be_planned_hold_up_no_alert(
    world: World, noon: datetime, post: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(at: datetime) -> int:
        raise RuntimeError("a bug in the digests")

    monkeypatch.setattr("members.delivery.send.digest", broken)
    item = world.item(AMBER)
    owe(item, noon, tier=Tier.FLASH)
    assert sweep(noon).failed == 1
    assert post.names() == readers(item, noon)
