"""Every real sample of the kinds that the hub reads, over HTTP, ends in a stated outcome.

The samples are no part of the project: WARP_SAMPLES names their folder.
"""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest

from advisories.collect import kinds
from advisories.collect.base import BIG, CollectError
from advisories.collect.detect import detect
from tests.advisories.collect.conftest import NOW, Site, context, get

HOME = Path(os.environ.get("WARP_SAMPLES") or Path(__file__).resolve().parents[4] / "shared" / "samples")
pytestmark = [
    pytest.mark.samples,
    pytest.mark.skipif(not HOME.is_dir(), reason=f"no samples at {HOME}; set WARP_SAMPLES"),
]

KIND = {"rss": "feed", "atom": "feed", "kev": "kev", "stix": "stix"}
TAKEN: dict[str, tuple[int, int]] = {  # file: entries, refusals of single entries
    "rss/cisa/cisa_advisories-2026-08-27-excerpt.xml": (1, 0),
    "rss/cisa/cisa_all-2026-08-31-excerpt.xml": (1, 0),
    "rss/encodings/iso-8859-1.xml": (40, 0),
    "rss/encodings/koi8r.xml": (2, 0),
    "rss/encodings/undeclared-iso-8859-1.xml": (9, 1),
    "rss/encodings/windows-1251.xml": (50, 0),
    "rss/jvn/jvndb.rdf": (1, 0),
    "rss/jvn/jvndb_2007.rdf": (1, 0),
    "rss/jvn/jvndb_2011.rdf": (1, 0),
    "rss/jvn/jvndb_2021.rdf": (1, 0),
    "rss/jvn/jvndb_2022.rdf": (3, 0),
    "rss/jvn/jvndb_2023.rdf": (2, 0),
    "rss/jvn/jvndb_new.rdf": (2, 0),
    "rss/miniflux-large_rss.xml": (25, 0),
    "rss/miniflux-rdf_UTF8.xml": (60, 0),
    "rss/miniflux-urdu_UTF8.xml": (26, 0),
    "rss/nextcloud.rss": (10, 0),
    "rss/nnw-EMarley.rss": (10, 0),
    "rss/nnw-aktuality.rss": (30, 0),
    "rss/nnw-bio.rdf": (30, 0),
    "rss/nnw-cloudblog.rss": (20, 0),
    "rss/nnw-livemint.xml": (25, 0),
    "rss/nnw-medscape.rss": (20, 0),
    "rss/nnw-phpxml.rss": (20, 0),
    "rss/nnw-scriptingNews.rss": (48, 2),
    "rss/nnw-shopify-namespace.rss": (1, 0),
    "rss/no_guid_feed.xml": (11, 0),
    "rss/rss-parser-content-encoded.rss": (7, 0),
    "rss/rss-parser-craigslist.rss": (25, 0),
    "rss/rss-parser-encoding.rss": (40, 0),
    "rss/rss-parser-guardian.rss": (55, 0),
    "rss/rss-parser-heraldsun.rss": (2, 0),
    "rss/rss-parser-instant-article.rss": (1, 0),
    "rss/rss-parser-itunes-missing-image.rss": (130, 1),
    "rss/rss-parser-reddit-atom.rss": (24, 0),
    "rss/rss-parser-reddit.rss": (24, 0),
    "rss/rss-parser-rss-1.rss": (69, 0),
    "rss/rss-parser-uolNoticias.rss": (15, 0),
    "rss/xai-security.rss": (41, 0),
    "atom/heise-nextcloud.xml": (150, 0),
    "atom/miniflux-large_atom.xml": (25, 0),
    "atom/miniflux-small_atom.xml": (20, 0),
    "atom/nnw-4fsodonline.atom": (25, 0),
    "atom/nnw-expertopinionent.atom": (43, 0),
    "atom/nnw-qemu.atom": (10, 0),
    "atom/nnw-root-author.atom": (2, 0),
    "atom/rss-parser-feedburner.atom": (25, 0),
    "atom/rss-parser-gulp-atom.atom": (10, 0),
    "atom/rss-parser-heise.atom": (15, 0),
    "atom/rss-parser-incomplete-fields.atom": (0, 1),
    "atom/rss-parser-many-links.rss": (25, 0),
    "atom/rss-parser-missing-fields.atom": (0, 1),
    "atom/rss-parser-reddit-home.rss": (24, 0),
    "kev/known_exploited_vulnerabilities.json": (1404, 0),
    "kev/previous-2024/known_exploited_vulnerabilities.json": (1199, 0),
    "stix/attack-ics-18.1.json": (201, 0),
    "stix/ctis-sample_grouping.json": (6, 0),
    "stix/ctis-sample_grouping_v2.json": (3, 0),
    "stix/mvt/cellebrite.stix2": (2, 0),
    "stix/mvt/darksword.stix2": (44, 0),
    "stix/mvt/eaglemsgspy.stix2": (52, 0),
    "stix/mvt/operation_triangulation.stix2": (113, 0),
    "stix/oasis-docs/defining-campaigns-threat-actors-intrusion-sets.json": (6, 0),
    "stix/oasis-docs/identifying-a-threat-actor-profile.json": (1, 0),
    "stix/oasis-docs/indicator-for-malicious-url.json": (2, 0),
    "stix/oasis-docs/malware-indicator-for-file-hash.json": (2, 0),
    "stix/oasis-docs/sighting-of-an-indicator.json": (1, 0),
    "stix/oasis-docs/sighting-of-observed-data.json": (1, 0),
    "stix/oasis-docs/threat-actor-leveraging-attack-patterns-and-malware.json": (3, 0),
    "stix/oasis-docs/using-granular-markings.json": (2, 0),
    "stix/oasis-docs/using-marking-definitions.json": (1, 0),
    "stix/oasis-schemas/apt1.json": (1, 0),
    "stix/oasis-schemas/indicator-for-c2-ip-address.json": (1, 0),
    "stix/oasis-schemas/indicator-to-campaign-relationship.json": (2, 0),
    "stix/oasis-schemas/indicators-for-C2-with-COA.json": (4, 0),
    "stix/oasis-schemas/infrastructure.json": (4, 0),
    "stix/oasis-schemas/interop-objectmarking-test.json": (1, 0),
    "stix/oasis-schemas/malicious-email-indicator-with-attachment.json": (3, 0),
    "stix/oasis-schemas/poisonivy.json": (2, 0),
    "stix/opencti-sectors.json": (0, 0),
    "stix/unit42/2024-01-31-AZOrult.json": (20, 0),
    "stix/unit42/2024-02-27-Akira-Ransomware.json": (1, 0),
    "stix/unit42/2024-03-24-thru-26-FortiClient-EMS-exploitation.json": (1, 0),
    "stix/unit42/2024-04-12-MidnightEclipse.json": (1, 1),
    "stix/unit42/2025-01-10-campaign-using-CVE-2017-0199-XLS-files.json": (1, 0),
    "stix/unit42/2025-06-24-01flip-ransomware.json": (1, 0),
    "stix/unit42/CodeCov_Breach.json": (1, 0),
    "stix/unit42/GandCrab.json": (1, 0),
    "stix/unit42/NOBELIUM.json": (1, 0),
    "stix/unit42/REvil_SupplyChain_Attack_Kaseya.json": (1, 0),
    "stix/unit42/cve-2023-23397.json": (2, 0),
}
REFUSED = {  # file: words in the reason
    "rss/rss-parser-unrecognized.rss": "not a feed",
    "kev/known_exploited_vulnerabilities.csv": "not the JSON document",
    "kev/known_exploited_vulnerabilities_schema.json": "not a KEV catalogue",
    "stix/attack-index.json": "no STIX bundle",
}
OUTCOMES: dict[str, tuple[int, int] | str] = {**TAKEN, **REFUSED}
UNTRUE_TYPES = ["text/plain; charset=utf-8", "text/html; charset=utf-8", "application/octet-stream",
                "text/xml; charset=ISO-8859-1", ""]  # fmt: skip
