from __future__ import annotations

from typing import Any

import orjson
import pytest

from advisories.collect.base import CollectError, Limits, Link, Parsed
from advisories.collect.csaf import csaf
from advisories.collect.csaf.csafprovider import Provider, remembered
from tests.advisories.collect.conftest import context

SITE = "https://cert.example.org"
METADATA = f"{SITE}/.well-known/csaf/provider-metadata.json"
ONE, TWO, THREE = (digit * 40 for digit in "AB7")


def metadata(*fingerprints: str, role: str = "csaf_trusted_provider", **changes: Any) -> dict[str, Any]:
    values = {
        "canonical_url": METADATA,
        "distributions": [
            {"rolie": {"feeds": [{"summary": "All.", "tlp_label": "WHITE", "url": f"{SITE}/white.json"}]}}
        ],
        "last_updated": "2026-02-02T10:00:00Z",
        "list_on_CSAF_aggregators": True,
        "metadata_version": "2.0",
        "mirror_on_CSAF_aggregators": True,
        "public_openpgp_keys": [{"fingerprint": one, "url": f"{SITE}/{one}.asc"} for one in fingerprints or (ONE,)],
        "publisher": {"category": "coordinator", "name": "Example CERT", "namespace": SITE},
        "role": role,
    }
    return {key: value for key, value in {**values, **changes}.items() if value is not None}


def parse(body: Any, **options: Any) -> Parsed:
    told = body if isinstance(body, bytes) else orjson.dumps(body)
    return csaf.parse(told, context(**{"url": METADATA, "role": "metadata", **options}))


def refusal(body: Any, **options: Any) -> str:
    with pytest.raises(CollectError) as caught:
        parse(body, **options)
    assert caught.value.refused
    return str(caught.value)


# What the metadata says


def test_metadata_leads_to_its_feeds_and_is_remembered() -> None:
    feeds = [{"url": f"{SITE}/{name}.json", "tlp_label": name} for name in ("WHITE", "GREEN")]
    parsed = parse(metadata(ONE.lower(), distributions=[{"rolie": {"feeds": feeds}, "directory_url": SITE}]))
    assert parsed.links == (Link(f"{SITE}/WHITE.json", "rolie"), Link(f"{SITE}/GREEN.json", "rolie"))
    kept = remembered(parsed.state, "")
    assert kept == Provider("", METADATA, "csaf_trusted_provider", ((ONE, f"{SITE}/{ONE.lower()}.asc"),))
    assert not parsed.entries and not parsed.refusals and not parsed.complete


@pytest.mark.parametrize(
    "distribution",
    [{"directory_url": f"{SITE}/csaf"}, {"directory_url": f"{SITE}/csaf/"},
     {"directory": {"tlp_label": "CLEAR", "url": f"{SITE}/csaf/"}}],
)  # fmt: skip
def test_without_a_feed_it_leads_to_the_lists_of_its_directories(distribution: dict[str, Any]) -> None:
    parsed = parse(metadata(distributions=[distribution]))
    assert parsed.links == (Link(f"{SITE}/csaf/changes.csv", "changes", otherwise=f"{SITE}/csaf/index.txt"),)


def test_no_address_leaves_https_but_on_a_site_that_has_none() -> None:
    plain = metadata(distributions=[{"rolie": {"feeds": [{"url": "http://cert.example.org/white.json"}]}}])
    parsed = parse(plain)
    assert not parsed.links and "distributions[0].rolie.feeds[0].url" in parsed.refusals[0].reason
    assert parse(plain, url="http://cert.example.org/m.json").links == (
        Link("http://cert.example.org/white.json", "rolie"),
    )


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"canonical_url": "javascript:alert(1)"}, "canonical_url"), ({"role": "csaf_aggregator"}, "role"),
        ({"role": None}, "role"), ({"publisher": {}}, "publisher.name"), ({"publisher": "x"}, "publisher.name"),
        ({"public_openpgp_keys": [{"fingerprint": "A" * 39, "url": SITE}]}, "public_openpgp_keys[0].fingerprint"),
        ({"public_openpgp_keys": [{"fingerprint": f"{ONE} x", "url": SITE}]}, "public_openpgp_keys[0].fingerprint"),
        ({"public_openpgp_keys": [{"fingerprint": ONE}]}, "public_openpgp_keys[0].url"),
        ({"public_openpgp_keys": []}, "no OpenPGP key"), ({"public_openpgp_keys": None}, "no OpenPGP key"),
        ({"distributions": None}, "no feed and no directory"), ({"distributions": [{}]}, "no feed and no directory"),
    ],
)  # fmt: skip
def test_metadata_that_says_no_such_thing_is_refused_by_its_place(changes: dict[str, Any], place: str) -> None:
    assert place in refusal(metadata(**changes))


