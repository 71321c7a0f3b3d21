"""The pages of an exercise for those who play and watch it: what came to them, and nothing else."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from members import clock
from members.models import Reply
from tests.members.exercises.game import SCENARIO, Game, game
from tests.members.world import World

SHOUT = "EXERCISE EXERCISE EXERCISE"
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch, noon: datetime) -> None:
    monkeypatch.setattr(clock, "ask", lambda: noon)


@pytest.fixture
def played(world: World, noon: datetime) -> Game:
    """Begun, with the first two injects sent."""
    made = game(world, noon)
    made.start()
    for number in (1, 2):
        if made.inject(number).state == "waiting":
            made.send(number, noon)
    return made


def asked(client: Client, path: str, **headers: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path, headers=headers).status_code == 200
    return len(queries)


def test_before_it_begins_players_read_the_briefing_and_no_inject(world: World, noon: datetime) -> None:
    made = game(world, noon)
    page = made.page("alice", made.path("detail"))
    assert "It has not begun yet" in page and "You are yourselves." in page
    assert "lamps" not in page and "To see who reads" not in page and "It begins" not in page
    for number in (1, 2, 3):
        assert made.browser("alice").get(made.path("inject", made.inject(number).code)).status_code == 404


def test_before_they_are_invited_nobody_but_who_leads_it_finds_it(world: World, noon: datetime) -> None:
    made = game(world, noon, invited=False)
    for name, status in (("carol", 200), ("alice", 404), ("dora", 404), ("kate", 404)):
        assert made.browser(name).get(made.path("detail")).status_code == status, name
    assert "A small one" not in made.page("alice", "/exercises/")
    assert "A small one" in made.page("carol", "/exercises/")


def test_a_player_sees_what_came_to_their_own_team_and_nothing_else(played: Game) -> None:
    for name, sees, never in (("alice", "The server room", "A reporter"), ("wendy", "It begins", "The server room")):
        page = played.page(name, played.path("detail"))
        assert sees in page and never not in page
    second, third = played.inject(2), played.inject(3)
    for name, status in (("alice", 200), ("bob", 200), ("wendy", 404), ("alan", 404), ("dora", 200), ("carol", 200)):
        assert played.browser(name).get(played.path("inject", second.code)).status_code == status, name
        assert played.browser(name).get(played.path("file", second.code)).status_code == status, name
    for name, status in (("wendy", 404), ("dora", 404), ("carol", 200)):  # it has not come yet
        assert played.browser(name).get(played.path("inject", third.code)).status_code == status, name


def test_what_is_expected_is_for_who_leads_and_who_watches(played: Game) -> None:
    for name, shown in (("alice", False), ("bob", False), ("dora", True), ("carol", True)):
        assert ("Light a candle." in played.page(name, played.path("inject", played.inject(1).code))) == shown, name


def test_who_has_no_part_in_it_gets_the_404_of_nothing_everywhere(played: Game) -> None:
    code = played.inject(1).code
    gets = [
        ("detail", ()),
        ("inject", (code,)),
        ("file", (code,)),
        ("board", ()),
        ("report", ()),
        ("report-csv", ()),
        ("scenario", ()),
        ("edit", ()),
        ("people", ()),
        ("inject-new", ()),
        ("inject-edit", (code,)),
        ("end", ()),
    ]
    posts = [
        ("reply", (code,)),
        ("act", ()),
        ("inject-act", (code,)),
        ("note", ()),
        ("actions", ()),
        ("teams", ()),
        ("action", ("NOTHING2",)),
        ("end", ()),
        ("people", ()),
    ]
    for name in ("mia", "kate", "olive", "brian", "ursula", "cuth", "root"):
        browser = played.browser(name)
        browser.get("/exercises/WM-77777/")  # their name in the audit is made at the first
        for method, asks in (("get", gets), ("post", posts)):
            for route, more in asks:
                there = played.path(route, *more)
                assert getattr(browser, method)(there).status_code == 404, (name, route)
                nothing = there.replace(played.ref, "WM-22222")
                with CaptureQueriesContext(connection) as one, CaptureQueriesContext(connection) as _other:
                    first = getattr(browser, method)(there)
                with CaptureQueriesContext(connection) as two:
                    second = getattr(browser, method)(nothing)
                assert (first.content, len(one)) == (second.content, len(two)), (name, route)


def test_players_and_observers_lead_nothing(played: Game) -> None:
    code = played.inject(3).code
    for name in ("alice", "dora"):
        browser = played.browser(name)
        for route, more in (
            ("board", ()),
            ("scenario", ()),
            ("edit", ()),
            ("people", ()),
            ("inject-new", ()),
            ("inject-edit", (code,)),
            ("end", ()),
        ):
            assert browser.get(played.path(route, *more)).status_code == 404, (name, route)
        for route, more, body in (
            ("act", (), {"act": "pause"}),
            ("inject-act", (code,), {"act": "send"}),
            ("actions", (), {}),
            ("end", (), {}),
            ("teams", (), {"act": "add", "name": "x"}),
        ):
            assert browser.post(played.path(route, *more), body).status_code == 404, (name, route)
    assert played.fresh().state == "running"


def test_who_is_signed_out_is_asked_to_sign_in_whatever_the_address(played: Game) -> None:
    for path in ("/exercises/", played.path("detail"), "/exercises/WM-22222/"):
        answer = Client(SERVER_NAME="localhost").get(path)
        assert answer.status_code == 302 and "/account/login/" in answer.headers["Location"]


def test_acknowledged_once_for_the_organisation_and_answered_in_words(played: Game) -> None:
    one = played.inject(1)
    page = played.page("alice", played.path("inject", one.code))
    assert "You are asked to acknowledge this by T+0:10." in page
    for name in ("alice", "alan"):
        answer = played.browser(name).post(played.path("reply", one.code), {"act": "acknowledge"}, follow=True)
        assert answer.status_code == 200
    assert Reply.objects.filter(inject=one, what="acknowledged").count() == 1
    assert "Acknowledged by Alice" in played.page("alan", played.path("inject", one.code))
    said = {"act": "answer", "words": "  We light\r\na candle.  "}
    played.browser("bob").post(played.path("reply", one.code), said)
    assert "We light" in played.page("bob", played.path("inject", one.code))
    for name, shown in (("alice", False), ("wendy", False), ("dora", True), ("carol", True)):
        assert ("We light" in played.page(name, played.path("inject", one.code))) == shown, name


def test_an_empty_answer_is_refused_at_its_field_and_a_long_one_with_what_was_typed(played: Game) -> None:
    one = played.inject(1)
    for words, why in (("", "Fill in “Your answer”."), ("x" * 5001, "at most 5000 characters")):
        answer = played.browser("bob").post(played.path("reply", one.code), {"act": "answer", "words": words})
        page = answer.content.decode()
        assert answer.status_code == 200 and why in page and "govuk-error-summary" in page and words in page
    assert not Reply.objects.filter(what="answered").exists()


def test_nobody_replies_to_what_did_not_come_to_them_nor_while_only_watching(played: Game) -> None:
    for name, number in (("wendy", 2), ("dora", 1), ("carol", 1), ("alice", 3)):
        for body in ({"act": "acknowledge"}, {"act": "answer", "words": "x"}):
            path = played.path("reply", played.inject(number).code)
            assert played.browser(name).post(path, body).status_code == 404, (name, number)
    assert (
        played.browser("alice").post(played.path("reply", played.inject(1).code), {"act": "dance"}).status_code == 404
    )
    assert not Reply.objects.exists()


def test_a_file_is_plain_text_that_says_it_is_an_exercise(played: Game) -> None:
    answer = played.browser("alice").get(played.path("file", played.inject(2).code))
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="EXERCISE-smoke.log"'
    assert answer.content.decode() == f"{SHOUT}\n\n198.51.100.7 smoke"
    assert played.browser("alice").get(played.path("file", played.inject(1).code)).status_code == 404  # there is none
    for text, begins in ((f"From: a\n{SHOUT}\nb", "From"), ("a line\n" * 200 + SHOUT, SHOUT)):
        played.exercise.injects.filter(number=2).update(attachment=text)
        said = played.browser("alice").get(played.path("file", played.inject(2).code)).content.decode()
        assert said.startswith(begins) and said.endswith(text)


def test_every_page_says_that_it_is_an_exercise_in_its_title_above_and_below(played: Game) -> None:
    code = played.inject(1).code
    carols = [
        "/exercises/",
        "/exercises/new/",
        *(played.path(name) for name in ("detail", "edit", "people", "inject-new", "board", "end", "report")),
    ]
    asked_for = [("carol", one) for one in [*carols, played.path("inject-edit", played.inject(3).code)]]
    asked_for += [
        (name, played.path(*which)) for name in ("alice", "dora") for which in (("detail",), ("inject", code))
    ]
    for name, path in asked_for:
        page = played.page(name, path)
        assert f"<title>{SHOUT}: " in page, path
        before, main = page.split("<main", 1)
        assert before.count(SHOUT) >= 2 and SHOUT in main.split("</main>")[1], path


def test_to_htmx_the_page_gives_what_came_alone(played: Game) -> None:
    answer = played.browser("alice").get(played.path("detail"), headers=HTMX)
    page = answer.content.decode()
    assert page.lstrip().startswith('<div id="came" data-live') and "<html" not in page and "The server room" in page
    assert "hx-get" in page
    played.end(played.after(20))
    over = played.browser("alice").get(played.path("detail"), headers=HTMX).content.decode()
    assert "The server room" in over and "hx-get" not in over  # nothing more comes


def test_an_observer_notes_what_is_seen_and_players_never_read_it(played: Game) -> None:
    one = played.inject(1)
    said = {
        "words": "They looked at each other.",
        "inject": one.code,
        "organisation": "brum",
        "met": "partly",
        "back": played.path("inject", one.code),
    }
    answer = played.browser("dora").post(played.path("note"), said)
    assert (answer.status_code, answer.headers["Location"]) == (302, played.path("inject", one.code))
    for name, path in (("dora", played.path("detail")), ("carol", played.path("board"))):
        assert "They looked at each other." in played.page(name, path)
    for path in (played.path("detail"), played.path("inject", one.code)):
        assert "They looked" not in played.page("alice", path)
    assert played.browser("alice").post(played.path("note"), said).status_code == 404


def test_a_note_without_anything_in_it_or_back_to_elsewhere_goes_nowhere(played: Game) -> None:
    empty = played.browser("dora").post(played.path("note"), {"words": "", "met": ""})
    assert "There is nothing in it yet" in empty.content.decode()
    alone = played.browser("dora").post(played.path("note"), {"met": "yes"})
    assert "Say of which organisation" in alone.content.decode()
    for back in ("https://evil.example/", "//evil.example/", "evil", "answer", ""):
        away = played.browser("dora").post(played.path("note"), {"words": "x", "back": back})
        assert away.headers["Location"] == played.path("detail"), back


def test_pages_take_as_many_statements_for_many_as_for_few(world: World, noon: datetime) -> None:
    many = "".join(
        f'  - {{at: "1:{n:02}", title: More {n}, teams: all, text: x, acknowledge: yes,'
        f" attachment: {{name: a.txt, text: x}}}}\n"
        for n in range(12)
    )
    few, full = game(world, noon), game(world, noon, SCENARIO + many)
    for made in (few, full):
        made.start()
        for one in made.exercise.injects.filter(state="waiting"):
            made.send(one.number, noon)
    for one in full.exercise.injects.all():
        full.browser("alice").post(full.path("reply", one.code), {"act": "answer", "words": "x"})
    for name, routes in (
        ("alice", ["detail"]),
        ("dora", ["detail", "report"]),
        ("carol", ["detail", "board", "report", "people", "edit"]),
    ):
        for route in routes:
            small, large = (asked(made.browser(name), made.path(route)) for made in (few, full))
            assert small == large <= 40, (name, route, small, large)
    assert asked(few.browser("alice"), few.path("detail")) <= 24
    assert asked(few.browser("alice"), few.path("detail"), **{"HX-Request": "true"}) <= 20
