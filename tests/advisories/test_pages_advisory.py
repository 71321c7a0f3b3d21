"""One advisory: who meets its text, its reference and word, or nothing; and what those who may read it see."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pyotp
import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from advisories.models import DraftedFrom, Reference, Version
from members import clock, stand
from members.models import AuditRow, Item, Origin, Standing
from tests import pages
from tests.members.world import World
from tests.pages import visitor

AMBER = {"id": "amber", "label": "AMBER", "grants": [{"organisation": "brum"}]}
RED = {"id": "red", "label": "RED", "grants": [{"person": "alice"}], "handlers": ["carol"]}
WITHDRAWN = {**AMBER, "withdrawn_at": "2026-10-20T00:00Z"}


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch, noon: datetime) -> None:
    monkeypatch.setattr(clock, "ask", lambda: noon)


def page(ref: str, person: Any = None, *, confirmed: bool = False, **query: Any) -> Any:
    return visitor(person, confirmed=confirmed).get(reverse("advisories:detail", args=[ref]), query)


def test_whom_the_rule_gives_it_reads_it_and_for_others_it_does_not_exist(world: World) -> None:
    ref = pages.advisory(world, AMBER, title="Patch the boilers", what_to_do="Patch.\nRestart.").item.reference
    for name in ("alice", "alan", "carol"):
        answer = page(ref, world.people[name])
        assert answer.status_code == 200 and b"Patch the boilers" in answer.content, name
        assert b"<li>Patch.</li><li>Restart.</li>" in answer.content
        assert answer.headers["Cache-Control"] == "no-store, private"
    for name in ("bob", "brian", "kate", "root", "pat"):
        assert page(ref, world.people[name]).status_code == 404, name
    assert page(ref).status_code == 404


def test_hidden_and_absent_look_alike_to_the_byte_and_cost_the_same(world: World) -> None:
    hidden = [pages.advisory(world, case).item.reference for case in (AMBER, RED, WITHDRAWN)]
    for viewer in (world.people["bob"], world.people["brian"], None):
        client = visitor(viewer)
        client.get(reverse("advisories:detail", args=["WM-77777"]))  # their name in the audit is made at the first
        seen = set()
        for ref in (*hidden, "WM-22222", "nonsense"):
            with CaptureQueriesContext(connection) as asked:
                answer = client.get(reverse("advisories:detail", args=[ref]))
            seen.add((answer.status_code, answer.content, len(asked)))
        assert len(seen) == 1
        assert next(iter(seen))[0] == 404


def test_asking_for_what_one_may_not_have_is_recorded_as_it_was_typed(world: World) -> None:
    ref = pages.advisory(world, AMBER).item.reference
    long = "WM-" + "9" * 60
    for typed in (ref, long):
        page(typed, world.people["bob"])
        page(typed)
    rows = list(AuditRow.objects.filter(verb="asked for").values_list("reference", "actor", "detail"))
    alias = world.people["bob"].alias.code
    assert [(ref, actor, detail["signed_in"]) for ref, actor, detail in rows] == [
        (ref, alias, True), (ref, "", False), (long[:40], alias, True), (long[:40], "", False),
    ]  # fmt: skip


def test_who_asks_for_what_they_reported_without_their_name_is_not_named_by_that(world: World) -> None:
    derived = {"label": None, "derived_from_report_of": "bob"}
    ref = pages.advisory(world, derived).item.reference
    report = Item.rows.get(origin__isnull=False)
    bob = visitor(world.people["bob"])
    for typed in (report.reference, f"{ref}/embargo", f"{ref}/files/WM-NONE9"):
        assert bob.get(f"/advisories/{typed}/").status_code == 404
    asked = set(AuditRow.objects.filter(verb="asked for").values_list("actor", "at__hour", "at__second"))
    assert asked == {(Origin.objects.get().pseudonym, 0, 0)}


def test_a_withdrawn_one_answers_those_who_had_it_with_reference_and_word_only(world: World) -> None:
    ref = pages.advisory(world, WITHDRAWN, title="Wrongly said").item.reference
    had = page(ref, world.people["alice"])
    assert had.status_code == 200
    assert f"{ref} is withdrawn".encode() in had.content
    assert b"Wrongly said" not in had.content and b"TLP:AMBER" not in had.content
    assert b"Wrongly said" in page(ref, world.people["carol"]).content
    assert page(ref, world.people["bob"]).status_code == 404


def test_red_asks_who_it_is_once_more_and_only_of_those_who_may_read_it(world: World) -> None:
    ref = pages.advisory(world, RED, title="For Alice").item.reference
    alice = world.people["alice"]
    asked = page(ref, alice)
    assert asked.status_code == 302
    assert asked["Location"].startswith(reverse("mfa_reauthenticate") + "?next=%2Fadvisories%2F")
    read = page(ref, alice, confirmed=True)
    assert b"For Alice" in read.content and "Not to be passed on" in read.content.decode()
    assert page(ref, world.people["bob"]).status_code == 404
    assert page(ref, world.people["bob"], confirmed=True).status_code == 404


def test_an_embargoed_one_says_until_when_and_logs_who_read_which_version(world: World) -> None:
    case = {"id": "e", "label": None, "author": "mia", "embargo": {
        "state": "active", "ends_at": "2026-12-01T12:00Z", "handlers": ["carol"],
        "named": {"alice": "unanswered", "bob": "accepted"}}}  # fmt: skip
    ref = pages.advisory(world, case).item.reference
    assert page(ref, world.people["alice"], confirmed=True).status_code == 404  # an offer has an address of its own
    assert page(ref, world.people["bob"]).status_code == 302
    assert not AuditRow.objects.filter(verb="read").exists()
    read = page(ref, world.people["bob"], confirmed=True)
    assert "Embargoed until 1 December 2026, 12:00 GMT" in read.content.decode()
    row = AuditRow.objects.get(verb="read")
    assert (row.actor, row.reference, row.detail) == (world.people["bob"].alias.code, ref, {"version": 1})


def test_an_anonymous_report_asks_its_author_and_custodian_once_more(world: World) -> None:
    case = {"id": "r", "label": None, "anonymous": True, "author": "bob"}
    ref = pages.advisory(world, case, title="Told in confidence").item.reference
    for name in ("bob", "cuth"):
        assert page(ref, world.people[name]).status_code == 302
        assert b"Told in confidence" in page(ref, world.people[name], confirmed=True).content
    assert page(ref, world.people["carol"], confirmed=True).status_code == 404


def test_everyone_reads_a_clear_one_signed_in_or_not(world: World) -> None:
    ref = pages.advisory(world, {"id": "c", "label": "CLEAR"}, title="For all").item.reference
    for person in (None, world.people["olive"], world.people["alice"]):
        assert b"For all" in page(ref, person).content


def test_handlers_see_where_it_came_from_and_who_reads_it_and_members_do_not(world: World) -> None:
    advisory = pages.advisory(world, AMBER)
    said = pages.entry(world, pages.source(world), "What the vendor wrote")
    red = pages.entry(world, pages.source(world, "red"), "What Kate was told", import_label="RED", handlers=["kate"])
    for entry in (said, red):
        DraftedFrom.objects.create(advisory=advisory, entry=entry)
    ref = advisory.item.reference
    handler, member = page(ref, world.people["carol"]).content, page(ref, world.people["alice"]).content
    assert b"What the vendor wrote" in handler and b"Alan" in handler
    assert b"What Kate was told" not in handler  # a link is shown only where both ends are read
    assert b"What the vendor wrote" not in member and b"Alan" not in member


def test_references_lead_out_and_tell_nothing_of_where_from(world: World) -> None:
    advisory = pages.advisory(world, AMBER)
    Reference.objects.create(version=Version.objects.get(), title="Vendor", url="https://vendor.example.org/1")
    answer = page(advisory.item.reference, world.people["alice"]).content.decode()
    assert '<a class="govuk-link" href="https://vendor.example.org/1" rel="noreferrer nofollow">Vendor</a>' in answer


@pytest.fixture
def revised(world: World, noon: datetime) -> str:
    """Version 1 went to Solihull, version 2 to Solihull and Birmingham."""
    advisory = pages.advisory(world, {**AMBER, "label": "AMBER+STRICT", "grants": [{"organisation": "solihull"}]},
                              title="First told")  # fmt: skip
    pages.write(advisory.item, 2, title="Told better")
    houses = [("organisation", world.organisations[name].pk) for name in ("solihull", "brum")]
    stand.release(advisory.item, 2, "AMBER+STRICT", houses, noon - timedelta(days=1), by=world.people["carol"])
    pages.write(advisory.item, 3, title="Not yet told")
    return advisory.item.reference


def test_an_earlier_version_is_for_whom_its_own_audience_still_holds(world: World, revised: str) -> None:
    bob, alice, carol = (world.people[name] for name in ("bob", "alice", "carol"))
    for person in (bob, alice, carol):
        assert b"Told better" in page(revised, person).content
    assert b"First told" in page(revised, bob, version=1).content
    assert b"First told" in page(revised, carol, version=1).content
    assert b"First told" not in page(revised, alice, version=1).content
    assert b"Version 1" not in page(revised, alice).content


def test_a_version_that_was_not_released_is_on_no_ones_page(world: World, revised: str) -> None:
    for name in ("bob", "alice", "carol"):
        for version in ("", "3"):
            assert b"Not yet told" not in page(revised, world.people[name], version=version).content


def test_green_that_was_ever_narrowed_stays_so_in_its_earlier_version(world: World, noon: datetime) -> None:
    narrowed = {"id": "g", "label": "GREEN", "grants": [{"warp": "kent", "until": "2026-10-15T00:00Z"}]}
    advisory = pages.advisory(world, narrowed, title="For Kent, once")
    pages.write(advisory.item, 2, title="For all members")
    stand.release(advisory.item, 2, "GREEN", [], noon - timedelta(days=1), by=world.people["carol"])
    ref = advisory.item.reference
    assert b"For all members" in page(ref, world.people["alice"]).content
    assert b"For Kent, once" not in page(ref, world.people["alice"], version=1).content


def test_what_stands_is_what_is_read_whatever_was_written_since(world: World) -> None:
    advisory = pages.advisory(world, AMBER, title="Released")
    pages.write(advisory.item, 2, title="Being written")
    assert Standing.objects.get().version == 1
    ref = advisory.item.reference
    for name in ("alice", "carol"):
        content = page(ref, world.people[name]).content
        assert b"Released" in content and b"Being written" not in content
    assert datetime(2026, 11, 1, 12, tzinfo=UTC) == clock.now()


def test_a_code_entered_once_more_opens_red_and_leads_back(world: World) -> None:
    """Through allauth's own page, with a second implementation of TOTP."""
    ref = pages.advisory(world, RED, title="For Alice").item.reference
    client = visitor(world.people["alice"])
    secret = pyotp.random_base32()
    Authenticator.objects.filter(user=world.people["alice"]).update(data={"secret": secret})
    asked = client.get(reverse("advisories:detail", args=[ref]))
    page = client.get(asked["Location"]).content.decode()
    assert f'name="next" value="/advisories/{ref}/"' in page.replace('type="hidden" ', "")
    wrong = client.post(asked["Location"], {"code": "000000", "next": f"/advisories/{ref}/"})
    assert wrong.status_code == 200 and b"For Alice" not in wrong.content
    code = pyotp.TOTP(secret).now()
    read = client.post(asked["Location"], {"code": code, "next": f"/advisories/{ref}/"}, follow=True)
    assert b"For Alice" in read.content


def test_who_filed_the_anonymous_report_behind_it_stands_in_no_list_of_its_readers(world: World) -> None:
    derived = {**AMBER, "derived_from_report_of": "bob"}
    ref = pages.advisory(world, derived, title="What somebody saw").item.reference
    assert b"What somebody saw" in page(ref, world.people["bob"]).content
    told = page(ref, world.people["carol"]).content.decode()
    assert "Who can read it" in told and "Alice" in told and "Bob" not in told and "solihull" not in told


def test_the_log_of_reading_names_nobody_who_reads_it_as_the_one_who_reported_it(world: World) -> None:
    embargo = {"state": "active", "ends_at": "2026-12-01T12:00Z", "handlers": ["carol"], "named": {"alice": "accepted"}}
    case = {"id": "e", "label": None, "embargo": embargo, "derived_from_report_of": "bob"}
    ref = pages.advisory(world, case, title="Under embargo").item.reference
    for name in ("bob", "alice"):
        assert b"Under embargo" in page(ref, world.people[name], confirmed=True).content
    reads = AuditRow.objects.filter(verb="read").order_by("pk").values_list("actor", flat=True)
    assert list(reads) == [Origin.objects.get().pseudonym, world.people["alice"].alias.code]
