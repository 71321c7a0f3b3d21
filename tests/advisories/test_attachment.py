"""Files: kept whole under random names, and handed out through the rule alone, so that no browser makes anything of
them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from advisories import children, files
from advisories.children import attaching
from advisories.models import Attachment
from members import clock, stand
from members.models import AuditRow, Item, Origin
from members.refused import Refused
from tests import pages
from tests.members.world import World
from tests.pages import visitor

pytestmark = pytest.mark.usefixtures("folder")
AMBER = {"id": "amber", "label": "AMBER", "grants": [{"organisation": "brum"}]}
RED = {"id": "red", "label": "RED", "grants": [{"person": "alice"}], "handlers": ["carol"]}
EMBARGOED = {"id": "e", "label": None, "author": "mia", "embargo": {
    "state": "active", "ends_at": "2026-12-01T12:00Z", "handlers": ["carol"],
    "named": {"alice": "accepted"}}}  # fmt: skip
CONTENT = b"what the file holds"


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch, noon: datetime) -> None:
    monkeypatch.setattr(clock, "ask", lambda: noon)


def attached(world: World, case: dict[str, Any], name: str = "log.txt", content: bytes = CONTENT, **how: Any) -> Item:
    """An advisory's file, added by alice an hour ago."""
    parent = pages.advisory(world, case).item
    at = clock.now() - timedelta(hours=1)
    return children.attach(world.people["alice"], parent, at, name, ContentFile(content), **how).item


def path_of(item: Item) -> str:
    assert item.parent is not None
    return reverse("advisories:attachment", args=[item.parent.reference, item.reference])


def post(client: Client, parent: Item, file: Any, **fields: Any) -> Any:
    sent = {"attachment-readers": "readers", "attachment-file": file, **fields}
    return client.post(reverse("advisories:attach", args=[parent.reference]), sent)


# What is kept


def test_it_is_kept_whole_under_a_name_that_tells_nothing(world: World, folder: Path) -> None:
    item = attached(world, AMBER, "../../etc/Lena’s log.txt")
    kept = Attachment.rows.get()
    assert (kept.name, kept.size, kept.sha256) == ("Lena’s log.txt", 19, hashlib.sha256(CONTENT).hexdigest())
    (stored,) = folder.iterdir()
    assert stored.name == kept.stored and len(kept.stored) == 32 and stored.read_bytes() == CONTENT
    assert item.reference not in kept.stored


@pytest.mark.parametrize(("given", "cleaned"), [
    ("C:\\Users\\lena\\report.pdf", "report.pdf"),
    ("/etc/passwd", "passwd"),
    ("..", "file"),
    ("", "file"),
    (".htaccess", "htaccess"),
    ("invoice\u202efdp.exe", "invoicefdp.exe"),
    ("a\u2066b\u2069\u200b\u0000\r\nSet-Cookie: x.txt", "abSet-Cookie_ x.txt"),
    ("two\u2028lines\u00a0\t here.txt", "two lines here.txt"),
    ('a"b<c>d|e?f*.txt', "a_b_c_d_e_f_.txt"),
    ("stream.txt:hidden.exe", "stream.txt_hidden.exe"),
    ("trailing.txt. . ", "trailing.txt"),
    ("Ünïcode Café.txt", "Ünïcode Café.txt"),
    ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
    ("x" * 300, "x" * 200),
])  # fmt: skip
def test_a_name_has_no_path_and_nothing_that_cannot_be_seen(given: str, cleaned: str) -> None:
    assert files.clean(given) == cleaned


def test_one_that_is_too_large_is_refused_in_words_and_nothing_is_written(
    world: World, noon: datetime, settings: Any, folder: Path
) -> None:
    settings.LARGEST_FILE = 1000
    parent = pages.advisory(world, AMBER).item
    with pytest.raises(Refused, match="larger than 1000"):
        children.attach(world.people["alice"], parent, noon, "big", ContentFile(b"x" * 1001))
    client = visitor(world.people["alice"])
    for size in (1001, 3000, 100_000):
        answer = post(client, parent, SimpleUploadedFile("big.bin", b"x" * size))
        assert answer.status_code == 200 and "The file is larger than 1000" in answer.content.decode()
        assert f'action="{reverse("advisories:attach", args=[parent.reference])}"' in answer.content.decode()
    assert not folder.exists() and not Attachment.rows.exists()
    assert post(client, parent, SimpleUploadedFile("right.bin", b"x" * 1000)).status_code == 302
    assert Attachment.rows.get().size == 1000