def test_more_keys_than_anybody_has_are_refused() -> None:
    assert "at most 20" in refusal(metadata(*(f"{number:040d}" for number in range(21))))
    assert parse(metadata(*(f"{number:040d}" for number in range(20)))).links


# The key that was named first


def test_a_key_that_changed_is_refused_in_words_that_name_both_and_say_what_to_do() -> None:
    state = parse(metadata(ONE)).state
    words = refusal(metadata(TWO), state=state)
    assert ONE in words and TWO in words and "by another way" in words and "new source" in words
    assert parse(metadata(ONE), state=state).links


@pytest.mark.parametrize(
    ("before", "now", "taken"),
    [
        ([ONE], [ONE, TWO], False), ([ONE, TWO], [TWO], True), ([ONE, TWO], [TWO, ONE], True),
        ([ONE, TWO], [ONE, THREE], False),
    ],
)  # fmt: skip
def test_of_several_keys_one_may_go_and_none_may_come(before: list[str], now: list[str], taken: bool) -> None:
    state = parse(metadata(*before)).state
    if taken:
        assert remembered(parse(metadata(*now), state=state).state, "").fingerprints == now
    else:
        assert "Nothing was taken" in refusal(metadata(*now), state=state)


def test_a_provider_can_t_be_made_to_sign_no_longer() -> None:
    state = parse(metadata(ONE)).state
    bare = metadata(role="csaf_provider", public_openpgp_keys=None)
    assert ONE in refusal(bare, state=state)
    assert "csaf_publisher" in refusal(metadata(ONE, role="csaf_publisher"), state=state)
    unsigned = parse(bare).state
    assert parse(bare, state=unsigned).links
    assert parse(metadata(ONE), state=unsigned).links  # it has begun to sign


def test_another_address_of_the_metadata_does_not_lose_the_key() -> None:
    state = parse(metadata(ONE)).state
    moved = {"canonical_url": "https://other.example.org/provider-metadata.json"}
    assert ONE in refusal(metadata(TWO, **moved), url="https://other.example.org/provider-metadata.json", state=state)
    assert parse(metadata(ONE, **moved), state=state).links


def test_a_list_of_others_in_the_place_of_the_metadata_does_not_lose_the_key() -> None:
    listed = {"aggregator": {"name": "Other"}, "csaf_providers": [{"metadata": {"url": METADATA}}]}
    assert "now a list of others" in refusal(listed, role="", state=parse(metadata(ONE)).state)
    assert "not what led" in refusal(listed)
    assert parse(listed, role="").links


# Where to begin


@pytest.mark.parametrize("url", ["https://example.org", "https://example.org/", "HTTPS://example.org"])
def test_a_domain_is_asked_at_both_places_each_in_place_of_the_other(url: str) -> None:
    known = "https://example.org/.well-known/csaf/provider-metadata.json"
    security = "https://example.org/.well-known/security.txt"
    assert csaf.begin(url) == (
        Link(known, "metadata", otherwise=security),
        Link(security, "security.txt", otherwise=known),
    )


@pytest.mark.parametrize(
    "url", [METADATA, f"{SITE}/csaf", f"{SITE}/?feed=1", "https://csaf.data.security.example.org/"]
)
def test_any_other_address_is_where_to_begin(url: str) -> None:
    assert csaf.begin(url) == (Link(url),)