ODD_LETTERS = (
    "rss/cisa/",
    "rss/encodings/",
    "rss/jvn/",
    "rss/miniflux-rdf",
    "rss/rss-parser-enc",
    "rss/rss-parser-uol",
)


def declared() -> dict[str, dict[str, Any]]:
    sources = json.loads((HOME / "http" / "sources.json").read_text("utf-8"))["sources"]
    return {source["sample"]: source for source in sources if source["kind"] in KIND}


def outcome(kind: str, body: bytes, url: str = "", content_type: str = "") -> tuple[int, int] | str:
    try:
        parsed = kinds.parse(kind, body, url=url, content_type=content_type, fetched_at=NOW)
    except CollectError as error:
        assert error.refused
        return str(error)
    assert all(entry.title and entry.guid and len(entry.content_hash) == 64 for entry in parsed.entries)
    assert len({entry.guid for entry in parsed.entries}) == len(parsed.entries)
    return len(parsed.entries), len(parsed.refusals)


def matches(found: tuple[int, int] | str, stated: tuple[int, int] | str) -> bool:
    return stated in found if isinstance(found, str) and isinstance(stated, str) else found == stated


def test_the_table_names_every_sample_of_these_kinds() -> None:
    there = {str(file.relative_to(HOME)) for folder in KIND for file in (HOME / folder).rglob("*") if file.is_file()}
    assert there == set(OUTCOMES)


