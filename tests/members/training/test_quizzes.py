"""A quiz is drawn by chance, taken as often as somebody likes, and marked once; who did all of it has a certificate."""

from __future__ import annotations

from datetime import timedelta

import pytest

from members import leaving, stand
from members.models import Affiliation, Attempt, AuditRow, Certificate, Course, Item, LessonRead, Person
from members.place import place
from members.policy import Viewer
from members.refused import Refused
from members.trail import trail
from members.training import certifying, lessons, mending, progress, quizzes, steps
from tests.conftest import NOON
from tests.members.training.attended import course
from tests.members.training.learned import lesson, question, right, seeded, self_paced, take, wrong
from tests.members.world import World

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def finish(world: World, who: str, of: Course) -> None:
    """`who` reads every lesson and passes every quiz."""
    for step in steps.of(None, of):
        progress.read(world.people[who], step.lesson, NOON)
        if step.quiz:
            take(world, who, step.lesson)


def test_as_many_are_drawn_as_the_lesson_asks_each_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    first = lesson(self_paced(world, bank=4))
    codes = list(first.questions.order_by("pk").values_list("code", flat=True))
    seeded(monkeypatch, [2, 2])
    attempt = quizzes.begin(world.people["alice"], first, NOON)
    assert attempt.asked == [codes[2], codes[3]]
    seeded(monkeypatch, [3, 0])
    assert quizzes.begin(world.people["bob"], first, NOON).asked == [codes[3], codes[0]]


def test_a_bank_of_fewer_gives_what_it_has(world: World) -> None:
    attempt = quizzes.begin(world.people["alice"], lesson(self_paced(world, bank=1)), NOON)
    assert len(attempt.asked) == 1


def test_who_comes_back_or_opens_a_second_tab_has_the_same_questions(world: World) -> None:
    alice, first = world.people["alice"], lesson(self_paced(world, bank=20))
    attempt = quizzes.begin(alice, first, NOON)
    assert quizzes.begin(alice, first, NOON + HOUR) == attempt
    assert quizzes.begin(alice, first, NOON + HOUR).asked == attempt.asked
    assert quizzes.begin(world.people["bob"], first, NOON) != attempt
    assert AuditRow.objects.filter(verb="begin_quiz").count() == 2


def test_handed_in_twice_it_is_marked_once_and_the_next_is_drawn_anew(world: World) -> None:
    alice, first = world.people["alice"], lesson(self_paced(world))
    attempt = quizzes.begin(alice, first, NOON)
    assert quizzes.hand_in(alice, attempt, NOON, wrong(attempt)).score == 0
    again = quizzes.hand_in(alice, attempt, NOON + HOUR, right(attempt))
    assert (again.score, again.passed, again.handed_in_at) == (0, False, NOON)
    assert quizzes.begin(alice, first, NOON + HOUR) != attempt


def test_the_best_result_counts_and_a_worse_one_takes_nothing_away(world: World) -> None:
    alice, made = world.people["alice"], self_paced(world)
    for rightly in (False, True, False):
        take(world, "alice", lesson(made), rightly=rightly)
    step = steps.of(alice, made)[0]
    assert (step.best, step.passed, step.done) == (100, True, False)
    assert "to read" in step.status
    progress.read(alice, step.lesson, NOON)
    assert steps.of(alice, made)[0].status == "Passed with 100 per cent"


@pytest.mark.parametrize(("mark", "passes"), [(50, True), (51, False), (0, True)])
def test_it_is_passed_at_the_mark_of_the_course(world: World, mark: int, passes: bool) -> None:
    alice, made = world.people["alice"], self_paced(world)
    type(made).rows.update(pass_mark=mark)
    attempt = quizzes.begin(alice, lesson(made), NOON)
    half = dict([*wrong(attempt).items()][:1] + [*right(attempt).items()][1:])
    found = quizzes.hand_in(alice, attempt, NOON, half)
    assert (found.score, found.passed) == (50, passes)


