"""Real CSAF: every file comes to what is stated here, and an entry says what its document says."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from pysequoia import Sig

from advisories.collect.base import BIG, CollectError, Parsed
from advisories.collect.csaf import csaf
from advisories.collect.csaf.csafentry import entry, file_name
from tests.advisories.collect.conftest import context
from tests.advisories.collect.test_csaf import Web
from tests.advisories.collect.test_csafproof import OWN, public, signature
from tests.advisories.collect.test_csafprovider import metadata
from tests.advisories.collect.test_samples import HOME

CSAF = HOME / "csaf"
pytestmark = [
    pytest.mark.samples,
    pytest.mark.skipif(not CSAF.is_dir(), reason=f"no samples at {CSAF}; set WARP_SAMPLES"),
]
IT = "https://raw.githubusercontent.com/cisagov/CSAF/develop/csaf_files/IT/white"
CISA_SIGNS_WITH = "144aed0a57be7d4ae835d9d8cac5ac4f74164b17"
LINKS = {  # file: how many documents, feeds or providers it leads to
    "cisa/it/changes.csv": 4,
    "cisa/it/cisa-csaf-it-feed-tlp-white.json": 4,
    "cisa/it/index.txt": 4,
    "oasis-examples/ROLIE/example-01-feed-tlp-white.json": 1,
    "oasis-examples/ROLIE/example-01-service.json": 1,
    "oasis-examples/ROLIE/example-02-service.json": 3,
    "oasis-examples/aggregator/example-01-aggregator.json": 2,
    "oasis-examples/aggregator/example-02-aggregator.json": 2,
    "oasis-examples/aggregator/example-03-aggregator.json": 3,
    "oasis-examples/provider-metadata/example-01-provider-metadata.json": 1,
    "redhat/changes.csv": 3,
    "sick/csaf-feed-tlp-white.json": 1,
    "siemens/ssa-feed-tlp-white.json": 1,
}
REFUSED = {  # file: words in the reason
    "oasis-examples/ROLIE/example-01-category.json": "nothing of CSAF",
    "paloalto/CVE-2025-0114.json": "$schema",
    "paloalto/PAN-SA-2025-0007.json": "$schema",
    "redhat/CVE-2023-20862.json": "6.1.16",
    "redhat/rhsa-2024-2705.json": "6.1.1",
    "vince/csaf-vu-257161.json": "6.1.31",
}


def names(pattern: str = "*") -> list[str]:
    files = (file for file in CSAF.rglob(pattern) if file.is_file() and file.suffix not in (".asc", ".sha512"))
    return sorted(str(file.relative_to(CSAF)) for file in files)


def of_documents() -> list[str]:
    return [name for name in names("*.json") if name not in LINKS and "document" in loaded(name)]


def loaded(name: str) -> dict[str, Any]:
    document: dict[str, Any] = orjson.loads((CSAF / name).read_bytes())
    return document


def parse(body: bytes, **options: Any) -> Parsed:
    return csaf.parse(body, context(**{"url": "https://example.org/x", "limits": BIG, **options}))


@pytest.mark.parametrize("name", names())
def test_a_sample_comes_to_what_is_stated(name: str) -> None:
    body = (CSAF / name).read_bytes()
    if name in REFUSED:
        with pytest.raises(CollectError) as caught:
            parse(body)
        assert caught.value.refused and REFUSED[name] in str(caught.value)
        return
    parsed = parse(body)
    assert not parsed.refusals
    assert (len(parsed.entries), len(parsed.links)) == ((0, LINKS[name]) if name in LINKS else (1, 0))


@pytest.mark.parametrize("name", of_documents())
def test_an_entry_says_what_its_document_says(name: str) -> None:
    document = loaded(name)
    head, flaws = document["document"], document.get("vulnerabilities", [])
    told = entry(document, datetime.now(UTC))
    tracking = head["tracking"]
    assert told.guid == f"{head['publisher']['namespace']} {tracking['id']}"
    assert (told.title, told.author) == (" ".join(head["title"].split()), head["publisher"]["name"])
    assert told.published == datetime.fromisoformat(tracking["initial_release_date"])
    assert told.updated == datetime.fromisoformat(tracking["current_release_date"])
    assert set(told.cves) == {flaw["cve"] for flaw in flaws if "cve" in flaw}
    assert told.facts["version"] == tracking["version"] and told.facts["status"] == tracking["status"]
    label = head.get("distribution", {}).get("tlp", {}).get("label")
    assert told.label == {"WHITE": "CLEAR"}.get(label, label)
    assert set(told.facts.get("cvss", "").split("\n")) - {""} == {score["vectorString"] for score in scores(flaws)}
    weaknesses = [flaw["cwe"]["id"] for flaw in flaws if "cwe" in flaw] + [
        each["id"] for flaw in flaws for each in flaw.get("cwes", ())
    ]
    assert set(told.facts.get("cwes", "").split("\n")) - {""} == set(weaknesses)
    assert "unread" not in told.facts


def scores(flaws: list[dict[str, Any]]) -> list[dict[str, Any]]:
    contents = [score for flaw in flaws for score in flaw.get("scores", ())]
    contents += [metric["content"] for flaw in flaws for metric in flaw.get("metrics", ())]
    return [one[name] for one in contents for name in ("cvss_v2", "cvss_v3", "cvss_v4") if name in one]


@pytest.mark.parametrize("name", [name for name in of_documents() if (CSAF / f"{name}.asc").exists()])
def test_a_real_document_is_the_one_that_its_hash_file_tells_of(name: str) -> None:
    body, sha512 = ((CSAF / f"{name}{ending}").read_bytes() for ending in ("", ".sha512"))
    where = {"url": f"{IT}/{file_name(loaded(name)['document']['tracking']['id'])}", "role": "document"}
    assert parse(body, **where, beside={"sha512": b64encode(sha512).decode()}).entries
    with pytest.raises(CollectError, match="hash file"):
        parse(body + b" ", **where, beside={"sha512": b64encode(sha512).decode()})
    assert Sig.from_bytes((CSAF / f"{name}.asc").read_bytes()).issuer_fingerprint == CISA_SIGNS_WITH


def cisa() -> Web:
    """CISA's advisories as they lie on the web, its two ways of listing them, and metadata that names a key of ours."""
    home = CSAF / "cisa" / "it"
    web = Web({f"{IT}/{file.relative_to(home)}": file.read_bytes() for file in home.rglob("*") if file.is_file()})
    base = IT.removesuffix("csaf_files/IT/white")  # where its lists start from
    web |= {f"{base}{name}": web[f"{IT}/{name}"] for name in ("changes.csv", "index.txt")}
    told = metadata(public(OWN).fingerprint)
    web[told["public_openpgp_keys"][0]["url"]] = str(public(OWN)).encode()
    told["distributions"] = [{"rolie": {"feeds": [{"url": f"{IT}/cisa-csaf-it-feed-tlp-white.json"}]}}]
    web[f"{IT}/rolie.json"] = orjson.dumps(told)
    web[f"{IT}/directory.json"] = orjson.dumps({**told, "distributions": [{"directory_url": base}]})
    return web


