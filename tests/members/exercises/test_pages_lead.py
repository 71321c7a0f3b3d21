"""The pages of an exercise for who leads it: prepared, started, its board taken over by another browser, ended."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members import clock, leaving
from members.exercises.library import library
from members.exercises.reading import read
from members.models import Exercise, Office, Participant, Person
from tests.members.exercises.game import Game, game
from tests.members.world import BEGINNING, World
from tests.pages import visitor

HTMX = {"HX-Request": "true"}


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch, noon: datetime) -> list[datetime]:
    """The hub's clock, which a test may put forward."""
    hands = [noon]
    monkeypatch.setattr(clock, "ask", lambda: hands[0])
    return hands


@pytest.fixture
def made(world: World, noon: datetime, now: list[datetime]) -> Game:
    return game(world, noon)


def new(world: World, name: str = "carol", **body: object) -> str:
    """The page after preparing one, or with what was wrong."""
    answer = visitor(world.people[name]).post("/exercises/new/", {"warp": "wm", "title": "", **body}, follow=True)
    return str(answer.content.decode())


@pytest.mark.parametrize("source", sorted(library()))
def test_one_of_the_library_is_prepared_whole(world: World, now: list[datetime], source: str) -> None:
    page = new(world, source=source)
    scenario = library()[source]
    exercise = Exercise.rows.get(title=scenario.title)
    assert exercise.injects.count() == len(scenario.injects) and exercise.state == "prepared"
    assert "Nobody plays." in page and scenario.injects[-1].title in page
    file = visitor(world.people["carol"]).get(f"/exercises/{exercise.item.reference}/scenario.yaml")
    assert file.content.startswith(b"# EXERCISE EXERCISE EXERCISE\n")
    assert read(file.content) == scenario
    assert "attachment" in file.headers["Content-Disposition"] and file.headers["X-Content-Type-Options"] == "nosniff"


def test_a_file_that_is_no_scenario_says_all_that_is_wrong_and_makes_nothing(world: World, now: list[datetime]) -> None:
    text = (
        b"version: 1\ntitle: x\nteams: {it: IT}\ninjects:\n  - {at: -0:10, title: a, text: b}\n  - {at: 5, teams: ti}\n"
    )
    page = new(world, source="file", file=SimpleUploadedFile("x.yaml", text))
    for said in (
        "Inject 1 (line 5): “at: -0:10” is before the start.",
        "Inject 1 (line 5): “teams” is missing.",
        "Inject 2 (line 6): there is no team “ti”. There is: it.",
        "Inject 2 (line 6): “title” is missing.",
    ):
        assert said in page, said
    large = new(world, source="file", file=SimpleUploadedFile("x.yaml", b"a: " + b"x" * 10_000_000))
    assert "larger than 1 MB" in large
    assert "Choose the file." in new(world, source="file")
    assert "Say what the exercise is called." in new(world, source="empty")
    assert not Exercise.rows.exists()


def test_who_coordinates_nothing_prepares_nothing(world: World, now: list[datetime]) -> None:
    for name in ("alice", "cuth", "pat", "root"):
        browser = visitor(world.people[name])
        assert browser.get("/exercises/new/").status_code == 404
        assert browser.post("/exercises/new/", {"warp": "wm", "source": "empty", "title": "x"}).status_code == 404
    # kate coordinates another WARP, and prepares none of this one.
    assert "Select a valid choice" in new(world, "kate", source="empty", title="Mine")
    assert not Exercise.rows.exists()


def test_an_empty_one_is_filled_by_hand(world: World, now: list[datetime]) -> None:
    new(world, source="empty", title="By hand")
    exercise = Exercise.rows.select_related("item").get()
    here, browser = f"/exercises/{exercise.item.reference}/", visitor(world.people["carol"])
    page = browser.get(here).content.decode()
    assert "There are none yet. Injects go to teams" in page and "Add an inject" not in page
    browser.post(f"{here}teams/", {"act": "add", "name": "The IT staff"})
    team = exercise.teams.get()
    one = {
        "offset": "0:20",
        "title": "First",
        "teams": team.slug,
        "text": "It\r\nbegins",
        "channel": "page",
        "tier": "3",
        "asks": "on",
        "within": "0:10",
        "attachment_name": "a.txt",
        "attachment": "x",
    }
    assert browser.post(f"{here}injects/new/", one).status_code == 302
    inject = exercise.injects.get()
    assert (inject.offset, inject.text, inject.within, inject.tier) == (1200, "It\nbegins", 600, 3)
    page = browser.get(f"{here}injects/{inject.code}/edit/").content.decode()
    assert 'value="0:20"' in page and 'value="0:10"' in page
    browser.post(f"{here}injects/{inject.code}/edit/", {**one, "offset": "1:00", "title": "Second thoughts"})
    inject.refresh_from_db()
    assert (inject.offset, inject.title) == (3600, "Second thoughts")
    browser.post(f"{here}edit/", {"title": "Renamed", "aims": "a", "briefing": "b", "pace": "2", "label": "AMBER"})
    page = browser.get(here).content.decode()
    assert "Renamed" in page and "TLP:AMBER" in page
    browser.post(f"{here}injects/{inject.code}/edit/", {"act": "remove"})
    assert not exercise.injects.exists()


