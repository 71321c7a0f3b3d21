"""The pages of a self-paced course: who may open them, what they say, and what they cost."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from members import clock, stand
from members.models import Attempt, Certificate, Course, LessonRead, Question
from members.training import bank, lessons, marking, progress, quizzes
from tests.conftest import NOON
from tests.members.training.attended import HOUR, course
from tests.members.training.learned import lesson, question, self_paced, take, wrong
from tests.members.world import World
from tests.pages import visitor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    monkeypatch.setattr(clock, "ask", lambda: NOON)


def to(of: Course, path: str = "") -> str:
    return f"/training/{of.item.reference}/lessons/{path}"


def said(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return answer.content.decode()


def act(client: Client, path: str, **body: Any) -> str:
    """What the page says once it was pressed."""
    answer = client.post(path, body, follow=True)
    assert answer.status_code == 200, path
    return answer.content.decode()


def cost(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        client.get(path)
    return len(queries)


def typed(attempt: Attempt, *, rightly: bool = True) -> dict[str, list[str]]:
    """What a browser sends: the places at which the choices are shown."""
    return {
        f"q-{one.code}": [
            str(place)
            for place, position in enumerate(marking.order(attempt.code, one))
            if (position in one.right) == rightly
        ][: None if rightly else 1]
        for one in quizzes.questions(attempt)
    }


def test_a_learner_goes_through_it_from_the_first_lesson_to_the_certificate(world: World) -> None:
    made, alice = self_paced(world, cpd_minutes=30), visitor(world.people["alice"])
    one, two = lesson(made, 1), lesson(made, 2)
    page = said(alice, f"/training/{made.item.reference}/")
    assert f'href="{to(made)}"' in page
    page = said(alice, to(made))
    assert "0 of 2 lessons done." in page and page.count("To do") == 2 and "Begin" in page
    page = said(alice, to(made, f"{one.code}/"))
    assert "Lesson 1 of 2" in page and "<p>Text 1.</p>" in page
    page = act(alice, to(made, f"{one.code}/read/"))
    assert "2 questions, on one page." in page and "You pass with 80 per cent." in page
    page = act(alice, to(made, f"{one.code}/quiz/begin/"))
    assert page.count("<legend") == 2 and page.count('type="radio"') == 6 and "Why Question" not in page
    attempt = Attempt.objects.get()
    page = act(alice, to(made, f"{one.code}/quiz/{attempt.code}/hand-in/"), **typed(attempt))
    assert "2 of 2 right: 100 per cent." in page and page.count("– right, and you chose it") == 2
    assert page.count("Why Question") == 2 and "Go on with “Lesson 2”" in page
    assert "1 of 2 lessons done." in (page := said(alice, to(made))) and "Passed with 100 per cent" in page
    act(alice, to(made, f"{two.code}/read/"))
    act(alice, to(made, f"{two.code}/quiz/begin/"))
    attempt = Attempt.objects.get(lesson=two)
    page = act(alice, to(made, f"{two.code}/quiz/{attempt.code}/hand-in/"), **typed(attempt))
    certificate = Certificate.objects.get()
    assert "You have completed the course." in page and certificate.cpd_minutes == 30
    link = re.search(r'href="(/training/certificates/[^"]+)"', said(alice, to(made)))
    assert link and "Phishing first aid" in said(alice, link[1])


def test_a_lesson_without_a_quiz_leads_to_the_next(world: World) -> None:
    made, alice = self_paced(world, bank=0), visitor(world.people["alice"])
    page = act(alice, to(made, f"{lesson(made, 1).code}/read/"))
    assert "Lesson 2 of 2" in page and "“Lesson 1” is done." in page
    page = act(alice, to(made, f"{lesson(made, 2).code}/read/"))
    assert "2 of 2 lessons done." in page and "You completed this course on 1 November 2026." in page
    assert "no quiz" in said(alice, to(made, f"{lesson(made).code}/quiz/"))


def test_where_something_is_unanswered_the_page_says_which_and_keeps_the_rest(world: World) -> None:
    made, alice = self_paced(world), visitor(world.people["alice"])
    attempt = quizzes.begin(world.people["alice"], lesson(made), NOON)
    sent = typed(attempt)
    del sent[f"q-{attempt.asked[1]}"]
    page = act(alice, to(made, f"{lesson(made).code}/quiz/{attempt.code}/hand-in/"), **sent)
    assert f'<a href="#id_q-{attempt.asked[1]}_0">Answer question 2.</a>' in page and "<title>Error:" in page
    assert page.count(" checked") == 1
    attempt.refresh_from_db()
    assert attempt.handed_in_at is None and attempt.chosen == {}


def test_several_right_ones_are_ticked_and_the_page_says_so(world: World) -> None:
    made, alice = self_paced(world, bank=0), visitor(world.people["alice"])
    question(lesson(made), "Which two?", right=[0, 2])
    page = act(alice, to(made, f"{lesson(made).code}/quiz/begin/"))
    assert page.count('type="checkbox"') == 3 and "Choose all that apply." in page
    attempt = Attempt.objects.get()
    path = to(made, f"{lesson(made).code}/quiz/{attempt.code}/hand-in/")
    only_one = {name: places[:1] for name, places in typed(attempt).items()}
    page = act(alice, path, **only_one)
    assert "0 of 1 right: 0 per cent." in page and "– right, and you did not choose it" in page


@pytest.mark.parametrize("bad", ["3", "-1", "x", "", "0 ", "9" * 50, "\0", "٣"])
def test_a_choice_that_there_is_not_is_refused_in_words(world: World, bad: str) -> None:
    made, alice = self_paced(world), visitor(world.people["alice"])
    attempt = quizzes.begin(world.people["alice"], lesson(made), NOON)
    first = f"q-{attempt.asked[0]}"
    page = act(alice, to(made, f"{lesson(made).code}/quiz/{attempt.code}/hand-in/"), **{**typed(attempt), first: bad})
    assert "Error:" in page and "question 1" in page
    attempt.refresh_from_db()
    assert attempt.handed_in_at is None


def test_what_was_not_asked_is_not_looked_at(world: World) -> None:
    made, alice = self_paced(world), visitor(world.people["alice"])
    attempt = quizzes.begin(world.people["alice"], lesson(made), NOON)
    more = {f"q-{lesson(made, 2).questions.earliest('pk').code}": "0", "q-": "0", "score": "100", "passed": "1"}
    path = to(made, f"{lesson(made).code}/quiz/{attempt.code}/hand-in/")
    assert "0 of 2 right" in act(alice, path, **typed(attempt, rightly=False), **more)


def test_the_page_gives_away_nothing_by_where_or_how_choices_stand(world: World) -> None:
    made, alice = self_paced(world, bank=20), visitor(world.people["alice"])
    lesson(made).questions.update(text="Which?", why="")
    type(lesson(made)).objects.update(asks=20)
    page = act(alice, to(made, f"{lesson(made).code}/quiz/begin/"))
    labels = re.findall(r"govuk-radios__label\" for=\"[^\"]+\">([^<]+)<", page)
    firsts = labels[::3]
    assert len(firsts) == 20 and set(firsts) == {"Right", "Wrong", "Also wrong"}
    assert re.findall(r'type="radio"[^>]* value="(\d)"', page) == ["0", "1", "2"] * 20


def test_a_second_tab_shares_it_and_after_the_first_handed_in_shows_how_it_went(world: World) -> None:
    made, alice = self_paced(world), visitor(world.people["alice"])
    begin = to(made, f"{lesson(made).code}/quiz/begin/")
    assert re.findall("q-[A-Z0-9]{8}", act(alice, begin)) == re.findall("q-[A-Z0-9]{8}", act(alice, begin))
    attempt = Attempt.objects.get()
    path = to(made, f"{lesson(made).code}/quiz/{attempt.code}/")
    assert "Hand in" in act(alice, to(made, f"{lesson(made).code}/quiz/begin/"))
    assert alice.get(path).headers["Location"] == to(made, f"{lesson(made).code}/quiz/")
    act(alice, f"{path}hand-in/", **typed(attempt, rightly=False))
    page = act(alice, f"{path}hand-in/", **typed(attempt))
    assert "It was handed in already." in page and "0 of 2 right" in page
    assert "Take the quiz again" in page and "Begin the quiz" in said(alice, to(made, f"{lesson(made).code}/quiz/"))


def test_nobody_sees_anothers_quiz(world: World) -> None:
    made = self_paced(world)
    attempt = take(world, "alice", lesson(made))
    path = to(made, f"{lesson(made).code}/quiz/{attempt.code}/")
    said(visitor(world.people["alice"]), path)
    for who in ("bob", "carol"):
        said(visitor(world.people[who]), path, 404)
        assert visitor(world.people[who]).post(f"{path}hand-in/").status_code == 404
    other = to(made, f"{lesson(made, 2).code}/quiz/{attempt.code}/")
    said(visitor(world.people["alice"]), other, 404)


LEARNING = ("", "{lesson}/", "{lesson}/quiz/")
TEACHING = ("edit/", "new/", "{lesson}/edit/", "{lesson}/remove/", "{lesson}/questions/", "{lesson}/questions/new/",
            "{lesson}/questions/{question}/")  # fmt: skip
ACTS = ("certificate/", "{lesson}/read/", "{lesson}/quiz/begin/", "{lesson}/quiz/XXXXXXXX/hand-in/", "new/",
        "{lesson}/edit/", "{lesson}/move/", "{lesson}/remove/", "{lesson}/questions/new/",
        "{lesson}/questions/{question}/", "{lesson}/questions/{question}/retire/")  # fmt: skip


def paths(of: Course, kinds: tuple[str, ...]) -> list[str]:
    first = lesson(of)
    names = {"lesson": first.code, "question": first.questions.earliest("pk").code}
    return [to(of, one.format(**names)) for one in kinds]


@pytest.mark.parametrize("who", ["alice", "kate", "wendy"])
def test_what_is_hidden_and_what_is_not_there_look_alike_and_cost_the_same(world: World, who: str) -> None:
    hidden = self_paced(world, "AMBER", grants=[{"organisation": "solihull"}])
    client = visitor(world.people[who])
    for path in paths(hidden, LEARNING + TEACHING):
        nowhere = path.replace(hidden.item.reference, "WM-22222")
        assert re.sub("name=.csrf.*?>", "", said(client, path, 404)) == re.sub(
            "name=.csrf.*?>", "", said(client, nowhere, 404)
        )
        assert cost(client, path) == cost(client, nowhere), path
    for path in paths(hidden, ACTS):
        assert client.post(path, {"title": "x"}).status_code == 404, path
    assert not LessonRead.objects.exists() and not Attempt.objects.exists()
    for path in paths(hidden, LEARNING):
        said(visitor(world.people["bob"]), path)


def test_whoever_only_reads_it_opens_nothing_of_who_teaches_it(world: World) -> None:
    made = self_paced(world)
    for path in paths(made, TEACHING):
        said(visitor(world.people["carol"]), path)
        said(visitor(world.people["alice"]), path, 404)
        said(visitor(world.people["brian"]), path, 404)
        assert visitor().get(path).status_code == 302
    for path in paths(made, ACTS[4:]):
        assert visitor(world.people["alice"]).post(path, {"to": "up"}).status_code == 404, path
    assert lesson(made).questions.filter(retired_at=None).count() == 3


def test_a_clear_course_is_read_by_everybody_and_only_who_is_signed_in_keeps_anything(world: World) -> None:
    made, somebody = self_paced(world, "CLEAR"), visitor()
    page = said(somebody, to(made))
    assert "Sign in to keep how far you are" in page and "To do" not in page
    page = said(somebody, to(made, f"{lesson(made).code}/"))
    assert "Text 1." in page and "Mark as read" not in page and "Next lesson" in page
    for path in (f"{lesson(made).code}/read/", f"{lesson(made).code}/quiz/begin/", "certificate/"):
        assert "/account/login/" in somebody.post(to(made, path)).headers["Location"]
    assert "/account/login/" in somebody.get(to(made, f"{lesson(made).code}/quiz/")).headers["Location"]
    said(somebody, to(self_paced(world)), 404)


def test_a_course_in_sessions_has_no_lessons_page(world: World) -> None:
    taught = course(world)
    for who in ("alice", "carol"):
        said(visitor(world.people[who]), to(taught), 404)
    said(visitor(world.people["carol"]), to(taught, "edit/"), 404)
    assert to(taught) not in said(visitor(world.people["alice"]), f"/training/{taught.item.reference}/")


def test_a_draft_is_a_preview_for_its_coordinators(world: World) -> None:
    draft, carol = self_paced(world, label=""), visitor(world.people["carol"])
    page = said(carol, to(draft, f"{lesson(draft).code}/"))
    assert "The course is not published" in page and "Text 1." in page and "Mark as read" not in page
    assert "Begin the quiz" not in said(carol, to(draft, f"{lesson(draft).code}/quiz/"))
    assert "not open now" in act(carol, to(draft, f"{lesson(draft).code}/read/"))
    assert "not open now" in act(carol, to(draft, f"{lesson(draft).code}/quiz/begin/"))
    assert "not open now" in act(carol, to(draft, "certificate/"))
    said(visitor(world.people["alice"]), to(draft), 404)


def test_withdrawn_under_a_quiz_the_learner_is_told_and_nothing_is_marked(world: World) -> None:
    made, alice, carol = self_paced(world), visitor(world.people["alice"]), visitor(world.people["carol"])
    own = {who: quizzes.begin(world.people[who], lesson(made), NOON) for who in ("alice", "carol")}
    stand.withdraw(made.item, NOON)
    path = to(made, f"{lesson(made).code}/quiz/{{}}/hand-in/")
    page = act(alice, path.format(own["alice"].code), **typed(own["alice"]))
    assert f"{made.item.reference} is withdrawn" in page and made.title not in page
    for one in paths(made, LEARNING):
        assert "is withdrawn" in said(alice, one)
        said(visitor(world.people["olive"]), one, 404)
    assert "is withdrawn" not in said(alice, to(made, "edit/"), 404)
    assert "not open now" in act(carol, path.format(own["carol"].code), **typed(own["carol"]))
    assert "Hand in" not in said(carol, to(made, f"{lesson(made).code}/quiz/"))
    assert not Attempt.objects.exclude(handed_in_at=None).exists()


def test_a_coordinator_writes_a_lesson_and_its_questions_on_their_pages(world: World) -> None:
    made, carol = self_paced(world, label="", lessons=0), visitor(world.people["carol"])
    assert "No lesson is written yet." in said(carol, to(made, "edit/"))
    page = act(carol, to(made, "new/"), title="Look twice", text="## Where\n\n- the sender", asks="2")
    assert '<h2 class="govuk-heading-m">Where</h2>' in page and "Saved. This is how it is read." in page
    first = lesson(made)
    there = to(made, f"{first.code}/questions/")
    sent = {"text": "Which?", "right": "this\r\n\r\nthat ", "wrong": "<b>", "why": "Because."}
    page = act(carol, f"{there}new/", **sent)
    assert "Saved." in page and "<bdi>&lt;b&gt;</bdi>" in page and page.count("– right") == 2
    one = Question.objects.get()
    assert (one.choices, one.right, one.why) == (["this", "that", "<b>"], [0, 1], "Because.")
    page = said(carol, f"{there}{one.code}/")
    assert "this\nthat</textarea>" in page and "&lt;b&gt;</textarea>" in page
    page = act(carol, f"{there}{one.code}/", **{**sent, "wrong": "THIS"})
    assert "Two of its answers are the same." in page and "Because." in page
    assert "1 of them" not in page
    page = act(carol, f"{there}{one.code}/retire/", act="retire")
    assert "The question is retired." in page and "Use it again" in page
    assert "The question is in use again." in act(carol, f"{there}{one.code}/retire/", act="restore")
    page = act(carol, to(made, f"{first.code}/edit/"), title="", text="x", asks="200")
    assert "Fill in “Title”." in page and "less than or equal to 20" in page


def test_lessons_are_put_in_order_by_buttons_and_removed_after_a_question(world: World) -> None:
    made, carol = self_paced(world, lessons=3), visitor(world.people["carol"])
    page = said(carol, to(made, "edit/"))
    assert page.count('value="up"') == 2 and page.count('value="down"') == 2
    page = act(carol, to(made, f"{lesson(made, 3).code}/move/"), to="up")
    assert page.index("Lesson 1") < page.index("Lesson 3</bdi>") < page.index("Lesson 2</bdi>")
    take(world, "alice", lesson(made, 1))
    two = made.lessons.get(title="Lesson 2")
    assert "can’t be brought back" in said(carol, to(made, f"{two.code}/remove/"))
    assert "“Lesson 2” is removed." in act(carol, to(made, f"{two.code}/remove/"))
    assert "so it stays" in act(carol, to(made, f"{lesson(made, 1).code}/remove/"))
    assert made.lessons.count() == 2


def test_coordinators_see_counts_and_no_name(world: World) -> None:
    made, carol = self_paced(world, lessons=1, bank=1), visitor(world.people["carol"])
    for who in ("alice", "alan", "bob", "dora"):
        take(world, who, lesson(made))
    there = to(made, f"{lesson(made).code}/questions/")
    assert "people answered it" not in said(carol, there)
    take(world, "wendy", lesson(made), rightly=False)
    page = said(carol, there)
    assert "5 people answered it, about 80 per cent of them rightly the first time." in page
    page += said(carol, to(made, "edit/"))
    assert "Began it: 5. Completed it: 0." in page
    assert not [name for name in ("Alice", "Alan", "Bob", "Dora", "Wendy") if name in page]


def test_who_changed_a_lesson_away_under_somebodys_hands_is_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    made, carol = self_paced(world), world.people["carol"]
    gone = lesson(made, 2)
    lessons.remove(carol, gone, NOON)
    for who in ("alice", "carol"):
        said(visitor(world.people[who]), to(made, f"{gone.code}/"), 404)
    one = lesson(made).questions.earliest("pk")
    quizzes.begin(world.people["alice"], lesson(made), NOON)
    bank.change(carol, one, NOON, text="Other?", choices=["a", "b"], right=[0])
    page = act(visitor(carol), to(made, f"{lesson(made).code}/questions/{one.code}/"), text="x", right="a", wrong="b")
    assert "It is retired." in page


def test_text_that_was_typed_is_words(world: World) -> None:
    made, alice = self_paced(world, bank=1), visitor(world.people["alice"])
    bad = "<script>alert(1)</script>"
    type(lesson(made)).objects.filter(course=made).update(title=bad, text=bad)
    Question.objects.update(text=bad, choices=[bad, "x"], why=bad)
    begun = quizzes.begin(world.people["alice"], lesson(made), NOON)
    pages = said(alice, to(made)) + said(alice, to(made, f"{lesson(made).code}/"))
    pages += said(alice, to(made, f"{lesson(made).code}/quiz/"))
    quizzes.hand_in(world.people["alice"], begun, NOON, wrong(begun))
    pages += said(alice, to(made, f"{lesson(made).code}/quiz/{begun.code}/"))
    assert bad not in pages and pages.count("&lt;script&gt;") >= 8


def test_a_revoked_certificate_says_so_where_it_was(world: World) -> None:
    made = self_paced(world, lessons=1, bank=0)
    progress.read(world.people["alice"], lesson(made), NOON)
    Certificate.objects.update(revoked_at=NOON, revoked_because="A mistake.")
    page = said(visitor(world.people["alice"]), to(made))
    assert "Your certificate was revoked:" in page and "A mistake." in page and "Get your certificate" not in page


def test_where_what_lacked_has_gone_a_button_gives_the_certificate(world: World) -> None:
    made, alice = self_paced(world, bank=0), visitor(world.people["alice"])
    act(alice, to(made, f"{lesson(made, 1).code}/read/"))
    assert "left to do" in act(alice, to(made, "certificate/"))
    lesson(made, 2).delete()
    assert "Get your certificate" in said(alice, to(made))
    assert "You completed this course" in act(alice, to(made, "certificate/"))


def test_pages_cost_the_same_for_ten_as_for_one(world: World) -> None:
    small, large = self_paced(world, lessons=1, bank=1), self_paced(world, lessons=10, bank=10)
    type(lesson(large)).objects.filter(course=large).update(asks=10)
    alice, carol = visitor(world.people["alice"]), visitor(world.people["carol"])
    for who in ("alice", "alan", "bob", "dora", "wendy", "mia"):
        take(world, who, lesson(large), NOON - HOUR)
    results = {of.pk: take(world, "alice", lesson(of)) for of in (small, large)}
    for of in (small, large):
        quizzes.begin(world.people["alice"], lesson(of), NOON)
    for client in (alice, carol):
        client.get(to(small))  # the first page of a session costs more
    counted = {
        of.pk: [
            cost(alice, to(of)), cost(alice, to(of, f"{lesson(of).code}/")),
            cost(alice, to(of, f"{lesson(of).code}/quiz/")),
            cost(alice, to(of, f"{lesson(of).code}/quiz/{results[of.pk].code}/")),
            cost(carol, to(of, "edit/")), cost(carol, to(of, f"{lesson(of).code}/questions/")),
        ]
        for of in (small, large)
    }  # fmt: skip
    assert counted[large.pk] == counted[small.pk] == [16, 15, 14, 18, 16, 16]
