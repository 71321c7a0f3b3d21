"""The verbs of whoever facilitates: each done twice is done once, and each says why not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from members import joining, leaving
from members.exercises import enrolling, preparing, running
from members.exercises.players import taking_part
from members.models import Affiliation, Announcement, AuditRow, Grant, Inject, Item, Office, Placement, Realm, Standing
from members.place import misplaced
from members.policy import Answer, Viewer, may
from members.refused import Refused
from tests.members.exercises.game import Game, game
from tests.members.world import BEGINNING, World

pytestmark = pytest.mark.django_db
OTHERS = ("kate", "brian", "ursula", "alice", "dora", "cuth", "root", "pat")


@pytest.fixture
def made(world: World, noon: datetime) -> Game:
    return game(world, noon)


def rows(made: Game) -> list[tuple[str, str]]:
    said = AuditRow.objects.filter(reference=made.ref).order_by("pk").values_list("verb", "actor")
    return [(verb, actor) for verb, actor in said if verb not in ("edit_exercise", "enrol", "prepare_exercise")]


def told(made: Game) -> list[str]:
    owed = Announcement.objects.filter(item=made.exercise.item).order_by("pk")
    assert {(one.event, one.realm) for one in owed} <= {("played", Realm.EXERCISE)}
    return [one.words for one in owed]


def reads(made: Game, name: str, item: Item, minutes: float = 0) -> bool:
    return may(Viewer(made.world.people[name].pk), item, made.after(minutes)) == Answer.BODY


VERBS: dict[str, Callable[[Game, str], object]] = {
    "invite": lambda g, who: preparing.invite(g.world.people[who], g.exercise, g.after(0)),
    "start": lambda g, who: running.start(g.world.people[who], g.exercise, g.after(0)),
    "pause": lambda g, who: running.pause(g.world.people[who], g.exercise, g.after(1)),
    "resume": lambda g, who: running.resume(g.world.people[who], g.exercise, g.after(2)),
    "send_now": lambda g, who: running.send_now(g.world.people[who], g.inject(2), g.after(3)),
    "skip": lambda g, who: running.skip(g.world.people[who], g.inject(3), g.after(3)),
    "edit": lambda g, who: preparing.edit(g.world.people[who], g.exercise, g.after(3), title="Other"),
    "add_team": lambda g, who: preparing.add_team(g.world.people[who], g.exercise, g.after(3), "More"),
    "remove_inject": lambda g, who: preparing.remove_inject(g.world.people[who], g.inject(3), g.after(3)),
    "observers": lambda g, who: enrolling.observers(
        g.world.people[who], g.exercise, g.after(3), [g.world.people["mia"].email]
    ),
    "end": lambda g, who: running.end(g.world.people[who], g.exercise, g.after(4)),
}


def test_nobody_but_its_coordinators_does_anything_and_they_do_all_of_it(made: Game) -> None:
    for name, verb in VERBS.items():
        for who in OTHERS:
            before = (now(made), Announcement.objects.count(), AuditRow.objects.count())
            with pytest.raises(Refused, match="only whoever facilitates"):
                verb(made, who)
            assert (now(made), Announcement.objects.count(), AuditRow.objects.count()) == before, (name, who)
        verb(made, "carol")
    assert made.fresh().state == "ended"


def now(made: Game) -> tuple[object, ...]:
    one = made.fresh()
    return one.state, one.played, one.runs_since, one.title, list(made.exercise.injects.values_list("state", flat=True))


def test_what_a_nervous_thumb_does_twice_is_done_once(made: Game) -> None:
    for verb in VERBS.values():
        if verb not in (VERBS["edit"], VERBS["add_team"], VERBS["remove_inject"]):
            verb(made, "carol")
            verb(made, "carol")
    assert told(made) == ["invited", "started", "paused", "resumed", "ended"]
    assert [verb for verb, _who in rows(made)] == [
        "invite_exercise", "start_exercise", "pause_exercise", "resume_exercise", "send_inject", "skip_inject",
        "end_exercise",
    ]  # fmt: skip
    assert (
        Inject.objects.exclude(item=None).count() == Item.rows.realm(Realm.EXERCISE).exclude(parent=None).count() == 1
    )


def test_the_same_inject_added_twice_comes_once(made: Game) -> None:
    carol, (it, press) = made.world.people["carol"], made.exercise.teams.order_by("slug")
    words: dict[str, Any] = {"offset": 60, "title": "A call", "text": "Who is there?"}
    first = preparing.add_inject(carol, made.exercise, made.at, teams=[it], **words)
    assert preparing.add_inject(carol, made.exercise, made.at, teams=[it], **words) == first
    for other in ({"teams": [press], **words}, {"teams": [it, press], **words}, {"teams": [it], **words, "offset": 61}):
        assert preparing.add_inject(carol, made.exercise, made.at, **other) != first
    assert made.exercise.injects.count() == 3 + 4
    made.start()
    running.send_now(carol, first, made.after(1))
    assert preparing.add_inject(carol, made.exercise, made.after(1.5), teams=[it], **words) == first
    assert preparing.add_inject(carol, made.exercise, made.after(3), teams=[it], **words) != first


def test_another_coordinator_takes_over_from_one_who_is_gone(made: Game) -> None:
    made.start()
    Office.objects.filter(person=made.world.people["carol"]).update(until=made.after(5))
    Office.objects.create(
        person=made.world.people["kate"], warp=made.world.warps["wm"], role="coordinator", since=BEGINNING
    )
    with pytest.raises(Refused):
        running.pause(made.world.people["carol"], made.exercise, made.after(6))
    running.pause(made.world.people["kate"], made.exercise, made.after(6))
    assert (made.fresh().state, made.exercise.played) == ("paused", 360)


def test_its_clock_stands_while_it_is_paused_and_paces_change_only_then(made: Game) -> None:
    carol = made.world.people["carol"]
    made.start()
    with pytest.raises(Refused, match="Pause it first"):
        preparing.edit(carol, made.exercise, made.after(1), pace=10)
    running.pause(carol, made.exercise, made.after(2))
    preparing.edit(carol, made.exercise, made.after(30), pace=10)
    running.resume(carol, made.exercise, made.after(60))
    running.pause(carol, made.exercise, made.after(61))
    assert made.fresh().played == 120 + 600


def test_before_the_start_and_after_the_end_nothing_is_sent_or_paused(made: Game) -> None:
    carol = made.world.people["carol"]
    for verb in ("pause", "resume", "send_now"):
        with pytest.raises(Refused, match="Start it first"):
            VERBS[verb](made, "carol")
    made.start()
    running.pause(carol, made.exercise, made.after(1))
    with pytest.raises(Refused, match="Resume it"):
        running.send_now(carol, made.inject(1), made.after(1))
    made.end(made.after(2))
    for verb in ("pause", "resume", "start", "send_now", "skip", "edit", "add_team", "observers"):
        with pytest.raises(Refused, match="has ended"):
            VERBS[verb](made, "carol")


def test_what_was_sent_stays_and_what_was_skipped_may_be_sent_after_all(made: Game) -> None:
    carol = made.world.people["carol"]
    made.start()
    made.send(1, made.after(1))
    with pytest.raises(Refused, match="was sent already"):
        running.skip(carol, made.inject(1), made.after(2))
    with pytest.raises(Refused, match="was sent already"):
        preparing.remove_inject(carol, made.inject(1), made.after(2))
    running.skip(carol, made.inject(2), made.after(2))
    made.send(2, made.after(3))
    assert (made.inject(2).state, made.inject(2).sent_clock) == ("sent", 180)


def test_it_starts_neither_without_players_nor_without_anything_that_happens(world: World, noon: datetime) -> None:
    carol = world.people["carol"]
    empty = preparing.prepare(carol, world.warps["wm"], noon, "Nothing")
    with pytest.raises(Refused, match="at least one inject"):
        running.start(carol, empty, noon)
    team = preparing.add_team(carol, empty, noon, "IT")
    preparing.add_inject(carol, empty, noon, teams=[team], offset=0, title="x", text="y")
    for verb in (running.start, running.invite):
        with pytest.raises(Refused, match="at least one player"):
            verb(carol, empty, noon)
    assert not Standing.objects.filter(item=empty.item).exists()  # TLP:GREEN without a grant is for the community


def test_an_inject_for_a_team_without_players_is_for_no_community(world: World, noon: datetime) -> None:
    made = game(world, noon, invited=False)
    carol, nobody = world.people["carol"], preparing.add_team(world.people["carol"], made.exercise, noon, "Nobody")
    enrolling.leave(carol, made.exercise.participants.get(person=world.people["dora"]), noon)
    made.start()
    inject = preparing.add_inject(
        carol, made.exercise, noon, teams=[nobody], offset=9999, title="Unseen", text="By anybody."
    )
    running.send_now(carol, inject, made.after(1))
    item = Inject.objects.get(pk=inject.pk).item
    assert item is not None
    assert [name for name in world.people if reads(made, name, item, 1)] == ["carol"]
    # Whoever joins that team later reads it, and the others still do not.
    enrolling.players(carol, made.exercise, made.after(2), [world.people["mia"].email], nobody, None)
    assert {name for name in world.people if reads(made, name, item, 2)} == {"carol", "mia"}
    assert not misplaced([made.exercise.item, item])


def test_participants_read_it_from_the_invitation_and_each_team_its_own_injects(world: World, noon: datetime) -> None:
    made = game(world, noon, invited=False)
    readers = [name for name in world.people if reads(made, name, made.exercise.item)]
    assert readers == ["carol"]
    preparing.invite(world.people["carol"], made.exercise, noon)
    everyone = {"carol", "alice", "bob", "alan", "wendy", "dora"}
    assert {name for name in world.people if reads(made, name, made.exercise.item)} == everyone
    made.start()
    made.send(2, made.after(1))
    item = made.inject(2).item
    assert item is not None
    assert {name for name in world.people if reads(made, name, item, 1)} == {"carol", "alice", "bob", "dora"}


def test_who_comes_later_has_what_their_team_got_and_who_leaves_has_nothing(made: Game) -> None:
    carol, people = made.world.people["carol"], made.world.people
    made.start()
    made.send(2, made.after(1))
    item = made.inject(2).item
    assert item is not None
    it, press = made.exercise.teams.get(slug="it"), made.exercise.teams.get(slug="press")
    enrolling.players(carol, made.exercise, made.after(2), [people["mia"].email], it, None)
    assert reads(made, "mia", item, 2) and reads(made, "mia", made.exercise.item, 2)
    enrolling.players(carol, made.exercise, made.after(3), [people["mia"].email], press, None)  # into the other team
    assert not reads(made, "mia", item, 3) and reads(made, "mia", made.exercise.item, 3)
    enrolling.leave(carol, made.exercise.participants.get(person=people["bob"]), made.after(4))
    assert not reads(made, "bob", item, 4) and not reads(made, "bob", made.exercise.item, 4)
    assert reads(made, "alice", item, 4)
    assert not misplaced([made.exercise.item, item])
    # Every grant of an exercise is to a person.
    assert not Grant.objects.filter(standing__item__realm=Realm.EXERCISE, person=None).exists()
    assert Placement.objects.filter(item=item, shelf=109).count() == Placement.objects.filter(item=item).count()


def test_whoever_was_given_the_same_twice_at_once_loses_both(made: Game) -> None:
    bob = made.world.people["bob"]
    again = Grant.objects.get(standing__item=made.exercise.item, person=bob)
    Grant.objects.create(standing=again.standing, person=bob, since=again.since, granted_by=again.granted_by)
    enrolling.leave(made.world.people["carol"], made.exercise.participants.get(person=bob), made.after(1))
    assert not reads(made, "bob", made.exercise.item, 1)


def test_whose_organisation_leaves_takes_part_no_more(made: Game) -> None:
    world = made.world
    assert taking_part(made.exercise, made.after(0)).count() == 5
    world.organisations["solihull"].memberships.update(until=made.after(1))
    world.people["wendy"].affiliations.update(until=made.after(1))
    left = taking_part(made.exercise, made.after(2)).values_list("person__name", flat=True)
    assert set(left) == {"Alice", "Alan", "Dora"}


def test_who_leaves_their_organisation_reads_nothing_of_it_from_then_on(made: Game) -> None:
    world = made.world
    running.start(world.people["carol"], made.exercise, made.at)
    wendy, item = world.people["wendy"], made.exercise.item
    assert may(Viewer(wendy.pk), item, made.after(1)) == Answer.BODY
    leaving.end_affiliation(wendy, world.organisations["walsall"], made.after(1), None)
    assert may(Viewer(wendy.pk), item, made.after(1)) == Answer.NOTHING
    assert may(Viewer(world.people["alice"].pk), item, made.after(1)) == Answer.BODY


def test_whoever_takes_part_again_reads_all_of_it_with_the_next_thing_that_happens(made: Game) -> None:
    """Suspended and readmitted, or in another role of the same organisation: nobody has to name them anew."""
    people, world = made.world.people, made.world
    made.start()
    made.send(1, made.after(1))
    solihull, wm = world.organisations["solihull"], world.warps["wm"]
    leaving.suspend(solihull, wm, made.after(2), people["carol"])
    joining.readmit(solihull, wm, made.after(3), people["carol"])
    own, walsall = people["wendy"].affiliations.get(), world.organisations["walsall"]
    leaving.move(people["wendy"], own, walsall, Affiliation.Role.LEAD, made.after(3), None)
    made.send(2, made.after(4))
    for name, number in (("bob", 1), ("bob", 2), ("wendy", 1)):
        item = made.inject(number).item
        assert item is not None
        assert reads(made, name, item, 5) and reads(made, name, made.exercise.item, 5), (name, number)


@pytest.mark.parametrize(
    ("addresses", "said"),
    [
        (["nobody@example.org"], "Nobody has an account with nobody@example.org"),
        (["ivan@example.org"], "Nobody has an account"),  # closed
        (["olive@example.org"], "of no active member"),
        (["lee@example.org"], "of no active member"),  # lapsed
        (["paul@example.org"], "of no active member"),  # suspended
        (["nina@example.org"], "of no active member"),  # applied
        (["fay@example.org", "olive@example.org"], "of no active member"),
        ([], "Nobody is named"),
        ([f"{n:x}" for n in range(260_000)], "No more than 1000 people"),  # more than one statement can ask for
        (["x" * 100_000], "^Nobody has an account with x{254}. Correct"),
    ],
)
def test_who_is_of_no_active_member_plays_nothing_and_nobody_of_the_list_is_added(
    made: Game, addresses: list[str], said: str
) -> None:
    carol, team = made.world.people["carol"], made.exercise.teams.get(slug="it")
    before = made.exercise.participants.count()
    with pytest.raises(Refused, match=said):
        enrolling.players(carol, made.exercise, made.at, addresses, team, None)
    with pytest.raises(Refused):
        enrolling.observers(carol, made.exercise, made.at, addresses)
    assert made.exercise.participants.count() == before


def test_they_play_for_an_organisation_of_their_own(made: Game) -> None:
    carol, team = made.world.people["carol"], made.exercise.teams.get(slug="it")
    with pytest.raises(Refused, match="is not of maidstone"):
        enrolling.players(
            carol, made.exercise, made.at, ["fay@example.org"], team, made.world.organisations["maidstone"]
        )
    other = game(made.world, made.at)
    with pytest.raises(Refused, match="another exercise"):
        enrolling.players(carol, other.exercise, made.at, ["fay@example.org"], team, None)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"title": " "}, "needs a title"),
        ({"text": ""}, "nothing in it"),
        ({"teams": []}, "for nobody"),
        ({"offset": -1}, "from the start"),
        ({"offset": 10**7}, "from the start"),
        ({"within": 0, "asks": True}, "from a second"),
        ({"channel": "pigeon"}, "no such channel"),
        ({"tier": 9}, "no such tier"),
        ({"attachment_name": "x.txt"}, "give both"),
        ({"attachment_name": "x.exe", "attachment": "x"}, "an ending"),
        ({"text": "x" * 20_001}, "too long"),
        ({"number": 1}, "an inject 1 already"),
        ({"number": 0}, "already"),
    ],
)
def test_what_is_no_inject_is_refused_in_words(made: Game, change: dict[str, object], said: str) -> None:
    good = {"teams": [made.exercise.teams.get(slug="it")], "offset": 60, "title": "x", "text": "y"}
    with pytest.raises(Refused, match=said):
        preparing.add_inject(made.world.people["carol"], made.exercise, made.at, **{**good, **change})  # type: ignore[arg-type]
    assert made.exercise.injects.count() == 3
