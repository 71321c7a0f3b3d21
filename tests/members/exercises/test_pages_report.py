"""What came of an exercise: all of it for who led or observed, their own for players, as page, as table, on paper."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, timedelta

import pytest

from members import clock
from members.models import Action, AuditRow
from tests.members.exercises.game import Game, game
from tests.members.world import World


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch, noon: datetime) -> list[datetime]:
    hands = [noon]
    monkeypatch.setattr(clock, "ask", lambda: hands[0])
    return hands


@pytest.fixture
def over(world: World, noon: datetime, now: list[datetime]) -> Game:
    """Played and ended: solihull acknowledged after 4 minutes, brum after 12 (late), walsall never."""
    made = game(world, noon)
    made.start()
    for number in (1, 2):
        if made.inject(number).state == "waiting":
            made.send(number, noon)
    first, second = made.inject(1).code, made.inject(2).code
    for name, minutes, code, body in (
        ("bob", 4, first, {"act": "acknowledge"}),
        ("bob", 5, second, {"act": "answer", "words": "=cmd|' /C calc'!A0"}),
        ("alice", 12, first, {"act": "acknowledge"}),
        ("alice", 13, second, {"act": "answer", "words": "We ring 999."}),
    ):
        now[0] = noon + timedelta(minutes=minutes)
        assert made.browser(name).post(made.path("reply", code), body).status_code == 302
    said = {"words": "Quick", "inject": second, "organisation": "brum", "met": "yes"}
    assert made.browser("dora").post(made.path("note"), said).status_code == 302
    now[0] = noon + timedelta(minutes=20)
    made.end(now[0])
    return made


def words(page: str) -> str:
    return " ".join(page.split())


def test_who_led_and_who_observed_read_all_of_it(over: Game) -> None:
    for name in ("carol", "dora"):
        page = words(over.page(name, over.path("report")))
        for said in (
            "2 of 3 injects came.",
            "3 organisations played.",
            "2 of 3 acknowledgements were given, 1 of 3 in the time",
            "Ring the fire brigade.",
            "We ring 999.",
            "as expected",
            "not judged",
            "To see who reads",
            "Noted by Dora",
            "solihull acknowledged (Bob): 1. It begins",
            "2 of 3 acknowledged. Half of them within 12 min.",
        ):
            assert said in page, (name, said)
        assert "4 min" in page and "12 min" in page and "not acknowledged" in page and "<svg" in page


def test_players_read_what_concerns_their_own_after_the_end_and_nothing_before(
    world: World, noon: datetime, now: list[datetime]
) -> None:
    made = game(world, noon)
    assert made.browser("carol").get(made.path("report")).status_code == 404  # nothing came of it yet
    made.start()
    assert made.browser("alice").get(made.path("report")).status_code == 404
    assert made.browser("carol").get(made.path("report")).status_code == 200


def test_of_others_players_read_nothing(over: Game) -> None:
    page = words(over.page("alice", over.path("report")))
    assert "We ring 999." in page and "brum" in page and "12 min" in page
    for never in (
        "calc",
        "Bob",
        "solihull",
        "walsall",
        "Ring the fire brigade",
        "Light a candle",
        "Quick",
        "To see who reads",
        "Who sees to it",
        "report.csv",
    ):
        assert never not in page, never
    press = words(over.page("wendy", over.path("report")))
    assert "The server room" not in press and "It begins" in press and "0 of 1" in press
    for name in ("alice", "bob", "wendy", "mia", "kate"):
        assert over.browser(name).get(over.path("report-csv")).status_code == 404, name


def rows(game: Game, name: str = "carol") -> list[dict[str, str]]:
    answer = game.browser(name).get(game.path("report-csv"))
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="EXERCISE-TLP-')
    return list(csv.DictReader(io.StringIO(answer.content.decode())))


def test_as_a_table_each_line_says_exercise_and_no_cell_is_a_formula(over: Game) -> None:
    over.browser("carol").post(over.path("actions"), {"text": "+1 candle", "owner": "@home", "due_on": "2026-12-24"})
    found = rows(over)
    assert {row["exercise"] for row in found} == {"EXERCISE EXERCISE EXERCISE"}
    texts = [row["text"] for row in found]
    assert "'=cmd|' /C calc'!A0" in texts and "'+1 candle" in texts
    assert not any(value[:1] in ("=", "+", "@") for row in found for value in row.values())
    medians = {row["organisation"]: row["number"] for row in found if row["what"] == "median seconds"}
    assert medians == {"brum": "720", "solihull": "240", "walsall": ""}
    judged = {(row["inject"], row["organisation"]): row["what"] for row in found if row["section"] == "judged"}
    assert judged["2", "brum"] == "yes" and judged["2", "solihull"] == "not judged"
    waiting = next(row for row in found if row["title"] == "A reporter")
    assert (waiting["what"], waiting["planned"], waiting["time"]) == ("waiting", "T+0:30", "")
    assert AuditRow.objects.filter(verb="export", reference=over.ref).count() == 1
    assert rows(over, "dora")


def test_actions_have_an_owner_and_a_day_and_are_done_or_taken_away(over: Game) -> None:
    carol, path = over.browser("carol"), over.path("actions")
    for body, said in (
        ({"text": "", "owner": "IT", "due_on": "2026-12-24"}, "Fill in “What is to be done”."),
        ({"text": "x", "owner": "", "due_on": "2026-12-24"}, "Fill in “Who sees to it”."),
        ({"text": "x", "owner": "IT", "due_on": "soon"}, "Write the date like 2026-12-31."),
        ({"text": "x", "owner": "IT", "due_on": "1026-12-31"}, "There is no such day"),
    ):
        page = carol.post(path, body).content.decode()
        assert said in page and "govuk-error-summary" in page
    good = {"text": "Buy candles", "owner": "Head of IT", "due_on": "2026-12-24"}
    for _twice in range(2):
        assert carol.post(path, good).status_code == 302
    one = Action.objects.get()
    assert (one.due_on, one.done_on) == (date(2026, 12, 24), None)
    for name in ("alice", "dora", "kate"):
        assert over.browser(name).post(path, good).status_code == 404, name
        assert over.browser(name).post(over.path("action", one.code), {"act": "done"}).status_code == 404, name
    assert "Buy candles" in over.page("dora", over.path("report"))
    carol.post(over.path("action", one.code), {"act": "done"})
    assert Action.objects.get().done_on == date(2026, 11, 1)
    carol.post(over.path("action", one.code), {"act": "reopen"})
    assert Action.objects.get().done_on is None
    assert carol.post(over.path("action", "NOTHING2"), {"act": "done"}).status_code == 404
    carol.post(over.path("action", one.code), {"act": "remove"})
    assert not Action.objects.exists()
    verbs = list(
        AuditRow.objects.filter(reference=over.ref, verb__endswith="_action")
        .order_by("pk")
        .values_list("verb", flat=True)
    )
    assert verbs == ["add_action", "do_action", "reopen_action", "remove_action"]


def test_an_action_of_another_exercise_is_out_of_reach(over: Game, world: World, noon: datetime) -> None:
    other = game(world, noon)
    other.start()
    over.browser("carol").post(over.path("actions"), {"text": "x", "owner": "IT", "due_on": "2026-12-24"})
    path = other.path("action", Action.objects.get().code)
    assert over.browser("carol").post(path, {"act": "remove"}).status_code == 404
    assert Action.objects.exists()
