from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from advisories.collect.base import CollectError
from advisories.collect.feeds import opml
from advisories.models import Source
from tests.advisories.commands import run
from tests.members.world import World

LIST = b"""<?xml version="1.0"?><opml version="2.0"><body><outline text="Bodies">
<outline type="rss" text="One" xmlUrl="https://one.example.org/feed"/>
<outline type="rss" title="Two" text="2" xmlUrl="https://two.example.org/feed"/>
<outline type="rss" text="One again" xmlUrl="https://one.example.org/feed"/>
<outline type="rss" text="Inside" xmlUrl="file:///etc/passwd"/></outline></body></opml>"""


def test_every_feed_is_read_once_in_its_order_however_deep_it_lies() -> None:
    assert opml.parse(LIST) == [
        ("One", "https://one.example.org/feed"),
        ("Two", "https://two.example.org/feed"),
        ("Inside", "file:///etc/passwd"),
    ]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "no OPML"),
        (b"<opml><body/></opml>", "names no feed"),
        (LIST[:200], "no OPML"),
        (b'<!DOCTYPE o [<!ENTITY a "b">]><opml><body><outline xmlUrl="&a;"/></body></opml>', "document type"),
        ('<!DOCTYPE o [<!ENTITY a "b">]><opml/>'.encode("utf-16"), "document type"),
        (b"<opml>" + b'<outline xmlUrl="https://%d.example.org/"/>' * 2 % (1, 2) + b"x" * 10_000_001, "Split it"),
    ],
    ids=["empty", "no feed", "cut", "entity", "entity in UTF-16", "too large"],
)
def test_what_is_no_list_of_feeds_is_refused_in_words(body: bytes, said: str) -> None:
    with pytest.raises(CollectError, match=said):
        opml.parse(body)


@pytest.mark.django_db
def test_sources_import_adds_what_it_may_and_says_what_it_may_not(world: World, tmp_path: Path) -> None:
    (tmp_path / "feeds.opml").write_bytes(LIST)
    done = run("sources", "import", str(tmp_path / "feeds.opml"), "--tlp", "clear", "--hub-wide", "--json")
    rows = json.loads(done.out)
    assert done.status == 1 and [bool(row["error"]) for row in rows] == [False, False, True]
    added = Source.objects.values_list("name", "url", "kind", "default_label", "hub_wide")
    assert sorted(added) == [
        ("One", "https://one.example.org/feed", "feed", "CLEAR", True),
        ("Two", "https://two.example.org/feed", "feed", "CLEAR", True),
    ]
    again = run("sources", "import", str(tmp_path / "feeds.opml"))
    assert again.status == 1 and again.out.count("not added") == 3 and Source.objects.count() == 2


@pytest.mark.django_db
def test_sources_import_of_a_file_that_is_not_there_is_wrong_use(world: World, tmp_path: Path) -> None:
    done = run("sources", "import", str(tmp_path / "none.opml"))
    assert done.status == 2 and "can't be read" in done.error


def test_a_real_export_is_taken_whole() -> None:
    samples = Path(os.environ.get("WARP_SAMPLES", "../shared/samples"))
    if not samples.is_dir():
        pytest.skip("WARP_SAMPLES names no folder of real samples")
    assert len(opml.parse((samples / "opml/Subs.opml").read_bytes())) == 207
