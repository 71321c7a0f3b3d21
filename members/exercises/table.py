"""The report of an exercise as lines of a table: one for each thing that happened, and for each figure and action."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from members.exercises.came import Came, Step
from members.exercises.figures import Answer, Times, against, steps, times
from members.exercises.spelling import spelled
from members.models import Action


class Line(NamedTuple):
    """`number` is of seconds, or how many."""

    section: str
    time: str = ""
    exercise_time: str = ""
    planned: str = ""
    inject: str = ""
    title: str = ""
    organisation: str = ""
    what: str = ""
    number: str = ""
    by: str = ""
    text: str = ""


HEAD = tuple(name.replace("_", " ") for name in Line._fields)


def lines(whole: Came, actions: Iterable[Action]) -> Iterator[Line]:
    """All of it, section by section."""
    yield from (_step(one) for one in steps(whole))
    for one in whole.injects:
        if one.sent_at is None:
            yield Line("timeline", planned=spelled(one.offset), inject=str(one.number), title=one.title, what=one.state)
    for against_it in against(whole):
        inject = Line("expected", inject=str(against_it.inject.number), title=against_it.inject.title)
        yield inject._replace(text=against_it.inject.expects)
        yield from (_answer(inject, answer) for answer in against_it.answers)
    for found in times(whole):
        yield from _figures(found)
    for action in actions:
        done = f"done {action.done_on.isoformat()}" if action.done_on else "open"
        yield Line("action", time=action.due_on.isoformat(), what=done, by=action.owner, text=action.text)


def _step(one: Step) -> Line:
    line = Line("timeline", one.at.isoformat(), spelled(one.clock), what=one.met or one.what, by=one.by, text=one.words)
    if one.inject is not None:
        line = line._replace(planned=spelled(one.inject.offset), inject=str(one.inject.number), title=one.inject.title)
    return line._replace(organisation=one.house.name if one.house else "")


def _answer(inject: Line, answer: Answer) -> Line:
    said = "\n".join(one.words for one in answer.words)
    return inject._replace(
        section="judged", organisation=answer.house.name, what=answer.met or "not judged", number=_number(answer.took),
        text=said,
    )  # fmt: skip


def _figures(found: Times) -> Iterator[Line]:
    figures = {
        "asked": found.asked, "acknowledged": found.acknowledged, "with a time set": found.timed,
        "in time": found.in_time, "median seconds": found.median, "longest seconds": found.longest,
    }  # fmt: skip
    for what, number in figures.items():
        yield Line("acknowledgement", organisation=found.house.name, what=what, number=_number(number))


def _number(number: float | None) -> str:
    return "" if number is None else f"{round(number, 1):g}"