def test_what_is_too_large_is_not_read_to_its_end(world: World, settings: Any) -> None:
    settings.LARGEST_FILE = 100_000
    parent = pages.advisory(world, AMBER).item
    client = visitor(world.people["alice"])
    boundary = "--b\r\nContent-Disposition: form-data; name=\"attachment-readers\"\r\n\r\nreaders\r\n--b\r\n" \
        "Content-Disposition: form-data; name=\"attachment-file\"; filename=\"big\"\r\n\r\n"  # fmt: skip
    body = boundary.encode() + b"x" * 10_000_000 + b"\r\n--b--\r\n"

    wire = BytesIO(body)
    client.request = partial(client.request, **{"wsgi.input": wire})  # type: ignore[method-assign]
    path = reverse("advisories:attach", args=[parent.reference])
    answer = client.post(path, body, content_type="multipart/form-data; boundary=b")
    assert "The file is larger than" in answer.content.decode()
    assert wire.tell() < 1_000_000


def test_where_the_rows_fail_the_file_goes_again(
    world: World, noon: datetime, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parent = pages.advisory(world, AMBER).item
    monkeypatch.setattr(attaching, "record", Raising())
    with pytest.raises(RuntimeError):
        children.attach(world.people["alice"], parent, noon, "log.txt", ContentFile(CONTENT))
    assert list(folder.iterdir()) == [] and not Attachment.rows.exists()
    assert not Item.rows.filter(parent=parent).exists()


class Raising:
    def __call__(self, *_args: Any, **_more: Any) -> None:
        raise RuntimeError("the power went")


def test_a_crash_before_the_commit_leaves_a_file_that_nobody_can_ask_for_and_no_row_without_one(
    world: World, noon: datetime, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parent = pages.advisory(world, AMBER).item
    monkeypatch.setattr(attaching, "record", Raising())
    monkeypatch.setattr(files, "discard", lambda stored: None)  # the process is gone: nobody tidies up
    with pytest.raises(RuntimeError):
        children.attach(world.people["alice"], parent, noon, "log.txt", ContentFile(CONTENT))
    (left,) = folder.iterdir()
    assert left.read_bytes() == CONTENT and not Attachment.rows.exists()
    client = visitor(world.people["alice"])
    for child in (left.name, "WM-22222"):
        assert client.get(reverse("advisories:attachment", args=[parent.reference, child])).status_code == 404


# How it is handed out


def test_who_may_read_it_is_given_it_and_the_browser_is_told_to_make_nothing_of_it(world: World) -> None:
    item = attached(world, AMBER, 'Lena’s "log" – ok.html', b"<script>alert(1)</script>")
    answer = visitor(world.people["alice"]).get(path_of(item))
    assert answer.getvalue() == b"<script>alert(1)</script>"
    wanted = {
        "Content-Type": "application/octet-stream",
        "Content-Disposition": "attachment; filename*=utf-8''Lena%E2%80%99s%20_log_%20%E2%80%93%20ok.html",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store, private",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Content-Length": "25",
    }
    assert {name: answer.headers[name] for name in wanted} == wanted


def test_clear_ones_are_for_everyone_and_kept_by_no_cache(world: World) -> None:
    item = attached(world, {"id": "c", "label": "CLEAR"})
    for person in (None, world.people["olive"]):
        answer = visitor(person).get(path_of(item))
        assert answer.getvalue() == CONTENT and answer.headers["Cache-Control"] == "no-store, private"
    assert list(AuditRow.objects.filter(verb="download").values_list("actor", flat=True)) == [
        "", world.people["olive"].alias.code,
    ]  # fmt: skip


def test_hidden_and_absent_look_alike_to_the_byte_and_cost_the_same(world: World) -> None:
    """Every (advisory, file) pair across two advisories, and names of nothing: what is not one's own is 404."""
    mine, theirs = attached(world, AMBER), attached(world, {"id": "other", "label": "GREEN"})
    hidden = attached(world, RED)
    assert mine.parent is not None
    carol, at = world.people["carol"], clock.now()
    narrower = children.attach(carol, mine.parent, at, "x", ContentFile(b"x"), label="AMBER+STRICT").item
    refs = [item.reference for item in (mine, theirs, hidden, narrower)] + ["WM-22222", "nonsense"]
    parents = [item.parent.reference for item in (mine, theirs, hidden) if item.parent] + ["WM-22222", refs[0]]
    open_to_alan = {path_of(item) for item in (mine, theirs)}
    for name, opened in (("alan", open_to_alan), ("bob", {path_of(theirs)}), ("nobody", set())):
        client = visitor(world.people.get(name))
        client.get(reverse("advisories:attachment", args=["WM-22222", "WM-33333"]))  # makes their name in the audit
        seen = set()
        for parent in parents:
            for ref in refs:
                path = reverse("advisories:attachment", args=[parent, ref])
                for method in (client.get, client.head):
                    with CaptureQueriesContext(connection) as asked:
                        answer = method(path)
                    if path in opened:
                        assert answer.status_code == 200
                    else:
                        seen.add((method.__name__, answer.status_code, answer.content, len(asked)))
        assert {status for _, status, *_ in seen} == {404} and len(seen) == 2, name


def test_after_narrowing_the_same_address_finds_nothing_signed_out_too(world: World, noon: datetime) -> None:
    parent = pages.advisory(world, {"id": "c", "label": "CLEAR"}).item
    earlier = noon - timedelta(hours=1)
    item = children.attach(world.people["alice"], parent, earlier, "log.txt", ContentFile(CONTENT)).item
    clients = {name: visitor(world.people.get(name)) for name in ("bob", "nobody", "alice")}
    for client in clients.values():
        assert client.get(path_of(item)).status_code == 200
    stand.release(
        parent, 1, "AMBER", [("organisation", world.organisations["brum"].pk)], noon, by=world.people["carol"]
    )
    assert {name: client.get(path_of(item)).status_code for name, client in clients.items()} == {
        "bob": 404, "nobody": 404, "alice": 200,
    }  # fmt: skip
    clients["alice"].post(reverse("account_logout"))
    assert clients["alice"].get(path_of(item)).status_code == 404


def test_head_ranges_and_conditions_tell_nothing_more(world: World) -> None:
    item = attached(world, AMBER)
    alice, bob = visitor(world.people["alice"]), visitor(world.people["bob"])
    whole = alice.get(path_of(item))
    assert "ETag" not in whole.headers and "Last-Modified" not in whole.headers
    asked: list[dict[str, Any]] = [
        {"Range": "bytes=0-3"}, {"If-None-Match": "*"}, {"If-Modified-Since": "Fri, 01 Jan 2038 00:00:00 GMT"},
        {"If-Range": '"x"', "Range": "bytes=5-"},
    ]  # fmt: skip
    for headers in asked:
        answer = alice.get(path_of(item), headers=headers)
        assert (answer.status_code, answer.getvalue()) == (200, CONTENT)
        assert bob.get(path_of(item), headers=headers).status_code == 404
    head = alice.head(path_of(item))
    assert head.status_code == 200 and head.getvalue() == b"" and head.headers["Content-Length"] == "19"
    for method in (alice.post, alice.put, alice.delete, bob.post):
        assert method(path_of(item)).status_code == 405


@pytest.mark.parametrize("case", [RED, EMBARGOED], ids=["red", "embargoed"])
def test_what_is_guarded_asks_who_it_is_once_more(world: World, case: dict[str, Any]) -> None:
    item = attached(world, case)
    alice = world.people["alice"]
    for method in ("get", "head"):
        asked = getattr(visitor(alice), method)(path_of(item))
        assert asked.status_code == 302
        assert asked["Location"].startswith(reverse("mfa_reauthenticate") + "?next=%2Fadvisories%2F")
        assert "log.txt" not in str(asked.headers)
    assert not AuditRow.objects.filter(verb="download").exists()
    assert visitor(alice, confirmed=True).get(path_of(item)).getvalue() == CONTENT
    assert visitor(world.people["bob"], confirmed=True).get(path_of(item)).status_code == 404


def test_a_red_file_beneath_what_is_not_red_asks_as_well(world: World) -> None:
    alan = world.people["alan"]
    item = attached(world, AMBER, label="RED", targets=[("person", alan.pk)])
    assert visitor(alan).get(path_of(item)).status_code == 302
    assert visitor(alan, confirmed=True).get(path_of(item)).getvalue() == CONTENT
    assert visitor(world.people["carol"], confirmed=True).get(path_of(item)).status_code == 404


def test_each_download_is_recorded_and_names_nobody_who_reads_it_by_their_report_alone(world: World) -> None:
    item = attached(world, {**AMBER, "derived_from_report_of": "bob"})
    stand.release(item, 1, "CLEAR", [], clock.now(), by=world.people["carol"])  # else bob would not meet it at all
    for name in ("bob", "alan"):
        assert visitor(world.people[name]).get(path_of(item)).status_code == 200
    rows = list(AuditRow.objects.filter(verb="download").order_by("pk").values_list("reference", "actor"))
    assert rows == [(item.reference, Origin.objects.get().pseudonym), (item.reference, world.people["alan"].alias.code)]


def test_what_nobody_found_is_recorded_as_it_was_typed(world: World) -> None:
    item = attached(world, AMBER)
    assert item.parent is not None
    visitor(world.people["bob"]).get(path_of(item))
    row = AuditRow.objects.get(verb="asked for")
    assert row.reference == f"{item.parent.reference}/{item.reference}"


def test_a_row_whose_file_is_lost_fails_loudly(world: World, folder: Path) -> None:
    item = attached(world, AMBER)
    for stored in folder.iterdir():
        stored.unlink()
    get: Callable[[str], Any] = visitor(world.people["alice"]).get
    with pytest.raises(FileNotFoundError):
        get(path_of(item))
