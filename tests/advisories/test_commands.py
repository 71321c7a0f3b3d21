"""`sources`, `collect` and `import`, as people type them and scripts read them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from io import StringIO
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from advisories import tasks
from advisories.collect import schedule, sidebyside
from advisories.collect.store import store
from advisories.models import Entry, Fetch, Source
from members import clock
from members.models import AuditRow, Item, Warp
from tests.advisories.collect.conftest import Site
from tests.advisories.feeds import AT, item, kev, row, rss, source
from tests.members.world import World

KEYS = ["kind", "outcome", "items", "new", "changed", "same", "refused", "seconds", "error"]
ROOT = Path(__file__).resolve().parents[2]


def run(*words: str) -> tuple[int, str]:
    """Exit status and standard output."""
    out = StringIO()
    try:
        call_command(*words, stdout=out)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue()
    except CommandError as error:
        return error.returncode, str(error)
    return 0, out.getvalue()


def told(*words: str) -> tuple[int, list[dict[str, Any]]]:
    status, out = run(*words, "--json")
    return status, json.loads(out)


# collect


def test_collect_fetches_what_is_due_and_says_so_per_source(world: World, site: Site) -> None:
    now = clock.ask()
    source(world.warps["wm"], "a", url=site.gives("/a", rss(item(1), item(2))), due_at=now)
    source(world.warps["wm"], "b", url=site.gives("/b", rss(item(3), {"category": "nothing else"})), due_at=now)
    source(world.warps["wm"], "c", url=site.gives("/c", b"<html></html>"), due_at=now)
    source(world.warps["wm"], "later", url=site.url("/later"), due_at=now + timedelta(hours=1))
    status, reports = told("collect")
    assert status == 1
    assert [list(report) for report in reports] == [["source", *KEYS]] * 3
    by_slug = {report["source"]: report for report in reports}
    assert {k: v for k, v in by_slug["a"].items() if k != "seconds"} == {
        "source": "a", "kind": "feed", "outcome": "ok", "items": 2, "new": 2, "changed": 0, "same": 0, "refused": 0,
        "error": "",
    }  # fmt: skip
    assert (by_slug["b"]["outcome"], by_slug["b"]["items"], by_slug["b"]["refused"]) == ("ok", 2, 1)
    assert by_slug["c"]["outcome"] == "refused" and "web page" in by_slug["c"]["error"]
    assert told("collect") == (0, [])


def test_collect_takes_one_source_now_although_it_is_not_due(world: World, site: Site) -> None:
    due = clock.ask() + timedelta(hours=1)
    source(world.warps["wm"], "a", url=site.gives("/a", rss(item(1))), due_at=due)
    assert told("collect", "--source", "a")[1][0]["outcome"] == "ok"
    assert told("collect", "--source", "a")[1][0]["outcome"] == "same"
    status, out = run("collect", "--source", "a")
    assert status == 0 and out.startswith("a: same (feed): 0 items, 0 new, 0 changed, 0 same, 0 refused; ")


def test_a_source_that_cannot_be_reached_is_an_error_of_status_two(world: World, site: Site) -> None:
    source(world.warps["wm"], "a", url=site.gives("/a", status=503))
    status, (report,) = told("collect", "--source", "a")
    assert (status, report["outcome"]) == (2, "error") and "503" in report["error"]


def test_a_folder_is_one_source_however_many_files_it_holds(world: World, tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(rss(item(1)))
    (tmp_path / "b.txt").write_text("Notes")
    source(world.warps["wm"], "drop", "folder", url=str(tmp_path))
    status, (report,) = told("collect", "--source", "drop")
    assert (status, report["outcome"], report["new"]) == (1, "refused", 1)
    assert report["error"].startswith("b.txt: ")


def test_a_bug_in_one_source_is_told_and_the_others_go_on(
    world: World, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = source(world.warps["wm"], "bad", url=site.gives("/bad", rss(item(1))), due_at=AT)
    source(world.warps["wm"], "good", url=site.gives("/good", rss(item(2))), due_at=AT + timedelta(minutes=1))
    monkeypatch.setattr("advisories.collect.attempt.store", _failing_for(bad))
    status, reports = told("collect")
    assert status == 2
    assert {report["source"]: report["outcome"] for report in reports} == {"bad": "error", "good": "ok"}
    assert "ZeroDivisionError" in next(report["error"] for report in reports if report["source"] == "bad")


def _failing_for(bad: Source) -> Any:
    def failing(which: Source, *args: Any) -> Any:
        return 1 // 0 if which == bad else store(which, *args)

    return failing


@pytest.mark.parametrize(
    "words", [("collect", "--source", "x"), ("sources", "test", "x"), ("import", "f", "--source", "x")]
)
def test_an_unknown_source_is_wrong_use_and_the_known_ones_are_named(world: World, words: tuple[str, ...]) -> None:
    source(world.warps["wm"], "news")
    assert run(*words) == (2, "There is no source 'x'. There are: news.")


# import


def test_import_tells_files_apart_by_what_is_in_them(world: World, tmp_path: Path) -> None:
    files = {"one": rss(item(1)), "two.txt": kev(row("CVE-2026-1001")), "three.xml": b"no feed at all"}
    for name, body in files.items():
        (tmp_path / name).write_bytes(body)
    status, reports = told("import", *(str(tmp_path / name) for name in files))
    assert status == 1
    assert [list(report) for report in reports] == [["file", *KEYS]] * 3
    assert [(r["kind"], r["outcome"], r["new"]) for r in reports] == [
        ("feed", "ok", 1), ("kev", "ok", 1), ("", "refused", 0),
    ]  # fmt: skip
    assert reports[0]["file"] == str(tmp_path / "one")
    assert reports[2]["error"].startswith("The hub does not know what kind of document this is.")
    assert told("import", str(tmp_path / "one"))[1][0]["outcome"] == "same"


def test_what_is_imported_goes_to_the_roots_desk_under_the_strict_label(world: World, tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(rss(item(1), item(2, "[TLP:RED] Item")))
    assert run("import", str(tmp_path / "a.xml"))[0] == 0
    made = Source.objects.get(slug="imported")
    assert (made.warp, made.enabled, made.hub_wide) == (world.warps["uk"], False, False)
    assert sorted(Item.rows.values_list("marking", flat=True)) == ["AMBER+STRICT", "RED"]


def test_import_takes_a_label_for_what_is_unmarked_and_a_source(world: World, tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(rss(item(1), item(2, "[TLP:RED] Item")))
    source(world.warps["wm"], "news")
    assert run("import", str(tmp_path / "a.xml"), "--source", "news", "--tlp", "tlp:green")[0] == 0
    assert sorted(Item.rows.values_list("marking", "warp__slug")) == [("GREEN", "wm"), ("RED", "wm")]


def test_an_old_catalogue_that_is_imported_removes_nothing(world: World, site: Site, tmp_path: Path) -> None:
    whole = site.gives("/kev", kev(row("CVE-2026-1001"), row("CVE-2026-1002")))
    source(world.warps["wm"], "kev", "kev", url=whole)
    told("collect", "--source", "kev")
    (tmp_path / "old.json").write_bytes(kev(row("CVE-2026-1001")))
    told("import", str(tmp_path / "old.json"), "--source", "kev")
    assert Entry.rows.filter(gone_at=None).count() == 2


def test_a_file_that_cannot_be_read_is_an_error_and_others_are_taken(world: World, tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(rss(item(1)))
    status, reports = told("import", str(tmp_path / "none.xml"), str(tmp_path / "a.xml"), str(tmp_path))
    assert status == 2
    assert [report["outcome"] for report in reports] == ["error", "ok", "error"]
    assert reports[0]["error"] == "none.xml cannot be read: No such file or directory."


def test_wrong_use_is_said_in_words(world: World, tmp_path: Path) -> None:
    assert run("import", "a.xml", "--tlp", "PURPLE") == (
        2, "'PURPLE' is no TLP label. Write one of: CLEAR, GREEN, AMBER, AMBER+STRICT, RED.",
    )  # fmt: skip


@pytest.mark.django_db
def test_without_a_warp_it_is_said_how_to_make_one(tmp_path: Path) -> None:
    assert not Warp.objects.exists()
    assert run("import", str(tmp_path))[1] == "There is no WARP yet. Make the first with: python manage.py setup"
    assert run("sources", "add", "feed", "https://news.example.org/feed")[0] == 2


# sources


def test_a_source_is_added_listed_and_audited(world: World) -> None:
    status, (made,) = told(
        "sources", "add", "feed", "https://news.example.org/feed.xml", "--tlp", "GREEN", "--every", "30", "--warp", "wm"
    )
    assert status == 0
    assert (made["source"], made["name"], made["warp"]) == ("news-example-org", "news.example.org", "wm")
    assert (made["tlp"], made["every"], made["hub_wide"], made["outcome"]) == ("GREEN", 30, False, None)
    assert told("sources", "list") == (0, [made])
    assert AuditRow.objects.get(verb="add_source").reference == "news-example-org"
    assert run("sources", "list")[1] == (
        "news-example-org: feed https://news.example.org/feed.xml, wm, TLP:GREEN, every 30 min, not yet fetched\n"
    )


def test_a_source_goes_to_the_root_and_is_strict_unless_told_otherwise(world: World) -> None:
    made = told("sources", "add", "kev", "https://kev.example.org/kev.json", "--name", "KEV", "--hub-wide")[1][0]
    assert (made["source"], made["warp"], made["hub_wide"], made["tlp"]) == ("kev", "uk", True, "AMBER+STRICT")
    assert told("sources", "add", "feed", "https://a.example.org/1", "--name", "KEV")[1][0]["source"] == "kev-2"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("gopher", "https://example.org/"),
            "This hub collects from: feed, csaf, taxii, stix, misp, kev, cve",
        ),
        (("mailbox", "https://example.org/"), "is no address of a mailbox"),
        (("feed", "ftp://example.org/"), "Only http and https addresses are collected, not ftp://example.org/."),
        (("feed", "https://u:p@example.org/"), "carries a name or password"),
        (("feed", "https://example.org/", "--every", "0"), "--every takes a number of minutes, at least 1."),
        (("feed", "https://example.org/", "--warp", "x"), "There is no WARP 'x'. There are: birmingham, kent, uk, wm."),
        (("feed", "https://example.org/", "--tlp", "x"), "no TLP label"),
        (("feed", "https://taken.example.org/", "--warp", "wm"), "is a source already: taken."),
    ],
)
def test_a_source_that_cannot_be_is_refused_in_words(world: World, words: tuple[str, ...], said: str) -> None:
    source(world.warps["wm"], "taken", url="https://taken.example.org/")
    status, out = run("sources", "add", *words)
    assert status == 2 and said in out
    assert Source.objects.count() == 1


def test_a_source_is_tried_without_storing_anything(world: World, site: Site) -> None:
    news = source(
        world.warps["wm"], url=site.gives("/a", rss(item(1), {"category": "nothing else"}), ETag='"1"'), etag='"1"'
    )
    status, (report,) = told("sources", "test", "news")
    assert (status, report["outcome"], report["items"], report["refused"]) == (1, "ok", 2, 1)
    assert report["entries"] == [
        {"title": "Item number 1", "url": "https://news.example.org/1", "published": None, "label": None}
    ]
    out = run("sources", "test", "news")[1]
    assert out.startswith("news: 1 entries would come, 1 be refused\n") and "Item number 1" in out
    assert not Entry.rows.exists() and not Fetch.objects.exists()
    assert Source.objects.values().get(pk=news.pk)["due_at"] == AT


@pytest.mark.parametrize(("answer", "outcome", "status"), [(404, "error", 2), (200, "refused", 1)])
def test_a_source_that_is_tried_in_vain_says_why(
    world: World, site: Site, answer: int, outcome: str, status: int
) -> None:
    source(world.warps["wm"], url=site.gives("/a", b"<html></html>", status=answer))
    found, (report,) = told("sources", "test", "news")
    assert (found, report["outcome"]) == (status, outcome) and report["error"]


def test_wrong_use_shows_no_traceback(tmp_path: Path) -> None:
    """As a person meets it: a process of its own."""
    environment = {**os.environ, "WARP_HOME": str(tmp_path)}
    for words in (["sources", "add", "feed"], ["import"]):
        ended = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == 2 and "usage:" in ended.stderr, words
        assert "Traceback" not in ended.stderr and ended.stdout == ""


# The task


@pytest.mark.django_db(transaction=True)
def test_the_task_collects_all_that_is_due_and_nothing_twice(world: World, site: Site) -> None:
    now = clock.ask()
    for name in ("a", "b"):
        source(world.warps["wm"], name, url=site.gives(f"/{name}", rss(item(1))), due_at=now)
    tasks.collect_due()
    tasks.collect_due()
    assert sorted(path for path, _ in site.seen) == ["/a", "/b"]
    assert tasks.collect_due.name == "advisories.tasks.collect_due"


@pytest.mark.django_db(transaction=True)
def test_a_source_that_another_run_has_claimed_is_left_to_it(world: World, site: Site) -> None:
    claimed = source(world.warps["wm"], url=site.gives("/a", rss(item(1))), due_at=clock.ask())
    assert schedule.take(claimed, clock.ask())
    tasks.collect_due()
    assert site.seen == []


@pytest.mark.django_db(transaction=True)
def test_a_bug_in_one_source_does_not_stop_the_task(
    world: World, site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    bad = source(world.warps["wm"], "bad", url=site.gives("/bad", rss(item(1))), due_at=AT)
    source(world.warps["wm"], "good", url=site.gives("/good", rss(item(2))), due_at=AT + timedelta(minutes=1))
    monkeypatch.setattr("advisories.collect.attempt.store", _failing_for(bad))
    tasks.collect_due()
    assert Entry.rows.get().source.slug == "good"
    assert [record.source for record in caplog.records if record.exc_info] == ["bad"]  # type: ignore[attr-defined]


@pytest.mark.django_db(transaction=True)
def test_sources_that_hang_delay_no_other_and_hold_one_of_the_workers(world: World, site: Site) -> None:
    """Beat asks every minute, and there are four workers: an alert still finds one."""
    answered, now = Event(), clock.ask()

    def hang(_handler: BaseHTTPRequestHandler) -> None:
        answered.wait(20)

    others = [Site() for _ in range(5)]
    for number, other in enumerate(others):
        other.routes["/"] = hang
        source(world.warps["wm"], f"slow-{number}", url=other.url("/"), due_at=now)
    source(world.warps["wm"], "quick", url=site.gives("/quick", rss(item(1))), due_at=now + timedelta(seconds=0.1))
    runs = [Thread(target=tasks.collect_due, daemon=True) for _ in range(4)]
    for run_of in runs:
        run_of.start()
    try:
        assert _soon(lambda: Fetch.objects.filter(source__slug="quick", outcome="ok").exists())
        assert not Fetch.objects.filter(source__slug__startswith="slow").exists()
        assert sum(run_of.is_alive() for run_of in runs) == 1
    finally:
        answered.set()
        for run_of in runs:
            run_of.join(30)
        for other in others:
            other.server.shutdown()
            other.server.server_close()


@pytest.mark.django_db(transaction=True)
def test_however_many_hang_again_and_again_there_is_room_for_the_others(world: World, site: Site) -> None:
    answered, hung, now = Event(), [0], clock.ask()

    def hang(_handler: BaseHTTPRequestHandler) -> None:
        hung[0] += 1
        answered.wait(20)

    others = [Site() for _ in range(6)]
    for number, other in enumerate(others):  # they have waited longest, and there are more of them than threads
        other.routes["/"] = hang
        due_at = now - timedelta(hours=1)
        source(world.warps["wm"], f"slow-{number}", url=other.url("/"), due_at=due_at, failures=1)
    source(world.warps["wm"], "quick", url=site.gives("/quick", rss(item(1))), due_at=now)
    run_of = Thread(target=lambda: list(sidebyside.collect_due(1, threads=4)), daemon=True)
    run_of.start()
    try:
        assert _soon(lambda: Fetch.objects.filter(source__slug="quick", outcome="ok").exists())
        assert hung == [1], "one of four threads is theirs"
    finally:
        answered.set()
        run_of.join(30)
        for other in others:
            other.server.shutdown()
            other.server.server_close()


@pytest.mark.django_db(transaction=True)
def test_of_one_host_there_is_one_source_at_a_time(world: World, site: Site) -> None:
    there, most = [0], [0]

    def count(handler: BaseHTTPRequestHandler) -> None:
        there[0] += 1
        most[0] = max(most[0], there[0])
        Event().wait(0.1)
        there[0] -= 1
        handler.send_error(404)

    for number in range(4):
        site.routes[f"/{number}"] = count
        source(world.warps["wm"], f"s{number}", url=site.url(f"/{number}"), due_at=clock.ask())
    tasks.collect_due()
    assert (Fetch.objects.count(), most) == (4, [1])


def _soon(what: Callable[[], bool]) -> bool:
    return any(what() or Event().wait(0.1) for _ in range(100))
