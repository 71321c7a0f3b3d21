"""From what came in to what members read: draft, preview, release, the next version, withdrawal. Handlers alone."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from advisories.models import Advisory, Version
from members import clock, handling
from members.models import Membership, Office, Standing, Tier
from tests import pages
from tests.advisories import desk
from tests.members.world import BEGINNING, World
from tests.pages import visitor

TYPED = {
    "title": "Patch the boilers",
    "what_to_do": "Patch.",
    "who_it_hits": "Boilers.",
    "what_is_known": "They leak.",
    "exploited": "yes",
    "tier": "3",
    "category": "vulnerability",
    "label": "AMBER",
    "references": "Vendor | https://vendor.example.org/1\nhttps://example.org/2",
}


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch, noon: datetime) -> None:
    monkeypatch.setattr(clock, "ask", lambda: noon)


@pytest.fixture
def carol(world: World) -> Client:
    return visitor(world.people["carol"])


def at(name: str, ref: str) -> str:
    return reverse(f"advisories:{name}", args=[ref])


def drafted(world: World, carol: Client, **typed: Any) -> str:
    """The reference of a draft with what was typed, for Birmingham."""
    carol.post(reverse("advisories:draft-new"))
    ref = Advisory.rows.latest("item").item.reference
    typed = {**TYPED, "organisations": ["brum"], **typed}
    assert carol.post(at("draft-edit", ref), typed)["Location"] == at("draft-edit", ref)
    return ref


def press(client: Client, ref: str, typed: dict[str, str] | None = None, **how: Any) -> Any:
    """Look at the last page, and press its button."""
    seen = re.search(r'name="seen" value="(\w+)"', client.get(at("release", ref)).content.decode())
    return client.post(at("release", ref), {"seen": seen[1] if seen else "", **(typed or {})}, **how)


def test_a_story_becomes_a_draft_with_one_press(world: World, carol: Client) -> None:
    entry = pages.entry(world, pages.source(world), "Boilers leak", url="https://feed.example.org/1")
    made = carol.post(f"{reverse('advisories:draft-new')}?story={entry.story.code}")
    ref = Advisory.rows.get().item.reference
    assert made["Location"] == at("draft-edit", ref)
    form = carol.get(made["Location"]).content.decode()
    assert 'value="Boilers leak"' in form
    assert "Boilers leak | https://feed.example.org/1" in form


def test_of_a_story_only_the_ticked_entries_are_drafted_from(world: World, carol: Client) -> None:
    source = pages.source(world)
    first = pages.entry(world, source, "Ticked")
    second = pages.entry(world, source, "Not ticked", first.story)
    carol.post(reverse("advisories:draft-new"), {"entry": [first.item.reference]})
    drawn = Advisory.rows.get().drafted_from.values_list("entry__title", flat=True)
    assert list(drawn) == ["Ticked"] and second.story == first.story


def test_an_entry_that_is_not_on_their_desk_is_drafted_from_by_nobody(world: World) -> None:
    entry = pages.entry(world, pages.source(world), "Of the West Midlands")
    kate = visitor(world.people["kate"])
    kate.post(f"{reverse('advisories:draft-new')}?story={entry.story.code}")
    kate.post(reverse("advisories:draft-new"), {"entry": [entry.item.reference]})
    assert not any(advisory.drafted_from.exists() for advisory in Advisory.rows.all())


def test_what_was_typed_is_kept_and_what_is_wrong_is_told_in_words(world: World, carol: Client) -> None:
    ref = drafted(world, carol)
    wrong = {**TYPED, "title": "", "references": "no address", "people": "nobody@example.org\nalice@example.org"}
    page = carol.post(at("draft-edit", ref), wrong).content.decode()
    for said in (
        "There is a problem",
        "Fill in “Title”.",
        "“no address” has no address",
        "Nobody has an account with nobody@example.org.",
    ):
        assert said in page, said
    assert "They leak." in page and "nobody@example.org\nalice@example.org" in page
    assert Version.objects.get().title == "Patch the boilers"


def test_the_form_comes_back_as_it_was_saved(world: World, carol: Client) -> None:
    ref = drafted(world, carol, people="alice@example.org", groups=["finance"])
    page = carol.get(at("draft-edit", ref)).content.decode()
    for kept in ('value="Patch the boilers"', "alice@example.org", "Vendor | https://vendor.example.org/1",
                 "https://example.org/2 | https://example.org/2"):  # fmt: skip
        assert kept in page, kept
    assert page.count(" checked") == 5  # tier, exploited, label, brum, finance


def test_clear_takes_no_audience_and_red_takes_people_alone(world: World, carol: Client) -> None:
    clear = drafted(world, carol, label="CLEAR")
    assert Version.objects.get(advisory__item__reference=clear).audience == []
    red = drafted(world, carol, label="RED", people="alice@example.org")
    alice = world.people["alice"].pk
    assert Version.objects.get(advisory__item__reference=red).audience == [["person", alice]]


def test_the_preview_says_who_will_read_it_and_nothing_is_released_by_looking(world: World, carol: Client) -> None:
    ref = drafted(world, carol)
    page = carol.get(at("release", ref)).content.decode()
    assert "3 people in 1 organisation will be able to read this." in page
    assert "Alice" in page and "Alan" in page and "Bob" not in page
    assert "Patch the boilers" in page and "Release as TLP:AMBER" in page
    assert not Standing.objects.exists()


def test_one_press_releases_and_exactly_those_read_it(world: World, carol: Client) -> None:
    ref = drafted(world, carol)
    after = press(carol, ref, follow=True).content.decode()
    assert "Released. Those whom it is for are being told." in after
    for name, expected in (("alice", 200), ("alan", 200), ("bob", 404), ("kate", 404)):
        assert visitor(world.people[name]).get(at("detail", ref)).status_code == expected, name
    assert carol.get(at("release", ref))["Location"] == at("detail", ref)  # nothing is left to release


def test_a_flash_asks_for_its_title_once(world: World, carol: Client) -> None:
    ref = drafted(world, carol, tier=str(Tier.FLASH.value))
    for typed in ("", "patch the boilers"):
        page = press(carol, ref, {"confirm_title": typed}).content.decode()
        assert "There is a problem" in page
    assert not Standing.objects.exists()
    press(carol, ref, {"confirm_title": "Patch the boilers"})
    assert Standing.objects.get().label == "AMBER"


def test_what_nobody_could_read_is_not_released_and_the_page_says_why(world: World, carol: Client) -> None:
    ref = drafted(world, carol, organisations=[])
    page = carol.get(at("release", ref)).content.decode()
    assert "Nobody could read it" in page and "Release as" not in page
    refused = press(carol, ref, follow=True).content.decode()
    assert "Nobody could read it" in refused
    assert not Standing.objects.exists()


def test_an_edit_after_release_is_the_next_version_which_members_meet_when_it_is_released(
    world: World, carol: Client, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = drafted(world, carol)
    press(carol, ref)
    monkeypatch.setattr(clock, "ask", lambda: noon + timedelta(minutes=5))  # what stood for no time was never given
    carol.post(at("draft-edit", ref), {**TYPED, "title": "Patch them now", "organisations": ["brum"]})
    alice = visitor(world.people["alice"])
    assert b"Patch them now" not in alice.get(at("detail", ref)).content
    assert b"Go on with the next version" in carol.get(at("detail", ref)).content
    press(carol, ref)
    now = alice.get(at("detail", ref)).content.decode()
    assert "Patch them now" in now and "Version 2" in now and "?version=1" in now


def test_withdrawing_asks_why_and_leaves_reference_and_word(world: World, carol: Client) -> None:
    ref = drafted(world, carol)
    press(carol, ref)
    assert "Fill in “Why it is withdrawn”." in carol.post(at("withdraw", ref), {"reason": " "}).content.decode()
    alice = visitor(world.people["alice"])
    later = datetime.fromisoformat("2026-11-01T12:00:01Z")
    with pytest.MonkeyPatch.context() as clocks:
        clocks.setattr(clock, "ask", lambda: later)
        carol.post(at("withdraw", ref), {"reason": "It was about another boiler."})
        left = alice.get(at("detail", ref)).content.decode()
        assert f"{ref} is withdrawn" in left and "boiler" not in left
        assert carol.get(at("withdraw", ref)).status_code == 404


@pytest.mark.parametrize("name", ["draft-edit", "release", "withdraw"])
def test_the_pages_of_an_act_exist_for_its_handlers_alone(world: World, carol: Client, name: str) -> None:
    ref = drafted(world, carol)
    press(carol, ref)
    for other in ("alice", "bob", "brian", "kate", "ursula", "root"):
        visitor_of = visitor(world.people[other])
        assert visitor_of.get(at(name, ref)).status_code == 404, other
        assert visitor_of.post(at(name, ref), {**TYPED, "reason": "No."}).status_code == 404, other
    assert visitor().get(at(name, ref)).status_code == 404
    assert Standing.objects.get().state == Standing.State.RELEASED
    assert Version.objects.get().title == "Patch the boilers"


@pytest.mark.parametrize("name", ["draft-edit", "release"])
def test_a_draft_for_named_people_asks_who_it_is_before_it_shows_itself(world: World, carol: Client, name: str) -> None:
    ref = drafted(world, carol, label="RED", people="alice@example.org")
    assert carol.get(at(name, ref))["Location"].startswith(reverse("mfa_reauthenticate"))
    confirmed = visitor(world.people["carol"], confirmed=True)
    assert b"Patch the boilers" in confirmed.get(at(name, ref)).content


def test_a_lower_label_asks_who_allowed_it_and_a_second_person_releases(world: World, carol: Client) -> None:
    entry = pages.entry(world, pages.source(world), "Told in confidence", import_label="AMBER")
    carol.post(f"{reverse('advisories:draft-new')}?story={entry.story.code}")
    ref = Advisory.rows.get().item.reference
    assert "Leave to use a lower label" in carol.get(at("draft-edit", ref)).content.decode()
    green = {**TYPED, "label": "GREEN"}
    carol.post(at("draft-edit", ref), green)
    assert "write down who of the source" in carol.get(at("release", ref)).content.decode()
    carol.post(at("draft-edit", ref), {**green, "permission": "Ann of Vendor, by mail, 1 November"})
    assert "This needs a second person" in press(carol, ref).content.decode()
    assert not Standing.objects.exists()


def test_a_draft_shows_what_the_sources_said(world: World, carol: Client) -> None:
    entry = pages.entry(world, pages.source(world), "Boilers leak", summary="<p>Said the vendor.</p>")
    carol.post(f"{reverse('advisories:draft-new')}?story={entry.story.code}")
    page = carol.get(at("draft-edit", Advisory.rows.get().item.reference)).content.decode()
    assert "<p>Said the vendor.</p>" in page and "Leave to use a lower label" not in page


def test_only_organisations_with_an_active_membership_can_be_ticked(world: World, carol: Client) -> None:
    ref = drafted(world, carol)
    page = carol.get(at("draft-edit", ref)).content.decode()
    for name, offered in (("brum", True), ("lapsed", False), ("paused", False), ("vendor", False)):
        assert (f'name="organisations" value="{name}"' in page) is offered, name


@pytest.mark.parametrize("name", ["draft-edit", "release"])
def test_the_next_version_for_named_people_asks_who_it_is_although_all_read_what_stands(
    world: World, carol: Client, name: str
) -> None:
    ref = drafted(world, carol, label="GREEN", organisations=[])
    press(carol, ref)
    carol.post(
        at("draft-edit", ref), {**TYPED, "title": "Of one vendor", "label": "RED", "people": "alice@example.org"}
    )
    assert b"Of one vendor" not in carol.get(at(name, ref)).content
    assert b"Of one vendor" in visitor(world.people["carol"], confirmed=True).get(at(name, ref)).content


def test_what_came_red_asks_who_it_is_wherever_a_draft_shows_it(world: World, carol: Client) -> None:
    entry = pages.entry(world, pages.source(world), "Between us", import_label="RED", handlers=["carol"])
    carol.post(f"{reverse('advisories:draft-new')}?story={entry.story.code}")
    ref = Advisory.rows.get().item.reference
    sure = visitor(world.people["carol"], confirmed=True)
    sure.post(at("draft-edit", ref), {**TYPED, "label": "GREEN", "permission": "Ann, by mail"})
    for name in ("draft-edit", "detail"):
        assert b"Between us" not in carol.get(at(name, ref)).content, name
        assert b"Between us" in sure.get(at(name, ref)).content, name


def test_what_another_has_changed_since_carol_looked_is_not_released_by_her_press(world: World, carol: Client) -> None:
    """She agreed to Birmingham; meanwhile her deputy made it a text for everyone."""
    ref = drafted(world, carol)
    looked = re.search(r'name="seen" value="(\w+)"', carol.get(at("release", ref)).content.decode())
    assert looked
    deputy = visitor(Office.objects.create(person=world.people["alan"], warp=world.warps["wm"], role="coordinator",
                                           since=BEGINNING).person)  # fmt: skip
    deputy.post(at("draft-edit", ref), {**TYPED, "label": "CLEAR"})
    for seen in (looked[1], ""):
        again = carol.post(at("release", ref), {"seen": seen}, follow=True).content.decode()
        assert "It has been changed since you looked." in again and "Release as TLP:CLEAR" in again
    assert not Standing.objects.exists()
    press(carol, ref)
    assert Standing.objects.get().label == "CLEAR"


def test_a_tick_is_not_lost_with_a_membership_since_what_it_narrowed_would_be_for_all(
    world: World, carol: Client, noon: datetime
) -> None:
    ref = drafted(world, carol, label="GREEN")
    Membership.objects.filter(organisation=world.organisations["brum"]).update(until=noon)
    form = carol.get(at("draft-edit", ref)).content.decode()
    ticked = re.findall(r'name="organisations" value="(\w+)"[^>]* checked', form)
    carol.post(at("draft-edit", ref), {**TYPED, "label": "GREEN", "organisations": ticked})
    assert Version.objects.get().audience == [["organisation", world.organisations["brum"].pk]]


def test_a_handler_who_is_no_coordinator_is_offered_their_own_warps_and_groups_alone(
    world: World, noon: datetime
) -> None:
    """bob of solihull, which is a member of wm, is named as handler of a RED draft."""
    carol, bob = world.people["carol"], world.people["bob"]
    advisory = desk.drafted(world, label="RED")
    handling.name_handlers(carol, advisory.item, noon, [bob])
    path = reverse("advisories:draft-edit", args=[advisory.item.reference])
    offered = {
        name: set(re.findall(r'name="(?:warps|groups|organisations)" value="([a-z]+)"', page))
        for name in ("carol", "bob")
        if (page := visitor(world.people[name], confirmed=True).get(path).content.decode())
    }
    assert offered["bob"] == {"wm"}
    assert offered["carol"] >= {"wm", "kent", "finance", "brum", "maidstone"}
