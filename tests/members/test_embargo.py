"""The embargo as a state machine. carol, who coordinates wm, proposes one on a draft and names kate as its second
handler; alice and bob are the named people."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from members import embargo, handling, items
from members.delivery.claim import claim
from members.delivery.notices import tell_source
from members.embargo import ending
from members.embargo.state import EXTENSIONS, LONGEST, tell
from members.models import Address, Announcement, AuditRow, Delivery, Embargo, Item, Kind, Named, Standing, Terms
from members.models.item import pos_of
from members.place import misplaced
from members.policy import Answer, Viewer, audience, may, offers_to
from members.refused import Refused
from members.response import ladder
from members.stand import release
from tests.conftest import NOON
from tests.members.delivery.conftest import owe
from tests.members.world import World

pytestmark = pytest.mark.django_db
END = NOON + timedelta(days=10)
HOUR = timedelta(hours=1)
MICROSECOND = timedelta(microseconds=1)


@pytest.fixture
def item(world: World) -> Item:
    return world.item({"id": "draft", "label": None})


def proposed(world: World, item: Item, at: datetime = NOON, **words: Any) -> Embargo:
    people = world.people
    return embargo.propose(
        people["carol"], item, at,
        **{"ends_at": END, "reason": "The vendor asked.", "terms": "Tell nobody.",
           "named": [people["alice"], people["bob"]], "handlers": [people["kate"]], **words},
    )  # fmt: skip


def active(world: World, item: Item, **words: Any) -> Embargo:
    proposed(world, item, **words)
    return embargo.approve(world.people["kate"], item, NOON)


def answers(world: World, item: Item, at: datetime = NOON) -> dict[str, str]:
    """Everyone who has something of it."""
    fresh = Item.rows.get(pk=item.pk)
    assert misplaced([fresh]) == []
    said = {name: may(viewer, fresh, at).name.lower() for name, viewer in world.viewers().items()}
    readers = {person.email.split("@")[0] for person in audience(fresh, at)}
    assert readers == {name for name, answer in said.items() if answer == "body" and name in world.people}
    return {name: answer for name, answer in said.items() if answer != "nothing"}


def code(world: World, name: str, at: datetime = NOON) -> str:
    return Named.objects.at(at).get(person=world.people[name]).code


def accept(world: World, name: str, at: datetime = NOON, terms: int = 1) -> Item:
    return embargo.accept(world.people[name], code(world, name, at), at, terms)


def test_from_the_proposal_on_its_handlers_alone_read_it_and_the_named_are_offered_it(world: World, item: Item) -> None:
    assert answers(world, item) == {"carol": "body"}
    made = proposed(world, item)
    assert answers(world, item) == {"carol": "body", "kate": "body", "alice": "offer", "bob": "offer"}
    assert (made.state, made.ends_at, made.terms) == ("proposed", END, 1)
    assert Terms.objects.get(embargo=made).text == "Tell nobody."
    assert list(offers_to(Viewer(world.people["alice"].pk), NOON)) == [item]


def test_what_belongs_to_an_item_has_none_of_its_own(world: World, item: Item) -> None:
    carol = world.people["carol"]
    child = items.create(Kind.COMMENT, item.warp, NOON, author=carol, parent=item)
    with pytest.raises(Refused, match="Put the item itself under one"):
        proposed(world, child)
    assert not Embargo.objects.exists()
    assert proposed(world, item).item == item


def test_it_binds_when_a_second_person_approves(world: World, item: Item) -> None:
    proposed(world, item)
    with pytest.raises(Refused, match="second person"):
        embargo.approve(world.people["carol"], item, NOON)
    for stranger in ("brian", "alice", "root", "cuth"):
        with pytest.raises(Refused, match="only the handlers"):
            embargo.approve(world.people[stranger], item, NOON)
    made = embargo.approve(world.people["kate"], item, NOON)
    assert (made.state, made.original_end, made.approved_by) == ("active", END, world.people["kate"])


def test_declined_it_stays_guarded_and_may_be_proposed_again_under_new_terms(world: World, item: Item) -> None:
    proposed(world, item)
    accept(world, "bob")
    with pytest.raises(Refused, match="why"):
        embargo.decline(world.people["kate"], item, NOON, "  ")
    embargo.decline(world.people["kate"], item, NOON, "Too long.")
    assert answers(world, item) == {"carol": "body", "kate": "body", "alice": "offer", "bob": "body"}
    again = proposed(world, item, terms="Shorter.", ends_at=END - HOUR)
    assert (again.state, again.terms) == ("proposed", 2)
    assert answers(world, item)["bob"] == "offer", "new terms are accepted anew"


def test_what_was_released_once_can_be_put_under_no_embargo(world: World) -> None:
    item = world.item({"id": "released", "label": "GREEN"})
    with pytest.raises(Refused, match="has been released"):
        proposed(world, item)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"ends_at": NOON}, "has passed"),
        ({"ends_at": NOON - HOUR}, "has passed"),
        ({"ends_at": NOON + LONGEST + MICROSECOND}, "90 days"),
        ({"reason": " "}, "why"),
        ({"terms": ""}, "terms"),
    ],
)
def test_an_embargo_says_until_when_why_and_on_which_terms(
    world: World, item: Item, words: dict[str, Any], said: str
) -> None:
    with pytest.raises(Refused, match=said):
        proposed(world, item, **words)
    assert answers(world, item) == {"carol": "body"}


def test_a_naive_end_is_a_bug_and_no_moment(world: World, item: Item) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        proposed(world, item, ends_at=datetime(2026, 12, 1, 12))


def test_of_conflicting_ends_the_shortest_wins(world: World, item: Item) -> None:
    active(world, item)
    with pytest.raises(Refused, match="shortest wins"):
        proposed(world, item, ends_at=END + HOUR)
    assert proposed(world, item, ends_at=END - HOUR).ends_at == END - HOUR


# The named people


def test_a_named_person_reads_it_once_they_accept_the_current_terms(world: World, item: Item) -> None:
    active(world, item)
    with pytest.raises(Refused, match="terms have changed"):
        accept(world, "alice", terms=2)
    accept(world, "alice")
    assert answers(world, item) == {"carol": "body", "kate": "body", "alice": "body", "bob": "offer"}
    assert may(Viewer(world.people["alice"].pk), item, NOON - MICROSECOND) == Answer.NOTHING


def test_an_offer_is_for_its_person_alone_and_answered_once(world: World, item: Item) -> None:
    active(world, item)
    mine = code(world, "alice")
    for thief in ("bob", "alan", "root"):
        with pytest.raises(Refused, match="no longer open"):
            embargo.accept(world.people[thief], mine, NOON, 1)
    embargo.refuse(world.people["alice"], mine, NOON)
    assert "alice" not in answers(world, item)
    with pytest.raises(Refused, match="no longer open"):
        embargo.accept(world.people["alice"], mine, NOON, 1)


def test_revised_terms_are_offered_anew_and_what_was_so_before_stays_so(world: World, item: Item) -> None:
    active(world, item)
    accept(world, "alice")
    later = NOON + HOUR
    embargo.revise(world.people["carol"], item, later, terms="Tell your lead alone.")
    assert answers(world, item, later)["alice"] == "offer"
    assert answers(world, item, later - MICROSECOND)["alice"] == "body"
    with pytest.raises(Refused, match="second person"):
        embargo.approve(world.people["carol"], item, later)
    accept(world, "alice", later, terms=2)
    assert embargo.approve(world.people["kate"], item, later).state == "active"
    assert answers(world, item, later)["alice"] == "body"


def test_who_leaves_reads_nothing_from_then_on_and_what_is_queued_for_them_is_cancelled(
    world: World, item: Item
) -> None:
    active(world, item)
    accept(world, "alice")
    owed = owe(item, NOON, "extended")
    address = world.people["alice"].addresses.get()
    queued = Delivery.objects.create(announcement=owed, address=address, due_at=NOON)
    others = Delivery.objects.create(announcement=owed, address=world.people["bob"].addresses.get(), due_at=NOON)
    later = NOON + HOUR
    embargo.leave(world.people["alice"], item, later)
    assert "alice" not in answers(world, item, later)
    assert answers(world, item, later - MICROSECOND)["alice"] == "body"
    queued.refresh_from_db()
    others.refresh_from_db()
    assert (queued.state, others.state) == ("cancelled", "due")
    with pytest.raises(Refused):
        embargo.leave(world.people["alice"], item, later)


def test_handlers_name_more_people_and_remove_them(world: World, item: Item) -> None:
    active(world, item)
    people = world.people
    for stranger in ("alice", "brian", "root"):
        with pytest.raises(Refused):
            embargo.name(people[stranger], item, NOON, [people["dora"]])
    embargo.name(people["kate"], item, NOON, [people["dora"], people["alice"]])
    assert answers(world, item)["dora"] == "offer"
    assert Named.objects.filter(person=people["alice"]).count() == 1, "who is named is not named again"
    embargo.remove(people["carol"], item, NOON + HOUR, people["dora"])
    assert "dora" not in answers(world, item, NOON + HOUR)
    with pytest.raises(Refused, match="closed"):
        embargo.name(people["kate"], item, NOON, [people["ivan"]])


# Its end


def ahead(world: World, item: Item) -> Standing:
    return release(item, 1, "GREEN", [], NOON, by=world.people["kate"], since=END)


@pytest.mark.parametrize("step", [MICROSECOND, timedelta(seconds=1), timedelta(days=1)])
def test_expiry_releases_nothing_by_itself(world: World, item: Item, step: timedelta) -> None:
    active(world, item)
    accept(world, "alice")
    for at in (END - step, END, END + step):
        assert answers(world, item, at) == {"carol": "body", "kate": "body", "alice": "body", "bob": "offer"}


@pytest.mark.parametrize("step", [MICROSECOND, timedelta(seconds=1), timedelta(days=1)])
def test_a_release_approved_in_advance_begins_at_the_end_and_not_a_microsecond_earlier(
    world: World, item: Item, step: timedelta
) -> None:
    active(world, item)
    ahead(world, item)
    assert set(answers(world, item, END - step)) == {"carol", "kate", "alice", "bob"}
    assert {"alice", "mia", "brian", "ursula"} <= set(answers(world, item, END))
    assert answers(world, item, END) == answers(world, item, END + step)


def test_an_extension_needs_a_reason_and_a_second_person_and_moves_what_was_approved(world: World, item: Item) -> None:
    active(world, item)
    standing = ahead(world, item)
    owed = Announcement.objects.create(event="released", item=item, version=1, created_at=NOON, due_at=END)
    later, new_end = NOON + HOUR, END + timedelta(days=5)
    with pytest.raises(Refused, match="why"):
        embargo.extend(world.people["carol"], item, later, ends_at=new_end, reason="")
    embargo.extend(world.people["carol"], item, later, ends_at=new_end, reason="The patch is late.")
    assert Embargo.objects.get().ends_at == END, "asking changes nothing"
    with pytest.raises(Refused, match="second person"):
        embargo.decide(world.people["carol"], item, later, granted=True)
    embargo.decide(world.people["kate"], item, later, granted=True)
    made = Embargo.objects.get()
    assert (made.ends_at, made.original_end) == (new_end, END)
    standing.refresh_from_db()
    owed.refresh_from_db()
    assert standing.since == owed.due_at == new_end
    assert "mia" not in answers(world, item, END)
    assert "mia" not in answers(world, item, new_end - MICROSECOND)
    assert "mia" in answers(world, item, new_end)


def test_an_extension_that_is_refused_changes_nothing(world: World, item: Item) -> None:
    active(world, item)
    embargo.extend(world.people["carol"], item, NOON, ends_at=END + HOUR, reason="Late.")
    with pytest.raises(Refused, match="waits"):
        embargo.extend(world.people["kate"], item, NOON, ends_at=END + HOUR, reason="Late.")
    embargo.decide(world.people["kate"], item, NOON, granted=False)
    assert Embargo.objects.get().ends_at == END


def test_extensions_are_capped_in_number_and_in_all(world: World, item: Item) -> None:
    active(world, item)
    carol, kate = world.people["carol"], world.people["kate"]
    with pytest.raises(Refused, match="90 days"):
        embargo.extend(carol, item, NOON, ends_at=NOON + LONGEST + HOUR, reason="Late.")
    for n in range(1, EXTENSIONS + 1):
        embargo.extend(carol, item, NOON, ends_at=END + n * HOUR, reason="Late.")
        embargo.decide(kate, item, NOON, granted=True)
    with pytest.raises(Refused, match="three times"):
        embargo.extend(carol, item, NOON, ends_at=END + timedelta(days=2), reason="Late.")


def test_what_has_become_public_ends_at_once_and_is_released_by_nobody_but_a_person(world: World, item: Item) -> None:
    active(world, item)
    ahead(world, item)
    later = NOON + HOUR
    embargo.end(world.people["carol"], item, later, why="The vendor published.")
    made = Embargo.objects.get()
    assert (made.state, made.ends_at) == ("ended", later)
    assert "mia" not in answers(world, item, later) and "mia" not in answers(world, item, END + HOUR)
    release(item, 1, "GREEN", [], later, by=world.people["carol"])
    assert "mia" in answers(world, item, later)


def test_a_leak_freezes_it_cancels_what_was_approved_and_tells_the_named_and_the_source(
    world: World, item: Item
) -> None:
    active(world, item, source="Vendor plc", source_reference="VP-7", source_contact="psirt@vendor.example.org")
    accept(world, "alice")
    ahead(world, item)
    later = NOON + HOUR
    embargo.leak(world.people["carol"], item, later, evidence="It is on a forum.")
    assert Embargo.objects.get().state == "leaked"
    assert answers(world, item, END + HOUR) == {"carol": "body", "kate": "body", "alice": "body", "bob": "offer"}
    events = list(Announcement.objects.filter(created_at=later).values_list("event", flat=True))
    assert {"extended", "offered", "account"} <= set(events)
    source = Delivery.objects.get(announcement__event="account")
    assert (source.address.value, source.announcement.words) == ("psirt@vendor.example.org", "VP-7")
    carol, alice = world.people["carol"], world.people["alice"]
    frozen: list[Any] = [
        lambda: embargo.extend(carol, item, later, ends_at=END + HOUR, reason="Late."),
        lambda: embargo.revise(carol, item, later, terms="Other."),
        lambda: embargo.name(carol, item, later, [world.people["dora"]]),
        lambda: embargo.end(carol, item, later, why="Over."),
        lambda: accept(world, "bob", later),
    ]
    for act in frozen:
        with pytest.raises(Refused):
            act()
    assert alice in audience(item, later)
    release(item, 1, "CLEAR", [], later, by=carol)
    assert may(Viewer(), item, later) == Answer.BODY


def test_no_lead_silences_the_source_by_writing_it_on_their_ladder(world: World, item: Item) -> None:
    source = {"source": "Vendor plc", "source_contact": "psirt@vendor.example.org"}
    brum, brian, later = world.organisations["brum"], world.people["brian"], NOON + HOUR
    active(world, item, **source, source_reference="VP-7")
    rung = ladder.Rung("night", name=source["source"], mail=source["source_contact"])
    guessed = ladder.add(brian, brum, NOON, rung)
    embargo.leak(world.people["carol"], item, later, evidence="It is on a forum.")
    told = Delivery.objects.get(announcement__event="account")
    assert told.address != guessed.address and told.address.value == source["source_contact"]
    ladder.remove(brian, guessed, later)
    assert told.pk in {one.delivery for one in claim(told.announcement_id, later, "mail").ours}
    for bad, same in ((None, True), (later, False)):
        Address.objects.filter(pk=told.address_id).update(bad_since=bad)
        tell_source(Embargo.objects.get(), later)
        another = Delivery.objects.order_by("-pk")[0]
        assert (another.address == told.address) is same


def test_handlers_are_told_once_when_it_has_run_out(world: World, item: Item) -> None:
    active(world, item)
    Announcement.objects.all().delete()
    assert embargo.remind(END - MICROSECOND) == 0
    assert (embargo.remind(END), embargo.remind(END + HOUR)) == (1, 0)
    assert Announcement.objects.get().event == "reminder"


def test_nobody_is_reminded_of_what_was_released_by_its_end(world: World, item: Item) -> None:
    active(world, item)
    ahead(world, item)
    assert embargo.remind(END + HOUR) == 0


def test_every_act_leaves_a_row_that_names_nobody_and_quotes_nothing(world: World, item: Item) -> None:
    active(world, item, source="Vendor plc")
    accept(world, "alice")
    embargo.leave(world.people["alice"], item, NOON + HOUR)
    rows = AuditRow.objects.filter(reference=item.reference)
    verbs = set(rows.values_list("verb", flat=True))
    assert {"propose_embargo", "approve_embargo", "accepted_terms", "leave_embargo"} <= verbs
    told = " ".join(str(row.detail) for row in rows).lower()
    assert not any(word in told for word in ("alice", "vendor", "tell nobody", "example.org"))


# Two acts at once: each is judged at its own moment, and whichever comes second meets what the first has left


def test_who_is_removed_stays_so_whatever_moment_their_acceptance_holds(world: World, item: Item) -> None:
    active(world, item)
    alice, offered = world.people["alice"], code(world, "alice")
    embargo.remove(world.people["carol"], item, NOON + HOUR, alice)
    with pytest.raises(Refused, match="no longer open"):  # the request began before, and waited for its turn
        embargo.accept(alice, offered, NOON + HOUR - MICROSECOND, 1)
    assert "alice" not in answers(world, item, NOON + HOUR)


def test_a_removal_that_waited_for_an_acceptance_ends_that_too(world: World, item: Item) -> None:
    active(world, item)
    accept(world, "alice", NOON + HOUR)
    embargo.remove(world.people["carol"], item, NOON + HOUR - MICROSECOND, world.people["alice"])
    assert "alice" not in answers(world, item, NOON + HOUR)
    assert "alice" not in answers(world, item, END)


def test_who_leaves_while_terms_are_revised_or_they_are_removed_has_left(world: World, item: Item) -> None:
    active(world, item)
    for name in ("alice", "bob"):
        accept(world, name)
    embargo.revise(world.people["carol"], item, NOON + HOUR, terms="Tell your lead alone.")
    embargo.leave(world.people["alice"], item, NOON + HOUR - MICROSECOND)
    assert "alice" not in answers(world, item, NOON + HOUR)
    embargo.remove(world.people["carol"], item, NOON + 2 * HOUR, world.people["bob"])
    assert "bob" not in answers(world, item, NOON + 2 * HOUR)


def test_revised_terms_are_offered_anew_to_who_accepted_while_they_were_written(world: World, item: Item) -> None:
    active(world, item)
    accept(world, "alice", NOON + HOUR)
    embargo.revise(world.people["carol"], item, NOON + HOUR - MICROSECOND, terms="Tell your lead alone.")
    assert answers(world, item, NOON + HOUR)["alice"] == "offer"
    accept(world, "alice", NOON + HOUR, terms=2)
    assert answers(world, item, NOON + HOUR)["alice"] == "body"


def test_named_twice_at_once_they_are_named_once(world: World, item: Item) -> None:
    active(world, item)
    dora = world.people["dora"]
    embargo.name(world.people["carol"], item, NOON + HOUR, [dora])
    embargo.name(world.people["kate"], item, NOON + HOUR - MICROSECOND, [dora])
    assert answers(world, item, NOON + HOUR)["dora"] == "offer"


@pytest.mark.parametrize("gone", [embargo.refuse, embargo.accept])
def test_who_declined_or_left_may_be_named_again(world: World, item: Item, gone: Any) -> None:
    active(world, item)
    alice = world.people["alice"]
    if gone == embargo.refuse:
        embargo.refuse(alice, code(world, "alice"), NOON)
    else:
        accept(world, "alice")
        embargo.leave(alice, item, NOON)
    embargo.name(world.people["carol"], item, NOON + HOUR, [alice])
    assert answers(world, item, NOON + HOUR)["alice"] == "offer"


def test_of_two_handlers_who_drop_each_other_one_stays(world: World, item: Item) -> None:
    active(world, item)
    carol, kate = world.people["carol"], world.people["kate"]
    handling.drop_handlers(carol, item, NOON + HOUR, [kate])
    with pytest.raises(Refused, match="Nobody would be left"):
        handling.drop_handlers(kate, item, NOON + HOUR - MICROSECOND, [carol])
    assert answers(world, item, NOON + HOUR)["carol"] == "body"


def test_who_was_named_while_they_were_dropped_is_dropped(world: World, item: Item) -> None:
    active(world, item)
    carol, dora = world.people["carol"], world.people["dora"]
    handling.name_handlers(carol, item, NOON + HOUR, [dora])
    handling.name_handlers(world.people["kate"], item, NOON + HOUR - MICROSECOND, [dora])
    handling.drop_handlers(carol, item, NOON + HOUR - MICROSECOND, [dora])
    assert "dora" not in answers(world, item, NOON + HOUR)


def test_an_offer_of_what_leaked_says_nothing_of_the_item(world: World, item: Item) -> None:
    active(world, item)
    offered = code(world, "alice")
    embargo.leak(world.people["carol"], item, NOON, evidence="It is on a forum.")
    with pytest.raises(Refused) as refused:
        embargo.accept(world.people["alice"], offered, NOON, 1)
    assert item.reference not in str(refused.value)


def test_what_was_released_while_it_was_proposed_is_not_put_under_one(world: World, item: Item) -> None:
    release(item, 1, "GREEN", [], NOON + HOUR, by=world.people["carol"])
    with pytest.raises(Refused, match="has been released"):
        proposed(world, item, NOON + HOUR - MICROSECOND)
    assert "alice" in answers(world, item, NOON + HOUR)


def test_what_never_came_true_leaves_no_trace_in_the_order_of_lists(world: World, item: Item) -> None:
    active(world, item)
    before = Item.rows.get(pk=item.pk).pos
    ahead(world, item)
    embargo.end(world.people["carol"], item, NOON + HOUR, why="The vendor published.")
    assert Item.rows.get(pk=item.pk).pos == before
    release(item, 1, "GREEN", [], NOON + HOUR, by=world.people["carol"])
    assert Item.rows.get(pk=item.pk).pos == pos_of(NOON + HOUR, item.pk), "readers would see until when it was kept"


def test_one_that_nobody_can_be_told_of_holds_up_no_other(
    world: World, item: Item, monkeypatch: pytest.MonkeyPatch
) -> None:
    active(world, item)
    other = world.item({"id": "other", "label": None})
    proposed(world, other)

    def breaks(about: Item, event: str, at: datetime) -> Announcement:
        if about == item:
            raise RuntimeError("a bug, for this one")
        return tell(about, event, at)

    monkeypatch.setattr(ending, "tell", breaks)
    assert embargo.remind(END) == 1, "and the sweep, which sends what is urgent, goes on"
    monkeypatch.undo()
    assert embargo.remind(END) == 1