def test_what_was_not_asked_or_is_no_choice_counts_for_nothing(world: World) -> None:
    alice, made = world.people["alice"], self_paced(world)
    elsewhere = lesson(made, 2).questions.earliest("pk")
    attempt = quizzes.begin(alice, lesson(made), NOON)
    one, other = attempt.asked
    found = quizzes.hand_in(alice, attempt, NOON, {elsewhere.code: [0], "": [0], one: [0, 99, -1], other: [7]})
    assert found.score == 50 and found.chosen == {one: [0], other: []}


def test_nobody_hands_in_for_another(world: World) -> None:
    attempt = quizzes.begin(world.people["alice"], lesson(self_paced(world)), NOON)
    with pytest.raises(Attempt.DoesNotExist):
        quizzes.hand_in(world.people["bob"], attempt, NOON, right(attempt))


def test_the_certificate_comes_with_the_last_that_is_done_and_once(world: World) -> None:
    alice, made = world.people["alice"], self_paced(world, cpd_minutes=45)
    take(world, "alice", lesson(made, 1))
    progress.read(alice, lesson(made, 1), NOON)
    progress.read(alice, lesson(made, 2), NOON)
    assert not Certificate.objects.exists()
    with pytest.raises(Refused, match="left to do"):
        progress.claim(alice, made, NOON)
    take(world, "alice", lesson(made, 2), NOON)
    take(world, "alice", lesson(made, 2), NOON + HOUR)
    found = Certificate.objects.get()
    assert (found.person, found.course, found.session) == (alice, made, None)
    assert (found.cpd_minutes, found.completed_on, found.organisation) == (45, NOON.date(), world.organisations["brum"])
    assert progress.claim(alice, made, NOON) == found


def test_it_comes_with_reading_where_there_is_no_quiz(world: World) -> None:
    alice, made = world.people["alice"], self_paced(world, lessons=1, bank=0)
    progress.read(alice, lesson(made), NOON)
    progress.read(alice, lesson(made), NOON)
    assert Certificate.objects.count() == 1
    assert AuditRow.objects.filter(verb="read_lesson").count() == 1


def test_the_day_of_completion_is_that_of_clocks_here(world: World) -> None:
    made = self_paced(world, lessons=1, bank=0)
    progress.read(world.people["alice"], lesson(made), NOON.replace(year=2027, month=6, day=30, hour=23, minute=30))
    assert str(Certificate.objects.get().completed_on) == "2027-07-01"


def test_a_lesson_that_is_added_later_takes_no_certificate_away_and_gives_no_second(world: World) -> None:
    alice, made = world.people["alice"], self_paced(world, lessons=1)
    finish(world, "alice", made)
    added = lessons.add(world.people["carol"], made, NOON, title="New", text="New.", asks=1)
    assert progress.certificate_of(alice, made) is not None and not steps.of(alice, made)[1].done
    progress.read(alice, added, NOON + HOUR)
    assert Certificate.objects.count() == 1


def test_whose_certificate_was_revoked_gets_none_by_taking_it_again(world: World) -> None:
    alice, made = world.people["alice"], self_paced(world, lessons=1)
    finish(world, "alice", made)
    certifying.revoke(world.people["carol"], Certificate.objects.get(), NOON, "A mistake.")
    take(world, "alice", lesson(made), NOON + HOUR)
    revoked = progress.claim(alice, made, NOON + HOUR)
    assert Certificate.objects.count() == 1 and revoked.revoked_because == "A mistake."


def test_what_lacked_may_go_and_then_they_ask_for_it(world: World) -> None:
    alice, made = world.people["alice"], self_paced(world, lessons=2)
    take(world, "alice", lesson(made, 1))
    progress.read(alice, lesson(made, 1), NOON)
    lessons.remove(world.people["carol"], lesson(made, 2), NOON)
    assert not Certificate.objects.exists()
    assert progress.claim(alice, made, NOON).person == alice


def test_a_course_without_a_lesson_is_not_completed(world: World) -> None:
    with pytest.raises(Refused, match="left to do"):
        progress.claim(world.people["alice"], self_paced(world, lessons=0), NOON)


