"""Collecting, on a real server: what comes, what is the same, what goes wrong, and what is remembered of it."""

from __future__ import annotations

from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from advisories.collect import schedule
from advisories.collect.run import collect
from advisories.models import Entry, Fetch, Source
from tests.advisories.collect.conftest import Site
from tests.advisories.feeds import AT, item, kev, row, rss, source, texts
from tests.members.world import World

HOUR = timedelta(hours=1)
LAST_MODIFIED = "Sun, 01 Nov 2026 10:00:00 GMT"


def counts(fetch: Fetch) -> tuple[int, int, int, int, int]:
    return fetch.new, fetch.changed, fetch.same, fetch.gone, fetch.refused


def conditional(site: Site, path: str, body: bytes, etag: str) -> str:
    """An answer that is 304 to whoever has this version."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        same = handler.headers.get("If-None-Match") == etag
        handler.send_response(304 if same else 200)
        handler.send_header("ETag", etag)
        handler.send_header("Last-Modified", LAST_MODIFIED)
        handler.send_header("Content-Length", str(0 if same else len(body)))
        handler.end_headers()
        if not same:
            handler.wfile.write(body)

    site.routes[path] = answer
    return site.url(path)


def test_a_feed_becomes_entries_and_the_fetch_says_so(world: World, site: Site) -> None:
    news = source(world.warps["wm"], url=site.gives("/feed.xml", rss(item(1), item(2))))
    (fetch,) = collect(news, AT)
    assert (fetch.outcome, fetch.items, counts(fetch), fetch.error) == ("ok", 2, (2, 0, 0, 0, 0), "")
    assert fetch.seconds > 0 and fetch.at == AT
    assert texts(news) == ["Item number 1", "Item number 2"]
    news.refresh_from_db()
    assert (news.failures, news.last_good_at) == (0, AT)
    assert HOUR * 0.9 <= news.due_at - AT <= HOUR * 1.1


def test_a_source_that_says_nothing_new_is_asked_more_seldom_within_its_bounds_and_at_once_again_when_it_does(
    world: World, site: Site
) -> None:
    news = source(world.warps["wm"], url=site.gives("/feed.xml", rss(item(1))), at_most=120)
    paces = []
    for hour in range(5):
        if hour == 4:
            site.gives("/feed.xml", rss(item(2)))
        collect(news, AT + hour * HOUR)
        news.refresh_from_db()
        paces.append(news.pace)
    assert paces == [60, 90, 120, 120, 60]


def test_a_feed_that_asks_for_its_peace_has_it_for_a_day_at_the_most(world: World, site: Site) -> None:
    def asked(words: str) -> timedelta:
        body = rss(item(1)).replace(b"<title>News", f"{words}<title>News".encode(), 1)
        news = source(world.warps["wm"], f"s{Source.objects.count()}", url=site.gives("/feed.xml", body))
        collect(news, AT)
        return Source.objects.get(pk=news.pk).due_at - AT

    assert 3 * HOUR * 0.9 <= asked("<ttl>180</ttl>") <= 3 * HOUR * 1.1
    assert asked("<ttl>40000</ttl>") <= timedelta(days=1) * 1.1
    hours = "".join(f"<hour>{hour}</hour>" for hour in range(12, 18))
    assert asked(f"<skipHours>{hours}</skipHours>") == 6 * HOUR


def test_the_hub_says_who_it_is(world: World, site: Site, settings: Settings) -> None:
    settings.BASE_URL = "https://hub.example.org"
    collect(source(world.warps["wm"], url=site.gives("/feed.xml", rss())), AT)
    assert site.seen[0][1]["User-Agent"] == "WARP-hub/1 (+https://hub.example.org)"


def test_validators_go_back_verbatim_and_a_304_costs_two_statements(
    world: World, site: Site, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    news = source(world.warps["wm"], url=conditional(site, "/feed.xml", rss(item(1)), 'W/"v 1"'))
    collect(news, AT)
    news.refresh_from_db()
    with django_assert_num_queries(4) as asked:
        (fetch,) = collect(news, AT + HOUR)
    assert [query["sql"].split()[0] for query in asked.captured_queries] == ["SAVEPOINT", "INSERT", "RELEASE", "UPDATE"]
    assert (fetch.outcome, fetch.items) == ("same", 0)
    assert site.seen[1][1]["If-None-Match"] == 'W/"v 1"'
    assert site.seen[1][1]["If-Modified-Since"] == LAST_MODIFIED
    news.refresh_from_db()
    assert (news.etag, news.last_good_at) == ('W/"v 1"', AT + HOUR)


def test_the_same_bytes_again_are_not_parsed(world: World, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    news = source(world.warps["wm"], url=site.gives("/feed.xml", rss(item(1))))
    collect(news, AT)
    news.refresh_from_db()
    monkeypatch.setattr("advisories.collect.kinds.parse", lambda *args, **kwargs: pytest.fail("parsed"))
    (fetch,) = collect(news, AT + HOUR)
    assert (fetch.outcome, counts(fetch)) == ("same", (0, 0, 0, 0, 0))


def test_the_same_entries_in_other_bytes_cost_one_statement_more_than_a_304(
    world: World, site: Site, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    many = [item(number) for number in range(50)]
    news = source(world.warps["wm"], url=site.gives("/feed.xml", rss(*many)))
    collect(news, AT)
    site.gives("/feed.xml", rss(*many) + b"<!-- later -->")
    news.refresh_from_db()
    with django_assert_num_queries(5):
        (fetch,) = collect(news, AT + HOUR)
    assert (fetch.outcome, counts(fetch)) == ("same", (0, 0, 50, 0, 0))


def test_what_a_source_says_otherwise_is_another_entry_and_the_first_stays(world: World, site: Site) -> None:
    news = source(world.warps["wm"], url=site.gives("/feed.xml", rss(item(1, "First words"), item(2))))
    collect(news, AT)
    site.gives("/feed.xml", rss(item(1, "Better words"), item(3)))
    news.refresh_from_db()
    (fetch,) = collect(news, AT + HOUR)
    assert (fetch.outcome, counts(fetch)) == ("ok", (1, 1, 0, 0, 0))
    assert texts(news) == ["Item number 2", "Better words", "Item number 3"]  # a feed only scrolls: 2 is not gone
    first = Entry.rows.get(title="First words")
    assert first.superseded_at == AT + HOUR
    assert first.story_id == Entry.rows.get(title="Better words").story_id


def test_words_that_come_back_are_current_again_without_another_entry(world: World, site: Site) -> None:
    news = source(world.warps["wm"], url=site.url("/feed.xml"))
    for hour, title in enumerate(("First words", "Better words", "First words")):
        site.gives("/feed.xml", rss(item(1, title)))
        news.refresh_from_db()
        (fetch,) = collect(news, AT + hour * HOUR)
    assert counts(fetch) == (0, 1, 0, 0, 0)
    assert texts(news) == ["First words"] and Entry.rows.count() == 2


def test_a_catalogue_that_changes_and_drops_entries_is_noticed(world: World, site: Site) -> None:
    url = site.gives("/kev.json", kev(row("CVE-2026-1001"), row("CVE-2026-1002"), row("CVE-2026-1003")))
    catalogue = source(world.warps["uk"], "kev", "kev", url=url, hub_wide=True)
    assert counts(collect(catalogue, AT)[0]) == (3, 0, 0, 0, 0)
    site.gives("/kev.json", kev(row("CVE-2026-1001", knownRansomwareCampaignUse="Known"), row("CVE-2026-1003")))
    catalogue.refresh_from_db()
    (fetch,) = collect(catalogue, AT + HOUR)
    assert (fetch.outcome, counts(fetch)) == ("ok", (0, 1, 1, 1, 0))
    assert Entry.rows.get(guid="CVE-2026-1002").gone_at == AT + HOUR
    site.gives("/kev.json", kev(row("CVE-2026-1002"), row("CVE-2026-1003")))
    catalogue.refresh_from_db()
    (fetch,) = collect(catalogue, AT + 2 * HOUR)
    assert counts(fetch) == (0, 1, 1, 1, 0)  # one is back, one is gone
    assert sorted(texts(catalogue)) == ["Example Gateway 1002 Vulnerability", "Example Gateway 1003 Vulnerability"]


def test_half_a_catalogue_is_refused_whole_and_others_are_undisturbed(world: World, site: Site) -> None:
    whole = kev(row("CVE-2026-1001"), row("CVE-2026-1002"))
    catalogue = source(world.warps["wm"], "kev", "kev", url=site.gives("/kev.json", whole))
    news = source(world.warps["wm"], url=site.gives("/feed.xml", rss(item(1))))
    collect(catalogue, AT)
    site.gives("/kev.json", kev(row("CVE-2026-1001"), row("CVE-2026-1003"))[: len(whole) // 2])
    catalogue.refresh_from_db()
    (bad,), (good,) = collect(catalogue, AT + HOUR), collect(news, AT + HOUR)
    assert (bad.outcome, counts(bad)) == ("refused", (0, 0, 0, 0, 0)) and "cut short" in bad.error
    assert len(texts(catalogue)) == 2 and not Entry.rows.filter(guid="CVE-2026-1003").exists()
    assert (good.outcome, good.new) == ("ok", 1)
    catalogue.refresh_from_db()
    assert (catalogue.failures, catalogue.last_good_at) == (1, AT)


def test_a_refused_document_is_not_remembered_as_taken(world: World, site: Site) -> None:
    news = source(world.warps["wm"], url=conditional(site, "/feed.xml", b"<html><body>Moved</body></html>", '"x"'))
    for hour in range(2):
        (fetch,) = collect(Source.objects.get(pk=news.pk), AT + hour * HOUR)
        assert (fetch.outcome, "web page" in fetch.error) == ("refused", True)
    assert site.seen[1][1]["If-None-Match"] is None


def test_a_failing_source_is_asked_later_and_later_up_to_a_day(world: World, site: Site) -> None:
    news = source(world.warps["wm"], url=site.gives("/feed.xml", status=500))
    waits = []
    for _ in range(8):
        (fetch,) = collect(Source.objects.get(pk=news.pk), AT)
        waits.append(Source.objects.get(pk=news.pk).due_at - AT)
    assert fetch.outcome == "error" and "500" in fetch.error
    for wait, hours in zip(waits, (1, 2, 4, 8, 16, 24, 24, 24), strict=True):
        assert hours * HOUR <= wait <= hours * HOUR * 1.1
    site.gives("/feed.xml", rss(item(1)))
    collect(Source.objects.get(pk=news.pk), AT)
    assert Source.objects.get(pk=news.pk).failures == 0


def test_a_server_that_asks_for_patience_is_given_it(world: World, site: Site) -> None:
    news = source(world.warps["wm"], every=5, url=site.gives("/feed.xml", status=429, Retry_After="7200"))
    collect(news, AT)
    news.refresh_from_db()
    assert 2 * HOUR <= news.due_at - AT <= 2.2 * HOUR and news.enabled


def test_a_document_that_is_gone_for_good_turns_its_source_off_and_says_so(world: World, site: Site) -> None:
    news = source(world.warps["wm"], url=site.gives("/feed.xml", status=410))
    (fetch,) = collect(news, AT)
    assert fetch.error.endswith("The source has been turned off.")
    assert not Source.objects.get(pk=news.pk).enabled and news not in schedule.due(AT + timedelta(days=99))


def test_an_address_inside_is_not_dialled_and_waits_for_a_person(world: World, settings: Settings) -> None:
    settings.COLLECT_ALLOW = []
    news = source(world.warps["wm"], url="http://127.0.0.1:9/feed.xml")
    (fetch,) = collect(news, AT)
    assert "does not collect from there" in fetch.error
    news.refresh_from_db()
    assert news.enabled and news.due_at - AT >= timedelta(days=1)


def test_a_bug_is_written_down_and_raised_and_leaves_nothing_half(
    world: World, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    news = source(world.warps["wm"], url=site.gives("/feed.xml", rss(item(1))))
    monkeypatch.setattr("advisories.collect.insert._rows_of_keys", broken)
    with pytest.raises(ZeroDivisionError):
        collect(news, AT)
    fetch = Fetch.objects.get()
    assert (fetch.outcome, fetch.new) == ("error", 0) and "ZeroDivisionError" in fetch.error
    assert not Entry.rows.exists()
    news.refresh_from_db()
    assert (news.failures, news.body_hash) == (1, "")


# Folders


@pytest.fixture
def drop(tmp_path: Path, settings: Settings) -> Path:
    settings.HOME = tmp_path
    (tmp_path / "drop").mkdir()
    return tmp_path / "drop"


def test_each_file_of_a_folder_leaves_a_row_and_is_taken_once(world: World, drop: Path) -> None:
    (drop / "a.xml").write_bytes(rss(item(1)))
    (drop / "b.json").write_bytes(kev(row("CVE-2026-1001")))
    (drop / "c.txt").write_text("Notes of a meeting")
    folder = source(world.warps["wm"], "drop", "folder", url="drop")
    told = {fetch.document: (fetch.outcome, fetch.new) for fetch in collect(folder, AT)}
    assert told == {"a.xml": ("ok", 1), "b.json": ("ok", 1), "c.txt": ("refused", 0)}
    folder.refresh_from_db()
    assert folder.failures == 1 and folder.due_at - AT <= HOUR * 1.1  # the good files are not kept waiting
    (drop / "c.txt").unlink()
    (drop / "a.xml").write_bytes(rss(item(1), item(2)))
    assert [(f.document, f.new, f.same) for f in collect(folder, AT + HOUR)] == [("a.xml", 1, 1)]
    assert [(f.document, f.outcome) for f in collect(folder, AT + 2 * HOUR)] == [("", "same")]


def test_part_of_a_catalogue_in_a_folder_removes_nothing(world: World, drop: Path) -> None:
    folder = source(world.warps["wm"], "drop", "folder", url="drop")
    (drop / "kev.json").write_bytes(kev(row("CVE-2026-1001"), row("CVE-2026-1002")))
    collect(folder, AT)
    (drop / "kev.json").write_bytes(kev(row("CVE-2026-1001")))
    collect(folder, AT + HOUR)
    assert len(texts(folder)) == 2


def test_a_folder_that_is_not_there_is_an_error_in_words(world: World, drop: Path) -> None:
    (fetch,) = collect(source(world.warps["wm"], "drop", "folder", url="elsewhere"), AT)
    assert fetch.outcome == "error" and "elsewhere cannot be read" in fetch.error


# Whose turn it is


def test_what_is_due_is_claimed_by_one_only(world: World) -> None:
    news = source(world.warps["wm"], url="http://news.example.org/", due_at=AT)
    source(world.warps["wm"], "later", url="http://later.example.org/", due_at=AT + HOUR)
    source(world.warps["wm"], "off", url="http://off.example.org/", due_at=AT, enabled=False)
    assert list(schedule.due(AT)) == [news]
    mine, theirs = Source.objects.get(pk=news.pk), Source.objects.get(pk=news.pk)
    assert schedule.take(mine, AT) and not schedule.take(theirs, AT)
    assert list(schedule.due(AT)) == [] and list(schedule.due(AT + schedule.LEASE)) == [news]


def test_sources_do_not_fall_due_together_for_ever() -> None:
    assert len({schedule.next_due(60, AT) for _ in range(40)}) > 10
