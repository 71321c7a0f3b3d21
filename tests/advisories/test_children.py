"""Comments: who may say something beneath an item, and who meets it there. Each case of policy-cases.yaml that is about
a child goes through the real pages."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from advisories import children
from advisories.models import Attachment, Comment
from advisories.narrower import for_handlers
from members import clock, stand
from members.authorship import name_of
from members.models import AuditRow, Handler, Item, Kind
from members.place import misplaced, place
from members.policy import Answer, Viewer, may
from members.refused import Refused
from tests import pages
from tests.conftest import CASES
from tests.members.world import World, moment
from tests.pages import visitor

AMBER = {"id": "amber", "label": "AMBER", "grants": [{"warp": "wm"}]}
BRUM = {"id": "strict", "label": "AMBER+STRICT", "grants": [{"organisation": "brum"}]}
RED = {"id": "red", "label": "RED", "grants": [{"person": "alice"}, {"person": "bob"}], "handlers": ["carol"]}
EMBARGOED = {"id": "e", "label": None, "author": "mia", "embargo": {
    "state": "active", "ends_at": "2026-12-01T12:00Z", "handlers": ["kate"],
    "named": {"dora": "unanswered", "bob": "accepted", "alice": "accepted"}}}  # fmt: skip
BY_ID = {case["id"]: case for case in CASES["cases"]}
TOKEN = "canarychild"
pytestmark = pytest.mark.usefixtures("folder")


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch, noon: datetime) -> None:
    monkeypatch.setattr(clock, "ask", lambda: noon)


def parent_of(world: World, case: dict[str, Any]) -> Item:
    return pages.advisory(world, {"id": "parent", **case}).item


def add(world: World, kind: Kind, parent: Item, name: str, at: datetime, **how: Any) -> Comment | Attachment:
    if kind == Kind.COMMENT:
        return children.comment(world.people[name], parent, at, TOKEN, **how)
    return children.attach(world.people[name], parent, at, f"{TOKEN}.txt", ContentFile(TOKEN.encode()), **how)


def readers(world: World, parent: Item, child: Comment | Attachment) -> set[str]:
    """Everyone who meets the child on the parent's page; and of a file, can fetch it."""
    found = set()
    for name in CASES["sets"]["everyone"]:
        client = visitor(world.people.get(name), confirmed=name in world.people)
        if TOKEN in client.get(f"/advisories/{parent.reference}/").content.decode():
            found.add(name)
        if isinstance(child, Attachment):
            path = f"/advisories/{parent.reference}/files/{child.item.reference}/"
            assert (client.get(path).status_code == 200) == (name in found), name
    return found


HOW: dict[str, dict[str, Any]] = {
    "child-narrower": {"by": "alice", "label": "AMBER+STRICT", "targets": [("organisation", "brum")]},
    "comment-on-clear": {"by": "alice"},
    "attachment-on-clear": {"by": "alice"},
    "own-comment-on-lost-parent": {"by": "mo", "at": "2026-08-15T00:00Z"},
    "child-of-offered": {"by": "bob"},
    "child-of-withdrawn": {"by": "alice", "at": "2026-10-10T00:00Z"},
    "child-without-standing": {"by": "alan"},
}


@pytest.mark.parametrize("case_id", HOW)
@pytest.mark.parametrize("kind", [Kind.COMMENT, Kind.ATTACHMENT], ids=["comment", "attachment"])
def test_each_case_of_a_child_is_so_on_its_page(world: World, noon: datetime, case_id: str, kind: Kind) -> None:
    case, how = BY_ID[case_id], HOW[case_id]
    if case.get("kind", kind.name.lower()) != kind.name.lower() and "clear" in case_id:
        pytest.skip("the other kind has a case of its own")
    words = case["parent"]
    if case_id == "own-comment-on-lost-parent":
        words = {**words, "standing_from": "2026-08-01T00:00Z"}
    parent = parent_of(world, words)
    targets = [(of, world.organisations[name].pk) for of, name in how.get("targets", [])]
    at = moment(how.get("at", noon))
    child = add(world, kind, parent, how["by"], at, label=how.get("label"), targets=targets)
    body = case["body"]
    assert readers(world, parent, child) == set(CASES["sets"][body] if isinstance(body, str) else body)
    assert misplaced([child.item]) == []


