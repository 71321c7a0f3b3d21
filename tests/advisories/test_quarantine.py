"""What was refused is kept for the operator as it came: so much of a source, and no more."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from advisories.collect import quarantine
from advisories.collect.run import collect
from advisories.models import Entry
from tests.advisories.collect.conftest import Site
from tests.advisories.commands import run
from tests.advisories.feeds import AT, item, rss, source
from tests.members.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(settings: Settings, tmp_path: Path) -> Path:
    settings.WARP_HOME = tmp_path
    return tmp_path


def test_a_refused_document_is_kept_byte_for_byte_and_what_is_known_stays(world: World, site: Site) -> None:
    news = source(world.warps["wm"], url=site.gives("/feed.xml", rss(item(1))))
    collect(news, AT)
    site.gives("/feed.xml", b"<rss><channel>\0cut")
    news.refresh_from_db()
    (fetch,) = collect(news, AT + timedelta(hours=1))
    path = quarantine.folder(news) / fetch.kept
    assert fetch.outcome == "refused" and path.read_bytes() == b"<rss><channel>\0cut"
    assert path.stat().st_mode & 0o777 == 0o600
    assert Entry.rows.filter(source=news, gone_at=None, superseded_at=None).count() == 1


def test_the_same_bytes_are_kept_once_and_the_oldest_go(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    news = source(world.warps["wm"], url="https://news.example.org/")
    assert quarantine.keep(news, b"a", AT) == quarantine.keep(news, b"a", AT + timedelta(days=1))
    for number in range(30):
        newest = quarantine.keep(news, f"{number}".encode(), AT + timedelta(minutes=number))
    kept = sorted(path.name for path in quarantine.folder(news).iterdir())
    assert len(kept) == quarantine.MOST and newest in kept
    monkeypatch.setattr(quarantine, "MOST_BYTES", 10)
    big = quarantine.keep(news, b"x" * 11, AT + timedelta(days=2))
    assert [path.name for path in quarantine.folder(news).iterdir()] == [big]


def test_the_operator_finds_what_was_refused_and_why(world: World, site: Site) -> None:
    news = source(world.warps["wm"], "news", url=site.gives("/feed.xml", b"<rss><channel>\0cut"))
    other = source(world.warps["wm"], "other", url=site.gives("/other.xml", rss(item(1))))
    for one in (news, other):
        collect(one, AT)
    done = run("sources", "refused")
    (path,) = (path for path in quarantine.folder(news).iterdir())
    assert done.status == 0 and f"18 bytes in {path}" in done.out
    assert "news: " in done.out and "other" not in done.out
    assert run("sources", "refused", "other").out == ""
    path.unlink()
    assert run("sources", "refused").out == "", "what is gone is not offered"
