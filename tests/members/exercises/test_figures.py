"""What an exercise came to, reckoned by hand beside what the hub reckons."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from members.exercises.came import Came, Did, Happened, House, Noted, Played
from members.exercises.figures import against, rising, steps, times

BEGAN = datetime(2026, 11, 1, 12, tzinfo=UTC)
BRUM, SOLIHULL, DUDLEY = House("brum", "Birmingham"), House("solihull", "Solihull"), House("dudley", "Dudley")
ALL = frozenset({"it", "press"})


def inject(number: int, offset: int, *, sent: int | None = None, asks: bool = True, **more: object) -> Happened:
    sent_at = BEGAN + timedelta(seconds=sent) if sent is not None else None
    state = "sent" if sent is not None else "waiting"
    fields: dict[str, object] = {"teams": ALL, "within": 600, **more}
    return Happened(number, f"Inject {number}", offset=offset, state=state, sent_at=sent_at, sent_clock=sent, asks=asks,
                    **fields)  # type: ignore[arg-type]  # fmt: skip


def did(number: int, house: House, what: str, clock: int, words: str = "") -> Did:
    return Did(number, house, what, BEGAN + timedelta(seconds=clock), clock, words=words)


CAME = Came(
    injects=[
        inject(1, 0, sent=0, teams=frozenset({"it"})),
        inject(2, 300, sent=360, teams=frozenset({"press"})),
        inject(3, 900, sent=900, asks=False),
        inject(4, 1800),
    ],
    players=[Played(BRUM, "it"), Played(BRUM, "press"), Played(SOLIHULL, "it"), Played(DUDLEY, "press")],
    replies=[
        did(1, BRUM, "acknowledged", 120),
        did(1, SOLIHULL, "acknowledged", 900),
        did(2, BRUM, "acknowledged", 420),
        did(2, BRUM, "answered", 480, "We say what we know."),
        did(2, BRUM, "answered", 500, "And more."),
    ],
    notes=[
        Noted(2, BRUM, "partly", "Slow", BEGAN + timedelta(seconds=490), 490),
        Noted(2, BRUM, "yes", "", BEGAN + timedelta(seconds=510), 510),
        Noted(None, None, "", "A good mood", BEGAN + timedelta(seconds=520), 520),
    ],
)


def test_times_are_of_those_that_were_asked_and_what_is_not_sent_asks_nobody() -> None:
    brum, dudley, solihull = times(CAME)
    assert (brum.house, brum.asked, brum.acknowledged, brum.in_time, brum.median) == (BRUM, 2, 2, 2, 90)
    assert (dudley.house, dudley.asked, dudley.acknowledged, dudley.median, dudley.longest) == (
        DUDLEY,
        1,
        0,
        None,
        None,
    )
    assert (solihull.asked, solihull.took, solihull.in_time, solihull.timed) == (1, (900,), 0, 1)


def test_answers_stand_beside_what_was_expected_with_the_last_judgement() -> None:
    first, second, third = against(CAME)
    assert [one.house for one in first.answers] == [BRUM, SOLIHULL]
    assert [one.late for one in first.answers] == [False, True]
    assert [one.house for one in second.answers] == [BRUM, DUDLEY]
    brum, dudley = second.answers
    assert [one.words for one in brum.words] == ["We say what we know.", "And more."]
    assert (brum.met, len(brum.notes), brum.took, brum.late) == ("yes", 2, 60, False)
    assert (dudley.met, dudley.took, dudley.late) == ("", None, True)
    assert not any(one.late for one in third.answers)


def test_what_somebody_did_counts_though_they_play_in_another_team_by_now_or_no_more() -> None:
    left = replace(CAME, players=[Played(DUDLEY, "press"), Played(SOLIHULL, "press")])
    assert [(one.house, one.asked, one.acknowledged) for one in times(left)] == [
        (BRUM, 2, 2), (DUDLEY, 1, 0), (SOLIHULL, 2, 1),
    ]  # fmt: skip
    first, second, _third = against(left)
    assert [one.house for one in first.answers] == [BRUM, SOLIHULL]
    assert [len(one.words) for one in second.answers] == [2, 0, 0]
    assert rising(left)[-1][1] <= sum(one.asked for one in times(left))


def test_what_happened_is_told_in_its_order() -> None:
    found = steps(CAME)
    assert [one.at for one in found] == sorted(one.at for one in found)
    assert [one.what for one in found[:3]] == ["sent", "acknowledged", "sent"]
    assert len(found) == 3 + 5 + 3
    # What is sent at a moment stands before what is said at it.
    assert [one.what for one in found if one.clock == 900] == ["sent", "acknowledged"]


def test_acknowledgements_rise_by_how_long_each_took() -> None:
    assert rising(CAME) == [(60, 1), (120, 2), (900, 3)]


def test_of_an_exercise_in_which_nothing_happened_there_is_nothing_to_tell() -> None:
    nothing = Came([], [], [], [])
    assert (times(nothing), against(nothing), steps(nothing), rising(nothing)) == ([], [], [], [])