def test_a_child_wider_than_its_parent_is_refused_and_were_it_there_it_would_not_be_wider(
    world: World, noon: datetime
) -> None:
    parent = parent_of(world, BRUM)
    for label in ("CLEAR", "GREEN", "AMBER"):
        with pytest.raises(Refused, match="at least as strict"):
            add(world, Kind.COMMENT, parent, "alice", noon, label=label)
    child = add(world, Kind.COMMENT, parent, "alice", noon)
    stand.release(child.item, 1, "CLEAR", [], noon, by=world.people["carol"])
    assert readers(world, parent, child) == {"alice", "alan", "carol"}


def test_a_comment_is_never_for_everyone_whatever_label_is_asked_for(world: World, noon: datetime) -> None:
    parent = parent_of(world, {"label": "CLEAR"})
    with pytest.raises(Refused, match="TLP:GREEN"):
        add(world, Kind.COMMENT, parent, "alice", noon, label="CLEAR")
    assert not Comment.rows.exists()


@pytest.mark.parametrize(("case", "label", "expected"), [
    (AMBER, "AMBER+STRICT", {"alice", "carol"}),
    (RED, "RED", {"alice", "carol"}),
    (EMBARGOED, "RED", {"alice", "kate"}),
])  # fmt: skip
def test_what_is_for_its_handlers_reaches_them_and_its_author_alone(
    world: World, noon: datetime, case: dict[str, Any], label: str, expected: set[str]
) -> None:
    parent = parent_of(world, case)
    asked, targets = for_handlers(parent, noon)
    assert asked == label
    child = add(world, Kind.ATTACHMENT, parent, "alice", noon, label=asked, targets=targets)
    assert readers(world, parent, child) == expected


def test_only_people_of_active_members_and_who_holds_an_office_may_write(world: World, noon: datetime) -> None:
    clear = parent_of(world, {"label": "CLEAR"})
    for name in ("alice", "fay", "carol", "cuth", "mo"):
        assert children.comment(world.people[name], clear, noon, f"said by {name}").item.author == world.people[name]
    for name in ("lee", "paul", "nina", "vic", "olive", "ivan", "root"):
        with pytest.raises(Refused, match="active members"):
            children.comment(world.people[name], clear, noon, "said")
    hidden = parent_of(world, BRUM)
    for name in ("bob", "kate", "root"):
        with pytest.raises(Refused):
            children.comment(world.people[name], hidden, noon, "said")
    assert Comment.rows.count() == 5


def test_it_is_written_under_one_of_their_own_capacities(world: World, noon: datetime) -> None:
    clear = parent_of(world, {"label": "CLEAR"})
    pat = world.people["pat"]
    in_office = children.comment(pat, clear, noon - timedelta(days=20), "as coordinator").item
    assert name_of(in_office.office) == "coordinator of wm"
    now = children.comment(pat, clear, noon, "as a member").item  # the office has ended
    assert name_of(now.affiliation) == "faversham"
    others = world.people["alice"].affiliations.get()
    with pytest.raises(Refused, match="brum"):
        children.comment(pat, clear, noon, "for brum", capacity=others)
    mo = world.people["mo"]
    ended = mo.affiliations.get(organisation=world.organisations["brum"])
    with pytest.raises(Refused):
        children.comment(mo, clear, noon, "as before", capacity=ended)


def test_who_filed_the_anonymous_report_behind_it_can_put_their_name_to_nothing_on_it(
    world: World, noon: datetime
) -> None:
    derived = parent_of(world, {**BRUM, "derived_from_report_of": "bob"})
    bob = world.people["bob"]
    assert may(Viewer(bob.pk), derived, noon) == Answer.BODY
    with pytest.raises(Refused):
        children.comment(bob, derived, noon, "I know more")
    assert b"comment-body" not in visitor(bob).get(f"/advisories/{derived.reference}/").content
    open_to_him = parent_of(world, {"label": "GREEN", "derived_from_report_of": "bob"})
    assert children.comment(bob, open_to_him, noon, "Like any other member")
    report = parent_of(world, {"label": None, "anonymous": True, "author": "bob"})
    for name in ("bob", "cuth"):
        with pytest.raises(Refused):
            children.comment(world.people[name], report, noon, "On the report itself")