def signed(web: Web) -> Web:
    """The same with its documents signed by our key."""
    web |= {url: signature(web[url.removesuffix(".asc")]) for url in list(web) if url.endswith(".json.asc")}
    return web


IDS = {"VA-24-201-01", "VA-24-254-01", "VA-24-254-02", "VA-24-262-01"}


@pytest.mark.parametrize("way", ["rolie.json", "directory.json"])
def test_a_real_provider_is_read_whole_and_only_as_it_was_signed(way: str) -> None:
    web = signed(cisa())
    assert {told.guid.rpartition(" ")[2] for told in web.follow(f"{IT}/{way}")} == IDS
    with pytest.raises(CollectError, match="not one of it"):
        list(cisa().follow(f"{IT}/{way}"))  # as CISA has signed them
    if way == "directory.json":
        del web[f"{IT.removesuffix('csaf_files/IT/white')}changes.csv"]
        assert {told.guid.rpartition(" ")[2] for told in web.follow(f"{IT}/{way}")} == IDS  # by its index.txt


@pytest.mark.parametrize("name", ["cisa-csaf-it-feed-tlp-white.json", "../../../changes.csv", "../../../index.txt"])
def test_a_real_list_alone_is_read_without_a_key(name: str) -> None:
    url = str(Path(f"/{IT.removeprefix('https://')}/{name}").resolve())
    assert {told.guid.rpartition(" ")[2] for told in cisa().follow(f"https:/{url}")} == IDS