def test_who_does_not_read_the_course_learns_nothing_of_it(world: World) -> None:
    made = self_paced(world, "AMBER", grants=[{"organisation": "solihull"}])
    progress.read(world.people["bob"], lesson(made), NOON)
    for act in (
        lambda: progress.read(world.people["alice"], lesson(made), NOON),
        lambda: quizzes.begin(world.people["alice"], lesson(made), NOON),
        lambda: progress.claim(world.people["alice"], made, NOON),
    ):
        with pytest.raises(Refused, match="not open"):
            act()


def test_of_a_draft_nothing_is_kept_not_even_for_who_writes_it(world: World) -> None:
    draft = self_paced(world, label="")
    with pytest.raises(Refused, match="not open"):
        progress.read(world.people["carol"], lesson(draft), NOON)
    with pytest.raises(Refused, match="not open"):
        quizzes.begin(world.people["carol"], lesson(draft), NOON)


def test_a_course_that_is_withdrawn_under_a_quiz_takes_no_more_answers(world: World) -> None:
    alice, carol, made = world.people["alice"], world.people["carol"], self_paced(world)
    attempts = {who: quizzes.begin(who, lesson(made), NOON) for who in (alice, carol)}
    stand.withdraw(made.item, NOON + HOUR)
    for who, attempt in attempts.items():
        with pytest.raises(Refused, match="not open"):
            quizzes.hand_in(who, attempt, NOON + HOUR, right(attempt))
    assert not Attempt.objects.exclude(handed_in_at=None).exists()


def test_a_course_that_is_taught_in_sessions_has_no_quizzes(world: World) -> None:
    made = self_paced(world)
    type(made).rows.update(form="taught")
    with pytest.raises(Refused, match="taught in sessions"):
        quizzes.begin(world.people["alice"], lesson(made), NOON)


def test_what_somebody_learned_is_in_no_trail_that_its_coordinators_read(world: World) -> None:
    made = self_paced(world, lessons=1)
    finish(world, "alice", made)
    told = trail(made.item, Viewer(world.people["carol"].pk), NOON)
    assert [step.did for step in told] == ["issued a certificate"] and "Alice" not in str(told)


def test_who_is_erased_leaves_no_answer_behind(world: World) -> None:
    made = self_paced(world)
    for who in ("alice", "bob"):
        progress.read(world.people[who], lesson(made), NOON)
        take(world, who, lesson(made))
    person: Person = world.people["alice"]
    Affiliation.objects.filter(person=person).update(until=NOON)
    leaving.disable(person, NOON, None)
    leaving.erase(person, NOON, None)
    assert set(Attempt.objects.values_list("person", flat=True)) == {world.people["bob"].pk}
    assert set(LessonRead.objects.values_list("person", flat=True)) == {world.people["bob"].pk}


def test_coordinators_know_how_many_and_of_a_question_nothing_of_few(world: World) -> None:
    made = self_paced(world, lessons=1, bank=1)
    first = lesson(made)
    one = first.questions.get()
    for who in ("alice", "alan", "bob", "dora"):
        take(world, who, first, rightly=who != "bob")
        take(world, who, first, NOON + HOUR)  # the first time is what counts
    progress.read(world.people["wendy"], first, NOON)
    progress.read(world.people["alice"], first, NOON)
    assert mending.counts(made) == (5, 1)
    assert mending.rates(first)[one.code] == (4, None)
    take(world, "wendy", first)
    assert mending.rates(first)[one.code] == (5, 80)
    assert mending.counts(made) == (5, 2)
    unasked = question(first, "Never asked?")
    assert unasked.code not in mending.rates(first)


def test_a_right_that_ends_under_a_quiz_ends_it(world: World) -> None:
    alice, made = world.people["alice"], self_paced(world, "AMBER", grants=[{"organisation": "brum"}])
    attempt = quizzes.begin(alice, lesson(made), NOON)
    Affiliation.objects.filter(person=alice).update(until=NOON + HOUR)
    item: Item = made.item
    place(item)
    with pytest.raises(Refused, match="not open"):
        quizzes.hand_in(alice, attempt, NOON + HOUR, right(attempt))


def test_a_certificate_of_a_session_is_not_that_of_the_lessons(world: World) -> None:
    other = course(world)
    assert progress.certificate_of(world.people["alice"], other) is None