def test_said_twice_by_a_nervous_thumb_it_is_said_once(world: World, noon: datetime, folder: Path) -> None:
    parent = parent_of(world, AMBER)
    alice, bob = world.people["alice"], world.people["bob"]
    once = children.comment(alice, parent, noon, "Seen here too.\r\nTwice.")
    assert children.comment(alice, parent, noon + timedelta(seconds=59), " Seen here too.\nTwice.") == once
    label, targets = for_handlers(parent, noon)
    assert children.comment(alice, parent, noon, "Seen here too.\nTwice.", label=label, targets=targets) != once
    assert children.comment(bob, parent, noon, "Seen here too.\nTwice.") != once
    assert children.comment(alice, parent, noon + timedelta(minutes=1), "Seen here too.\nTwice.") != once
    assert Comment.rows.count() == 4
    for _ in range(2):
        children.attach(alice, parent, noon, "log.txt", ContentFile(b"a line"))
    assert Attachment.rows.count() == 1
    assert len(list(folder.iterdir())) == 1


def test_what_is_targeted_must_exist_for_whoever_says_so(world: World, noon: datetime) -> None:
    parent = parent_of(world, AMBER)
    wrong: list[tuple[str, list[Any], str]] = [
        ("AMBER", [("warp", 10**6)], "does not exist"),
        ("AMBER", [("item", 1)], "does not exist"),
        ("AMBER", [("group", world.groups["finance"].pk)], "does not exist"),  # bob's house is not in it
        ("RED", [], "at least one person"),
        ("RED", [("organisation", world.organisations["brum"].pk)], "named people"),
        ("PURPLE", [], "no label"),
    ]
    for label, targets, said in wrong:
        with pytest.raises(Refused, match=said):
            add(world, Kind.COMMENT, parent, "bob", noon, label=label, targets=targets)
    with pytest.raises(Refused, match="Without a label"):
        add(world, Kind.COMMENT, parent, "bob", noon, targets=[("warp", world.warps["wm"].pk)])
    assert not Comment.rows.exists()


def test_each_verb_leaves_its_row_in_the_audit_and_quotes_no_text(world: World, noon: datetime) -> None:
    parent = parent_of(world, AMBER)
    said = add(world, Kind.COMMENT, parent, "alice", noon)
    added = add(world, Kind.ATTACHMENT, parent, "alice", noon)
    children.remove(world.people["carol"], said.item, noon, "Names a person")
    rows = AuditRow.objects.filter(verb__in=["comment", "attach", "remove"]).order_by("pk")
    told = str(list(rows.values_list("detail", flat=True)))
    alice, carol = (world.people[name].alias.code for name in ("alice", "carol"))
    assert list(rows.values_list("verb", "reference", "actor")) == [
        ("comment", said.item.reference, alice),
        ("attach", added.item.reference, alice),
        ("remove", said.item.reference, carol),
    ]
    assert TOKEN not in told and "Names" not in told and "Alice" not in told


@pytest.mark.parametrize("case", [AMBER, RED, EMBARGOED, {"label": "CLEAR"}, {"label": "GREEN", "grants": [
    {"warp": "wm", "until": "2026-11-05T00:00Z"}]}], ids=lambda case: str(case["label"]))  # fmt: skip
