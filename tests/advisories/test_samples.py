"""Every real sample, replayed over HTTP as its source sends it, through collecting to the desk.

What each file comes to stands in collect/test_samples.py; here it must be so in the database, and again a second
time. The samples are no part of the project: WARP_SAMPLES names their folder.
"""

from __future__ import annotations

import gzip
from collections import Counter
from datetime import timedelta

import pytest

from advisories.collect.run import collect
from advisories.models import Entry, Fetch, Source
from advisories.triage import desk
from members.models import Item
from members.place import misplaced
from members.policy import Viewer
from tests.advisories.collect.conftest import Site
from tests.advisories.collect.test_samples import HOME, KIND, OUTCOMES, UNTRUE_TYPES, declared
from tests.advisories.feeds import AT, source, texts
from tests.members.world import World

pytestmark = [
    pytest.mark.samples,
    pytest.mark.skipif(not HOME.is_dir(), reason=f"no samples at {HOME}; set WARP_SAMPLES"),
]
HOUR = timedelta(hours=1)
KEV, KEV_BEFORE = "kev/known_exploited_vulnerabilities.json", "kev/previous-2024/known_exploited_vulnerabilities.json"


def served(world: World, site: Site, file: str, **fields: object) -> Source:
    """A source that has this file and says of it what the real one says."""
    facts = declared()[file]
    url = site.gives(f"/{file}", (HOME / file).read_bytes(), Content_Type=facts["declared_content_type"])
    kind = KIND[facts["kind"]]
    return source(world.warps["wm"], f"s{Source.objects.count()}", kind, url=url, **fields)


def ends(fetch: Fetch) -> tuple[str, int, int] | str:
    """Outcome, new, refused; for a refused document, the reason."""
    return fetch.error if fetch.outcome == "refused" else (fetch.outcome, fetch.new, fetch.refused)


def as_stated(fetch: Fetch, stated: tuple[int, int] | str) -> bool:
    if isinstance(stated, str):
        return fetch.outcome == "refused" and stated in fetch.error and (fetch.items, fetch.new) == (0, 0)
    return (fetch.outcome, fetch.new, fetch.refused, fetch.error) == ("ok", *stated, "")


def test_every_sample_ends_as_stated_and_is_the_same_again(world: World, site: Site) -> None:
    sources = {file: served(world, site, file) for file in declared()}
    found = {file: collect(one, AT)[0] for file, one in sources.items()}
    assert {file: ends(fetch) for file, fetch in found.items() if not as_stated(fetch, OUTCOMES[file])} == {}
    assert found.keys() == OUTCOMES.keys() and Fetch.objects.count() == len(OUTCOMES)
    again = Counter(collect(one, AT + HOUR)[0].outcome for one in Source.objects.all())
    assert again == {"same": 91, "refused": 4}
    taken = [stated for stated in OUTCOMES.values() if not isinstance(stated, str)]
    assert Entry.rows.count() == sum(new for new, _ in taken)
    assert misplaced(Item.rows.all()[::50]) == []
    assert {entry.item.marking for entry in Entry.rows.filter(guid__startswith="CVE-").select_related("item")} == {
        "CLEAR"
    }


def test_what_real_sources_tell_of_one_vulnerability_lies_together(world: World, site: Site) -> None:
    for file in (KEV, "rss/jvn/jvndb_2021.rdf", "stix/unit42/cve-2023-23397.json"):
        collect(served(world, site, file), AT)
    viewer = Viewer(world.people["carol"].pk)
    for cve, sources, entries in (("CVE-2021-44228", 2, 3), ("CVE-2023-23397", 2, 3)):
        (story,) = desk.stories(viewer, AT, query=cve)
        assert (story.sources, story.entries, story.known_exploited) == (sources, entries, True)


def test_a_later_catalogue_at_one_address_is_compared_with_the_earlier(world: World, site: Site) -> None:
    url = site.gives("/kev.json", (HOME / KEV_BEFORE).read_bytes(), Content_Type="application/json")
    catalogue = source(world.warps["wm"], "kev", "kev", url=url)
    assert ends(collect(catalogue, AT)[0]) == ("ok", 1199, 0)
    site.gives("/kev.json", (HOME / KEV).read_bytes(), Content_Type="application/json")
    catalogue.refresh_from_db()
    (fetch,) = collect(catalogue, AT + HOUR)
    assert (fetch.new, fetch.changed, fetch.same, fetch.gone, fetch.refused) == (206, 48, 1150, 1, 0)
    assert len(texts(catalogue)) == 1404
    site.gives("/kev.json", (HOME / KEV).read_bytes()[:-900_000], Content_Type="application/json")
    catalogue.refresh_from_db()
    assert collect(catalogue, AT + 2 * HOUR)[0].outcome == "refused" and len(texts(catalogue)) == 1404


@pytest.mark.parametrize("file", ["rss/jvn/jvndb_2022.rdf", "rss/cisa/cisa_all-2026-08-31-excerpt.xml",
                                  "rss/encodings/windows-1251.xml", "atom/nnw-qemu.atom",
                                  "stix/ctis-sample_grouping.json"])  # fmt: skip
def test_untrue_headers_change_nothing_of_what_is_stored(world: World, site: Site, file: str) -> None:
    body = (HOME / file).read_bytes()
    one = served(world, site, file)
    assert as_stated(collect(one, AT)[0], OUTCOMES[file])
    for said in UNTRUE_TYPES:
        site.gives(f"/{file}", gzip.compress(body), Content_Encoding="gzip", Content_Type=said)
        Source.objects.filter(pk=one.pk).update(body_hash="")  # so that it is parsed again
        (fetch,) = collect(Source.objects.get(pk=one.pk), AT + HOUR)
        assert (fetch.outcome, fetch.same, fetch.changed) == ("same", fetch.items, 0), said
