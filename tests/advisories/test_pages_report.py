"""The pages on which bob of solihull reports to wm, by name or not: what he sees, what its keepers do."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from advisories.incidents import derive_incident
from advisories.models import Attachment, Indicator, Notified, Report
from members import clock
from members.models import AuditRow, Item, Kind, Membership, Origin
from tests.advisories.reported import WORDS, begun, filed
from tests.members.world import World
from tests.pages import visitor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folder")]
BOTH = pytest.mark.parametrize("anonymous", [True, False], ids=["anonymous", "by name"])
NEW = "/incidents/new/"


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch, noon: datetime) -> None:
    monkeypatch.setattr(clock, "ask", lambda: noon)


def page(item: Item) -> str:
    return reverse("incidents:detail", args=[item.reference])


def writing(item: Item) -> str:
    return reverse("incidents:write", args=[item.reference])


def of(world: World, name: str = "bob", *, confirmed: bool = True) -> Client:
    return visitor(world.people.get(name), confirmed=confirmed)


def shown(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


# Beginning


def test_the_start_says_where_to_and_how_many_would_read_it(world: World) -> None:
    text = shown(of(world), NEW)
    assert "solihull, to wm" in text and "checked" in text
    assert "wm: 1 person handles reports by name; 1 custodian keeps anonymous ones." in " ".join(text.split())


@pytest.mark.parametrize("who", ["paul", "nina", "lee", "olive"])
def test_who_is_of_no_active_member_gets_words_and_no_form(world: World, who: str) -> None:
    client = of(world, who)
    text = shown(client, NEW)
    assert "you are of none now" in text and 'name="how"' not in text
    assert client.post(NEW, {"where": "solihull/wm", "how": "named"}).status_code == 200
    assert not Item.rows.filter(kind=3).exists()


def test_whose_membership_ended_as_they_chose_gets_words(world: World, noon: datetime) -> None:
    Membership.objects.filter(organisation=world.organisations["solihull"]).update(until=noon)
    assert "you are of none now" in of(world).post(NEW, {"where": "solihull/wm", "how": "named"}).content.decode()


@BOTH
def test_one_begins_once_however_often_the_button_is_pressed(world: World, anonymous: bool) -> None:
    client = of(world)
    typed = {"where": "solihull/wm", "how": "anonymous" if anonymous else "named"}
    paths = {client.post(NEW, typed).headers["Location"] for _ in range(2)}
    report = Report.rows.get()
    assert paths == {page(report.item)} and report.item.anonymous == anonymous


def test_by_name_or_not_must_be_said(world: World) -> None:
    answer = of(world).post(NEW, {"where": "solihull/wm"}).content.decode()
    assert "Choose “Do you report by name?”" in answer and not Report.rows.exists()


# Who sees it


@BOTH
def test_a_draft_is_its_authors_form_and_nobody_elses_anything(world: World, anonymous: bool) -> None:
    item = begun(world, anonymous=anonymous, **WORDS)
    text = shown(of(world), page(item))
    assert f'value="{WORDS["title"]}"' in text and "Until you file it, you alone can read this." in text
    for name in ("carol", "cuth", "dora", "root", "nobody"):
        assert of(world, name).get(page(item)).status_code == 404, name


@BOTH
def test_what_is_filed_is_read_by_its_author_and_its_keepers(world: World, anonymous: bool) -> None:
    item = filed(world, anonymous=anonymous)
    keeper, other = ("cuth", "carol") if anonymous else ("carol", "cuth")
    for name in ("bob", keeper):
        text = shown(of(world, name), page(item))
        assert WORDS["title"] in text and WORDS["body"] in text and 'name="title"' not in text
        assert ('name="indicators"' in text) == (name == "bob")
        by = Origin.objects.get(item=item).label if anonymous else "Bob, solihull"
        assert by in text
        assert not anonymous or "Bob" not in re.sub(r'value="\w+"', "", text)  # tokens are letters by chance
    for name in (other, "dora", "root", "alice", "nobody"):
        assert of(world, name).get(page(item)).status_code == 404, name


def test_from_the_page_of_one_by_name_its_handler_begins_what_is_shared_and_its_author_does_not(world: World) -> None:
    item = filed(world, anonymous=False)
    button = "Begin an incident to share"
    assert button not in shown(of(world), page(item))
    handler = of(world, "carol")
    assert button in shown(handler, page(item))
    answer = handler.post(reverse("incidents:derive", args=[item.reference]), follow=True)
    assert answer.status_code == 200 and Item.rows.filter(kind=Kind.INCIDENT, derived_from__report=item).exists()


def test_an_anonymous_one_asks_once_more_who_it_is_and_one_by_name_does_not(world: World) -> None:
    for anonymous in (True, False):
        for item in (begun(world, anonymous=anonymous), filed(world, anonymous=anonymous)):
            answer = of(world, confirmed=False).get(page(item))
            assert answer.status_code == (302 if anonymous else 200)


def test_reading_an_anonymous_one_names_its_author_nowhere(world: World) -> None:
    item = filed(world)
    for name in ("bob", "cuth"):
        shown(of(world, name), page(item))
    origin = Origin.objects.get(item=item)
    rows = AuditRow.objects.filter(reference=item.reference, verb="read").order_by("pk")
    assert rows[0].actor == origin.pseudonym and rows[0].at.hour == 0
    assert rows[1].actor not in ("", origin.pseudonym)


@pytest.mark.parametrize("path", [page, writing], ids=["page", "write"])
def test_hidden_and_absent_take_as_many_statements(world: World, path: Any) -> None:
    reports = [begun(world), begun(world, anonymous=False), filed(world), filed(world, anonymous=False)]
    carol = of(world, "dora")
    there = "/incidents/WM-22222/" + ("report/" if path is writing else "")

    def asked(url: str) -> tuple[int, bytes]:
        with CaptureQueriesContext(connection) as queries:
            answer = carol.post(url, {"title": "x"}) if path is writing else carol.get(url)
        assert answer.status_code == 404
        return len(queries), re.sub(rb"WM-\w+", b"", answer.content)

    asked(there)  # who asks for the first time is given an alias
    assert {asked(path(item))[0] for item in reports} == {asked(there)[0]}


# Writing


def typed(**more: Any) -> dict[str, Any]:
    return {"title": "Payroll", "body": "Locked", "rsit": "malicious-code", "label": "AMBER", "nation": "wales", **more}


@BOTH
def test_what_is_typed_is_saved_with_a_button_and_as_it_is_typed(world: World, anonymous: bool) -> None:
    item = begun(world, anonymous=anonymous)
    client = of(world)
    answer = client.post(writing(item), typed(aware_at="2026-10-31T18:00", warps="wm"))
    assert answer.status_code == 302 and answer.headers["Location"] == page(item)
    report = Report.rows.get(item=item)
    assert (report.title, report.rsit, report.label, report.nation) == ("Payroll", "malicious-code", "AMBER", "wales")
    assert report.aware_at == datetime.fromisoformat("2026-10-31T18:00Z")
    assert report.audience == [["warp", world.warps["wm"].pk]]
    answer = client.post(writing(item), typed(title="Payroll locked"), headers={"HX-Request": "true"})
    text = answer.content.decode()
    assert Report.rows.get(item=item).title == "Payroll locked"
    assert "Saved 1 November 2026, 12:00" in text and 'hx-swap-oob="true"' in text and "<html" not in text


def test_a_part_of_it_is_saved_and_the_rest_stays(world: World) -> None:
    item = begun(world, **WORDS, label="AMBER", audience=[("warp", world.warps["wm"].pk)])
    of(world).post(writing(item), {"hit": "Payroll"})
    report = Report.rows.get(item=item)
    assert (report.title, report.hit, report.label) == (WORDS["title"], "Payroll", "AMBER") and report.audience


def test_a_time_that_is_none_is_said_at_its_field_and_kept_as_typed_and_the_rest_is_saved(world: World) -> None:
    item = begun(world)
    text = of(world).post(writing(item), typed(started_at="yesterday at six")).content.decode()
    assert 'href="#id_started_at"' in text and 'value="yesterday at six"' in text
    assert 'type="text" name="started_at"' in text
    assert Report.rows.get(item=item).title == "Payroll"
    part = of(world).post(writing(item), typed(started_at="yesterday"), headers={"HX-Request": "true"})
    assert "Saved, but for" in part.content.decode()


def test_an_hour_that_clocks_show_twice_comes_back_with_its_zone(world: World) -> None:
    item = begun(world)
    assert "Add BST" in of(world).post(writing(item), typed(started_at="2026-10-25T01:30")).content.decode()
    assert of(world).post(writing(item), typed(started_at="2026-10-25 01:30 BST")).status_code == 302
    assert 'value="2026-10-25 01:30 BST"' in shown(of(world), page(item))


@BOTH
def test_filing_asks_for_what_is_missing_and_then_files_once(world: World, anonymous: bool) -> None:
    item, client = begun(world, anonymous=anonymous), of(world)
    text = client.post(writing(item), {"title": "Payroll", "body": "", "act": "file"}).content.decode()
    assert 'href="#id_body"' in text and "Say what happened" in text
    for _ in range(2):
        assert client.post(writing(item), typed(act="file")).status_code == 302
    assert Item.rows.get(pk=item.pk).submitted_at and AuditRow.objects.filter(verb="file_report").count() == 1
    assert "You filed it" in shown(client, page(item))


def test_who_has_not_said_that_it_is_they_saves_and_is_shown_nothing_of_it(world: World) -> None:
    item = begun(world, title="Payroll", body="A word from before", hit="Bob's own desk")
    Indicator.objects.create(item=item, kind="ipv4", value="203.0.113.9")
    client = of(world, confirmed=False)
    assert client.post(writing(item), {"done": "Pulled the plug"}).status_code == 302
    for more in ({}, {"HX-Request": "true"}):
        text = client.post(writing(item), {"done": "x", "started_at": "never"}, headers=more).content.decode()
        assert "A word from before" not in text and "own desk" not in text and "Payroll" not in text
        assert "203[.]0[.]113[.]9" not in text and "AMBER+STRICT, without" not in text
    answer = client.post(writing(item), {"done": "Pulled the plug", "act": "file"})
    assert answer.status_code == 302 and "reauthenticate" in answer.headers["Location"]
    report = Report.rows.get(item=item)
    assert report.done == "Pulled the plug" and report.item.submitted_at is None


@BOTH
def test_indicators_are_read_whichever_button_is_pressed(world: World, anonymous: bool) -> None:
    item, client = begun(world, anonymous=anonymous), of(world)
    text = client.post(writing(item), {"title": "P", "indicators": "203.0.113.9\nwho knows"}).content.decode()
    assert "Nothing was understood in line 2." in text and ">\nwho knows</textarea>" in text
    assert "1 indicator understood, 1 of them new." in text and "203[.]0[.]113[.]9" in text
    assert client.post(writing(item), {"indicators": "203.0.113.9", "act": "paste"}).status_code == 302
    assert Indicator.objects.filter(item=item).count() == 1
    client.post(writing(item), {"out": "ipv4 203.0.113.9", "act": "out"})
    assert not Indicator.objects.exists()


def test_a_list_that_is_too_long_is_refused_in_words_and_kept_in_its_field(world: World) -> None:
    item = begun(world)
    text = "\n".join(f"host{number}.example.net" for number in range(100_000))
    answer = of(world).post(writing(item), {"title": "Saved all the same", "indicators": text, "act": "paste"})
    said = answer.content.decode()
    assert answer.status_code == 200 and 'href="#id_indicators"' in said and "in parts" in said
    assert not Indicator.objects.exists() and Report.rows.get(item=item).title == "Saved all the same"


@BOTH
def test_a_file_is_added_fetched_and_taken_out(world: World, anonymous: bool) -> None:
    item, client = begun(world, anonymous=anonymous, **WORDS), of(world)
    for _ in range(2):
        file = SimpleUploadedFile("../bob's notes.txt", b"seen at six\n")
        assert client.post(writing(item), {"file": file, "act": "attach"}).status_code == 302
    kept = Attachment.rows.get()
    path = reverse("advisories:attachment", args=[item.reference, kept.item.reference])
    text = shown(client, page(item))
    assert path in text and ("bob&#x27;s notes.txt" in text) != anonymous
    assert b"".join(client.get(path).streaming_content) == b"seen at six\n"  # type: ignore[attr-defined]
    for name in ("carol", "cuth", "dora", "nobody"):
        assert of(world, name).get(path).status_code == 404
    if anonymous:
        assert of(world, confirmed=False).get(path).status_code == 302
    client.post(writing(item), {"act": "file", **typed()})
    assert of(world, "cuth" if anonymous else "carol").get(path).status_code == 200
    client.post(writing(item), {"act": f"drop:{kept.item.reference}"})
    assert Attachment.rows.exists()  # it is filed


NONSENSE: list[dict[str, Any]] = [
    {"act": "drop:\0"}, {"act": "drop:WM-\0"}, {"act": "drop:"}, {"act": "drop"}, {"act": "drop:../../x"},
    {"act": "\0"}, {"act": "derive"}, {"act": "out", "out": "\0"}, {"act": "out", "out": "ipv4"},
    {"warps": "w\0m"}, {"warps": "\0"}, {"warps": "kent"},
    {"rsit": "\0"}, {"severity": "\0"}, {"nation": "mo\0on"}, {"indicators": "\0"}, {"embargo_until": "\0"},
    {"told-ico-reference": "a\0b", "told-ico-at": ""},
]  # fmt: skip


@pytest.mark.parametrize("nonsense", NONSENSE, ids=str)
@BOTH
def test_what_no_button_of_ours_sends_is_refused_in_words_and_no_database_is_asked_for_a_nil(
    world: World, nonsense: dict[str, Any], anonymous: bool
) -> None:
    item = begun(world, anonymous=anonymous)
    asked_for: list[object] = []

    def listening(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        asked_for.extend(params or ())
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listening):
        answer = of(world).post(writing(item), {"title": "Saved all the same", "label": "AMBER", **nonsense})
    assert answer.status_code == 200 and "There is a problem" in answer.content.decode()
    assert not [one for one in asked_for if "\0" in str(one)]  # a 500 on PostgreSQL
    assert Report.rows.get(item=item).title == "Saved all the same"


def test_what_a_file_is_is_said_where_it_is_not_what_its_name_says(world: World) -> None:
    item = begun(world, anonymous=False)
    of(world).post(writing(item), {"file": SimpleUploadedFile("minutes.pdf", b"plain words\n"), "act": "attach"})
    assert "says .pdf, is plain text" in shown(of(world), page(item))


@BOTH
def test_that_what_cannot_be_seen_was_taken_out_is_said_to_who_stays_anonymous(world: World, anonymous: bool) -> None:
    item, client = begun(world, anonymous=anonymous), of(world)
    file = SimpleUploadedFile("a.txt", "seen\u200b at\ufe0f six\n".encode())
    said = client.post(writing(item), {"file": file, "act": "attach"}, follow=True).content.decode()
    assert "The file is there." in said and ("Characters that can’t be seen" in said) == anonymous
    kept = Attachment.rows.get()
    path = reverse("advisories:attachment", args=[item.reference, kept.item.reference])
    assert (b"".join(client.get(path).streaming_content) == b"seen at six\n") == anonymous  # type: ignore[attr-defined]


def test_a_file_that_is_refused_is_said_at_its_field(world: World) -> None:
    item = begun(world)
    file = SimpleUploadedFile("a.zip", b"PK\x03\x04" + b"\0" * 60)
    text = of(world).post(writing(item), {"title": "P", "file": file, "act": "attach"}).content.decode()
    assert 'href="#id_file"' in text and "a ZIP archive" in text and Report.rows.get(item=item).title == "P"
    assert "Choose a file, then add it." in of(world).post(writing(item), {"act": "attach"}).content.decode()


def test_one_that_is_too_large_is_said_at_its_field_and_what_came_before_it_is_saved(
    world: World, settings: Any
) -> None:
    settings.LARGEST_FILE = 50_000
    item = begun(world, label="GREEN", audience=[["warp", world.warps["wm"].pk]])
    sent = {"title": "Saved", "file": SimpleUploadedFile("a.txt", b"x" * 60_000), "label": "CLEAR", "act": "attach"}
    text = of(world).post(writing(item), sent).content.decode()
    assert 'href="#id_file"' in text and "The file is larger than" in text
    report = Report.rows.get(item=item)
    assert (report.title, report.label) == ("Saved", "GREEN") and report.audience and not Attachment.rows.exists()


# The checklist


def test_the_checklist_goes_by_the_nation_and_counts_from_when_they_became_aware(world: World) -> None:
    item = begun(world, aware_at=datetime.fromisoformat("2026-10-31T18:00Z"))
    text = shown(of(world), page(item))
    assert "Reporting here replaces none of these." in text and "By 3 November 2026, 18:00 GMT" in text
    assert "MHCLG" in text and "Police Scotland" not in text
    of(world).post(writing(item), {"nation": "scotland", "aware_at": ""})
    text = shown(of(world), page(item))
    assert "Police Scotland" in text and "MHCLG" not in text and "depends on when you became aware" in text


@BOTH
def test_whom_they_told_is_noted_before_and_after_it_is_filed_and_its_keepers_read_it(
    world: World, anonymous: bool
) -> None:
    item, client = begun(world, anonymous=anonymous, **WORDS), of(world)
    told = {"told-ico-at": "2026-11-01T11:00", "told-ico-reference": "IC-123"}
    client.post(writing(item), {**typed(), **told, "act": "file"})
    text = shown(of(world, "cuth" if anonymous else "carol"), page(item))
    assert "IC-123" in text and "Told</strong> 1 November 2026, 11:00 GMT" in text
    client.post(writing(item), {"told-ico-at": "", "told-ico-reference": "", "told-ncsc-reference": "N-7",
                                "told-ncsc-at": ""})  # fmt: skip
    assert [(one.body, one.reference) for one in Notified.objects.all()] == [("ncsc", "N-7")]


# A sign-in that ends


def test_who_is_signed_out_gets_back_all_that_they_typed_and_nothing_is_kept_of_them(world: World) -> None:
    item = begun(world)
    typed_in = typed(body="A long\nstory", indicators="203.0.113.9", warps="wm", act="file")
    sessions = Session.objects.count()
    for path in (writing(item), "/incidents/WM-22222/report/"):
        with CaptureQueriesContext(connection) as queries:
            answer = of(world, "nobody").post(path, typed_in)
        text = answer.content.decode()
        assert answer.status_code == 200 and ">\nA long\nstory</textarea>" in text and "Nothing is lost" in text
        assert '<input type="hidden" name="warps" value="wm">' in text and ">\n203.0.113.9</textarea>" in text
        assert answer.headers["Cache-Control"] == "no-store, private"
        assert not [one for one in queries.captured_queries if re.match("INSERT|UPDATE|DELETE", one["sql"])]
    assert Session.objects.count() == sessions and Report.rows.get(item=item).body == ""
    assert (
        "You are signed out" in of(world, "nobody").post(NEW, {"where": "solihull/wm", "how": "named"}).content.decode()
    )


def test_a_token_of_before_is_answered_with_what_was_typed_and_a_button(world: World) -> None:
    item = begun(world, anonymous=False)
    client = of(world)
    client.handler.enforce_csrf_checks = True
    origin = {"Origin": "http://localhost"}
    stale = typed(body="A long story", csrfmiddlewaretoken="x" * 64)
    text = client.post(writing(item), stale, headers=origin).content.decode()
    assert "You are signed in again: save it now" in text and "A long story" in text
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', text)
    assert token is not None and "x" * 64 not in text
    again = client.post(writing(item), {**stale, "csrfmiddlewaretoken": token[1]}, headers=origin)
    assert again.status_code == 302 and Report.rows.get(item=item).body == "A long story"
    note = client.post(writing(item), stale, headers={**origin, "HX-Request": "true"}).content.decode()
    assert "your sign-in has changed" in note and 'id="csrf" hx-swap-oob="true"' in note


@pytest.mark.parametrize("origin", ["https://evil.example.org", "", "null"])
def test_what_another_site_sends_is_not_shown_back(world: World, origin: str) -> None:
    item = begun(world, anonymous=False)
    client = of(world)
    client.handler.enforce_csrf_checks = True
    answer = client.post(writing(item), typed(body="Planted words"), headers={"Origin": origin} if origin else {})
    assert answer.status_code == 403 and "Planted words" not in answer.content.decode()


def test_elsewhere_a_stale_token_is_refused_as_ever(world: World) -> None:
    client = of(world)
    client.handler.enforce_csrf_checks = True
    answer = client.post("/account/feeds/", {"name": "x"}, headers={"Origin": "http://localhost"})
    assert answer.status_code == 403 and "Nothing was sent" in answer.content.decode()


# Lists


def test_one_finds_ones_own_again_and_keepers_what_waits(world: World) -> None:
    draft, anonymous = begun(world, anonymous=False, **WORDS), filed(world, title="Sealed words")
    named = filed(world, "wendy", anonymous=False, title="From walsall")
    text = shown(of(world), "/incidents/")
    assert "Report an incident" in text and "Your reports" in text and "Reports for you" not in text
    for item in (draft, anonymous):
        assert page(item) in text
    assert page(named) not in text and "Sealed words" in text
    for name, item in (("cuth", anonymous), ("carol", named)):
        text = shown(of(world, name), "/incidents/")
        assert "Reports for you" in text and [one for one in (draft, anonymous, named) if page(one) in text] == [item]
    for name in ("dora", "root", "nobody"):
        text = shown(of(world, name), "/incidents/")
        assert not [one for one in (draft, anonymous, named) if page(one) in text], name
    assert "Report an incident" not in shown(of(world, "nobody"), "/incidents/")


def test_the_title_of_an_anonymous_one_stands_on_no_list_of_who_was_not_asked(world: World) -> None:
    item = filed(world, title="Sealed words")
    for name in ("bob", "cuth"):
        text = shown(of(world, name, confirmed=False), "/incidents/")
        assert page(item) in text and "Sealed words" not in text


def test_home_says_that_one_is_to_be_finished_and_that_one_waits(world: World) -> None:
    assert "You began a report" not in shown(of(world), "/")
    item = begun(world, title="Sealed words")
    text = shown(of(world), "/")
    assert "You began a report" in text and page(item) in text and "Sealed words" not in text
    filed(world, "wendy", title="Another")
    assert "A report of an incident waits for you." in shown(of(world, "cuth"), "/")
    for name in ("carol", "dora", "wendy"):
        text = shown(of(world, name), "/")
        assert "A report of an incident waits" not in text and "You began a report" not in text


def test_what_something_was_derived_from_waits_no_more(world: World) -> None:
    item = filed(world, anonymous=False)
    derive_incident(world.people["carol"], item, clock.ask())
    assert "Reports for you" not in shown(of(world, "carol"), "/incidents/")


# How much it asks


def asked(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


@BOTH
def test_twenty_of_everything_take_as_many_statements_as_one(world: World, anonymous: bool) -> None:
    item, bob = begun(world, anonymous=anonymous, **WORDS), of(world)
    keeper = of(world, "cuth" if anonymous else "carol")

    def grow(count: int, begin: int) -> None:
        for number in range(begin, begin + count):
            file = SimpleUploadedFile(f"{number}.txt", b"%d\n" % number)
            bob.post(writing(item), {"file": file, "indicators": f"203.0.113.{number}"})
            filed(world, anonymous=anonymous, title=f"No {number}")

    grow(1, 1)
    paths = [page(item), "/incidents/", "/"]
    for path in paths:
        bob.get(path)
    keeper.get("/incidents/")
    one = [asked(bob, path) for path in paths] + [asked(keeper, "/incidents/")]
    grow(9, 2)
    assert [asked(bob, path) for path in paths] + [asked(keeper, "/incidents/")] == one
    assert one[0] <= 60