def test_what_a_scenario_file_could_not_hold_is_refused_where_it_is_typed(made: Game) -> None:
    browser = made.browser("carol")
    title = browser.post(made.path("edit"), {"title": "A bell\x07", "pace": "1"})
    team = browser.post(made.path("teams"), {"act": "add", "name": "IT\x1b[0m"})
    inject = browser.post(made.path("inject-new"), {"title": "A bell\x07"})
    for answer, said in ((title, "U+0007"), (team, "U+001B"), (inject, "U+0007")):
        assert f"It holds the character {said}, which is none of a text." in answer.content.decode()
    assert read(browser.get(made.path("scenario")).content).title == made.fresh().title == "A small one"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"offset": "-0:10"}, "This is no time after the start."),
        ({"offset": "9999:00"}, "This is too late"),
        ({"teams": []}, "Choose “To which teams”."),
        ({"teams": ["nobody"]}, "Select a valid choice"),
        ({"text": ""}, "Fill in “What they read”."),
        ({"text": "x" * 20_001}, "at most 20000 characters"),
        ({"text": "a\x07b"}, "U+0007"),
        ({"within": "0:10"}, "tick this, or leave the time out"),
        ({"asks": "on", "within": "0"}, "leaves no time at all"),
        ({"attachment_name": "x.exe", "attachment": "x"}, "an ending .txt"),
        ({"attachment_name": "x.txt"}, "give both, or neither"),
        ({"tier": "9"}, "Select a valid choice"),
    ],
)
def test_what_is_wrong_with_an_inject_is_said_at_its_field(made: Game, change: dict[str, object], said: str) -> None:
    good: dict[str, object] = {
        "offset": "0:20",
        "title": "x",
        "teams": ["it"],
        "text": "x",
        "channel": "mail",
        "tier": "2",
    }
    before = made.exercise.injects.count()
    page = made.browser("carol").post(made.path("inject-new"), {**good, **change}).content.decode()
    assert said in page and "govuk-error-summary" in page
    assert made.exercise.injects.count() == before


def test_people_are_named_by_whole_addresses_or_as_the_responders_of_an_organisation(made: Game) -> None:
    browser, path = made.browser("carol"), made.path("people")
    said = {"act": "player", "player-addresses": "nobody@example.org", "player-team": "it", "player-organisation": ""}
    page = browser.post(path, said).content.decode()
    assert "nobody@example.org" in page and "govuk-error-summary" in page
    assert browser.post(path, {**said, "player-addresses": "Fay@example.org\n"}).status_code == 302
    enrolled = made.exercise.participants
    assert enrolled.filter(person=made.world.people["fay"], organisation__slug="faversham", team__slug="it").exists()
    made.world.people["mia"].affiliations.update(role="lead")
    house = {"act": "house", "house-organisation": "maidstone", "house-team": "press"}
    assert browser.post(path, house).status_code == 302
    assert enrolled.filter(person=made.world.people["mia"], team__slug="press").exists()
    browser.post(path, {"act": "leave", "email": "fay@example.org"})
    assert not enrolled.filter(person=made.world.people["fay"]).exists()
    watchers = {"act": "observer", "observer-addresses": "kate@example.org"}
    assert browser.post(path, watchers).status_code == 302
    assert enrolled.get(person=made.world.people["kate"]).role == Participant.Role.OBSERVER


def test_what_is_missing_before_the_start_is_said(world: World, noon: datetime, now: list[datetime]) -> None:
    teams = "{it: IT staff, press: Press, dogs: The dogs}"
    text = f"version: 1\ntitle: x\nteams: {teams}\ninjects: [{{at: 1, title: Bark, teams: dogs, text: x}}]"
    made = game(world, noon, text, invited=False)
    page = made.page("carol", made.path("detail"))
    for said in (
        "The team The dogs has no players.",
        "Inject 1, “Bark”, goes to nobody.",
        "There is no briefing",
        "Nobody is invited",
    ):
        assert said in page


