"""From a report to what is shared of it, and on: bob of solihull reports to wm, of which cuth is custodian and carol
coordinator; a second coordinator, pat, left the office on 15 October."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from advisories import draft, incidents, made, publish
from advisories.models import Advisory, Happened, Incident, MadeFrom, Version
from members import embargo, handling, reports, search
from members.models import (
    AuditRow,
    BreakGlass,
    Embargo,
    Handler,
    Item,
    Kind,
    Office,
    Person,
    Standing,
)
from members.permits import can
from members.place import misplaced, place
from members.policy import Answer, Viewer, may
from members.refused import Refused
from tests.advisories import desk
from tests.advisories.incidents import agreed, derived, filed, kept, shared
from tests.conftest import NOON
from tests.members.world import World

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)
DAY = date(2026, 10, 31)


def reading(world: World, item: Item) -> set[str]:
    fresh = Item.rows.get(pk=item.pk)
    assert misplaced([fresh]) == []
    return {name for name, viewer in world.viewers().items() if may(viewer, fresh, NOON) == Answer.BODY}


# Deriving


def test_it_begins_empty_with_what_its_reporter_wished_for(world: World) -> None:
    brum = world.organisations["brum"].pk
    midnight_but_for_summer_time = datetime(2026, 10, 23, 23, 30, tzinfo=UTC)
    item = derived(world, label="AMBER", audience=[["organisation", brum]], rsit="fraud",
                   started_at=midnight_but_for_summer_time)  # fmt: skip
    version = Advisory.rows.get(item=item).versions.get()
    assert (version.title, version.what_is_known) == ("", "")
    assert (version.label, version.audience, item.kind) == ("AMBER", [["organisation", brum]], Kind.INCIDENT)
    incident = Incident.rows.get(item=item)
    assert (incident.rsit, incident.started, incident.state) == ("fraud", date(2026, 10, 24), "open")
    assert not search.astray(Kind.INCIDENT).exists()


def test_without_a_wish_it_is_as_strict_as_can_be_without_names(world: World) -> None:
    item = derived(world)
    assert item.marking == Advisory.rows.get(item=item).versions.get().label == "AMBER+STRICT"
    assert Incident.rows.get(item=item).started is None


def test_from_an_anonymous_report_it_is_its_custodians_and_reporters_until_it_is_submitted(world: World) -> None:
    item = derived(world)
    assert reading(world, item) == {"cuth", "bob"}
    reports.submit(world.people["cuth"], item, NOON)
    assert reading(world, item) == {"cuth", "bob", "carol"}


def test_from_a_report_that_names_its_author_it_is_its_handlers_at_once(world: World) -> None:
    assert reading(world, kept(world)) == {"carol", "bob"}


def test_one_that_is_to_be_red_names_whoever_derives_it(world: World) -> None:
    item = kept(world, label="RED")
    assert [one.person.name for one in Handler.objects.filter(item=item)] == ["Carol"]
    assert reading(world, item) == {"carol", "bob"}


@pytest.mark.parametrize("who", ["carol", "bob", "kate", "root", "alice"])
def test_nobody_derives_one_from_an_anonymous_report_but_its_custodian(world: World, who: str) -> None:
    report = filed(world)
    with pytest.raises(Refused, match="keep"):
        incidents.derive_incident(world.people[who], report, NOON)
    assert not Item.rows.filter(kind=Kind.INCIDENT).exists()


def test_nor_from_any_other_who_reads_it_by_break_glass_alone(world: World) -> None:
    report = filed(world, anonymous=False)
    kate = world.people["kate"]
    BreakGlass.objects.create(reference=report.reference, person=kate, reason="x", approved_at=NOON)
    place(report)
    assert can(kate, "derive", report, NOON)
    with pytest.raises(Refused, match="hour"):
        incidents.derive_incident(kate, report, NOON)
    assert not Item.rows.filter(kind=Kind.INCIDENT).exists()


def test_its_custodian_writes_it_while_it_is_not_submitted_and_nobody_else_does(world: World) -> None:
    item = derived(world)
    text = Advisory.rows.get(item=item)
    draft.edit(world.people["cuth"], text, NOON, title="Locked out", label="AMBER")
    incidents.note(world.people["cuth"], item, NOON, DAY, "The share is off.")
    for other in ("bob", "carol", "root"):
        with pytest.raises(Refused):
            draft.edit(world.people[other], text, NOON, title="Mine now")
        with pytest.raises(Refused):
            incidents.note(world.people[other], item, NOON, DAY, "I was here.")
    reports.submit(world.people["cuth"], item, NOON)
    with pytest.raises(Refused):  # from now on it is its handlers'
        draft.edit(world.people["cuth"], text, NOON, title="Mine still")
    draft.edit(world.people["carol"], text, NOON, title="Shared")


def test_what_derives_from_an_anonymous_report_needs_a_second_person(world: World) -> None:
    item = derived(world)
    reports.submit(world.people["cuth"], item, NOON)
    with pytest.raises(Refused, match="second person"):
        shared(world, item)
    with pytest.raises(Refused, match="second person"):
        warned(world, item)  # nor does it go round by an advisory


# What its reporter asked to be kept back

ENDS = NOON + timedelta(days=7)
BOTH = pytest.mark.parametrize(("anonymous", "keeper"), [(True, "cuth"), (False, "carol")])


@BOTH
def test_what_its_reporter_asked_to_be_kept_back_is_under_that_embargo_from_the_first(
    world: World, anonymous: bool, keeper: str
) -> None:
    brum = world.organisations["brum"].pk
    item = derived(world, keeper, anonymous=anonymous, label="AMBER", audience=[["organisation", brum]],
                   embargo_until=ENDS, embargo_reason="Bob’s bank asked for it")  # fmt: skip
    kept_back = Embargo.objects.get(item=item)
    assert (kept_back.ends_at, kept_back.state, kept_back.named.count()) == (ENDS, "proposed", 0)
    assert "Bob" not in kept_back.reason + kept_back.all_terms.get().text  # who is named on it later reads both
    assert reading(world, item) == {keeper, "bob"}
    if anonymous:
        reports.submit(world.people[keeper], item, NOON)
        assert reading(world, item) == {keeper, "bob"}


@BOTH
def test_nothing_of_it_goes_out_before_unless_a_handler_lifts_it(world: World, anonymous: bool, keeper: str) -> None:
    item = derived(world, keeper, anonymous=anonymous, embargo_until=ENDS)
    first, second = world.people[keeper], world.people["kate"]
    if anonymous:
        reports.submit(first, item, NOON)
    words: dict[str, Any] = {
        "title": "Ransomware",
        "audience": [("organisation", world.organisations["brum"].pk)],
        "label": "AMBER",
    }
    draft.edit(first, Advisory.rows.get(item=item), NOON, **words)
    handling.name_handlers(first, item, NOON, [second])
    agreed(world, item, by=keeper, second=second)
    for who in (first, second):
        with pytest.raises(Refused, match="and not before"):
            publish.release(who, item, NOON)
    assert not Standing.objects.filter(item=item).exists() and "alice" not in reading(world, item)
    embargo.end(first, item, LATER, why="It is in the papers.")
    with pytest.raises(Refused, match="agreed that it is shared at"):
        publish.release(second, item, LATER)
    agreed(world, item, LATER, by=keeper)
    publish.release(second, item, LATER)
    assert may(Viewer(world.people["alice"].pk), Item.rows.get(pk=item.pk), LATER) == Answer.BODY


@pytest.mark.parametrize(
    ("wish", "ends"), [(None, None), (NOON, None), (NOON + timedelta(days=400), NOON + timedelta(days=90))]
)
def test_a_wish_that_is_over_binds_nothing_and_one_beyond_what_can_be_binds_as_long_as_can_be(
    world: World, wish: datetime | None, ends: datetime | None
) -> None:
    item = kept(world, embargo_until=wish)
    assert [one.ends_at for one in Embargo.objects.filter(item=item)] == ([ends] if ends else [])


def test_nobody_keeps_back_what_they_did_not_derive_by_the_word_of_a_reporter(world: World) -> None:
    item = kept(world)
    for who in ("cuth", "bob", "root"):
        with pytest.raises(Refused):
            embargo.wished(world.people[who], item, NOON, ends_at=ENDS, reason="x", terms="x")
    assert not Embargo.objects.exists()


# Tending


def test_its_handlers_tend_it_to_its_end(world: World) -> None:
    item, carol = kept(world), world.people["carol"]
    assert incidents.take(carol, item, NOON).owner == carol
    assert incidents.set_state(carol, item, NOON, "contained").state == "contained"
    incidents.note(carol, item, NOON, DAY, "The share\nis off.")
    closed = incidents.close(carol, item, LATER, "Back up daily.")
    assert (closed.state, closed.closed_at, closed.state_at) == ("closed", LATER, LATER)
    version = Version.objects.get()
    assert (version.lessons, version.timeline.get().words) == ("Back up daily.", "The share is off.")
    reopened = incidents.set_state(carol, item, LATER, "open")
    assert (reopened.state, reopened.closed_at) == ("open", None)
    verbs = ["take", "set_state", "note", "close_incident", "set_state"]
    rows = AuditRow.objects.filter(reference=item.reference, verb__in=verbs).order_by("pk")
    assert [row.verb for row in rows] == verbs


ACTS: dict[str, Callable[[Person, Item], object]] = {
    "note": lambda who, item: incidents.note(who, item, NOON, DAY, "x"),
    "state": lambda who, item: incidents.set_state(who, item, NOON, "contained"),
    "take": lambda who, item: incidents.take(who, item, NOON),
    "close": lambda who, item: incidents.close(who, item, NOON, "x"),
    "become": lambda who, item: incidents.become_advisory(who, item, NOON),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("who", ["alice", "bob", "kate", "root"])
def test_its_readers_and_strangers_do_not(world: World, who: str, act: str) -> None:
    item = shared(world, kept(world))
    with pytest.raises(Refused, match="handlers"):
        ACTS[act](world.people[who], item)
    assert Incident.rows.get().state == "open" and not Happened.objects.exists()


@pytest.mark.parametrize(
    ("on", "words", "said"), [(DAY, " ", "Say what"), (DAY, "x" * 1001, "longer"), (date(2026, 11, 2), "x", "not come")]
)
def test_a_line_that_can_not_stand_is_refused(world: World, on: date, words: str, said: str) -> None:
    item = kept(world)
    with pytest.raises(Refused, match=said):
        incidents.note(world.people["carol"], item, NOON, on, words)


def test_a_line_written_twice_by_a_nervous_thumb_stands_once(world: World) -> None:
    item = kept(world)
    lines = {incidents.note(world.people["carol"], item, NOON, DAY, "The share is off.") for _ in range(2)}
    assert len(lines) == Happened.objects.count() == AuditRow.objects.filter(verb="note").count() == 1


@pytest.mark.parametrize(("state", "said"), [("closed", "learned"), ("gone", "no such state")])
def test_a_state_that_it_can_not_have_is_refused(world: World, state: str, said: str) -> None:
    item = kept(world)
    with pytest.raises(Refused, match=said):
        incidents.set_state(world.people["carol"], item, NOON, state)
    with pytest.raises(Refused, match="learned"):
        incidents.close(world.people["carol"], item, NOON, " ")


# Becoming an advisory


def warned(world: World, item: Item, at: datetime = LATER) -> Advisory:
    return incidents.become_advisory(world.people["carol"], item, at)


def test_it_becomes_an_advisory_with_the_text_and_the_label_that_stand(world: World) -> None:
    item = shared(world, kept(world))
    draft.edit(world.people["carol"], Advisory.rows.get(item=item), NOON, title="Secret yet", label="RED")
    advisory = warned(world, item)
    version = advisory.versions.get()
    assert (version.title, version.what_to_do) == ("Ransomware", "Pull the plug")
    assert (version.label, advisory.item.kind, version.audience) == ("AMBER", Kind.ADVISORY, [])
    assert made.made_from(Viewer(world.people["carol"].pk), advisory.item, LATER) == [item]
    assert made.made_from(Viewer(world.people["alice"].pk), advisory.item, LATER) == [item]
    assert made.made_from(Viewer(world.people["mia"].pk), advisory.item, LATER) == []


def test_under_a_lower_label_it_needs_leave_and_a_second_person(world: World) -> None:
    advisory = warned(world, shared(world, kept(world)))
    carol = world.people["carol"]
    draft.edit(carol, advisory, LATER, label="GREEN")
    advisory.item.refresh_from_db()
    assert advisory.item.marking == "AMBER"
    with pytest.raises(Refused, match="TLP:AMBER"):
        publish.release(carol, advisory.item, LATER)
    draft.edit(carol, advisory, LATER, permission="Bob of Solihull, by telephone")
    with pytest.raises(Refused, match="second person"):
        publish.release(carol, advisory.item, LATER)


def test_what_is_kept_back_becomes_none_and_what_became_one_before_is_floored_by_it(world: World) -> None:
    item = kept(world, label="GREEN")
    carol = world.people["carol"]
    draft.edit(carol, Advisory.rows.get(item=item), NOON, title="Ransomware")
    with pytest.raises(Refused, match="Release it first"):
        warned(world, item)
    advisory = draft.begin(carol, Office.objects.get(person=carol), [], NOON)
    MadeFrom.objects.create(advisory=advisory, incident_id=item.pk)  # as if it had been made before
    draft.edit(carol, advisory, LATER, title="Ransomware", label="GREEN")
    ends = NOON + timedelta(days=7)
    embargo.propose(world.people["carol"], item, LATER, ends_at=ends, reason="Asked for", terms="Tell nobody")
    with pytest.raises(Refused, match="TLP:RED"):
        publish.release(world.people["carol"], advisory.item, LATER)
    with pytest.raises(Refused, match="kept back"):
        warned(world, item)


def test_what_is_withdrawn_becomes_none(world: World) -> None:
    item = shared(world, kept(world))
    publish.withdraw(world.people["carol"], item, LATER, "It was a drill.")
    with pytest.raises(Refused, match="withdrawn"):
        warned(world, item, LATER + timedelta(minutes=1))
    assert not MadeFrom.objects.exists()


def test_a_search_over_advisories_does_not_find_incidents(world: World) -> None:
    item = shared(world, kept(world))
    alice = Viewer(world.people["alice"].pk)
    assert desk.found(alice, LATER, "ransomware") == []
    advisory = warned(world, item)
    assert desk.found(Viewer(world.people["carol"].pk), LATER, "ransomware") == [advisory.item_id]
