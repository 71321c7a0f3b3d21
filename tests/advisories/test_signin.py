"""How the hub signs in at a source is sealed, and goes to that source's own origin alone."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from advisories.collect import signin
from advisories.collect.base import CollectError
from advisories.collect.run import collect
from advisories.models import Source
from tests.advisories.collect.conftest import Site
from tests.advisories.feeds import AT, item, rss, source
from tests.members.world import World

pytestmark = pytest.mark.django_db


def with_secret(which: Source, text: str) -> Source:
    which.secret = signin.close(which, text)
    which.save()
    return Source.objects.get(pk=which.pk)


@pytest.mark.parametrize(
    ("text", "header"), [("ann:pass:word", "Basic YW5uOnBhc3M6d29yZA=="), ("t0ken", "Bearer t0ken"), ("", None)]
)
def test_a_name_and_password_or_a_token_is_sent_and_is_not_readable_in_the_table(
    world: World, site: Site, text: str, header: str | None
) -> None:
    news = with_secret(source(world.warps["wm"], url=site.gives("/feed.xml", rss(item(1)))), text)
    assert collect(news, AT)[0].outcome == "ok"
    assert site.seen[0][1]["Authorization"] == header
    assert not text or text.encode() not in bytes(news.secret)


def test_another_origin_is_never_told(world: World, site: Site) -> None:
    other = Site()
    try:
        there = other.gives("/feed.xml", rss(item(1)))
        here = site.gives("/feed.xml", status=302, Location=there)
        assert collect(with_secret(source(world.warps["wm"], url=here), "ann:secret"), AT)[0].outcome == "ok"
        assert site.seen[0][1]["Authorization"] and other.seen[0][1]["Authorization"] is None
    finally:
        other.server.shutdown()
        other.server.server_close()


def test_in_another_row_or_under_another_key_or_address_it_opens_nothing(world: World, settings: Settings) -> None:
    news = with_secret(source(world.warps["wm"], url="https://news.example.org/a"), "ann:secret")
    assert signin.opened(news) == "ann:secret"
    news.url = "https://news.example.org/another/path"
    assert signin.opened(news) == "ann:secret"
    news.url = "https://evil.example.org/a"
    with pytest.raises(CollectError, match="Set it again"):
        signin.opened(news)
    other = source(world.warps["wm"], "other", url="https://news.example.org/a", secret=news.secret)
    with pytest.raises(CollectError, match="Set it again"):
        signin.opened(other)
    settings.SECRET_KEY = "another"
    with pytest.raises(CollectError, match="Set it again"):
        signin.opened(Source.objects.get(pk=news.pk))
