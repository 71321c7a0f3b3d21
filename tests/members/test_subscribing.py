"""Mail without an account: confirmed by whoever reads the mailbox, TLP:CLEAR and nothing else, over at any moment."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from members import subscribing, tokens
from members.delivery.plan import plan
from members.delivery.send import sweep
from members.links import confirm_token
from members.models import (
    Address,
    AuditRow,
    Delivery,
    DigestLine,
    Frequency,
    Item,
    Standing,
    Subscriber,
    Subscription,
    Tier,
)
from members.place import place
from members.refused import Refused
from members.shows import Exit
from members.subscribing import CONFIRM_WITHIN, ask, confirm, leave, leave_token, subscribe
from members.tighten import tighten
from tests.members.delivery.conftest import PostOffice, kind, owe, post
from tests.members.world import World

__all__ = ["kind", "post"]  # fixtures
TICK, DAY = timedelta(microseconds=1), timedelta(days=1)
SAM = "sam@example.net"
BRUM = [{"organisation": "brum"}]


def subscriber(at: datetime, email: str = SAM, *, at_once: bool = True) -> Subscriber:
    one = confirm(ask(email, at - DAY), at - DAY)
    assert one is not None
    if at_once:
        Subscription.objects.filter(address__subscriber=one).update(frequency=Frequency.AT_ONCE)
    return one


def sams(post: PostOffice) -> list[str]:
    return [str(mail["Subject"]) for mail in post.taken if mail["To"] == SAM]


def withdraw(item: Item, at: datetime) -> None:
    released = Standing.objects.get(item=item)
    Standing.objects.filter(pk=released.pk).update(until=at)
    Standing.objects.create(item=item, version=1, label=released.label, state="withdrawn", withdraws=released, since=at)
    place(item)


# Asking, confirming, leaving


def test_nothing_is_sent_to_who_has_not_confirmed(world: World, noon: datetime, post: PostOffice) -> None:
    ask(SAM, noon - DAY)
    owe(world.item({"id": "c", "label": "CLEAR"}), noon)
    sweep(noon)
    assert sams(post) == [] and not Address.objects.filter(value=SAM).exists()


def test_an_address_is_asked_for_alike_whether_it_is_known_or_not(world: World, noon: datetime) -> None:
    first = ask(SAM, noon)
    answers = [first, ask(f" {SAM.upper()} ", noon + TICK), ask("alice@example.org", noon)]
    assert confirm(answers[0], noon + TICK) is None  # the later one counts
    assert confirm(answers[1], noon + TICK) is not None
    answers.append(ask(SAM, noon + DAY))
    assert {len(answer) for answer in answers} == {tokens.LENGTH} and len(set(answers)) == 4
    again = confirm(answers[3], noon + DAY)
    assert again is not None and again.confirmed_at == noon + TICK
    assert Address.objects.filter(value=SAM).count() == 1


def test_a_token_that_is_wrong_or_too_old_confirms_nothing(world: World, noon: datetime) -> None:
    token = ask(SAM, noon)
    for wrong in ("", "WRONG", leave_token(Subscriber.objects.get())):
        assert confirm(wrong, noon) is None
    assert confirm(token, noon + CONFIRM_WITHIN + TICK) is None
    assert confirm(token, noon + CONFIRM_WITHIN) is not None


def test_what_is_no_address_is_refused(world: World, noon: datetime) -> None:
    for wrong in ("", "sam", "sam@example.net\nBcc: all@example.org"):
        with pytest.raises(Refused, match="e-mail address"):
            ask(wrong, noon)


def test_leaving_takes_one_token_and_ends_at_once(world: World, noon: datetime) -> None:
    one = subscriber(noon)
    Delivery.objects.create(
        announcement=owe(world.item({"id": "c", "label": "CLEAR"}), noon), address=Address.objects.get(subscriber=one),
        due_at=noon, sent_at=noon, state="sent", outcome=f"250 <{SAM}> taken",
    )  # fmt: skip
    assert not leave("WRONG", noon) and not leave("", noon)
    assert one.hears(noon)
    assert leave(leave_token(one), noon)
    one.refresh_from_db()
    assert one.hears(noon - TICK) and not one.hears(noon)
    assert SAM not in f"{list(Subscriber.objects.values())} {list(Address.objects.values())}"
    assert Delivery.objects.filter(address__subscriber=one, state="sent").count() == 1, "that something was sent stays"
    assert subscribing.left(leave_token(one), noon)
    assert not leave(leave_token(one), noon + TICK)
    assert subscriber(noon + 2 * DAY).pk != one.pk  # they may come back, by another row


def test_whose_mail_came_back_is_back_by_confirming_anew_and_by_nothing_else(
    world: World, noon: datetime, post: PostOffice
) -> None:
    first = ask(SAM, noon - DAY)
    assert confirm(first, noon - DAY) is not None
    Subscription.objects.filter(address__value=SAM).update(frequency=Frequency.AT_ONCE)
    theirs = Address.objects.filter(value=SAM)
    theirs.update(bad_since=noon, refused_days=3, refused_on=noon.date())
    assert confirm(first, noon) is not None, "the same link again"
    owe(world.item({"id": "c", "label": "CLEAR"}), noon)
    sweep(noon)
    assert sams(post) == [] and theirs.get().bad_since is not None
    subscribe(SAM, noon + TICK, Frequency.AT_ONCE)
    sweep(noon + TICK)
    assert len(sams(post)) == 1, "the mail that asks goes there all the same"
    assert confirm(confirm_token(Subscriber.objects.get()), noon + DAY) is not None
    assert (theirs.get().bad_since, theirs.get().refused_days, theirs.get().refused_on) == (None, 0, None)
    owe(world.item({"id": "d", "label": "CLEAR"}), noon + DAY)
    sweep(noon + DAY)
    assert len(sams(post)) == 2


def test_tokens_are_kept_as_hashes_and_the_audit_names_nobody(world: World, noon: datetime) -> None:
    token = ask(SAM, noon)
    one = confirm(token, noon)
    assert one is not None
    leave(leave_token(one), noon)
    kept = f"{list(Subscriber.objects.values())} {list(AuditRow.objects.values())}"
    assert token not in kept and leave_token(one) not in kept
    assert SAM not in str(list(AuditRow.objects.values()))
    verbs = list(AuditRow.objects.values_list("verb", "actor"))[-3:]
    assert verbs == [("ask_subscription", ""), ("confirm_subscription", ""), ("leave_subscription", "")]


def test_a_new_subscriber_gets_one_digest_a_day(world: World, noon: datetime, post: PostOffice) -> None:
    subscriber(noon, at_once=False)
    item = world.item({"id": "c", "label": "CLEAR"})
    owe(item, noon, tier=Tier.FLASH)
    sweep(noon)
    assert sams(post) == []
    sweep(noon + DAY - timedelta(hours=5))  # seven in the morning
    assert sams(post) == []
    for _twice in range(2):
        sweep(noon + DAY - timedelta(hours=4))
        assert sams(post) == ["[TLP:CLEAR] 1 to act on"]


# What they hear


@pytest.mark.parametrize(
    "case",
    [
        {"label": "GREEN"},
        {"label": "AMBER", "grants": BRUM},
        {"label": "AMBER+STRICT", "grants": BRUM},
        {"label": "RED", "grants": [{"person": "alice"}]},
        {"label": None},
        {"label": "CLEAR", "embargo": {"state": "active", "ends_at": "2026-12-01T12:00Z", "handlers": [], "named": {}}},
    ],
    ids=lambda case: str(case["label"]) + (" embargoed" if "embargo" in case else ""),
)
@pytest.mark.parametrize("at_once", [True, False], ids=["at once", "digest"])
def test_nothing_but_what_is_clear(
    world: World, noon: datetime, post: PostOffice, case: dict[str, object], at_once: bool
) -> None:
    one = subscriber(noon, at_once=at_once)
    owe(world.item({"id": "x", **case}), noon)
    sweep(noon)
    sweep(noon + DAY)
    assert sams(post) == []
    assert not Delivery.objects.filter(address__subscriber=one).exists()
    assert not DigestLine.objects.filter(address__subscriber=one).exists()


def test_what_is_clear_comes_with_its_text(world: World, noon: datetime, post: PostOffice) -> None:
    subscriber(noon)
    owe(world.item({"id": "c", "label": "CLEAR"}), noon)
    sweep(noon)
    assert sams(post) == ["[TLP:CLEAR] Patch the mail gateway"]
    assert "Install update 4.2" in post.taken[-1].as_string()


@pytest.mark.parametrize("at_once", [True, False], ids=["at once", "digest"])
def test_a_right_that_ends_before_the_claim_sends_nothing(
    world: World, noon: datetime, post: PostOffice, at_once: bool
) -> None:
    subscriber(noon, at_once=at_once)
    item = world.item({"id": "c", "label": "CLEAR"})
    owe(item, noon)
    plan(noon)
    Standing.objects.filter(item=item).update(label="GREEN")
    place(item)
    sweep(noon)
    sweep(noon + DAY)
    assert sams(post) == []


def test_who_leaves_before_the_claim_hears_nothing_and_nothing_waits_for_them(
    world: World, noon: datetime, post: PostOffice
) -> None:
    for email, at_once in ((SAM, True), ("sue@example.net", False)):
        subscriber(noon, email, at_once=at_once)
    owe(world.item({"id": "c", "label": "CLEAR"}), noon)
    plan(noon)
    for one in Subscriber.objects.all():
        leave(leave_token(one), noon)
    assert not Delivery.objects.filter(address__subscriber__isnull=False, state=Delivery.State.DUE).exists()
    assert not DigestLine.objects.filter(address__subscriber__isnull=False).exists()
    sweep(noon)
    sweep(noon + DAY)
    assert not {SAM, "sue@example.net"} & set(post.recipients)


def test_were_the_queue_forgotten_the_claim_would_say_no(
    world: World, noon: datetime, post: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscribing, "revoke_from_subscriber", lambda one: 0)
    one = subscriber(noon)
    owe(world.item({"id": "c", "label": "CLEAR"}), noon)
    plan(noon)
    leave(leave_token(one), noon)
    sweep(noon)
    assert sams(post) == []


@pytest.mark.parametrize("narrowed", [False, True])
def test_what_is_clear_beneath_what_is_not_any_more_is_not_sent_though_it_was_queued(
    world: World, noon: datetime, post: PostOffice, narrowed: bool
) -> None:
    subscriber(noon)
    parent = world.item({"id": "p", "label": "CLEAR"})
    owe(world.item({"id": "c", "label": "CLEAR", "parent": parent}), noon)
    plan(noon)
    assert Delivery.objects.filter(address__value=SAM).exists()
    if narrowed:
        Standing.objects.filter(item=parent).update(label="AMBER")
        place(parent)
    sweep(noon + TICK)
    assert len(sams(post)) == (0 if narrowed else 1)


def test_who_was_told_hears_that_it_was_withdrawn_and_no_more(world: World, noon: datetime, post: PostOffice) -> None:
    subscriber(noon)
    subscriber(noon, "sue@example.net", at_once=False)
    item = world.item({"id": "c", "label": "CLEAR"})
    owe(item, noon)
    sweep(noon)
    withdraw(item, noon + TICK)
    owe(item, noon + TICK, event="withdrawn")
    sweep(noon + TICK)
    sweep(noon + DAY)
    mine = [mail.as_string() for mail in post.taken if mail["To"] == SAM]
    assert len(mine) == 2 and item.reference in mine[1] and "Patch the mail gateway" not in mine[1]
    assert "sue@example.net" not in post.recipients  # theirs had not gone out, and never will


def test_a_warp_may_keep_its_items_from_subscribers(world: World, noon: datetime, post: PostOffice) -> None:
    subscriber(noon)
    tighten(world.people["carol"], world.warps["wm"], "CLEAR", Exit.SUBSCRIBER, 0, noon)  # type: ignore[arg-type]
    owe(world.item({"id": "c", "label": "CLEAR"}), noon)
    sweep(noon)
    assert sams(post) == [] and "alice" in post.names()
