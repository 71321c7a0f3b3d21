"""Each hostile document as a source sends it: read in the child, stored, and nothing else comes of it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path
from pprint import pformat
from typing import Any

import pytest
from pytest_django import Settings

from advisories.collect import isolate
from advisories.collect.base import CollectError
from advisories.collect.feeds import opml
from tests.advisories.collect.conftest import Site
from tests.hostile.documents import GROUPS
from tests.hostile.documents.hub import Hub, here
from tests.hostile.documents.opmls import CASES as OPMLS
from tests.hostile.test_addresses import ALLOWED, Trap
from tests.members.world import World

FEWEST = {"stix": 100, "feed": 40}


@pytest.fixture
def hub(world: World, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    settings.COLLECT_ALLOW = [ip_network(f"{ALLOWED}/32")]
    settings.WARP_HOME = tmp_path
    monkeypatch.setattr(isolate, "run", here(isolate.run))
    site, trap = Site(ALLOWED), Trap()
    yield Hub(world, site, trap, tmp_path)
    trap.close()
    site.server.shutdown()
    site.server.server_close()


def test_there_are_enough_of_them() -> None:
    families = {
        "stix": sum(len(cases) for kind, cases in GROUPS.values() if kind != "feed"),
        "feed": sum(len(cases) for kind, cases in GROUPS.values() if kind == "feed"),
    }
    assert all(families[name] >= least for name, least in FEWEST.items())


def test_a_list_of_feeds_that_would_harm_is_refused_in_words_or_read() -> None:
    for name, case in OPMLS.items():
        body = case.bytes()
        if case.entries is None:
            with pytest.raises(CollectError, match=case.words[0]) as caught:
                opml.parse(body)
            assert caught.value.refused, name
        else:
            assert len(opml.parse(body)) == case.entries, name


@pytest.mark.parametrize("group", GROUPS)
def test_each_comes_to_what_it_must_and_to_nothing_else(group: str, hub: Hub) -> None:
    kind, cases = GROUPS[group]
    numbered = zip(itertools.count(1), cases.items(), strict=False)
    wrong: dict[str, Any] = {name: said for number, (name, case) in numbered if (said := hub.tries(kind, number, case))}
    assert not wrong, pformat(wrong, width=200)
