"""Valid documents of every kind, small and of our own, and what a parser may be told beside each."""

from __future__ import annotations

import gzip
import json
from typing import Any, NamedTuple

from benchmarks import documents
from tests.advisories import feeds
from tests.advisories.collect import (
    letters,
    test_csafindex,
    test_csafproof,
    test_csafprovider,
    test_epss,
    test_misp,
    test_nvd,
    test_osv,
    test_taxii,
)
from tests.advisories.collect.test_csafentry import advisory
from tests.advisories.collect.test_cve import record
from tests.advisories.collect.test_kev import catalogue, row
from tests.hostile.doors import DOORS
from tests.hostile.markup import CASES


class Seed(NamedTuple):
    """What a target of that name reads: bodies of one form, and the rest of the context in which it reads them."""

    kind: str
    bodies: list[bytes]
    known: list[dict[str, Any]] = [{}]


WORDS = [*CASES.values()][:300:60]


def _door(name: str) -> list[bytes]:
    words = [word.encode("utf-8", "replace").decode() for word in WORDS]
    return DOORS[name][1](words[:2])[:2]


def _of(*told: Any) -> list[bytes]:
    return [json.dumps(one).encode() for one in told]


URL, SITE = "https://cert.example.org/csaf/changes.csv", test_csafprovider.SITE
CHANGES = b'"2026/ex-1.json","2026-01-09T12:00:00Z"\n2026/ex-2.json,2026-01-08T12:00:00Z\n'
SECURITY = b"Contact: mailto:cert@example.org\r\nCSAF: https://cert.example.org/a.json\r\n"
MANIFEST = {"5ac9f7d8-0000-4000-8000-000000000001": {"info": "x", "timestamp": "1700000000", "date": "2026-01-01"}}
AGGREGATOR = {
    "aggregator": {"category": "aggregator", "name": "Everybody"},
    "csaf_providers": [{"metadata": {"url": test_csafprovider.METADATA}, "mirrors": [f"{SITE}/mirror.json"]}],
}
SIGNED = {
    "url": test_csafproof.URL,
    "role": "document",
    "state": test_csafproof.provider(),
    "beside": test_csafproof.beside(),
}

SEEDS: dict[str, Seed] = {
    "RSS": Seed("feed", [*_door("RSS"), *_door("RSS with whole texts"), documents.feed(2), feeds.rss(feeds.item(1))]),
    "Atom": Seed("feed", [*_door("Atom"), *_door("RSS")]),
    "JSON Feed": Seed("feed", _door("JSON Feed")),
    "CSAF": Seed("csaf", [*_door("CSAF"), *_of(advisory())]),
    "CSAF, signed": Seed("csaf", [test_csafproof.BODY], [SIGNED]),
    "ROLIE": Seed("csaf", _of(test_csafindex.feed(*map(test_csafindex.named, (1, 2)))), [
        {"url": test_csafindex.FEED, "role": "rolie", "state": test_csafindex.SIGNS}]),
    "changes.csv": Seed("csaf", [CHANGES, b"2026/ex-1.json\n2026/ex-2.json\n"], [
        {"url": URL, "role": "changes"}, {"url": URL, "role": "index", "state": test_csafindex.SIGNS}]),
    "provider metadata": Seed("csaf", _of(test_csafprovider.metadata("A" * 40), AGGREGATOR), [
        {"url": test_csafprovider.METADATA, "role": "metadata"}, {"url": test_csafprovider.METADATA}]),
    "security.txt": Seed("csaf", [SECURITY], [{"url": test_csafprovider.SECURITY, "role": "security.txt"}]),
    "STIX": Seed("stix", [
        *_door("STIX"), *(documents.bundle(2, kinds) for kinds in (documents.ATTACK, documents.INDICATORS))]),
    "TAXII": Seed("taxii", [*_door("TAXII"), *_of(*(one for _role, one in test_taxii.WHOLE))], [
        {"url": test_taxii.API, "role": role, "headers": {"x-taxii-date-added-last": test_taxii.ADDED}}
        for role in ("", "root", "collections", "objects")]),
    "MISP": Seed("misp", [*_door("MISP"), *_of(MANIFEST)], [{"url": test_misp.FEED + "manifest.json"}]),
    "KEV": Seed("kev", [*_door("KEV"), catalogue(row(1), row(2))]),
    "CVE": Seed("cve", [*_door("CVE"), *_of(record())]),
    "OSV": Seed("osv", [*_door("OSV"), *_of(test_osv.advisory(), test_osv.of_github(), [test_osv.advisory()])]),
    "NVD": Seed("nvd", [*_door("NVD"), test_nvd.page(test_nvd.item())]),
    "EPSS": Seed("epss", [
        test_epss.table(test_epss.ONE, test_epss.TWO), test_epss.answer(test_epss.ONE),
        gzip.compress(test_epss.table(test_epss.ONE))]),
    "mail": Seed("mailbox", [
        *_door("mail"), letters.letter(letters.SIGNED),
        letters.multipart(letters.plain("x"), letters.markup("<p>y</p>"))]),
}  # fmt: skip
EVERY = [body for seed in SEEDS.values() for body in seed.bodies]
SEEDS["any file"] = Seed("folder", EVERY)
