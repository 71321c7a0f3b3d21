"""What may go where: nothing that is RED, kept back or not released, nothing past the strictest label of a destination,
nothing that whoever reported it, or its source, has not agreed to."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from advisories import draft, incidents, publish
from advisories.models import Advisory, Destination, DraftedFrom, Relay
from advisories.relaying import asking, destinations, restored, rule, sending
from advisories.relaying.destinations import Typed
from members import clock, permits
from members.models import BreakGlass, Item, Realm, Tightening
from members.place import place
from members.refused import Refused
from tests import pages
from tests.advisories.incidents import filed, kept, shared, text
from tests.advisories.relaying.cast import AMBER, GREEN, LATER, advisory, by_mail, relayed, shared_incident
from tests.conftest import NOON
from tests.members.world import BEGINNING, World

pytestmark = pytest.mark.django_db
RED = {"id": "red", "label": "RED", "grants": [{"person": "alice"}], "handlers": ["carol"]}
KEPT_BACK = {
    "id": "kept", "label": None,
    "embargo": {"state": "active", "ends_at": "2026-12-01 12:00Z", "proposed_at": "2026-10-01 12:00Z",
                "handlers": ["carol"], "named": {}},
}  # fmt: skip


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "ask", lambda: NOON)


def why(item: Item, to: Destination, at: datetime = NOON) -> str:
    return rule.hindrance(rule.case(item, at), to)


def refused(world: World, item: Item, to: Destination, by: str = "carol") -> str:
    with pytest.raises(Refused) as said:
        asking.relay(world.people[by], item, to, NOON, seen="")
    assert not Relay.objects.exists()
    return str(said.value)


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (RED, "TLP:RED"),
        ({"id": "draft", "label": None}, "before it is released"),
        ({**GREEN, "standing_from": "2026-11-02 12:00Z"}, "before it is released"),
        (KEPT_BACK, "embargo"),
    ],
)
def test_what_is_red_kept_back_or_not_released_goes_nowhere(world: World, case: dict[str, Any], said: str) -> None:
    to = by_mail(world, strictest="AMBER+STRICT", key=True)
    for make in (advisory, shared_incident):
        assert said in refused(world, make(world, case), to)


def test_a_report_goes_nowhere_and_nothing_beneath_an_item_either(world: World) -> None:
    to = by_mail(world)
    report = filed(world)
    with pytest.raises(Refused):
        asking.relay(world.people["cuth"], report, to, NOON, seen="")
    comment = pages.comment(world, advisory(world), "Us too", author="dora").item
    for item in (report, comment):
        assert "Only an advisory" in why(item, to)


def test_an_exercise_goes_nowhere(world: World) -> None:
    item, to = advisory(world), by_mail(world)
    item.realm = Realm.EXERCISE
    assert "Only an advisory" in why(item, to)


@pytest.mark.parametrize("label", ["CLEAR", "GREEN", "AMBER", "AMBER+STRICT"])
def test_nothing_goes_past_the_strictest_label_of_a_destination(world: World, label: str) -> None:
    goes = label in ("CLEAR", "GREEN")
    grants = {} if goes else {"grants": [{"organisation": "brum"}]}
    said = why(advisory(world, {"id": "x", "label": label, **grants}), by_mail(world, key=True))
    assert (said == "") is goes and (goes or "TLP:GREEN at the strictest" in said)


def test_no_destination_is_for_red(world: World) -> None:
    with pytest.raises(Refused, match="never relayed"):
        destinations.add(world.people["carol"], world.warps["wm"], Typed("X", "mail", "RED", mail="x@x.org"), NOON)


def test_by_mail_in_the_clear_goes_nothing_that_is_narrower_than_green(world: World) -> None:
    typed = Typed("X", "mail", "AMBER", mail="x@example.org")
    with pytest.raises(Refused, match="encrypted alone"):
        destinations.add(world.people["carol"], world.warps["wm"], typed, NOON)
    to = by_mail(world, strictest="AMBER", key=True)
    to.certificate = b"spoilt"
    assert "can't be used" in why(advisory(world, AMBER), to)


def test_one_that_nobody_verified_or_of_another_warp_gets_nothing(world: World) -> None:
    item, to = advisory(world), by_mail(world)
    to.verified_at = None
    assert "verified" in why(item, to)
    to.verified_at, to.warp = BEGINNING, world.warps["kent"]
    assert "not on the list" in why(item, to)


def test_where_its_warp_says_less_by_mail_or_to_machines_nothing_goes(world: World) -> None:
    item, to = advisory(world), by_mail(world)
    tight = Tightening.objects.create(warp=item.warp, row="GREEN", channel="mail", cell=3)
    assert "less" in why(item, to)
    tight.channel, tight.cell = "machine", 0
    tight.save()
    assert "no machine" in why(item, to)


@pytest.mark.parametrize("who", ["alice", "bob", "kate", "root", "brian"])
def test_who_does_not_handle_it_relays_nothing(world: World, who: str) -> None:
    item, to = advisory(world), by_mail(world)
    assert "only those who handle it" in refused(world, item, to, who)
    assert relayed(world, item, to).state == "due"


def test_nor_who_handles_it_by_break_glass_alone(world: World) -> None:
    item, kate = advisory(world), world.people["kate"]
    BreakGlass.objects.create(reference=item.reference, person=kate, reason="x", approved_at=NOON)
    place(item)
    assert permits.can(kate, "release", item, NOON) and not permits.can(kate, "relay", item, NOON)


def test_what_was_changed_since_it_was_looked_at_is_not_sent(world: World) -> None:
    item, to = advisory(world), by_mail(world)
    assert "changed since you looked" in refused(world, item, to)


def test_what_a_source_gave_to_this_hub_alone_it_passes_on_itself(world: World) -> None:
    item, to = advisory(world), by_mail(world)
    entry = pages.entry(world, pages.source(world), "Boilers", import_label="AMBER")
    DraftedFrom.objects.create(advisory=Advisory.rows.get(item=item), entry=entry)
    assert "Ask the source" in why(item, to)
    Advisory.rows.get(item=item).versions.update(permission="Ann of the source, by telephone, today")
    assert why(item, to) == ""


def test_whoever_reported_it_was_shown_where_it_may_go_before_they_agreed(world: World) -> None:
    before = by_mail(world)
    item = kept(world, label="GREEN")
    item = shared(world, item, label="GREEN", audience=[])
    after = by_mail_of(world, "after@example.org", NOON + timedelta(seconds=1))
    assert why(item, before, LATER) == "" and "was not shown" in why(item, after, LATER)


def test_so_it_is_of_an_advisory_that_is_made_of_it(world: World) -> None:
    before, item = by_mail(world), shared(world, kept(world, label="GREEN"), label="GREEN", audience=[])
    after = by_mail_of(world, "after@example.org", NOON + timedelta(seconds=1))
    made = incidents.become_advisory(world.people["carol"], item, LATER).item
    publish.release(world.people["carol"], made, LATER)
    at = LATER + timedelta(seconds=1)
    assert why(made, before, at) == "" and "was not shown" in why(made, after, at)


def test_what_is_for_everyone_needs_no_showing(world: World) -> None:
    item = shared(world, kept(world, label="CLEAR"), label="CLEAR", audience=[])
    assert why(item, by_mail_of(world, "after@example.org", LATER), LATER + timedelta(seconds=1)) == ""


def test_of_a_next_version_they_are_asked_anew(world: World) -> None:
    to, carol = by_mail(world), world.people["carol"]
    item = shared(world, kept(world, label="GREEN"), label="GREEN", audience=[])
    draft.edit(carol, Advisory.rows.get(item=item), LATER, title="Ransomware, again")
    goes, _said = asking.shown(item, to, LATER)
    assert goes is not None and goes.facts.version == 1 < text(item).number and b"again" not in goes.bundle


def test_after_a_restore_nothing_is_sent_that_was_due_and_every_destination_is_verified_again(world: World) -> None:
    to = by_mail(world)
    relayed(world, advisory(world), to)
    assert restored.shut(LATER) == 1
    assert sending.send(LATER) == 0 and Relay.objects.get().state == "cancelled"
    to.refresh_from_db()
    assert to.verified_at is None


def by_mail_of(world: World, address: str, at: datetime) -> Destination:
    typed = Typed("Later", "mail", "GREEN", mail=address)
    one = destinations.add(world.people["carol"], world.warps["wm"], typed, at)
    Destination.objects.filter(pk=one.pk).update(verified_at=at)
    one.refresh_from_db()
    return one
