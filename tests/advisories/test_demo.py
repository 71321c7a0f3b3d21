"""The demonstration: made by the hub's own verbs on an empty database, alive at first sight, never anywhere else."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from django.urls import reverse
from pytest_django import Settings

from advisories import publish
from advisories.demo.people import PEOPLE, sign_in_groups
from advisories.models import Advisory, Entry, Source
from members import clock, listing, search, tlp
from members.models import Announcement, Item, Kind, Person, Standing, Subscription, Tier, Warp, shelf
from members.place import misplaced
from members.policy import NOBODY, Viewer
from tests import pages
from tests.advisories.commands import Ran, run
from tests.members.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(settings: Settings, tmp_path: Path) -> Ran:
    settings.HOME, settings.DEMO = tmp_path, True
    return run("demo")


def someone(name: str) -> Person:
    return Person.objects.get(name=name)


def titles(viewer: Viewer) -> set[str]:
    at = clock.now()
    ids = listing.page(viewer, at, shelf(Kind.ADVISORY)).ids
    return {publish.newest(advisory).title for advisory in Advisory.rows.filter(pk__in=ids)}


def test_it_is_made_in_a_moment_and_a_second_time_is_refused(settings: Settings, tmp_path: Path) -> None:
    settings.HOME = tmp_path
    began = time.monotonic()
    assert run("demo").status == 0
    assert time.monotonic() - began < 8  # 2 s on an idle machine
    again = run("demo")
    assert again.status == 1 and "not empty" in again.error


def test_it_is_never_mixed_with_a_real_hub(world: World, settings: Settings) -> None:
    assert run("demo").status == 1
    settings.DEMO = False
    assert run("demo").status == 2
    assert not Warp.objects.filter(demonstration=True).exists()
    assert not Source.objects.exists()


def test_every_label_and_tier_a_draft_a_revision_and_a_withdrawal_are_there(made: Ran) -> None:
    standings = Standing.objects.all()
    assert {standing.label for standing in standings} == set(tlp.LABELS)
    assert {version.tier for advisory in Advisory.rows.all() for version in advisory.versions.all()} == set(Tier.values)
    assert standings.filter(state="withdrawn").count() == 1
    assert standings.filter(version=2).count() == 1
    assert Advisory.rows.filter(item__standings=None).count() == 1
    assert misplaced(Item.rows.all()) == []
    assert not search.astray(Kind.ADVISORY).exists()


def test_the_draft_on_the_desk_can_be_released_as_it_lies_there(made: Ran) -> None:
    advisory = Advisory.rows.get(item__standings=None)
    at = clock.now()
    preview = publish.preview(advisory, at)
    assert preview.refusal == ""
    assert preview.readers > 5
    assert advisory.drafted_from.count() == 2
    assert publish.release(someone("Cara Orr"), advisory.item, at).label == preview.version.label


def test_members_differ_in_what_they_read(made: Ran) -> None:
    seen = {name: titles(Viewer(someone(name).pk)) for name in ("Lena Fox", "Joss Hale", "Bea Lund", "Rob Stone")}
    red, strict = "A person in your finance team is being courted", "Passwords of Avonbridge’s VPN are on sale"
    group = "Ledgerline exports show other customers’ payees"
    warp = "Payroll letters that ask staff to “confirm” their account"
    assert {red, strict, group, warp} <= seen["Lena Fox"]
    assert warp in seen["Joss Hale"] and not {red, strict} & seen["Joss Hale"]
    assert group in seen["Joss Hale"], "a client of Avonbridge, which passes AMBER on"
    assert group in seen["Bea Lund"] and warp not in seen["Bea Lund"]
    assert seen["Rob Stone"] == titles(NOBODY), "suspended: what is public, and no more"
    assert len(titles(NOBODY)) == 2


def test_the_drop_folder_is_read_and_tells_one_story_from_three_sides(made: Ran, tmp_path: Path) -> None:
    assert sorted(path.name for path in (tmp_path / "drop").iterdir()) == [
        "everyday-security.xml", "exploited-catalogue.json", "neighbours-bundle.json"
    ]  # fmt: skip
    source = Source.objects.get(kind="folder")
    assert {fetch.outcome for fetch in source.fetches.all()} == {"ok"}
    assert source.fetches.count() == 3 and Entry.rows.count() == 9
    quillmail = Entry.rows.filter(keys__key="cve:CVE-2099-10417").distinct()
    assert quillmail.count() == 3 and quillmail.values("story").distinct().count() == 1


def test_what_is_old_was_told_long_ago(made: Ran) -> None:
    owed = Announcement.objects.filter(planned_at=None)
    assert {one.tier for one in owed} == {Tier.FLASH, Tier.ADVISORY}
    assert owed.count() == 3


def test_everyone_is_reached_and_offered_at_the_door_with_a_line(made: Ran, settings: Settings) -> None:
    groups = sign_in_groups()
    offered = [person for group in groups for person in group["people"]]
    assert {one["key"] for one in offered} == set(Person.objects.values_list("email", flat=True))
    assert all(one["name"] and str(one["line"]) for one in offered)
    assert len(offered) == sum(len(people) for people in PEOPLE.values()) == Person.objects.count()
    assert Subscription.objects.values("address").distinct().count() == len(offered)
    settings.DEMO = False
    assert sign_in_groups() == []


def test_nobody_is_offered_where_no_demonstration_was_made(world: World, settings: Settings) -> None:
    settings.DEMO = True
    world.people["alice"].email = "lena.fox@avonbridge.example.org"
    world.people["alice"].save()
    assert sign_in_groups() == []


def test_its_pages_open_for_each_of_its_people(made: Ran) -> None:
    for person in Person.objects.all():
        client = pages.demonstrator(person)
        assert client.get(reverse("home")).status_code == 200
        assert client.get(reverse("advisories:list")).status_code == 200
