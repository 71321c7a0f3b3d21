"""The demonstration as it is found: everyone, everything, and to each what is theirs and no more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.test import override_settings
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, DjangoDbBlocker, Settings

from advisories import publish
from advisories.demo import sources
from advisories.demo.asked import ASKED
from advisories.demo.people import ORGANISATIONS, PEOPLE, WARPS, sign_in_groups
from advisories.demo.talk import SAID
from advisories.models import Advisory, Attachment, Comment, Entry, Incident, Report, Source, Version
from advisories.triage import desk
from members import clock, listing, search, tlp
from members.delivery import plan
from members.models import (
    Announcement,
    Delivery,
    Item,
    Kind,
    Organisation,
    Person,
    Response,
    SharingGroup,
    Standing,
    Subscription,
    Tier,
    Warp,
    shelf,
)
from members.place import misplaced
from members.policy import NOBODY, Answer, Viewer, may
from members.telling import ticks
from members.telling.month import month, told
from tests import pages
from tests.advisories.commands import run

pytestmark = pytest.mark.django_db

RED = "Somebody in your finance team is being courted"
STRICT = "Passwords of two councils’ remote access are on sale"
OXBOW = "Oxbow’s support agent: set a new key on every server"
GROUP = "Ledgerline Finance: exports show other councils’ payees"
SEVERN = "Payroll letters ask staff to “confirm” their bank account"
BOTH = "Callers ask service desks for a new second factor"
FLASH = "Quillpost mail filter is being broken into: update now"  # GREEN
LOCKED = "Ransomware at a leisure centre came with a quotation"
PAID = "A supplier’s bank account was changed by a mail from the supplier’s own mailbox"
CLEAR = {
    "Turn on a second factor for every supplier who can reach you",
    "Tansy Print Server gives out any file: update to 2.9",
}
LABELLED = {RED, STRICT, OXBOW, GROUP, SEVERN, BOTH, FLASH}
# Of LABELLED, what each of them reads; all the rest is refused them.
READS = {
    "Priya Shah": {STRICT, GROUP, SEVERN, BOTH, FLASH},  # Avonbridge
    "Lena Fox": {RED, STRICT, GROUP, SEVERN, BOTH, FLASH},  # Avonbridge, and named
    "Owen Marsh": {RED, OXBOW, SEVERN, BOTH, FLASH},  # Clunmoor, a client of Oxbow, and named
    "Ana Petrov": {OXBOW, SEVERN, BOTH, FLASH},  # Eastmarl, in the WARP below Severn, and a client of Oxbow
    "Joss Hale": {OXBOW, SEVERN, BOTH, FLASH},  # Oxbow
    "Bea Lund": {GROUP, BOTH, FLASH},  # Thornmere, in Humberdale
    "Karl Iversen": {BOTH, FLASH},  # Kelderby, in Humberdale
    "Rob Stone": set(),  # Holmfleet, suspended
    "Huw Pryce": {BOTH, FLASH},  # coordinates Humberdale
    "Ishbel Grant": {FLASH},  # coordinates the WARP above them all
    "Tom Okafor": {SEVERN, BOTH, FLASH},  # custodian
}


@pytest.fixture(scope="module")
def at_home(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """Where it was made, once for all that only look at it."""
    home = tmp_path_factory.mktemp("demo")
    with django_db_blocker.unblock(), override_settings(HOME=home, DEMO=True), transaction.atomic():
        ran = run("demo")
        assert ran.status == 0, ran.error
        yield home
        transaction.set_rollback(True)


@pytest.fixture
def made(at_home: Path, settings: Settings, db: None) -> Path:
    settings.HOME, settings.DEMO = at_home, True
    return at_home


def someone(name: str) -> Viewer:
    return Viewer(Person.objects.get(name=name).pk)


def titles(viewer: Viewer) -> set[str]:
    ids = listing.page(viewer, clock.now(), shelf(Kind.ADVISORY)).ids
    return {publish.newest(advisory).title for advisory in Advisory.rows.filter(pk__in=ids)}


def item_of(title: str) -> Item:
    return Version.objects.filter(title=title).select_related("advisory__item")[0].advisory.item


def test_everyone_and_everything_is_there(made: Path) -> None:
    assert Warp.objects.filter(demonstration=True).count() == len(WARPS) == 4
    assert Organisation.objects.count() == len(ORGANISATIONS) == 10
    assert SharingGroup.objects.get().members.count() == 3
    standings = Standing.objects.all()
    assert {standing.label for standing in standings} == set(tlp.LABELS)
    assert set(Version.objects.values_list("tier", flat=True)) == set(Tier.values)
    assert standings.filter(state="withdrawn").count() == 1
    assert standings.filter(version=2).count() == 2
    assert Advisory.rows.filter(item__standings=None, item__embargo=None).count() == 1
    assert misplaced(Item.rows.all()) == []
    assert not search.astray(Kind.ADVISORY).exists() and not search.astray(Kind.INCIDENT).exists()


@pytest.mark.parametrize(
    ("title", "label", "state", "strangers"),
    [
        (LOCKED, "GREEN", "closed", {"Rob Stone"}),
        (PAID, "AMBER", "open", {"Rob Stone", "Owen Marsh", "Huw Pryce", "Karl Iversen", "Ishbel Grant"}),
    ],
)
def test_one_incident_is_closed_with_what_was_learned_and_one_is_open(
    made: Path, title: str, label: str, state: str, strangers: set[str]
) -> None:
    item, at = item_of(title), clock.now()
    incident = Incident.rows.get(item=item)
    standing = Standing.objects.at(at).get(item=item)
    version = Version.objects.get(advisory=item.pk, number=standing.version)
    assert (standing.label, incident.state, version.timeline.count()) == (label, state, 3)
    assert bool(version.lessons) == (state == "closed") and version.indicators.count() == 3
    readers = {"Sam Reed", "Priya Shah", "Bea Lund", "Mags Tulloch", "Cara Orr"}
    asked = readers | {"Rob Stone", "Owen Marsh", "Huw Pryce", "Karl Iversen", "Ishbel Grant"}
    assert {name for name in asked if may(someone(name), item, at) != Answer.BODY} == strangers
    client = pages.demonstrator(Person.objects.get(name="Priya Shah"))
    assert client.get(f"/incidents/{item.reference}/stix.json").status_code == 200


def test_nothing_lies_in_the_future_or_before_its_people(made: Path) -> None:
    at = clock.now()
    for version in Version.objects.filter(released_at__isnull=False):
        assert version.released_at is not None and version.written_by is not None
        assert version.written_by.active_since < version.written_at < version.released_at < at
    released = Version.objects.filter(released_at__isnull=False).order_by("released_at")
    moments = [moment for moment in released.values_list("released_at", flat=True) if moment]
    assert at - moments[0] < timedelta(days=22) and at - moments[-1] < timedelta(minutes=21)


@pytest.mark.parametrize("name", READS)
def test_each_reads_what_is_for_them_and_no_more(made: Path, name: str) -> None:
    viewer = someone(name)
    at = clock.now()
    assert {title for title in LABELLED if may(viewer, item_of(title), at) == Answer.BODY} == READS[name]
    assert titles(viewer) & LABELLED == READS[name]
    assert titles(viewer) >= CLEAR


def test_what_is_kept_back_is_for_those_named_on_it_by_their_answers(made: Path) -> None:
    item, at = Advisory.rows.get(item__embargo__state="active").item, clock.now()
    answers = {p.name: may(Viewer(p.pk), item, at) for p in Person.objects.all()}
    have = {name: answer.name for name, answer in answers.items() if answer}
    assert have == {"Cara Orr": "BODY", "Deepa Nair": "BODY", "Lena Fox": "BODY", "Bea Lund": "OFFER"}


def test_without_an_account_or_a_membership_only_what_is_public_is_read(made: Path) -> None:
    assert titles(NOBODY) == titles(someone("Rob Stone")) == CLEAR


def test_the_red_one_is_for_the_two_named_and_who_wrote_it(made: Path) -> None:
    red, at = item_of(RED), clock.now()
    readers = {person.name for person in Person.objects.all() if may(Viewer(person.pk), red, at) == Answer.BODY}
    assert readers == {"Lena Fox", "Owen Marsh", "Cara Orr"}  # not her deputy either


def test_the_draft_on_the_desk_can_be_released_as_it_lies_there(made: Path) -> None:
    advisory = Advisory.rows.get(item__standings=None, item__embargo=None)
    at = clock.now()
    preview = publish.preview(advisory, at)
    assert preview.refusal == "" and preview.readers > 5
    assert advisory.drafted_from.count() == 2
    cara = Person.objects.get(name="Cara Orr")
    assert publish.release(cara, advisory.item, at).label == preview.version.label


def test_the_drop_folder_is_read_and_its_stories_are_merged_and_ranked(made: Path) -> None:
    folder = Source.objects.get(kind="folder")
    assert [fetch.outcome for fetch in folder.fetches.all()] == ["ok"] * 3
    assert sum(fetch.refused for fetch in folder.fetches.all()) == 0
    assert folder.entries(manager="rows").count() == 9 + 4 + 1
    stories = desk.stories(someone("Cara Orr"), clock.now())
    assert len(stories) == 14 - 2 - 1 - 1  # one told three times, two told twice
    first, second = stories[:2]
    assert (first.entries, first.label, first.known_exploited) == (3, "AMBER", True)
    assert "Used by ransomware groups (CISA KEV)" in first.reasons
    assert (second.entries, second.label, second.known_exploited) == (2, "CLEAR", True)
    assert desk.stories(someone("Huw Pryce"), clock.now()) == [], "it is Severn's folder"


def test_what_is_dropped_there_unmarked_is_for_nobody_until_it_is_looked_at(made: Path) -> None:
    folder, drop = Source.objects.get(kind="folder"), made / "drop"
    feed = (drop / "everyday-security.xml").read_text().replace(" (TLP:CLEAR)", "").replace("note-", "own-")
    (drop / "own.xml").write_text(feed)
    try:
        assert run("collect", "--source", folder.slug).status == 0
    finally:
        (drop / "own.xml").unlink()
    own = Entry.rows.filter(guid__startswith="own-").select_related("item")
    assert {entry.item.marking for entry in own} == {tlp.STRICT}


def test_sources_on_the_network_wait_for_the_worker(made: Path) -> None:
    published = Source.objects.exclude(kind="folder")
    assert {source.url for source in published} == {url for _kind, url, _name in sources.PUBLISHED}
    assert all(s.hub_wide and s.default_label == tlp.CLEAR and s.due_at <= clock.now() for s in published)
    assert not published.filter(fetches__isnull=False).exists()


def test_what_is_old_is_told_to_nobody_and_what_is_of_today_goes_out(made: Path) -> None:
    owed = Announcement.objects.filter(planned_at=None)
    assert sorted((one.event, one.tier) for one in owed) == [
        ("released", Tier.ADVISORY), ("released", Tier.FLASH), ("replied", Tier.INFORMATION),
        ("replied", Tier.INFORMATION)]  # fmt: skip
    planned = plan.plan(clock.now())
    assert (planned.done, planned.failed) == (4, 0)
    told = Delivery.objects.filter(announcement__event="released").values_list("address__value", flat=True)
    assert "sam.reed@avonbridge.example.org" in told and "rob.stone@holmfleet.example.org" not in told


def test_everyone_is_reached_and_offered_at_the_door_with_a_line(
    made: Path, settings: Settings, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with clock.one_moment(), django_assert_num_queries(1):  # as in a request
        groups = sign_in_groups()
    offered = [person for group in groups for person in group["people"]]
    assert {one["key"] for one in offered} == set(Person.objects.values_list("email", flat=True))
    assert all(one["name"] and str(one["line"]) for one in offered)
    assert len(offered) == sum(len(people) for people in PEOPLE.values()) == Person.objects.count() == 15
    assert Subscription.objects.filter(address__person__isnull=False).values("address").distinct().count() == len(
        offered
    )
    settings.DEMO = False
    with django_assert_num_queries(0):
        assert sign_in_groups() == []


def test_its_pages_open_for_each_of_its_people(made: Path) -> None:
    for person in Person.objects.all():
        client = pages.demonstrator(person)
        assert client.get(reverse("home")).status_code == 200
        assert client.get(reverse("advisories:list")).status_code == 200


def test_a_council_of_it_keeps_a_list_of_what_it_runs_and_its_responder_is_told_of_that_at_once(made: Path) -> None:
    sam = Person.objects.get(name="Sam Reed")
    at = clock.ask()
    found = told((ticks.of(row) for row in ticks.ticks(sam)), month(sam, Viewer(sam.pk), at, confirmed=True))
    by_kit = [one for one in found.at_once if one.tier == Tier.ADVISORY]
    assert by_kit and all(one.kit for one in by_kit)
    assert [one for one in found.daily if not one.kit]


def test_all_of_it_is_there_and_read_by_whom_it_is_for(made: Path) -> None:
    answers = Comment.rows.filter(item__parent__kind=Kind.DISCUSSION)
    assert answers.count() == sum(len(one.answers) for one in ASKED)
    beneath = Attachment.rows.exclude(item__parent__kind=Kind.TRAINING)
    assert Comment.rows.count() + beneath.count() == len(SAID) + answers.count()
    assert Response.objects.count() > 9 and not Response.objects.filter(acknowledged_at=None).exists()
    readers = {
        comment.body[:7]: {
            person.name
            for person in Person.objects.all()
            if may(Viewer(person.pk), comment.item, clock.now()) == Answer.BODY
        }
        for comment in Comment.rows.select_related("item")
    }
    assert readers["We can’"] == {"Owen Marsh", "Cara Orr", "Deepa Nair"}
    assert {"Sam Reed", "Owen Marsh", "Karl Iversen"} <= readers["Updated"]
    assert "Bea Lund" in readers["We foun"] and "Owen Marsh" not in readers["We foun"]


def test_what_owen_reported_without_a_name_is_for_its_custodian_and_himself(made: Path) -> None:
    item = Report.rows.select_related("item").get(item__anonymous=True).item
    read = {one.name for one in Person.objects.all() if may(Viewer(one.pk), item, clock.now()) == Answer.BODY}
    assert item.anonymous and read == {"Owen Marsh", "Tom Okafor"}
