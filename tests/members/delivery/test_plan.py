"""Who is told, and how soon: planning and its preview, over the cast."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from members.delivery import plan as planning
from members.delivery import right
from members.delivery.claim import claim
from members.delivery.plan import plan, preview
from members.delivery.send import sweep
from members.models import (
    Address,
    Affiliation,
    Announcement,
    Delivery,
    DigestLine,
    Frequency,
    Item,
    Standing,
    Subscription,
    Tier,
)  # fmt: skip
from members.policy import audience
from members.stand import proposed, release, withdraw
from tests.members.delivery.conftest import PostOffice, owe, post
from tests.members.world import World

__all__ = ["post"]  # a fixture
GREEN = {"id": "green", "label": "GREEN"}
AMBER = {"id": "amber", "label": "AMBER", "grants": [{"organisation": "brum"}]}
RED = {"id": "red", "label": "RED", "grants": [{"person": "alice"}], "handlers": ["carol"]}


def names(rows: Any) -> set[str]:
    return {value.split("@")[0] for value in rows.values_list("address__value", flat=True)}


def told() -> set[str]:
    return names(Delivery.objects.filter(state=Delivery.State.DUE))


def waiting() -> set[str]:
    return names(DigestLine.objects.all())


def readers(item: Item, at: datetime) -> set[str]:
    return {person.email.split("@")[0] for person in audience(item, at)}


def tick(who: str, *ticks: tuple[int, int, str]) -> None:
    address = Address.objects.get(value=f"{who}@example.org")
    address.subscriptions.all().delete()
    for lowest, frequency, category in ticks:
        Subscription.objects.create(address=address, lowest=lowest, frequency=frequency, category=category)


@pytest.mark.parametrize("case", [GREEN, AMBER, RED], ids=lambda case: case["id"])
def test_an_urgent_one_is_told_at_once_to_exactly_those_who_may_read_it(
    world: World, noon: datetime, case: dict[str, Any]
) -> None:
    item = world.item(case)
    owe(item, noon)
    assert plan(noon).done == 1
    assert told() == readers(item, noon)
    assert waiting() == set()


def test_one_to_plan_for_waits_for_the_digest(world: World, noon: datetime) -> None:
    item = world.item(GREEN)
    owe(item, noon, tier=Tier.ADVISORY)
    plan(noon)
    assert told() == set()
    assert waiting() == readers(item, noon)


def test_red_can_not_wait_for_a_digest_that_may_not_carry_it(world: World, noon: datetime) -> None:
    owe(world.item(RED), noon, tier=Tier.ADVISORY)
    plan(noon)
    assert told() == {"alice", "carol"}
    assert waiting() == set()


def test_each_address_gets_its_fastest_tick_that_fits(world: World, noon: datetime) -> None:
    tick("alice", (Tier.INFORMATION, Frequency.AT_ONCE, "phishing"), (Tier.INFORMATION, Frequency.DAILY, ""))
    tick("alan", (Tier.INFORMATION, Frequency.AT_ONCE, "outage"), (Tier.INFORMATION, Frequency.DAILY, ""))
    tick("bob", (Tier.URGENT, Frequency.AT_ONCE, "phishing"))
    tick("dora", (Tier.INFORMATION, Frequency.WEEKLY, ""))
    tick("wendy")
    owe(world.item(GREEN), noon, tier=Tier.ADVISORY, categories=["phishing"])
    plan(noon)
    assert told() == {"alice"}
    assert {"alan", "dora"} <= waiting()
    assert not {"alice", "bob", "wendy"} & waiting()


def test_a_flash_asks_nobodys_leave(world: World, noon: datetime) -> None:
    tick("alice")
    tick("carol")
    item = world.item(GREEN)
    owe(item, noon, tier=Tier.FLASH)
    plan(noon)
    assert told() == readers(item, noon)


def test_where_an_organisation_has_responders_a_flash_wakes_them_and_spares_who_ticked_nothing(
    world: World, noon: datetime
) -> None:
    Affiliation.objects.filter(person=world.people["alan"]).update(role="responder")
    tick("alice")
    tick("alan")
    owe(world.item(AMBER), noon, tier=Tier.FLASH)
    plan(noon)
    assert "alan" in told()
    assert "alice" not in told()


def test_nobody_is_told_at_an_address_that_is_not_theirs_or_came_back(world: World, noon: datetime) -> None:
    Address.objects.filter(value="alice@example.org").update(verified_at=None)
    Address.objects.filter(value="bob@example.org").update(bad_since=noon)
    owe(world.item(GREEN), noon)
    plan(noon)
    assert not {"alice", "bob"} & told()
    assert "dora" in told()


def test_a_flash_is_tried_where_mail_came_back_of_late_and_nothing_else_is(
    world: World, noon: datetime, post: PostOffice
) -> None:
    """Reports that it came back can be forged: who answers for Birmingham is silenced by none. Alan only reads."""
    everyone = {"alice", "alan", "bob"}
    Affiliation.objects.filter(person=world.people["alice"]).update(role=Affiliation.Role.RESPONDER)
    Address.objects.filter(value__in=[f"{who}@example.org" for who in everyone]).update(bad_since=noon)
    item = world.item({**AMBER, "grants": [{"organisation": "brum"}]})
    for tier in (Tier.URGENT, Tier.FLASH):
        owe(item, noon, tier=tier)
        sweep(noon)
        assert everyone & set(post.names()) == ({"alice"} if tier == Tier.FLASH else set())


def test_planned_twice_is_planned_once(world: World, noon: datetime) -> None:
    announcement = owe(world.item(GREEN), noon)
    assert plan(noon).done == 1
    rows = Delivery.objects.count()
    assert plan(noon).done == 0
    Announcement.objects.filter(pk=announcement.pk).update(planned_at=None)  # as after a restore of that row alone
    assert plan(noon).done == 1
    assert Delivery.objects.count() == rows > 0


def test_a_release_approved_in_advance_tells_nobody_early(world: World, noon: datetime) -> None:
    begins = noon + timedelta(hours=1)
    item = world.item({**GREEN, "standing_from": begins.isoformat()})
    announcement = owe(item, noon)
    assert plan(noon).done == 0
    announcement.refresh_from_db()
    assert (announcement.due_at, announcement.planned_at) == (begins, None)
    assert plan(begins).done == 1
    assert "alice" in told()


def test_exercises_are_told_to_nobody_yet(world: World, noon: datetime) -> None:
    owe(world.item(GREEN), noon, realm=1)
    assert plan(noon).done == 0


def test_one_that_can_not_be_planned_holds_up_no_other(
    world: World, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = world.item(AMBER), world.item(GREEN)
    owe(bad, noon, tier=Tier.FLASH)
    owe(good, noon)
    sound = right.hearers

    def hearers(item: Item, *rest: Any, **named: Any) -> Any:
        if item == bad:
            raise RuntimeError("a bug")
        return sound(item, *rest, **named)

    monkeypatch.setattr(planning, "hearers", hearers)
    assert plan(noon) == (1, 1)
    assert told() == readers(good, noon)
    assert Announcement.objects.filter(item=bad, planned_at=None).exists()


def test_a_reporter_is_not_named_in_the_outbox_by_what_derives_from_their_report(world: World, noon: datetime) -> None:
    case = {"id": "d", "label": "AMBER", "grants": [{"organisation": "maidstone"}], "derived_from_report_of": "alice"}
    item = world.item(case)
    assert "alice" in readers(item, noon), "they read it on its page"
    owe(item, noon)
    plan(noon)
    assert "mia" in told()
    assert "alice" not in told()


def test_people_named_under_an_embargo_are_told_that_an_item_awaits_them(world: World, noon: datetime) -> None:
    item = world.item({"id": "e", "label": None, "embargo": {
        "state": "active", "ends_at": "2026-12-01T12:00Z", "handlers": ["carol"],
        "named": {"alice": "accepted", "bob": "unanswered"}}})  # fmt: skip
    owe(item, noon, event="offered", tier=Tier.INFORMATION)
    plan(noon)
    assert told() == {"bob"}


def test_the_preview_counts_what_planning_writes(world: World, noon: datetime) -> None:
    tick("alice", (Tier.INFORMATION, Frequency.AT_ONCE, ""), (Tier.INFORMATION, Frequency.DAILY, ""))
    tick("wendy")
    item = world.item({"id": "draft", "label": None})
    standing, grants = proposed(item, 1, "AMBER", [("warp", world.warps["wm"].pk)], noon)
    expected = preview(item, standing, grants, Tier.ADVISORY, ["phishing"], noon)
    standing.save()
    for grant in grants:
        grant.standing = standing
        grant.save()
    owe(item, noon, tier=Tier.ADVISORY, categories=["phishing"])
    plan(noon)
    assert expected == (len(told()), len(waiting()))
    assert min(expected) > 0


def test_a_person_with_two_addresses_is_counted_once(world: World, noon: datetime) -> None:
    extra = Address.objects.create(person=world.people["alice"], value="alice@example.net", verified_at=noon)
    Subscription.objects.create(address=extra, lowest=Tier.INFORMATION, frequency=Frequency.AT_ONCE)
    item = world.item({"id": "draft", "label": None})
    standing, grants = proposed(item, 1, "RED", [("person", world.people["alice"].pk)], noon)
    assert preview(item, standing, grants, Tier.URGENT, [], noon).now == 1
    standing, grants = proposed(item, 1, "AMBER", [("person", world.people["alice"].pk)], noon)
    in_words = preview(item, standing, grants, Tier.ADVISORY, [], noon)
    assert in_words == (1, 1), "alice at once, at her new address; carol, whose desk it is, in her digest"


# Withdrawn


def sent(who: str, announcement: Announcement) -> None:
    Delivery.objects.filter(announcement=announcement, address__value=f"{who}@example.org").update(state="sent")


def test_a_withdrawal_is_told_to_those_who_were_told_and_cancels_the_rest(world: World, noon: datetime) -> None:
    item = world.item(GREEN)
    released = owe(item, noon)
    plan(noon)
    sent("alice", released)
    being_sent = Delivery.objects.get(announcement=released, address__value="bob@example.org")
    Delivery.objects.filter(pk=being_sent.pk).update(lease_until=noon + timedelta(seconds=30))
    later = noon + timedelta(minutes=1)
    withdraw(item, later)
    owe(item, later, event="withdrawn")
    plan(later)
    assert told() == {"alice", "bob"}
    due = Delivery.objects.filter(announcement=released, state="due")
    assert list(due) == [being_sent], "that may be out: whoever claims it next finds out"
    claim(released.pk, later, "mail")
    assert not due.all().exists()
    cancelled = Delivery.objects.filter(announcement=released, state="cancelled")
    assert "dora" in names(cancelled)
    assert {row.outcome for row in cancelled} == {"It was withdrawn before this was sent."}


def test_a_withdrawal_is_not_told_to_who_has_left_since(world: World, noon: datetime) -> None:
    item = world.item(GREEN)
    released = owe(item, noon)
    plan(noon)
    sent("alice", released)
    sent("bob", released)
    later = noon + timedelta(minutes=1)
    withdraw(item, later)
    Affiliation.objects.filter(person=world.people["alice"]).update(until=later)
    owe(item, later, event="withdrawn")
    plan(later)
    assert told() == {"bob"}


def test_mail_that_named_nothing_takes_nothing_back(world: World, noon: datetime) -> None:
    item = world.item(RED)
    released = owe(item, noon)
    plan(noon)
    sent("alice", released)
    later = noon + timedelta(minutes=1)
    withdraw(item, later)
    owe(item, later, event="withdrawn")
    plan(later)
    assert told() == set()


def test_standings_that_never_came_true_do_not_hold_back_what_is_owed(world: World, noon: datetime) -> None:
    item = world.item(GREEN)
    Standing.objects.filter(item=item).update(until=noon - timedelta(days=1))
    later = noon + timedelta(days=1)
    Standing.objects.create(item=item, version=1, label="GREEN", since=later, until=later)
    owe(item, noon)
    assert plan(noon).done == 1


def test_what_is_released_again_with_more_urgency_is_told_although_its_withdrawal_is_planned_after_it(
    world: World, noon: datetime
) -> None:
    """The worker was down: the Flash comes first, and taking back what it replaces must not take the Flash."""
    item = world.item(GREEN)
    owe(item, noon - timedelta(hours=1), tier=Tier.ADVISORY)
    plan(noon - timedelta(hours=1))
    withdraw(item, noon)
    owe(item, noon, "withdrawn", tier=Tier.ADVISORY)
    release(item, 2, "GREEN", [], noon + timedelta(minutes=1), by=world.people["carol"])
    flash = owe(item, noon + timedelta(minutes=1), tier=Tier.FLASH, version=2)
    plan(noon + timedelta(minutes=2))
    due = flash.deliveries.filter(state=Delivery.State.DUE)
    assert due.count() == flash.deliveries.count() > 0
