"""What these proofs found, each by itself."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from advisories.models import Comment, Version
from members import clock, shows, stand
from members.delivery.compose import headers
from members.models import AuditRow, Embargo, Item
from members.place import adopt, place
from members.policy import NOBODY, Answer, Viewer, may, withdrawals_to
from tests import pages
from tests.members.world import BEGINNING, World
from tests.pages import visitor

pytestmark = pytest.mark.django_db
BRUM = [{"organisation": "brum"}]


@pytest.fixture(autouse=True)
def still(noon: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "ask", lambda: noon)


def test_what_an_embargo_guards_below_an_open_parent_is_not_its_parents_audiences(world: World, noon: datetime) -> None:
    comment = world.item({"id": "c", "kind": "comment", "inherits": True, "parent": {"label": "CLEAR"}})
    assert may(Viewer(world.people["alice"].pk), comment, noon) == Answer.BODY
    Embargo.objects.create(item=comment, ends_at=clock.FOREVER, proposed_at=BEGINNING)
    place(Item.rows.get(pk=comment.pk))
    assert may(Viewer(world.people["alice"].pk), comment, noon) == may(NOBODY, comment, noon) == Answer.NOTHING
    assert shows.stands([comment], noon)[comment.pk].row == shows.EMBARGOED


@pytest.mark.parametrize("label", ["RED", "AMBER"])
def test_what_is_red_below_what_is_not_asks_who_it_is_all_the_same(world: World, label: str) -> None:
    parent = pages.advisory(world, {"id": "p", "label": "AMBER", "grants": BRUM}).item
    comment = world.item({"id": "c", "kind": "comment", "label": label, "grants": [{"person": "alice"}]})
    comment.parent = parent
    comment.save()
    adopt(comment)
    Comment.rows.create(item=comment, body="said to alice alone")
    place(comment)
    alice = world.people["alice"]
    path = f"/advisories/{parent.reference}/"
    assert b"said to alice alone" in visitor(alice, confirmed=True).get(path).content
    assert (b"said to alice alone" in visitor(alice).get(path).content) == (label != "RED")


def test_a_story_that_is_hidden_takes_as_many_statements_as_one_that_is_not_there(world: World) -> None:
    entry = pages.entry(world, pages.source(world), "Hidden from kate")
    kate = visitor(world.people["kate"])
    kate.get("/desk/stories/NOWHERE22/")  # who asks for the first time is given an alias
    for act in ("", "dismiss/", "restore/"):
        counts = []
        for code in (entry.story.code, "NOWHERE22"):
            with CaptureQueriesContext(connection) as queries:
                path = f"/desk/stories/{code}/{act}"
                assert (kate.post(path) if act else kate.get(path)).status_code == 404
            counts.append(len(queries))
        assert counts[0] == counts[1], act or "the story"


def test_what_lies_below_their_own_report_takes_its_reporter_as_many_statements_as_nothing(
    world: World, noon: datetime
) -> None:
    report = world.item({"id": "r", "kind": "report", "author": "bob", "anonymous": True})
    comment = world.item({"id": "c", "kind": "comment", "label": "AMBER", "grants": BRUM})
    comment.parent = report
    comment.save()
    adopt(comment)
    place(comment)
    bob = visitor(world.people["bob"])
    bob.get("/advisories/WM-22222/")  # who asks for the first time is given an alias
    counts = []
    for ref in (comment.reference, "WM-22222"):
        with CaptureQueriesContext(connection) as queries:
            assert bob.get(f"/advisories/{ref}/").status_code == 404
        counts.append(len(queries))
    assert AuditRow.objects.get(reference=comment.reference).actor == report.origin.pseudonym
    assert counts[0] == counts[1]


@pytest.mark.parametrize("label", ["CLEAR", "GREEN", "AMBER"])
def test_below_an_anonymous_report_a_standing_that_it_has_by_mistake_reaches_nobody(
    world: World, noon: datetime, label: str
) -> None:
    grants = {"label": label, "grants": [{"person": "cuth"}] if label == "AMBER" else []}
    seen = []
    for anonymous in (False, True):
        report = world.item({"id": "r", "kind": "report", "author": "bob", "anonymous": anonymous, **grants})
        file = world.item({"id": "f", "kind": "attachment", "parent": report, "author": "bob", "label": None})
        seen.append([may(Viewer(world.people["cuth"].pk), item, noon) for item in (report, file)])
    assert seen[0] == ([Answer.BODY, Answer.BODY] if label != "GREEN" else [Answer.NOTHING, Answer.NOTHING])
    assert seen[1] == [Answer.BODY, Answer.NOTHING], "the custodian reads the report, and nothing below it"


def test_who_joins_after_a_withdrawal_is_not_told_of_it(world: World, noon: datetime) -> None:
    """mo came to maidstone when it had been taken back; mia was there."""
    advisory = pages.advisory(world, {
        "id": "w", "label": "AMBER", "grants": [{"organisation": "maidstone"}],
        "standing_from": "2026-08-01T00:00Z", "withdrawn_at": "2026-08-20T00:00Z",
    })  # fmt: skip
    item, path = advisory.item, f"/advisories/{advisory.item.reference}/"
    for name, answer, status in (("mia", Answer.WITHDRAWN, 200), ("mo", Answer.NOTHING, 404)):
        viewer = Viewer(world.people[name].pk)
        assert may(viewer, item, noon) == answer, name
        assert list(withdrawals_to(viewer, noon)) == [item] * (answer == Answer.WITHDRAWN), name
        assert visitor(world.people[name]).get(path).status_code == status, name


def test_a_desk_is_the_same_whatever_lies_on_the_others(world: World) -> None:
    kate, carol = visitor(world.people["kate"]), visitor(world.people["carol"])

    def shown() -> list[bytes]:
        answers = [client.get("/desk/") for client in (kate, carol)]
        return [re.sub(rb'name="csrfmiddlewaretoken" value="\w+"', b"", answer.content) for answer in answers]

    before = shown()
    pages.entry(world, pages.source(world), "For carol's desk alone")
    after = shown()
    assert (before[0] == after[0], before[1] == after[1]) == (True, False)


def test_a_message_id_counts_nothing() -> None:
    assert headers("CODE/a@example.org/0")["Message-ID"] == headers("CODE/a@example.org/0")["Message-ID"]
    assert headers("CODE/a@example.org/0")["Message-ID"] != headers("CODE/b@example.org/0")["Message-ID"]


@pytest.mark.parametrize("label", ["RED", "AMBER"])
def test_the_next_version_of_what_is_red_shows_no_title_on_the_desk_unasked(world: World, label: str) -> None:
    grants = [{"person": "alice"}] if label == "RED" else BRUM
    handlers = ["carol"]
    first = pages.advisory(world, {"id": "r", "label": label, "grants": grants, "handlers": handlers})
    pages.write(first.item, 2, title="Next of it", label="AMBER")
    first.versions.filter(number=2).update(released_at=None)
    Item.rows.filter(pk=first.item.pk).update(marking="AMBER")
    place(Item.rows.get(pk=first.item.pk))
    carol = world.people["carol"]
    assert b"Next of it" in visitor(carol, confirmed=True).get("/desk/").content
    assert (b"Next of it" in visitor(carol).get("/desk/").content) == (label != "RED")


@pytest.mark.parametrize("marking", ["RED", "AMBER"])
def test_a_file_that_is_to_be_red_asks_who_it_is_before_it_is_released(
    world: World, noon: datetime, marking: str
) -> None:
    parent = pages.advisory(world, {"id": "p", "label": "AMBER", "grants": BRUM}).item
    file = pages.attachment(world, parent, "later.txt", b"x", author="alice")
    stand.release(file.item, 1, "GREEN", (), noon, by=world.people["carol"], since=noon + timedelta(days=1))
    Item.rows.filter(pk=file.item.pk).update(marking=marking)
    place(Item.rows.get(pk=file.item.pk))
    alice, path = world.people["alice"], f"/advisories/{parent.reference}/"
    of_file = f"{path}files/{file.item.reference}/"
    assert b"later.txt" in visitor(alice, confirmed=True).get(path).content
    assert visitor(alice, confirmed=True).get(of_file).status_code == 200
    assert (b"later.txt" in visitor(alice).get(path).content) == (marking != "RED")
    assert visitor(alice).get(of_file).status_code == (302 if marking == "RED" else 200)


@pytest.mark.parametrize("embargoed", [True, False])
def test_what_takes_an_embargo_from_above_asks_as_what_is_above_does(
    world: World, noon: datetime, embargoed: bool
) -> None:
    handlers = ["carol"]
    above = pages.advisory(world, {"id": "a", "label": None, "import_label": "AMBER", "handlers": handlers}).item
    below = pages.advisory(world, {"id": "b", "label": None, "import_label": "AMBER", "author": "carol"}).item
    below.parent = above
    below.save()
    adopt(below)
    if embargoed:
        Embargo.objects.create(item=above, ends_at=clock.FOREVER, proposed_at=BEGINNING)
    place(Item.rows.get(pk=above.pk))
    Version.objects.filter(advisory__item=below).update(released_at=None, title="Taken from above")
    carol = world.people["carol"]
    for path in (f"/advisories/{below.reference}/", "/desk/", "/advisories/"):
        sure, unsure = (visitor(carol, confirmed=yes).get(path).content for yes in (True, False))
        assert b"Taken from above" in sure or path == "/advisories/", path
        assert (b"Taken from above" in unsure) == (b"Taken from above" in sure and not embargoed), path


def test_what_lies_hidden_below_changes_no_number_of_statements(world: World, noon: datetime) -> None:
    plain, parent = (
        pages.advisory(world, {"id": name, "label": "AMBER", "grants": BRUM}).item for name in ("one", "two")
    )
    pages.comment(world, parent, "for alice alone", author="alice", label="RED", grants=[{"person": "alice"}])
    counts = []
    for item in (plain, parent):
        with CaptureQueriesContext(connection) as queries:
            place(item)
        counts.append(len(queries))
    assert counts[0] == counts[1]