@pytest.mark.parametrize("sample", OUTCOMES)
def test_a_sample_fetched_over_http_ends_as_stated(sample: str, site: Site) -> None:
    source = declared().get(sample, {"kind": sample.partition("/")[0], "declared_content_type": ""})
    url = site.gives("/x", (HOME / sample).read_bytes(), Content_Type=source["declared_content_type"])
    fetched = get(url, limits=BIG)
    found = outcome(KIND[source["kind"]], fetched.body, source.get("url", ""), fetched.content_type)
    assert matches(found, OUTCOMES[sample]), found


@pytest.mark.parametrize("sample", [name for name in OUTCOMES if name.startswith(ODD_LETTERS)])
def test_no_content_type_and_no_compression_changes_what_a_feed_says(sample: str, site: Site) -> None:
    body = (HOME / sample).read_bytes()
    assert get(site.gives("/x", gzip.compress(body), Content_Encoding="gzip")).body == body
    parse = kinds.KINDS["feed"].parse
    hashes = [
        [entry.content_hash for entry in parse(body, context(content_type=said)).entries] for said in UNTRUE_TYPES
    ]
    assert all(one == hashes[0] for one in hashes)


@pytest.mark.parametrize("sample", TAKEN)
def test_a_sample_is_known_by_its_contents(sample: str) -> None:
    assert detect((HOME / sample).read_bytes(), "nonsense.bin") == KIND[sample.partition("/")[0]]


def test_a_later_catalogue_shows_what_was_added_changed_and_removed() -> None:
    before, after = (
        {entry.guid: entry.content_hash for entry in kinds.parse("kev", (HOME / "kev" / name).read_bytes()).entries}
        for name in ("previous-2024/known_exploited_vulnerabilities.json", "known_exploited_vulnerabilities.json")
    )
    changed = {guid for guid in before.keys() & after.keys() if before[guid] != after[guid]}
    assert (len(after.keys() - before.keys()), len(before.keys() - after.keys())) == (206, 1)
    assert 0 < len(changed) < len(before)


def test_the_whole_catalogue_of_techniques_is_within_the_limits() -> None:
    parsed = kinds.parse("stix", (HOME / "stix" / "attack-ics-18.1.json").read_bytes())
    assert any("T0" in entry.facts.get("external_ids", "") and entry.url for entry in parsed.entries)
