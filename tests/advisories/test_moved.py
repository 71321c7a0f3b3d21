"""A source that has moved for good is followed when its server has said so often enough, and never to another host."""

from __future__ import annotations

import pytest

from advisories.collect import moved
from advisories.models import Source
from members.models import AuditRow
from tests.advisories.feeds import AT, source
from tests.members.world import World

pytestmark = pytest.mark.django_db
OLD, NEW = "https://news.example.org/rss", "https://news.example.org/feed.xml"


def told(which: Source, *answers: str) -> None:
    for to in answers:
        changes = moved.follow(which, moved.counted(which, which.state, to), AT)
        for name, value in changes.items():
            setattr(which, name, value)


def test_the_third_time_in_a_row_the_address_is_changed_and_written_down(world: World) -> None:
    news = source(world.warps["wm"], url=OLD, state={"ttl": "60"})
    told(news, NEW, NEW)
    assert news.url == OLD and not AuditRow.objects.filter(verb="move_source").exists()
    told(news, NEW)
    assert (news.url, news.state) == (NEW, {"ttl": "60"})
    assert AuditRow.objects.get(verb="move_source").reference == "news"


def test_an_answer_between_begins_the_count_anew(world: World) -> None:
    news = source(world.warps["wm"], url=OLD)
    told(news, NEW, NEW, "", NEW, NEW)
    assert news.url == OLD
    told(news, "https://news.example.org/other.xml", NEW)
    assert news.url == OLD


@pytest.mark.parametrize("to", ["http://news.example.org/feed.xml", "https://other.example.org/rss",
                                "https://news.example.org:8443/rss", OLD])  # fmt: skip
def test_another_host_and_plain_http_are_never_moved_to(world: World, to: str) -> None:
    news = source(world.warps["wm"], url=OLD)
    told(news, *[to] * 5)
    assert (news.url, news.state) == (OLD, {})
