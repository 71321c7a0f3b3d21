"""Which items name the same indicator, of those that whoever asks reads. carol handles wm's, alice is of brum, mia of
maidstone; bob of solihull reports, and cuth keeps what is anonymous."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from advisories import draft, indicating, publish
from advisories.models import Advisory, Indicator, Version
from advisories.shared import shared as sharing
from members import clock, kinds
from members.models import Item
from members.policy import Viewer
from tests.advisories.incidents import agreed, filed, incident, kept, shared
from tests.conftest import NOON
from tests.members.world import World
from tests.pages import visitor
from tests.prove.seeded import seed
from tests.prove.walk import standing_still, undone

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)
BAD = "bad.example"


@pytest.fixture(autouse=True)
def an_hour_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "ask", lambda: LATER)


def named(world: World, case: dict[str, Any], *values: str) -> Item:
    """An incident as a case words it, that names these domains."""
    item = incident(world, {"id": "i", **case})
    version = Version.objects.get(advisory=item.pk)
    for place, value in enumerate(values or (BAD,)):
        Indicator.objects.create(item=item, version=version, kind="domain", value=value, position=place)
    return item


def seen_in(world: World, name: str, item: Item, **how: Any) -> bool:
    """Whether the page says of any other item that it names the same."""
    return "Seen also in" in page(world, name, item, **how)


def page(world: World, name: str, item: Item, **how: Any) -> str:
    return visitor(world.people.get(name), **how).get(kinds.page(item)).content.decode()


def test_a_page_links_what_names_the_same_to_whoever_reads_both_and_to_nobody_else(world: World) -> None:
    public = named(world, {"label": "CLEAR"}, BAD, "fine.example")
    brums = named(world, {"label": "AMBER", "grants": [{"organisation": "brum"}]})
    for name, reads in (("alice", True), ("carol", True), ("mia", False), ("bob", False), ("nobody", False)):
        shown = page(world, name, public)
        assert (brums.reference in shown) == reads == seen_in(world, name, public), name
    shown = page(world, "alice", public)
    assert "bad[.]example" in shown.split("Seen also in")[1]
    assert "fine[.]example" not in shown.split("Seen also in")[1].split("</ul>")[0]
    assert public.reference in page(world, "alice", brums)


HIDDEN: dict[str, dict[str, Any]] = {
    "another organisation's": {"label": "AMBER", "grants": [{"organisation": "brum"}]},
    "red": {"label": "RED", "grants": [{"person": "alice"}], "handlers": ["carol"]},
    "a draft": {"label": None},
    "under an embargo": {"label": None, "embargo": {"state": "active", "ends_at": "2026-12-01T00:00Z",
                                                    "handlers": ["carol"], "named": {}}},
}  # fmt: skip


@pytest.mark.parametrize("name", ["mia", "bob", "nobody"])
@pytest.mark.parametrize("case", HIDDEN)
def test_what_is_hidden_changes_no_byte_and_no_statement(world: World, case: str, name: str) -> None:
    public = named(world, {"label": "CLEAR"})
    named(world, {"label": "CLEAR"})  # which everybody is shown
    with standing_still(LATER):
        client = visitor(world.people.get(name))
        client.get(kinds.page(public))
        before = asked(client, public)
        hidden = named(world, HIDDEN[case])
        assert asked(client, public) == before
    assert b"Seen also in" in before[0]
    assert hidden.reference in page(world, "carol", public, confirmed=True)  # who handles it is shown it


def asked(client: Client, item: Item) -> tuple[bytes, int]:
    seed("shared", "who", "where")
    with undone(), CaptureQueriesContext(connection) as queries:
        content = client.get(kinds.page(item)).content
    return content, len(queries)


def test_what_asks_once_more_who_they_are_is_left_out_until_they_said_so(world: World) -> None:
    public = named(world, {"label": "CLEAR"})
    red = named(world, HIDDEN["red"])
    shown = [page(world, "alice", public, confirmed=sure) for sure in (False, True)]
    assert [red.reference in one for one in shown] == [False, True]


def test_of_a_version_that_no_reader_has_nothing_is_told(world: World) -> None:
    public, item = named(world, {"label": "CLEAR"}), shared(world, kept(world), label="GREEN", audience=[])
    indicating.set_indicators(world.people["carol"], item, LATER, "hxxp://elsewhere[.]example/ bad[.]example")
    for name in ("alice", "carol"):  # the next version names it, and nobody's page of it does
        assert not seen_in(world, name, public), name
    draft.edit(world.people["carol"], Advisory.rows.get(item=item), LATER, title="Ransomware again")
    agreed(world, item, LATER)
    publish.release(world.people["carol"], item, LATER)
    assert item.reference in page(world, "alice", public)


def test_who_keeps_reports_sees_which_of_them_share_one_and_members_do_not(world: World) -> None:
    first, second = filed(world, anonymous=True), filed(world, anonymous=True)
    for report in (first, second):
        Indicator.objects.create(item=report, kind="domain", value=BAD)
    public = named(world, {"label": "CLEAR"})
    shown = page(world, "cuth", first, confirmed=True)
    assert second.reference in shown and public.reference in shown
    for name in ("alice", "carol", "nobody"):
        shown = page(world, name, public)
        assert first.reference not in shown and second.reference not in shown, name
    assert first.reference in page(world, "cuth", public, confirmed=True)
    assert first.reference not in page(world, "cuth", public)


def test_the_same_letters_of_another_kind_are_another_indicator(world: World) -> None:
    public = named(world, {"label": "CLEAR"})
    other = named(world, {"label": "CLEAR"}, "other.example")
    Indicator.objects.filter(item=other).update(kind="file", value=BAD)
    assert not seen_in(world, "alice", public)
    Indicator.objects.filter(item=other).update(kind="domain")
    assert seen_in(world, "alice", public)


def test_an_item_is_not_seen_also_in_itself(world: World) -> None:
    assert not seen_in(world, "alice", named(world, {"label": "CLEAR"}))


def test_the_newest_come_first_and_one_statement_finds_ten_as_one(world: World) -> None:
    public = named(world, {"label": "CLEAR"})
    counts, viewer = [], Viewer(world.people["alice"].pk)
    version = Version.objects.get(advisory=public.pk)
    for more in (1, 9):
        for _ in range(more):
            named(world, {"label": "GREEN"}, BAD, "fine.example")
        viewer.keys(NOON)
        with CaptureQueriesContext(connection) as queries:
            found = list(sharing(viewer, public, version, NOON, confirmed=True))
        counts.append(len(queries))
    assert counts == [1, 1] and len(found) == 10
    assert [item.pos for item in found] == sorted((item.pos for item in found), reverse=True)


def test_the_index_is_used(world: World) -> None:
    public = named(world, {"label": "CLEAR"})
    with CaptureQueriesContext(connection) as queries:
        sharing(Viewer(), public, Version.objects.get(advisory=public.pk), NOON, confirmed=True)
    (statement,) = [one["sql"] for one in queries.captured_queries if "indicator" in one["sql"]]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {statement}")
            plan = " ".join(str(row[-1]) for row in cursor.fetchall())
        assert "indicator_shared" in plan, plan