def test_who_left_their_organisation_is_counted_no_more_and_said_to_have_left(made: Game, noon: datetime) -> None:
    gone = "takes part no more: their account is closed, or they left"
    assert gone not in made.page("carol", made.path("people"))
    for name, house in (("alan", "brum"), ("wendy", "walsall")):
        leaving.end_affiliation(made.world.people[name], made.world.organisations[house], noon, None)
    assert made.page("carol", made.path("people")).count(gone) == 2
    for path in ("detail", "board"):
        page = made.page("carol", made.path(path))
        assert "The team Press office has no players." in page and "goes to nobody" in page
    assert "2 players, 1 observer." in made.page("carol", made.path("detail"))


def test_of_two_who_write_at_once_the_later_one_is_told_and_overwrites_nothing_unseen(made: Game) -> None:
    browser, one = made.browser("carol"), made.inject(2)
    texts = {"title": "A small one", "pace": "1", "briefing": "Mine."}
    inject = {"title": "Mine", "offset": "0:20", "teams": ["it"], "text": "x", "channel": "mail", "tier": "2"}
    for path, typed in ((made.path("edit"), texts), (made.path("inject-edit", one.code), inject)):
        opened = was(browser.get(path).content.decode())
        browser.post(path, {**typed, "title": "Theirs", "was": opened})
        late = browser.post(path, {**typed, "was": opened}).content.decode()
        assert "Somebody changed this since you opened it." in late and "Mine" in late
        titles = made.fresh().title, made.inject(2).title
        assert "Theirs" in titles and "Mine" not in titles
        assert browser.post(path, {**typed, "was": was(late)}).status_code == 302
    assert (made.fresh().briefing, made.inject(2).title) == ("Mine.", "Mine")


def was(page: str) -> str:
    return page.partition('name="was" value="')[2].partition('"')[0]


def test_the_board_starts_pauses_goes_on_and_asks_before_it_ends(made: Game, now: list[datetime]) -> None:
    browser, board = made.browser("carol"), made.path("board")
    assert "Start the exercise" in made.page("carol", board)
    for act, state, offered in (
        ("start", "running", "Pause"),
        ("pause", "paused", "Go on"),
        ("resume", "running", "Pause"),
    ):
        assert browser.post(made.path("act"), {"act": act}).status_code == 302
        assert made.fresh().state == state
        assert offered in made.page("carol", board)
    now[0] += timedelta(minutes=7)
    page = made.page("carol", board)
    assert "T+0:07" in page and "in 8 min" in page
    assert "It can’t begin again." in made.page("carol", made.path("end"))
    assert made.fresh().state == "running"
    assert browser.post(made.path("end")).headers["Location"] == made.path("report")
    assert made.fresh().state == "ended"
    page = made.page("carol", board)
    assert "Pause" not in page and "Send now" not in page and "hx-get" not in page
    assert browser.post(made.path("act"), {"act": "dance"}).status_code == 404


def test_what_comes_next_is_sent_now_or_skipped_and_what_was_done_is_seen(made: Game, now: list[datetime]) -> None:
    made.start()
    browser, board = made.browser("carol"), made.path("board")
    for number, act in ((1, "send"), (2, "send"), (3, "skip")):
        if made.inject(number).state == "waiting":
            browser.post(made.path("inject-act", made.inject(number).code), {"act": act})
    assert [made.inject(n).state for n in (1, 2, 3)] == ["sent", "sent", "skipped"]
    now[0] += timedelta(minutes=5)
    made.browser("bob").post(made.path("reply", made.inject(1).code), {"act": "acknowledge"})
    now[0] += timedelta(minutes=8)
    made.browser("alice").post(made.path("reply", made.inject(1).code), {"act": "acknowledge"})
    page = " ".join(made.page("carol", board).split())
    assert "solihull: acknowledged after 5 min, 0 answers" in page
    assert "brum: acknowledged after 13 min <strong>(late)</strong>" in page
    assert "walsall: <strong>not acknowledged</strong>" in page
    before = made.inject(1).item
    browser.post(made.path("inject-act", made.inject(1).code), {"act": "send"})  # a nervous thumb
    assert made.inject(1).item == before
    again = browser.post(made.path("inject-act", made.inject(1).code), {"act": "skip"}, follow=True)
    assert "govuk-notification-banner--error" in again.content.decode()


def test_the_board_asks_for_itself_again_and_gives_the_live_part_alone(made: Game) -> None:
    page = made.page("carol", made.path("board"))
    assert f'data-live hx-get="{made.path("board")}" hx-trigger="every 10s"' in page
    part = made.browser("carol").get(made.path("board"), headers=HTMX).content.decode()
    assert part.lstrip().startswith('<div id="live" data-live') and "<html" not in part


