"""From the address of a provider to its entries, through every document on the way; and whatever else may come."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections import deque
from collections.abc import Iterator
from itertools import islice
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pysequoia import Tsk

from advisories.collect.base import CollectError, Link, RawEntry
from advisories.collect.csaf import csaf
from tests.advisories.collect.conftest import context
from tests.advisories.collect.hostile import as_json, documents, outcome, twisted
from tests.advisories.collect.test_csafentry import advisory, later, refusal
from tests.advisories.collect.test_csafindex import SIGNS, feed, named
from tests.advisories.collect.test_csafproof import OWN, STRANGE, public, signature
from tests.advisories.collect.test_csafprovider import metadata

ROLES = ["", "metadata", "security.txt", "rolie", "changes", "document", "document https://example.org/m.json", "?"]
SITE = "https://cert.example.org"
EVERY = 7  # of the odd documents is tried: no divisor of how many odd values there are, so each comes about
KNOWN, SECURITY = f"{SITE}/.well-known/csaf/provider-metadata.json", f"{SITE}/.well-known/security.txt"


class Web(dict[str, bytes]):
    """Files by address, read as the engine reads them."""

    def follow(self, url: str = SITE, state: dict[str, str] | None = None) -> Iterator[RawEntry]:
        self.state = dict(state or {})
        waiting = deque(csaf.begin(url))
        seen = {link.url for link in waiting}
        while waiting:
            link = waiting.popleft()
            at = link.url if link.url in self else link.otherwise
            files = {name: b64encode(self[one]).decode() for name, one in link.beside.items() if one in self}
            parsed = csaf.parse(self[at], context(url=at, role=link.role, beside=files, state=self.state))
            self.state |= parsed.state
            new = [one for one in parsed.links if one.url not in seen]
            seen |= {one.url for one in new}
            waiting += new
            yield from parsed.entries


def provider(by: Tsk = OWN, *, rolie: bool = True) -> Web:
    """A trusted provider with two documents, in a feed or in a directory."""
    bodies = {number: orjson.dumps(advisory(f"EX-{number}")) for number in (1, 2)}
    web = Web({f"{SITE}/{number}/ex-{number}.json": body for number, body in bodies.items()})
    for url, body in list(web.items()):
        web[f"{url}.sha512"], web[f"{url}.asc"] = hashlib.sha512(body).hexdigest().encode(), signature(body, by)
    told = metadata(public(by).fingerprint)
    web[told["public_openpgp_keys"][0]["url"]] = str(public(by)).encode()
    if rolie:
        links = [named(number, ("self", f"{SITE}/{number}/ex-{number}.json")) for number in bodies]
        web[f"{SITE}/white.json"] = orjson.dumps(feed(*links))
    else:
        told["distributions"] = [{"directory_url": f"{SITE}"}]
        web[f"{SITE}/index.txt"] = b"1/ex-1.json\n2/ex-2.json\n"
    web[KNOWN] = orjson.dumps(told)
    return web


@pytest.mark.parametrize("rolie", [True, False])
def test_a_domain_leads_to_the_signed_documents_of_its_provider(rolie: bool) -> None:
    web = provider(rolie=rolie)
    assert {entry.guid.rpartition(" ")[2] for entry in web.follow()} == {"EX-1", "EX-2"}
    web[f"{SITE}/2/ex-2.json"] += b" "
    with pytest.raises(CollectError, match="hash file"):
        list(web.follow())


def test_security_txt_alone_leads_there_too() -> None:
    web = provider()
    web[SECURITY], web[f"{SITE}/m.json"] = f"CSAF: {SITE}/m.json\n".encode(), web.pop(KNOWN)
    assert len(list(web.follow())) == 2


def test_whoever_takes_over_the_site_of_a_provider_can_put_nothing_in_its_place() -> None:
    web = provider()
    assert len(list(web.follow())) == 2
    state, taken = web.state, provider(STRANGE)
    with pytest.raises(CollectError, match="by another way"):
        list(taken.follow(state=state))
    taken[KNOWN] = web[KNOWN]  # its own metadata, with other documents
    with pytest.raises(CollectError, match=r"not where|not one of it"):
        list(taken.follow(state=state))
    for body in (orjson.dumps(advisory()), b"CSAF: https://evil.example.org/m.json\n", orjson.dumps(feed(named(1)))):
        taken[KNOWN] = body
        with pytest.raises((CollectError, KeyError)):
            list(taken.follow(state=state))
    assert len(list(web.follow(state=state))) == 2


def test_an_aggregator_s_providers_cannot_sign_for_one_another() -> None:
    url, listed = f"{SITE}/aggregator.json", {"aggregator": {}, "csaf_providers": [{"metadata": {"url": KNOWN}}]}
    web = provider()
    web[url] = orjson.dumps(listed)
    entries = list(web.follow(url))
    assert {entry.facts["owner"] for entry in entries} == {KNOWN}
    other = f"{SITE}/other.json"
    web[other] = web[KNOWN].replace(public(OWN).fingerprint.encode(), public(STRANGE).fingerprint.encode())
    web[url] = orjson.dumps({**listed, "csaf_providers": [{"metadata": {"url": other}}]})
    with pytest.raises(CollectError, match=public(STRANGE).fingerprint.upper()):
        list(web.follow(url))


# What else may come


@pytest.mark.parametrize("document", [advisory(), later("AMBER", 3)], ids=["2.0", "2.1"])
def test_a_document_that_is_wrong_anywhere_ends_in_an_entry_or_in_words(document: dict[str, Any]) -> None:
    for other in islice(twisted(document), 0, None, EVERY):
        outcome(csaf.parse, as_json(other), url=f"{SITE}/csaf")


@pytest.mark.parametrize(
    ("document", "role"),
    [
        (metadata(), "metadata"), (feed(named(1)), "rolie"),
        ({"service": {"workspace": [{"collection": [{"href": f"{SITE}/x.json"}]}]}}, "rolie"),
        ({"aggregator": {}, "csaf_providers": [{"metadata": {"url": KNOWN}, "mirrors": [f"{SITE}/x.json"]}]}, ""),
    ],
)  # fmt: skip
def test_a_list_that_is_wrong_anywhere_ends_in_links_or_in_words(document: dict[str, Any], role: str) -> None:
    for other in islice(twisted(document), 0, None, EVERY):
        found = outcome(
            csaf.parse, as_json(other), url=f"{SITE}/x.json", role=role, state=SIGNS if role == "rolie" else {}
        )
        assert isinstance(found, str) or all(link.url.startswith("https://") for link in found.links)


@settings(deadline=None)
@given(body=st.binary(max_size=300), role=st.sampled_from(ROLES))
def test_any_bytes_end_in_words_or_in_links(body: bytes, role: str) -> None:
    outcome(csaf.parse, body, role=role)


WORDS = (
    "document", "feed", "entry", "link", "rel", "href", "canonical_url", "distributions", "rolie", "feeds", "url",
    "service", "workspace", "collection", "aggregator", "csaf_providers", "metadata", "tracking", "id", "publisher",
    "namespace", "distribution", "tlp", "label", "vulnerabilities", "product_tree", "branches", "product", "name",
)  # fmt: skip


@settings(deadline=None)
@given(body=documents(*WORDS), role=st.sampled_from(ROLES))
def test_any_json_ends_in_words_or_in_links(body: Any, role: str) -> None:
    outcome(csaf.parse, as_json(body), role=role, url=f"{SITE}/x.json")


@settings(deadline=None)
@given(text=st.text(alphabet='abC:\n\r,"/.json csafCSAF\0\ud800é', max_size=200), role=st.sampled_from(ROLES))
def test_any_text_ends_in_words_or_in_links(text: str, role: str) -> None:
    outcome(csaf.parse, text.encode("utf-8", "surrogatepass"), role=role, url=f"{SITE}/changes.csv")


def test_nesting_is_taken_to_a_hundred_levels_and_not_deeper() -> None:
    deep: Any = []
    for _ in range(99):
        deep = [deep]
    assert "deeper than 100" in refusal({**advisory(), "x": deep})
    assert "deeper" not in str(outcome(csaf.parse, as_json({**advisory(), "x": deep[0]}), url=f"{SITE}/csaf"))


def test_what_a_link_asks_for_passes_from_the_worker_to_the_hub() -> None:
    found = outcome(csaf.parse, orjson.dumps(feed(named(1))), role="rolie", state=SIGNS, url=f"{SITE}/white.json")
    assert not isinstance(found, str) and isinstance(found.links[0], Link) and found.links[0].beside["key"]
