"""A provider on a real server, collected: each document in the worker, what is stored, and what is asked for again."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from urllib.parse import urlsplit

import orjson
import pytest
from pysequoia import Tsk
from pytest_django import Settings

from advisories.collect import walk
from advisories.collect.run import collect
from advisories.models import Fetch
from tests.advisories.collect.conftest import LOOPBACK, Site
from tests.advisories.collect.test_csafentry import advisory, tracking
from tests.advisories.collect.test_csafindex import feed, named
from tests.advisories.collect.test_csafproof import OWN, STRANGE, public, signature
from tests.advisories.collect.test_csafprovider import metadata
from tests.advisories.feeds import AT, source, texts
from tests.members.world import World

KNOWN, SECURITY = "/.well-known/csaf/provider-metadata.json", "/.well-known/security.txt"
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def loopback(settings: Settings) -> None:
    settings.COLLECT_ALLOW = list(LOOPBACK)


def offers(site: Site, version: int = 1, *, by: Tsk = OWN, key: Tsk = OWN) -> None:
    """A trusted provider with two documents, the first in a version of its own."""
    days = [f"2026-02-{number + 1:02d}T10:00:00Z" for number in range(1, version + 1)]
    told = [{"number": str(number), "date": date, "summary": "Told."} for number, date in enumerate(days, 1)]
    first = tracking(
        "EX-1", version=str(version), initial_release_date=days[0], current_release_date=days[-1],
        revision_history=told,
    )  # fmt: skip
    bodies = {"EX-1": advisory("EX-1", title=f"In version {version}", tracking=first), "EX-2": advisory("EX-2")}
    stamps, entries = {"EX-1": days[-1], "EX-2": days[0]}, []
    for name, document in bodies.items():
        body, path = orjson.dumps(document), f"/{name.lower()}.json"
        entries.append(named(1, ("self", site.gives(path, body)), id=name, updated=stamps[name]))
        site.gives(f"{path}.sha512", hashlib.sha512(body).hexdigest().encode())
        site.gives(f"{path}.sha256", status=404)
        site.gives(f"{path}.asc", signature(body, by))
    site.gives("/feed.json", orjson.dumps(feed(*entries)))
    keys = [{"fingerprint": public(key).fingerprint, "url": site.gives("/key.asc", str(public(key)).encode())}]
    ways = [{"rolie": {"feeds": [{"url": site.url("/feed.json")}]}}]
    site.gives(KNOWN, orjson.dumps(metadata(public_openpgp_keys=keys, distributions=ways)))
    site.gives(SECURITY, status=404)


def bad(fetches: list[Fetch]) -> list[str]:
    return [fetch.error for fetch in fetches if fetch.outcome in ("refused", "error")]


def test_a_provider_is_collected_from_its_domain_and_a_document_asked_for_once_in_a_version(
    world: World, site: Site
) -> None:
    offers(site)
    cert = source(world.warps["wm"], kind="csaf", url=site.url("/"))
    fetches = collect(cert, AT)
    assert not bad(fetches) and sum(fetch.new for fetch in fetches) == 2
    assert set(texts(cert)) == {"In version 1", "Example Gateway <runs> commands"}
    cert.refresh_from_db()
    assert cert.failures == 0 and public(OWN).fingerprint.upper() in cert.state["keys"]
    offers(site, 2)
    site.seen.clear()
    assert not bad(collect(cert, AT + HOUR))
    asked = [urlsplit(path).path for path, _ in site.seen]
    assert "/ex-1.json" in asked and "/ex-2.json" not in asked
    assert set(texts(cert)) == {"In version 2", "Example Gateway <runs> commands"}


def test_an_older_version_and_another_key_are_refused_and_what_is_known_stays(world: World, site: Site) -> None:
    offers(site, 3)
    cert = source(world.warps["wm"], kind="csaf", url=site.url(""))
    assert not bad(collect(cert, AT))
    offers(site, 2)
    cert.refresh_from_db()
    fetches = collect(cert, AT + HOUR)
    assert sum(fetch.refused for fetch in fetches) == 1
    offers(site, 4, by=STRANGE)
    cert.refresh_from_db()
    assert any("not one of it" in error for error in bad(collect(cert, AT + 2 * HOUR)))
    offers(site, 4, by=STRANGE, key=STRANGE)
    cert.refresh_from_db()
    assert any("by another way" in error for error in bad(collect(cert, AT + 3 * HOUR)))
    assert set(texts(cert)) == {"In version 3", "Example Gateway <runs> commands"}


def test_a_document_whose_signature_comes_late_is_taken_the_next_day_and_asked_for_once_in_a_day(
    world: World, site: Site
) -> None:
    offers(site, by=STRANGE)
    cert = source(world.warps["wm"], kind="csaf", url=site.url("/"))
    assert len(bad(collect(cert, AT))) == 2 and not texts(cert)
    offers(site)
    cert.refresh_from_db()
    assert not bad(collect(cert, AT + HOUR)) and not texts(cert), "refused today: not asked for again today"
    assert sum(fetch.new for fetch in collect(cert, AT + 24 * HOUR)) == 2


def test_a_long_list_without_times_is_read_to_its_end(
    world: World, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walk, "MOST", 10)  # the metadata, the list in two names, and two documents with their hash
    names = [f"EX-{number}" for number in range(9)]
    for name in names:
        site.gives(f"/{name.lower()}.json", orjson.dumps(advisory(name)))
        for kind in ("sha512", "sha256"):
            site.gives(f"/{name.lower()}.json.{kind}", status=404)
    site.gives("/changes.csv", status=404)
    site.gives("/index.txt", "\n".join(f"{name.lower()}.json" for name in names).encode())
    ways = [{"directory_url": site.url("/")}]
    site.gives(
        "/provider-metadata.json",
        orjson.dumps(metadata(role="csaf_publisher", distributions=ways, public_openpgp_keys=[])),
    )
    cert = source(world.warps["wm"], kind="csaf", url=site.url("/provider-metadata.json"))
    for hour in range(9):
        fetches = collect(cert, AT + hour * HOUR)
        assert not bad(fetches)
        cert.refresh_from_db()
    assert cert.documents.count() == len(names)