def test_another_coordinator_takes_over_where_a_browser_died(made: Game, now: list[datetime]) -> None:
    """The state lies with the hub: what one left running, another finds running, and ends."""
    deputy = Person.objects.create(email="deputy@example.org", name="Deputy", active_since=BEGINNING)
    Office.objects.create(person=deputy, warp=made.world.warps["wm"], role=Office.Role.COORDINATOR, since=BEGINNING)
    made.world.people["deputy"] = deputy
    made.browser("carol").post(made.path("act"), {"act": "start"})
    now[0] += timedelta(minutes=20)  # nobody asks for a page
    page = made.page("deputy", made.path("board"))
    assert "T+0:20" in page and "running" in page
    made.browser("deputy").post(made.path("act"), {"act": "pause"})
    assert made.fresh().state == "paused"
    assert "T+0:20" in made.page("carol", made.path("board"))
    made.browser("deputy").post(made.path("end"))
    assert made.fresh().state == "ended"


def test_a_real_alert_that_pauses_it_is_named_to_who_reads_that_alone(made: Game, noon: datetime) -> None:
    from tests import pages

    real = pages.advisory(made.world, {"id": "real", "label": "AMBER", "grants": [{"organisation": "brum"}]}).item
    made.start()
    Exercise.rows.filter(pk=made.exercise.pk).update(state="paused", runs_since=None, paused_for=real)
    for name, path, reads in (
        ("carol", "board", True),
        ("alice", "detail", True),
        ("bob", "detail", False),
        ("dora", "detail", False),
    ):
        page = made.page(name, made.path(path))
        assert "The exercise is paused. Whatever reaches you now without these words is real." in page, name
        assert (real.reference in page) == reads == ("omething real is happening" in page), name
        assert ("Read the real alert" in page) == reads, name


def test_who_does_not_read_the_real_alert_has_the_same_page_as_of_any_pause(made: Game, noon: datetime) -> None:
    from tests import pages

    real = pages.advisory(made.world, {"id": "real", "label": "AMBER", "grants": [{"organisation": "brum"}]}).item
    made.start()
    pages_ = []
    for paused_for in (None, real):
        Exercise.rows.filter(pk=made.exercise.pk).update(state="paused", runs_since=None, paused_for=paused_for)
        browser, live = made.browser("bob"), {"HX-Request": "true"}
        with CaptureQueriesContext(connection) as asked:
            answer = browser.get(made.path("detail"), headers=live)
        pages_.append((answer.content, len(asked)))
    assert pages_[0] == pages_[1]


def test_once_they_are_invited_the_label_stays_and_whoever_is_added_reads_it_at_once(made: Game) -> None:
    browser = made.browser("carol")
    assert 'name="label"' not in made.page("carol", made.path("edit"))
    assert "Invite them" not in made.page("carol", made.path("detail"))
    browser.post(made.path("edit"), {"title": "Still GREEN", "pace": "1", "label": "AMBER"})
    assert made.fresh().item.marking == "GREEN" and made.exercise.title == "Still GREEN"
    said = {"act": "player", "player-addresses": "fay@example.org", "player-team": "it", "player-organisation": ""}
    browser.post(made.path("people"), said)
    assert "It has not begun yet" in made.page("fay", made.path("detail"))
    browser.post(made.path("people"), {"act": "leave", "email": "fay@example.org"})
    assert made.browser("fay").get(made.path("detail")).status_code == 404


def test_the_list_tells_as_what_one_is_in_it(made: Game) -> None:
    for name, said in (("alice", "you play in IT staff"), ("dora", "you observe"), ("carol", "Prepare an exercise")):
        page = made.page(name, "/exercises/")
        assert "A small one" in page and said in page, name
    for name in ("kate", "mia"):
        assert "You are in no exercise." in made.page(name, "/exercises/")


def test_the_list_goes_on_to_older_ones(
    world: World, noon: datetime, now: list[datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    from members.views.exercises import lists

    monkeypatch.setattr(lists, "PAGE", 2)
    for n in range(3):
        now[0] = noon + timedelta(minutes=n)
        new(world, source="empty", title=f"Number {n}")
    page = visitor(world.people["carol"]).get("/exercises/").content.decode()
    assert "Number 2" in page and "Number 1" in page and "Number 0" not in page
    older = page.split('href="?before=')[1].split('"')[0]
    page = visitor(world.people["carol"]).get(f"/exercises/?before={older}").content.decode()
    assert "Number 0" in page and "Number 1" not in page
