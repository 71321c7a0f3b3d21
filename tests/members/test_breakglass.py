"""Break-glass: root operates the hub, cuth is custodian of wm; the items are wm's, which carol coordinates."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from members import breakglass, handling
from members.models import Announcement, AuditRow, Delivery, Handler, Item, Person
from members.permits import can
from members.place import misplaced, place
from members.policy import Answer, Viewer, may
from members.refused import Refused
from tests.conftest import NOON
from tests.members.world import World

pytestmark = pytest.mark.django_db
HOUR, MICROSECOND = timedelta(hours=1), timedelta(microseconds=1)
EMBARGO = {"state": "active", "ends_at": "2026-12-01T12:00Z", "handlers": ["kate"], "named": {}}
CASES: dict[str, dict[str, Any]] = {
    "embargoed": {"label": None, "embargo": EMBARGO},
    "red": {"label": "RED", "grants": [{"person": "alice"}]},
    "amber": {"label": "AMBER", "grants": [{"organisation": "brum"}]},
    "draft": {"label": None},
}


def answer(world: World, name: str, item: Item, at: Any) -> Answer:
    return may(Viewer(world.people[name].pk), Item.rows.get(pk=item.pk), at)


@pytest.mark.parametrize("case", CASES)
def test_an_administrator_reads_nothing_by_being_one_and_for_an_hour_by_two_peoples_word(
    world: World, case: str
) -> None:
    item = world.item({"id": case, "own_warp": "wm", **CASES[case]})
    root = world.people["root"]
    assert answer(world, "root", item, NOON) == Answer.NOTHING
    asked = breakglass.ask(root, item.reference, "It burns, and nobody answers.", NOON)
    assert answer(world, "root", item, NOON) == Answer.NOTHING, "one person's word is not enough"
    breakglass.approve(world.people["cuth"], asked, NOON)
    assert misplaced([Item.rows.get(pk=item.pk)]) == []
    for at, want in (
        (NOON - MICROSECOND, Answer.NOTHING), (NOON, Answer.BODY), (NOON + HOUR - MICROSECOND, Answer.BODY),
        (NOON + HOUR, Answer.NOTHING),
    ):  # fmt: skip
        assert answer(world, "root", item, at) == want
    assert can(root, "release", item, NOON) and not can(root, "release", item, NOON + HOUR)
    assert answer(world, "cuth", item, NOON) == Answer.NOTHING, "who approves gains nothing"


def test_the_custodians_are_told_and_the_audit_keeps_both_acts(world: World) -> None:
    item = world.item({"id": "red", **CASES["red"]})
    asked = breakglass.ask(world.people["root"], f" {item.reference.lower()} ", "It burns.", NOON)
    breakglass.approve(world.people["cuth"], asked, NOON)
    owed = Announcement.objects.get(event="account", notice="broken-glass")
    assert owed.item is None and item.reference not in owed.words
    assert [d.address.person for d in Delivery.objects.filter(announcement=owed)] == [world.people["cuth"]]
    verbs = AuditRow.objects.filter(reference=item.reference).values_list("verb", flat=True)
    assert {"ask_break_glass", "break_glass"} <= set(verbs)


def test_where_the_custodians_account_is_closed_who_coordinates_is_told(world: World) -> None:
    item = world.item({"id": "red", **CASES["red"]})
    asked = breakglass.ask(world.people["root"], item.reference, "It burns.", NOON)
    Person.objects.filter(pk=world.people["cuth"].pk).update(active_until=NOON)
    breakglass.approve(world.people["kate"], asked, NOON)
    told = Delivery.objects.filter(announcement__notice="broken-glass")
    assert [delivery.address.person for delivery in told] == [world.people["carol"]]


def test_nobody_approves_their_own_nor_without_an_office_nor_twice(world: World) -> None:
    item = world.item({"id": "red", **CASES["red"]})
    asked = breakglass.ask(world.people["root"], item.reference, "It burns.", NOON)
    with pytest.raises(Refused, match="second person"):
        breakglass.approve(world.people["root"], asked, NOON)
    for stranger in ("alice", "pat", "ivan"):
        with pytest.raises(Refused, match="office"):
            breakglass.approve(world.people[stranger], asked, NOON)
        with pytest.raises(Refused, match="office"):
            breakglass.ask(world.people[stranger], item.reference, "It burns.", NOON)
    with pytest.raises(Refused, match="why"):
        breakglass.ask(world.people["root"], item.reference, " ", NOON)
    breakglass.approve(world.people["cuth"], asked, NOON)
    with pytest.raises(Refused, match="already"):
        breakglass.approve(world.people["kate"], asked, NOON)


def test_what_is_not_there_and_what_is_hidden_are_asked_for_and_approved_alike(world: World) -> None:
    item = world.item({"id": "red", **CASES["red"]})
    for reference in (item.reference, "WM-NONE9"):
        asked = breakglass.ask(world.people["root"], reference, "It burns.", NOON)
        breakglass.approve(world.people["cuth"], asked, NOON)


def test_an_anonymous_report_stays_shut(world: World) -> None:
    report = world.item({"id": "report", "kind": "report", "label": None, "anonymous": True, "author": "bob"})
    asked = breakglass.ask(world.people["root"], report.reference, "It burns.", NOON)
    breakglass.approve(world.people["carol"], asked, NOON)
    assert answer(world, "root", report, NOON) == Answer.NOTHING


@pytest.mark.parametrize("case", ["embargoed", "red", "draft"])
def test_an_hour_stays_an_hour(world: World, case: str) -> None:
    """Nobody is named on the item, themselves least of all, by who handles it by break-glass alone."""
    item = world.item({"id": case, "own_warp": "wm", "author": None, **CASES[case]})
    root = world.people["root"]
    breakglass.approve(world.people["cuth"], breakglass.ask(root, item.reference, "It burns.", NOON), NOON)
    assert can(root, "release", item, NOON) and can(root, "end", item, NOON)
    for verb in ("name_handler", "name", "propose"):
        assert not can(root, verb, item, NOON), verb
    with pytest.raises(Refused):
        handling.name_handlers(root, item, NOON, [root])
    Handler.objects.create(item=item, person=root, since=NOON)
    place(item)
    named_handle = case != "draft"  # of one that is not RED, its coordinators do
    assert can(root, "name_handler", item, NOON) == named_handle, "named by another, they handle it like any other"
