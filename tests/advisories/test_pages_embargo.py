"""The pages of an embargo: carol writes and proposes, kate approves, alice is named, everybody else meets a 404."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from advisories import publish
from advisories.models import Advisory
from members import clock, embargo, items
from members.models import AuditRow, Embargo, Kind, Named, Terms
from members.place import place
from tests.advisories.desk import drafted
from tests.conftest import NOON
from tests.members.world import World
from tests.pages import visitor

pytestmark = pytest.mark.django_db
SECRET = "Widgetron can be rooted"
PROPOSAL = {
    "ends_at": "2026-12-01 12:00", "reason": "The vendor asked.", "terms": "Tell nobody outside your team.",
    "handling": "Keep it off shared drives.", "named": "alice@example.org\nbob@example.org",
    "handlers": "kate@example.org", "source": "Vendor plc", "source_reference": "VP-7",
    "source_contact": "psirt@vendor.example.org", "contingency": "It is public now.",
}  # fmt: skip
END = datetime.fromisoformat("2026-12-01T12:00+00:00")


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "ask", lambda: NOON)


@pytest.fixture
def advisory(world: World) -> Advisory:
    return drafted(world, title=SECRET, label="GREEN")


def sure(world: World, name: str) -> Client:
    return visitor(world.people[name], confirmed=True)


def page(ref: str, *more: str) -> str:
    return reverse("advisories:embargo", args=[ref]) + "".join(f"{part}/" for part in more)


def propose(world: World, advisory: Advisory, **words: str):
    return sure(world, "carol").post(page(advisory.item.reference, "propose"), {**PROPOSAL, **words}, follow=True)


def offer_of(world: World, name: str) -> str:
    return reverse("offer", args=[Named.objects.at(NOON).get(person=world.people[name]).code])


def test_a_handler_runs_one_from_proposal_to_approval_and_an_extension(world: World, advisory: Advisory) -> None:
    ref = advisory.item.reference
    shown = propose(world, advisory).content.decode()
    assert "1 December 2026, 12:00 GMT" in shown and "It waits for another handler" in shown
    assert "Alice" in shown and "brum" in shown and "Not answered" in shown
    kate = sure(world, "kate")
    assert "Approve" in kate.get(page(ref)).content.decode()
    kate.post(page(ref, "decide", "approve"))
    assert Embargo.objects.get().state == "active"
    carol = sure(world, "carol")
    carol.post(page(ref, "extend"), {"ends_at": "2026-12-08 12:00", "reason": "The patch is late."})
    assert "asks to extend it until 8 December 2026, 12:00 GMT" in kate.get(page(ref)).content.decode()
    kate.post(page(ref, "decide", "grant"))
    shown = carol.get(page(ref)).content.decode()
    assert "8 December 2026, 12:00 GMT" in shown and "agreed at first: 1 December 2026" in shown


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("2027-03-28 01:30", "Clocks go forward"), ("2026-10-25 01:30", "Clocks go back"),
        ("soon", "no date and time"), ("2026-10-01 12:00", "has passed"), ("2027-10-01 12:00", "90 days"),
    ],
)  # fmt: skip
def test_an_end_that_is_no_moment_is_told_at_the_form_which_keeps_what_was_typed(
    world: World, advisory: Advisory, typed: str, said: str
) -> None:
    shown = propose(world, advisory, ends_at=typed).content.decode()
    assert said in shown and "Keep it off shared drives." in shown
    assert not Embargo.objects.exists()


def test_a_named_person_accepts_its_terms_after_a_step_up_and_reads_it(world: World, advisory: Advisory) -> None:
    propose(world, advisory)
    detail = reverse("advisories:detail", args=[advisory.item.reference])
    alice = visitor(world.people["alice"])
    assert alice.get(detail).status_code == 404
    assert offer_of(world, "alice") in alice.get("/").content.decode()
    assert alice.get(offer_of(world, "alice")).status_code == 302, "the step-up comes first"
    alice = sure(world, "alice")
    terms = alice.get(offer_of(world, "alice")).content.decode()
    terms = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", terms)  # whose letters are drawn by chance
    assert "Tell nobody outside your team." in terms and "1 December 2026, 12:00 GMT" in terms and "logged" in terms
    assert SECRET not in terms and advisory.item.reference not in terms and "GREEN" not in terms and "wm" not in terms
    shown = alice.post(offer_of(world, "alice"), {"accept": "1", "terms": "1"}, follow=True).content.decode()
    assert SECRET in shown and "Embargoed until 1 December 2026, 12:00 GMT" in shown and "reading is logged" in shown
    assert "not released yet" in shown and "nobody but those who work on it" not in shown
    assert AuditRow.objects.filter(reference=advisory.item.reference, verb="read").exists()


@pytest.mark.parametrize("kind", [Kind.ATTACHMENT, Kind.SIGHTING])
def test_who_accepts_what_no_page_shows_comes_to_what_it_belongs_to_or_to_the_first_page(
    world: World, kind: Kind
) -> None:
    """No verb puts an attachment under one; what stands there all the same has an answer."""
    above = drafted(world, title=SECRET, label="GREEN").item if kind == Kind.ATTACHMENT else None
    item = items.create(kind, world.warps["wm"], NOON, author=world.people["carol"], parent=above)
    guarded = Embargo.objects.create(item=item, state="active", ends_at=END, proposed_at=NOON, terms=1)
    Terms.objects.create(embargo=guarded, number=1, text="Tell nobody.", since=NOON)
    Named.objects.create(embargo=guarded, person=world.people["kate"], since=NOON)
    if above is not None:
        embargo.propose(world.people["carol"], above, NOON, ends_at=END, reason="x", terms="x",
                        handlers=[world.people["kate"]])  # fmt: skip
    place(item)
    answer = sure(world, "kate").post(offer_of(world, "kate"), {"accept": "1", "terms": "1"})
    assert answer["Location"] == (reverse("advisories:detail", args=[above.reference]) if above else "/")


def test_declining_ends_it_and_leaving_does(world: World, advisory: Advisory) -> None:
    propose(world, advisory)
    bob, alice = sure(world, "bob"), sure(world, "alice")
    bob.post(offer_of(world, "bob"), {"decline": "1"})
    assert "awaits" not in bob.get("/").content.decode()
    alice.post(offer_of(world, "alice"), {"accept": "1", "terms": "1"})
    detail = reverse("advisories:detail", args=[advisory.item.reference])
    assert page(advisory.item.reference, "leave") in alice.get(detail).content.decode()
    assert alice.get(page(advisory.item.reference, "leave")).status_code == 200
    alice.post(page(advisory.item.reference, "leave"))
    assert alice.get(detail).status_code == 404


def test_terms_that_changed_while_they_were_read_are_not_accepted(world: World, advisory: Advisory) -> None:
    propose(world, advisory)
    kate, carol = sure(world, "kate"), sure(world, "carol")
    kate.post(page(advisory.item.reference, "decide", "approve"))
    address = offer_of(world, "alice")
    carol.post(page(advisory.item.reference, "revise"), {"terms": "Tell nobody at all."})
    alice = sure(world, "alice")
    shown = alice.post(address, {"accept": "1", "terms": "1"}, follow=True).content.decode()
    assert "The terms have changed" in shown and "Tell nobody at all." in shown


@pytest.mark.parametrize("who", ["alice", "alan", "brian", "ursula", "cuth", "root", "pat", None])
def test_whoever_does_not_handle_it_meets_a_404_like_that_of_nothing(
    world: World, advisory: Advisory, who: str | None
) -> None:
    propose(world, advisory)
    client = visitor(world.people[who], confirmed=True) if who else visitor()
    ref, none = advisory.item.reference, "WM-NONE9"
    code = Named.objects.at(NOON).get(person=world.people["bob"]).code
    client.get(page(none))  # whoever asks for the first time is given an alias for the audit
    for act in ("", "propose", "extend", "revise", "name", "end", "leak", "decline", "leave"):
        words = (act,) if act else ()
        alike(client, page(ref, *words), page(none, *words), ref, none)
    for more in (("decide", "approve"), ("decide", "grant"), ("named", code, "remove")):
        alike(client, page(ref, *more), page(none, *more), ref, none, post=True)
    alike(client, reverse("offer", args=[code]), reverse("offer", args=["X" * 20]), code, "X" * 20)
    assert Embargo.objects.get().state == "proposed" and not Embargo.objects.get().closed_at


def alike(client: Client, one: str, other: str, mine: str, none: str, *, post: bool = False) -> None:
    """Status, bytes and number of queries are those of what is not there."""
    answers = []
    for path in (one, other):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            answer = client.post(path) if post else client.get(path)
        where = answer.headers.get("Location", "").replace(mine, none)
        answers.append((answer.status_code, answer.content.replace(mine.encode(), none.encode()), where, len(asked)))
    assert answers[0] == answers[1]
    assert answers[0][0] in (302, 404) and not (answers[0][0] == 302 and "account/login" not in answers[0][2])


def test_a_leak_is_one_form_and_freezes(world: World, advisory: Advisory) -> None:
    propose(world, advisory)
    ref, carol = advisory.item.reference, sure(world, "carol")
    shown = carol.post(page(ref, "leak"), {"evidence": "It is on a forum."}, follow=True).content.decode()
    assert "Reported as leaked on" in shown and "It is public now." in shown
    assert "Name more people" not in shown and "It leaked" not in shown


def test_the_desk_shows_what_is_kept_back_and_says_when_it_can_be_released(
    world: World, advisory: Advisory, monkeypatch: pytest.MonkeyPatch
) -> None:
    propose(world, advisory)
    kate = sure(world, "kate")
    assert "proposed, until 1 December 2026, 12:00 GMT" in kate.get("/desk/").content.decode()
    assert advisory.item.reference not in sure(world, "brian").get("/desk/").content.decode()
    monkeypatch.setattr(clock, "ask", lambda: END + timedelta(minutes=1))
    assert "Can be released" in sure(world, "kate").get("/desk/").content.decode()


def test_every_act_asks_who_they_are_once_more(world: World, advisory: Advisory) -> None:
    propose(world, advisory)
    carol, ref = visitor(world.people["carol"]), advisory.item.reference
    for more in ((), ("extend",), ("leak",), ("name",)):
        answer = carol.get(page(ref, *more))
        assert answer.status_code == 302 and "reauthenticate" in answer["Location"]
    carol.post(page(ref, "end"), {"why": "Public."})
    assert Embargo.objects.get().state == "proposed"


def test_over_and_released_its_terms_and_people_are_still_shown_to_nobody_who_has_not_confirmed(
    world: World, advisory: Advisory
) -> None:
    propose(world, advisory)
    carol, ref = world.people["carol"], advisory.item.reference
    embargo.end(carol, advisory.item, NOON, why="It is public.")
    publish.release(world.people["kate"], advisory.item, NOON)
    assert visitor(carol).get(page(ref)).status_code == 302
    assert "Tell nobody outside your team." in sure(world, "carol").get(page(ref)).content.decode()


def test_the_page_costs_as_many_queries_for_two_people_as_for_ten(world: World, advisory: Advisory) -> None:
    propose(world, advisory)
    carol = sure(world, "carol")
    carol.get(page(advisory.item.reference))
    with CaptureQueriesContext(connection) as few:
        carol.get(page(advisory.item.reference))
    people = [world.people[name] for name in ("dora", "wendy", "mia", "fay", "olive", "lee", "vic", "alan")]
    embargo.name(world.people["carol"], advisory.item, NOON, people)
    with CaptureQueriesContext(connection) as many:
        carol.get(page(advisory.item.reference))
    assert len(many) == len(few)