@pytest.mark.parametrize("kind", [Kind.COMMENT, Kind.ATTACHMENT], ids=["comment", "attachment"])
def test_removed_it_is_for_its_author_and_the_handlers_alone(
    world: World, noon: datetime, case: dict[str, Any], kind: Kind
) -> None:
    parent = parent_of(world, case)
    handler = "kate" if case is EMBARGOED else "carol"
    child = add(world, kind, parent, "bob", noon - timedelta(hours=2))
    before = readers(world, parent, child)
    assert {"alice", "bob", handler} <= before
    children.remove(world.people[handler], child.item, noon - timedelta(hours=1), "Names a person")
    after = readers(world, parent, child)
    assert after <= {"bob", handler} and "bob" in after
    if case is not EMBARGOED:  # there it is for whoever of its handlers coordinates the WARP
        assert after == {"bob", handler}
    assert misplaced([child.item]) == []
    with pytest.raises(Refused, match="already"):
        children.remove(world.people["bob"], child.item, noon, "Again")


def test_who_could_read_it_before_it_was_removed_can_still_be_asked(world: World, noon: datetime) -> None:
    parent = parent_of(world, AMBER)
    child = add(world, Kind.COMMENT, parent, "bob", noon - timedelta(hours=2)).item
    children.remove(world.people["carol"], child, noon - timedelta(hours=1), "Names a person")
    child.refresh_from_db()
    alice, kate = (Viewer(world.people[name].pk) for name in ("alice", "kate"))
    assert may(alice, child, noon - timedelta(hours=1, seconds=1)) == Answer.BODY
    assert may(alice, child, noon) == Answer.WITHDRAWN
    assert may(kate, child, noon - timedelta(hours=1, seconds=1)) == Answer.NOTHING
    assert may(kate, child, noon) == Answer.NOTHING


def test_only_its_author_and_handlers_remove_it_and_only_while_they_are(world: World, noon: datetime) -> None:
    parent = parent_of(world, AMBER)
    child = add(world, Kind.COMMENT, parent, "alice", noon).item
    for name in ("alan", "bob", "brian", "kate", "root"):
        with pytest.raises(Refused, match="only who wrote it"):
            children.remove(world.people[name], child, noon, "Because")
    with pytest.raises(Refused, match="Say why"):
        children.remove(world.people["alice"], child, noon, "  ")
    affiliation = world.people["alice"].affiliations.get()
    affiliation.until = noon
    affiliation.save()
    with pytest.raises(Refused, match="only who wrote it"):
        children.remove(world.people["alice"], child, noon, "Because")
    children.remove(world.people["carol"], child, noon, "Because")
    with pytest.raises(Refused):  # an advisory is withdrawn, not removed
        children.remove(world.people["carol"], parent, noon, "Because")


def test_what_its_parent_is_narrowed_to_it_is_narrowed_to(world: World, noon: datetime) -> None:
    parent = parent_of(world, AMBER)
    child = add(world, Kind.ATTACHMENT, parent, "alice", noon)
    narrower = add(world, Kind.COMMENT, parent, "alice", noon, label="AMBER+STRICT",
                   targets=[("organisation", world.organisations["brum"].pk)])  # fmt: skip
    assert "bob" in readers(world, parent, child)
    brum = [("organisation", world.organisations["brum"].pk)]
    stand.release(parent, 1, "AMBER+STRICT", brum, noon, by=world.people["carol"])
    assert readers(world, parent, child) == {"alice", "alan", "carol"}
    assert misplaced([child.item, narrower.item]) == []


def test_no_handler_is_named_twice(world: World, noon: datetime) -> None:
    parent = parent_of(world, RED)
    child = add(world, Kind.COMMENT, parent, "alice", noon - timedelta(minutes=1))
    children.remove(world.people["alice"], child.item, noon, "Because")
    assert Handler.objects.filter(item=child.item).count() == 1


def test_what_is_said_beneath_an_item_costs_its_verbs_no_statement(world: World) -> None:
    """A release holds the lock of a much discussed advisory no longer than that of a new one."""
    item = world.item({"id": "amber", "label": "AMBER", "grants": [{"organisation": "brum"}]})
    counts = []
    for more in (1, 30):
        for n in range(more):
            pages.comment(world, item, f"Said {n}")
        with CaptureQueriesContext(connection) as asked:
            place(item)
        counts.append(len(asked))
    assert counts[1] <= counts[0] + 3, "only that rows are written some hundred at once"
    assert misplaced(Item.rows.all()) == []
