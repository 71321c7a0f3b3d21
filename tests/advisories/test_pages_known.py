"""Well-known sources: switched on with one click by whoever coordinates, for the desk of their own WARP."""

from __future__ import annotations

import pytest
from django.urls import reverse

from advisories.collect import known
from advisories.collect.kinds import KINDS
from advisories.models import Source
from members.models import AuditRow, Office
from members.web.request import target_of
from tests.members.world import BEGINNING, World
from tests.pages import visitor

pytestmark = pytest.mark.django_db
INDEX = "/desk/sources/known/"


def switch(world: World, name: str, slug: str, way: str = "known-on"):
    return visitor(world.people[name]).post(reverse(f"advisories:{way}", args=[slug]), follow=True)


@pytest.mark.parametrize("slug", known.KNOWN)
def test_each_is_of_a_kind_that_the_hub_reads_and_has_its_terms(slug: str) -> None:
    one = known.KNOWN[slug]
    assert one.kind in KINDS and target_of(one.url).scheme == "https" and str(one.terms)
    assert slug == one.slug and 5 <= one.every <= 1440


def test_a_coordinator_switches_one_on_for_their_own_desk_and_off_again(world: World) -> None:
    page = visitor(world.people["carol"]).get(INDEX).content.decode()
    assert "Switch on" in page and "Open Government Licence" in page
    shown = switch(world, "carol", "kev").content.decode()
    assert "is asked within a minute" in shown
    kev = Source.objects.get()
    assert (kev.kind, kev.warp, kev.hub_wide, kev.default_label, kev.enabled) == (
        "kev", world.warps["wm"], False, "CLEAR", True,
    )  # fmt: skip
    assert "is off" in switch(world, "carol", kev.slug, "source-off").content.decode()
    assert not Source.objects.get().enabled
    switch(world, "carol", "kev")
    assert Source.objects.get().enabled, "switched on again, and no second one is made"
    verbs = AuditRow.objects.filter(reference=kev.slug).order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["add_source", "switch_off_source", "switch_on_source"]


def test_of_the_root_warp_it_is_for_every_desk(world: World) -> None:
    switch(world, "ursula", "kev")
    assert Source.objects.get().hub_wide
    assert 'Switch on<span class="govuk-visually-hidden"> CISA: known' not in (
        visitor(world.people["carol"]).get(INDEX).content.decode()
    )


def test_who_coordinates_two_warps_says_for_which_desk(world: World) -> None:
    Office.objects.create(person=world.people["carol"], warp=world.warps["uk"], role="coordinator", since=BEGINNING)
    carol = visitor(world.people["carol"])
    names = {world.warps[slug].name for slug in ("wm", "uk")}
    for slug in ("wm", "uk"):
        page = carol.get(INDEX, {"desk": slug}).content.decode()
        other = (names - {world.warps[slug].name}).pop()
        assert f"comes to the desk of {world.warps[slug].name}" in page and f">{other}</a>" in page
    carol.post(reverse("advisories:known-on", args=["kev"]), {"desk": "uk"})
    carol.post(reverse("advisories:known-on", args=["epss"]), {"desk": "wm"})
    assert set(Source.objects.values_list("kind", "warp__slug", "hub_wide")) == {
        ("kev", "uk", True), ("epss", "wm", False),
    }  # fmt: skip


def test_a_desk_that_is_not_theirs_is_not_one_to_switch_on_for(world: World) -> None:
    carol = visitor(world.people["carol"])
    assert carol.get(INDEX, {"desk": "uk"}).status_code == 404
    assert carol.post(reverse("advisories:known-on", args=["kev"]), {"desk": "uk"}).status_code == 404
    assert not Source.objects.exists()


@pytest.mark.parametrize("name", ["alice", "cuth", "root"])
def test_nobody_else_sees_the_page_or_switches_anything(world: World, name: str) -> None:
    assert visitor(world.people[name]).get(INDEX).status_code == 404
    assert switch(world, name, "kev").status_code == 404
    assert not Source.objects.exists()


def test_a_source_of_another_desk_is_not_theirs_to_switch_off(world: World) -> None:
    switch(world, "carol", "kev")
    slug = Source.objects.get().slug
    assert switch(world, "kate", slug, "source-off").status_code == 404
    assert switch(world, "carol", "nowhere").status_code == 404
    assert Source.objects.get().enabled
