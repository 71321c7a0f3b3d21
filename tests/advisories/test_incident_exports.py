"""An incident for machines: what is released of it, to those who read that, the same to each. alice of brum reads it,
carol handles it."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from datetime import date, datetime, timedelta
from io import StringIO
from typing import Any

import orjson
import pytest
import stix2
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pymisp import MISPEvent

from advisories import draft, incidents, indicating, publish
from advisories.models import Advisory, Indicator, Version
from members import clock, embargo, kinds
from members.models import AuditRow, Item, Tightening
from tests.advisories.incidents import agreed, kept, shared
from tests.advisories.serve.exchanged import errors
from tests.conftest import NOON
from tests.members.world import World
from tests.pages import visitor

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
LATER = NOON + HOUR
FORMS = ("stix", "misp", "csv")


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """Its only value is what the clock says."""
    at = [LATER]
    monkeypatch.setattr(clock, "ask", lambda: at[0])
    return at


def at(form: str, item: Item) -> str:
    return reverse(f"incidents:{form}", args=[item.reference])


def told(world: World, **changes: Any) -> Item:
    """Released with one line and four indicators."""
    item, carol = kept(world, rsit="malicious-code"), world.people["carol"]
    incidents.note(carol, item, NOON, date(2026, 10, 31), "The share is off.")
    indicating.set_indicators(carol, item, NOON, "hxxp://bad[.]example/x 192.0.2.7 tel@bad.example x.exe")
    return shared(world, item, **changes)


def things(client: Client, item: Item) -> dict[str, Any]:
    found = orjson.loads(client.get(at("stix", item)).content)["objects"]
    return {one["type"]: one for one in found}


def test_its_readers_have_it_as_stix_that_oasis_takes_and_as_misp_that_misp_takes(world: World) -> None:
    item = told(world)
    for name in ("alice", "bob", "carol"):
        client = visitor(world.people[name])
        answer = client.get(at("stix", item))
        assert answer["Content-Type"] == "application/stix+json;version=2.1"
        assert f"TLP-AMBER-{item.reference}-stix.json" in answer["Content-Disposition"]
        assert errors(answer.content) == []
        loaded = stix2.parse(answer.content.decode(), allow_custom=False)
        assert {"Ransomware"} == {one.name for one in loaded.objects if one.type in ("incident", "report")}
        event = MISPEvent()
        event.load(client.get(at("misp", item)).content.decode())
        assert {"http://bad.example/x", "192.0.2.7", "x.exe"} <= {one.value for one in event.attributes}
        assert "2026-10-31: The share is off." in {one.value for one in event.attributes}


def test_the_table_of_indicators_carries_their_label_and_no_formula(world: World) -> None:
    item = told(world)
    told_with = Version.objects.get()
    Indicator.objects.create(item=item, version=told_with, kind="file", value="=HYPERLINK(1).exe", position=9)
    answer = visitor(world.people["alice"]).get(at("csv", item))
    rows = list(csv.reader(StringIO(answer.content.decode())))
    assert rows[0] == ["label", "incident", "kind", "indicator"]
    assert rows[1] == ["TLP:AMBER", item.reference, "url", "http://bad.example/x"]
    assert rows[-1] == ["TLP:AMBER", item.reference, "file", "'=HYPERLINK(1).exe"]


def test_all_of_its_readers_have_the_same_bytes(world: World) -> None:
    item = told(world)
    incidents.become_advisory(world.people["carol"], item, LATER)  # which carol alone reads
    for form in FORMS:
        assert len({visitor(world.people[name]).get(at(form, item)).content for name in ("alice", "bob", "carol")}) == 1


def test_who_does_not_read_it_finds_what_they_find_where_there_is_nothing(world: World) -> None:
    item = told(world)
    for name in ("mia", "kate", "root", "nobody"):
        client = visitor(world.people.get(name))
        client.get(at("stix", Item(reference="WM-77777")))
        for form in FORMS:
            found = []
            for ref in (item.reference, "WM-77777"):
                with CaptureQueriesContext(connection) as queries:
                    answer = client.get(at(form, Item(reference=ref)))
                said = answer.content.decode().replace(ref, "REF")
                found.append((answer.status_code, said, sorted(answer.headers.items()), len(queries)))
            assert found[0] == found[1] and found[0][0] == 404, name


def test_of_a_draft_nobody_has_any_and_its_page_says_why(world: World) -> None:
    carol, item = visitor(world.people["carol"]), kept(world)
    assert [carol.get(at(form, item)).status_code for form in FORMS] == [404] * 3
    assert "before it is released" in carol.get(kinds.page(item)).content.decode()


def test_nor_of_what_is_red(world: World) -> None:
    item = kept(world, label="RED")
    item = shared(world, item, label="RED", audience=[("person", world.people["alice"].pk)])
    for name in ("alice", "carol"):
        client = visitor(world.people[name], confirmed=True)
        assert [client.get(at(form, item)).status_code for form in FORMS] == [404] * 3
        shown = client.get(kinds.page(item)).content.decode()
        assert "never for machines" in shown and at("stix", item) not in shown


def test_nor_while_it_is_kept_back(world: World, now: list[datetime]) -> None:
    item, carol = kept(world, label="GREEN"), world.people["carol"]
    draft.edit(carol, Advisory.rows.get(item=item), NOON, title="Ransomware")
    embargo.propose(carol, item, NOON, ends_at=NOON + timedelta(days=7), reason="Asked for", terms="Tell nobody")
    client = visitor(carol, confirmed=True)
    assert [client.get(at(form, item)).status_code for form in FORMS] == [404] * 3
    assert "under an embargo" in client.get(kinds.page(item)).content.decode()


def test_nor_of_what_was_withdrawn(world: World) -> None:
    item = told(world)
    publish.withdraw(world.people["carol"], item, LATER, "It was a drill.")
    for name in ("alice", "carol"):
        client = visitor(world.people[name])
        assert [client.get(at(form, item)).status_code for form in FORMS] == [404] * 3, name
    assert "for no machine any more" in visitor(world.people["carol"]).get(kinds.page(item)).content.decode()


def test_nor_where_its_warp_gives_machines_nothing_of_its_label(world: World) -> None:
    item = told(world)
    Tightening.objects.create(warp=item.warp, row="AMBER", channel="machine", cell=0)
    client = visitor(world.people["alice"])
    assert [client.get(at(form, item)).status_code for form in FORMS] == [404] * 3
    assert "to no machine" in client.get(kinds.page(item)).content.decode()


def test_what_waits_for_the_next_version_is_in_none(world: World) -> None:
    item, carol = told(world), world.people["carol"]
    incidents.note(carol, item, LATER, date(2026, 10, 31), "A clerk in Acocks Green opened it.")
    incidents.close(carol, item, LATER, "Only the registrar was hit.")
    indicating.set_indicators(carol, item, LATER, "acocks.example")
    draft.edit(carol, Advisory.rows.get(item=item), LATER, title="At the registrar’s", label="GREEN")
    for name in ("alice", "carol"):
        client = visitor(world.people[name])
        said = "".join(client.get(at(form, item)).content.decode() for form in FORMS)
        assert not [one for one in ("Acocks", "acocks", "registrar", "GREEN") if one in said], name


def test_whatever_changes_in_it_it_is_modified_then_and_only_then(world: World, now: list[datetime]) -> None:
    item, carol = told(world), world.people["carol"]
    client = visitor(world.people["alice"])
    first = things(client, item)["incident"]
    assert first["created"] == first["modified"] == "2026-11-01T12:00:00.000Z"
    incidents.take(carol, item, LATER)  # which no reader is told
    incidents.note(carol, item, LATER, date(2026, 10, 31), "It is back.")
    assert things(client, item)["incident"] == first
    incidents.set_state(carol, item, LATER, "recovered")
    now[0] = LATER + HOUR
    second = things(client, item)["incident"]
    assert (second["created"], second["modified"]) == (first["created"], "2026-11-01T13:00:00.000Z")
    agreed(world, item, LATER)
    publish.release(carol, item, LATER + HOUR)
    now[0] = LATER + 2 * HOUR
    third = things(client, item)
    assert third["incident"]["modified"] == third["report"]["modified"] == "2026-11-01T14:00:00.000Z"
    assert "It is back." in third["report"]["description"]


def test_every_fetching_is_in_the_audit_and_its_reporters_under_no_name(world: World) -> None:
    item = told(world)
    visitor(world.people["alice"]).get(at("stix", item))
    row = AuditRow.objects.get(verb="export")
    assert (row.reference, row.detail) == (item.reference, {"version": 1, "form": "stix"})
    assert "fetched it for machines" in visitor(world.people["carol"]).get(kinds.page(item)).content.decode()


def test_what_is_clear_is_everybodys(world: World) -> None:
    item = told(world, label="CLEAR", audience=[])
    client = visitor()
    assert things(client, item)["incident"]["name"] == "Ransomware"
    assert at("stix", item) in client.get(kinds.page(item)).content.decode()


@pytest.mark.parametrize("form", FORMS)
def test_however_much_it_names_it_asks_as_many_statements(world: World, form: str) -> None:
    few, carol, client = told(world), world.people["carol"], visitor(world.people["alice"])
    many = kept(world)
    indicating.set_indicators(carol, many, NOON, "\n".join(f"h{n}.example.org" for n in range(200)))
    for day in range(1, 20):
        incidents.note(carol, many, NOON, date(2026, 10, day), "x")
    many = shared(world, many)
    client.get(at(form, few))
    counts = []
    for item in (few, many):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(at(form, item)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 24


def test_a_process_that_exports_nothing_never_loads_the_library() -> None:
    """It is 30 MB of each worker."""
    asked = "import sys, django; django.setup(); import warp.urls; sys.exit('stix2' in sys.modules)"
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "warp.settings"}
    assert subprocess.run([sys.executable, "-c", asked], cwd=settings.BASE_DIR, env=env, check=False).returncode == 0