SECURITY = f"{SITE}/.well-known/security.txt"


def test_security_txt_leads_to_the_metadata_it_names() -> None:
    text = (
        b"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nContact: mailto:cert@example.org\r\n"
        b"csaf: https://cert.example.org/a.json\r\nCSAF:\thttps://cert.example.org/a.json\nCSAF: http://x.example.org/b\n"
        b"# CSAF: https://cert.example.org/c.json\n"
    )
    for role in ("security.txt", "metadata", ""):
        parsed = parse(text, url=SECURITY, role=role)
        assert parsed.links == (Link(f"{SITE}/a.json", "metadata"),)
        assert [refused.params["url"] for refused in parsed.refusals] == ["http://x.example.org/b"]


def test_the_dns_is_the_last_resort() -> None:
    text = b"Contact: mailto:cert@example.org\n"
    assert not parse(text, url=SECURITY, role="security.txt").links
    last = parse(text, url="https://www.example.org/.well-known/security.txt", role="metadata").links
    assert last == (Link("https://csaf.data.security.example.org/", "metadata"),)
    assert "names no CSAF provider" in refusal(text, url=SECURITY, role="")


def test_metadata_that_comes_in_the_place_of_security_txt_is_metadata() -> None:
    assert parse(metadata(), role="security.txt").links == parse(metadata()).links


def test_a_web_page_is_said_to_be_one_where_somebody_may_be_helped_by_it() -> None:
    page = b"<!doctype html><html><title>Not found</title></html>"
    assert not parse(page, url=SECURITY, role="security.txt").refusals
    (refused,) = parse(page).refusals
    assert "web page" in refused.reason
    for options in ({"url": f"{SITE}/m.json"}, {"role": ""}, {"role": "rolie"}):
        assert "provider-metadata.json" in refusal(page, **options)


# Providers that others list


def test_an_aggregator_leads_to_every_provider_and_each_is_remembered_apart() -> None:
    other = "https://other.example.org/provider-metadata.json"
    listed = {
        "aggregator": {"category": "aggregator", "name": "Everybody"},
        "csaf_providers": [{"metadata": {"url": METADATA}, "mirrors": [f"{SITE}/mirror.json"]}, {"metadata": {}}],
        "csaf_publishers": [{"metadata": {"url": other}}, 7],
    }
    parsed = parse(listed, role="")
    first, second = parsed.links
    assert (first.url, first.otherwise, second.url) == (METADATA, f"{SITE}/mirror.json", other)
    assert [refused.params["place"] for refused in parsed.refusals] == [
        "csaf_providers[1].metadata.url", "csaf_publishers[1]",
    ]  # fmt: skip
    state = dict(parse(metadata(ONE), role=first.role).state)
    state |= parse(metadata(TWO, canonical_url=other), role=second.role, state=state).state
    assert remembered(state, METADATA).fingerprints == [ONE] and remembered(state, other).fingerprints == [TWO]
    assert TWO in refusal(metadata(TWO), role=first.role, state=state)
    (feed,) = parse(metadata(ONE), role=first.role, state=state).links
    assert feed.role == f"rolie {METADATA}"


def test_a_service_document_leads_to_its_feeds() -> None:
    collections = [{"title": "All", "href": f"{SITE}/all.json"}, {"href": "ftp://example.org/x.json"}, None]
    parsed = parse({"service": {"workspace": [{"title": "Public", "collection": collections}]}}, role="rolie")
    assert parsed.links == (Link(f"{SITE}/all.json", "rolie"),) and len(parsed.refusals) == 2
    assert "service.workspace" in refusal({"service": {}}, role="rolie")


def test_more_providers_than_the_limit_are_refused() -> None:
    listed = {"aggregator": {}, "csaf_providers": [{"metadata": {"url": f"{SITE}/{n}.json"}} for n in range(3)]}
    assert "at most 2" in refusal(listed, role="", limits=Limits(entries=2))
    assert len(parse(listed, role="", limits=Limits(entries=3)).links) == 3
