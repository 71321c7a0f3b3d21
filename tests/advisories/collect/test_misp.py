from __future__ import annotations

import json
import re
from collections import deque
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisories.collect.base import BIG, CollectError, Limits, Link, Parsed, RawEntry
from advisories.collect.exchange import misp
from tests.advisories.collect.conftest import NOW, Site, context, get
from tests.advisories.collect.hostile import DEEP, as_json, documents, outcome, samples, twisted
from tests.advisories.collect.test_samples import HOME

Thing = dict[str, Any]
FEED = "https://misp.example.org/feed/"
STRICT = "AMBER+STRICT"


def ident(name: str) -> str:
    return str(uuid5(NAMESPACE_DNS, name))


def tags(*names: str) -> list[Thing]:
    return [{"name": name, "colour": "#ffffff"} for name in names]


def attribute(value: Any, kind: str = "domain", category: str = "Network activity", *names: str, **more: Any) -> Thing:
    values = {"type": kind, "category": category, "value": value, "to_ids": True, "distribution": "5", "deleted": False}
    return {**values, "uuid": ident(str(value)), "Tag": tags(*names), **more}


def event(*attributes: Any, tag: tuple[str, ...] = (), **more: Any) -> Thing:
    values = {
        "uuid": ident("event"), "info": "Phishing against councils", "date": "2026-01-30", "published": True,
        "timestamp": "1769940000", "publish_timestamp": "1769943600", "threat_level_id": "2", "analysis": "1",
        "distribution": "3", "Orgc": {"name": "Example CERT", "uuid": ident("org")}, "Tag": tags(*tag),
        "Attribute": list(attributes),
    }  # fmt: skip
    return {"Event": {**values, **more}}


def parse(document: Any, role: str = "", url: str = FEED + "manifest.json", **options: Any) -> Parsed:
    return misp.parse(as_json(document), context(role=role, url=url, **options))


def entry(*attributes: Any, **more: Any) -> RawEntry:
    parsed = parse(event(*attributes, **more))
    assert not parsed.refusals
    return parsed.entries[0]


def refusal(document: Any, role: str = "", **options: Any) -> str:
    with pytest.raises(CollectError) as caught:
        parse(document, role, **options)
    assert caught.value.refused
    return str(caught.value)


def reasons(document: Any, **options: Any) -> list[str]:
    return [one.reason for one in parse(document, **options).refusals]


# What an event becomes


def test_an_entry_carries_what_the_event_says() -> None:
    one = entry(
        attribute("evil.example.org"), attribute("a@example.org", "email-src", "Payload delivery"),
        attribute("https://example.org/report", "link", "External analysis", to_ids=False),
        attribute("cve-2026-1234", "vulnerability", "External analysis"), tag=("tlp:green", "type:OSINT"),
    )  # fmt: skip
    assert (one.guid, one.title, one.author, one.label) == (
        ident("event"), "Phishing against councils", "Example CERT", "GREEN"
    )  # fmt: skip
    assert one.published == datetime(2026, 2, 1, 11, tzinfo=UTC)
    assert one.updated == datetime(2026, 2, 1, 10, tzinfo=UTC)
    assert one.cves == ("CVE-2026-1234",) and one.url == "https://example.org/report"
    assert one.facts == {
        "analysis": "ongoing", "indicators": "domain (1)\nemail-src (1)\nvulnerability (1)", "owner": ident("org"),
        "references": "https://example.org/report", "threat_level": "medium",
    }  # fmt: skip
    assert one.summary == (
        "<p>Threat level: medium. Analysis: ongoing.</p>"
        "<h4>Network activity</h4><ul><li>domain (1): <code>evil[.]example[.]org</code></li></ul>"
        "<h4>Payload delivery</h4><ul><li>email-src (1): <code>a[@]example[.]org</code></li></ul>"
        "<h4>External analysis</h4><ul><li>link (1): <code>hxxps[://]example[.]org/report</code></li>"
        "<li>vulnerability (1): <code>cve-2026-1234</code></li></ul>"
    )


def test_a_value_is_no_link_and_no_markup() -> None:
    one = entry(attribute("<a href='http://evil.example.org'>HTTPS://EVIL.example.org</a>", "url"), info="<b>Hi</b>")
    assert one.title == "<b>Hi</b>"
    assert "&lt;a href='hxxp[://]evil[.]example[.]org'&gt;hxxpS[://]EVIL[.]example" in one.summary
    assert not re.search(r"<a\b|http|\w\.\w", one.summary)


def test_the_first_fifty_values_are_shown_and_all_are_counted() -> None:
    one = entry(*(attribute(f"{number}.example.org") for number in range(60)), attribute("x" * 9_000, "text", "Other"))
    assert one.summary.count("<code>") == 50 and "49[.]example" in one.summary and "50[.]" not in one.summary
    assert "domain (60)" in one.summary and "text (1)" in one.summary
    assert "The first 50 of 61 values are shown." in one.summary


def test_more_kinds_of_attributes_than_anybody_reads_are_counted() -> None:
    one = entry(*(attribute("v", f"type{number}") for number in range(150)))
    assert one.summary.count("<li>") == 100 and "<p>… +50</p>" in one.summary


def test_what_was_deleted_is_not_there() -> None:
    gone = {"name": "file", "deleted": "1", "Attribute": [attribute("secret.exe", "filename")]}
    for word in (True, "1", 1):
        one = entry(attribute("kept"), attribute("gone", "domain", "Other", "tlp:red", deleted=word), Object=[gone])
        assert one.label is None and "kept" in one.summary and "gone" not in one.summary and "secret" not in one.summary


def test_objects_give_their_attributes_and_their_vulnerabilities() -> None:
    hole = {"name": "vulnerability", "Attribute": [attribute("CVE-2026-7", "text"), attribute("CVE-2026-7777", "text")]}
    file = {"name": "file", "Attribute": [attribute("a.exe", "filename", "Payload delivery"), attribute(443, "port")]}
    one = entry(Object=[hole, file], info="About CVE-2026-0001")
    assert one.cves == ("CVE-2026-0001", "CVE-2026-7777")
    assert "filename (1): <code>a[.]exe</code>" in one.summary and "port (1): <code>443</code>" in one.summary


def test_other_ids_of_vulnerabilities_are_aliases() -> None:
    one = entry(*(attribute(name, "vulnerability") for name in ("ghsa-abcd-1234-wxyz", "CVE-2026-1234", "no id")))
    assert one.facts["aliases"] == "GHSA-ABCD-1234-WXYZ"


def test_techniques_come_from_tags_and_galaxies_and_tactics_of_defence_do_not() -> None:
    cluster = {"tag_name": "", "value": "Spearphishing Link - T1566.002"}
    galaxies = [{"type": "mitre-attack-pattern", "GalaxyCluster": [cluster]}]
    mitigation = 'misp-galaxy:mitre-course-of-action="Example Mitigation - T1182"'
    old = 'misp-galaxy:mitre-enterprise-attack-attack-pattern="Example - T1059"'
    one = entry(attribute("x", "domain", "Other", old), tag=(mitigation,), Galaxy=galaxies)
    assert one.facts["attack"] == "T1059\nT1566.002"


def test_only_outside_analyses_with_a_web_address_are_references() -> None:
    one = entry(
        attribute("https://evil.example.org/", "url"), attribute("javascript:1", "link", "External analysis"),
        attribute("https://example.org/b", "url", "External analysis"), attribute("x", "text", "External analysis"),
    )  # fmt: skip
    assert one.facts["references"] == one.url == "https://example.org/b"
    assert one.facts["unread"] == "Event.Attribute[1].value"


def test_reports_in_the_event_are_named() -> None:
    written = [{"name": "What happened"}, {"name": "Old", "deleted": True}, {"name": "Own", "distribution": "0"}]
    assert entry(EventReport=written).facts["reports"] == "What happened"


@pytest.mark.parametrize(
    ("changes", "published"),
    [
        ({"publish_timestamp": 1769943600}, datetime(2026, 2, 1, 11, tzinfo=UTC)),
        ({"publish_timestamp": "0"}, datetime(2026, 1, 30, tzinfo=UTC)),
        ({"publish_timestamp": "9" * 30}, datetime(2026, 1, 30, tzinfo=UTC)),
        ({"publish_timestamp": "", "date": "2026-02-30"}, None),
    ],
)  # fmt: skip
def test_the_time_of_publishing_is_read_or_the_day(changes: Thing, published: datetime | None) -> None:
    assert entry(**changes).published == published


def test_an_event_without_words_has_a_name_still() -> None:
    assert entry(info="\u202e").title == f"MISP event {ident('event')}"


# How far it may go


@pytest.mark.parametrize(
    ("names", "label"),
    [
        ((), None), (("type:OSINT",), None), (("tlp:clear",), "CLEAR"), (("tlp:white",), "CLEAR"),
        (("TLP:GREEN",), "GREEN"), (("tlp:amber",), "AMBER"), (("tlp:amber+strict",), STRICT), (("tlp:red",), "RED"),
        (("tlp:green", "tlp:red", "tlp:white"), "RED"), (("tlp:ex:chr",), STRICT), (("tlp:unclear",), STRICT),
        (("tlp: clear",), STRICT), (("tlp:red\u200b",), "RED"), (("TLP RED",), "RED"), (("tlp",), STRICT),
        (('example:marking="tlp:white"',), None), (('example:marking="tlp:amber"',), "AMBER"),
        (("tlp:" + "x" * 999,), STRICT), (("tlpfoo:bar",), None),
    ],
)  # fmt: skip
def test_the_label_is_the_strictest_of_the_tags_and_an_unknown_one_is_strict(
    names: tuple[str, ...], label: str | None
) -> None:
    assert entry(tag=names).label == label


@pytest.mark.parametrize(
    ("odd", "label"),
    [
        ("tlp:red", "RED"), ({"name": "tlp:red"}, "RED"), (["tlp:red"], "RED"), ([None], STRICT), ({}, STRICT),
        ([{"name": []}], STRICT), ([["tlp:red"]], STRICT), ([7], None),
    ],
)  # fmt: skip
def test_tags_that_cannot_be_read_are_taken_as_strict(odd: Any, label: str | None) -> None:
    assert entry(Tag=odd).label == label


@pytest.mark.parametrize(
    ("distribution", "names", "label"),
    [
        ("0", (), STRICT), (0, (), STRICT), ("4", (), STRICT), ("1", (), None), ("3", (), None),
        ("0", ("tlp:green",), "GREEN"),
    ],
)  # fmt: skip
def test_an_event_for_one_organisation_or_group_is_strict_unless_it_is_tagged(
    distribution: Any, names: tuple[str, ...], label: str | None
) -> None:
    assert entry(attribute("x", distribution=distribution), distribution=distribution, tag=names).label == label


@pytest.mark.parametrize(
    ("own", "other", "shown", "label"),
    [
        ("clear", "green", False, "GREEN"), ("green", "green", True, "GREEN"), ("amber", "green", True, "AMBER"),
        ("green", "red", False, "RED"), ("green", "ex:chr", False, STRICT), ("", "clear", True, None),
        ("", "green", False, STRICT), ("", "red", False, "RED"),
    ],
)  # fmt: skip
def test_a_part_that_is_stricter_makes_the_entry_stricter_and_is_not_told(
    own: str, other: str, shown: bool, label: str | None
) -> None:
    tag = (f"tlp:{own}",) if own else ()
    secret = attribute("CVE-2026-9999", "vulnerability", "External analysis", f"tlp:{other}")
    inside = {"name": "vulnerability", "Tag": tags(f"tlp:{other}"), "Attribute": [attribute("CVE-2026-9999", "text")]}
    for one in (entry(attribute("x"), secret, tag=tag), entry(attribute("x"), tag=tag, Object=[inside])):
        assert one.label == label
        assert ("CVE-2026-9999" in one.summary) == shown == (one.cves == ("CVE-2026-9999",))
        assert ("not shown: 1" in one.summary) == (not shown)
        assert "CVE-2026-9999" not in str(one.facts)


def test_a_part_for_one_organisation_in_an_event_for_all_is_not_told() -> None:
    one = entry(attribute("secret", distribution="0"), attribute("open"), tag=("tlp:clear",))
    assert one.label == STRICT and "secret" not in one.summary and "open" in one.summary


# What is not taken


@pytest.mark.parametrize("said", [False, "0", 0, "no", {}, "false"])
def test_an_event_that_is_not_published_is_refused_in_words(said: Any) -> None:
    parsed = parse(event(published=said))
    assert not parsed.entries and "not published" in parsed.refusals[0].reason
    assert parsed.refusals[0].guid == ident("event") and "Phishing" not in parsed.refusals[0].reason


@pytest.mark.parametrize("said", [True, "1", 1, None])
def test_an_event_that_is_published_is_taken(said: Any) -> None:
    assert parse(event(published=said)).entries


def test_bad_events_are_refused_alone_with_their_place() -> None:
    rows = [event(), {"Event": {"uuid": "\0"}}, 7, {}, {"Event": []}, event(uuid=ident("other"))]
    for document, place in (({"response": rows}, "response"), (rows, "")):
        parsed = parse(document)
        assert [one.guid for one in parsed.entries] == [ident("event"), ident("other")]
        assert [one.reason.split()[0] for one in parsed.refusals] == [
            f"{place}[1].Event.uuid", f"{place}[2]", f"{place}[3].Event", f"{place}[4].Event"
        ]  # fmt: skip


def test_of_one_event_twice_the_newer_counts() -> None:
    older, newer = event(info="Old"), event(info="New", timestamp="1769950000")
    for rows in ([older, newer], [newer, older]):
        parsed = parse(rows)
        assert [one.title for one in parsed.entries] == ["New"] and "twice" in parsed.refusals[0].reason


def test_too_much_is_refused() -> None:
    assert "more than 3 attributes" in reasons(event(*map(attribute, "abcd")), limits=Limits(entries=3))[0]
    assert "at most 3" in refusal([event()] * 4, limits=Limits(entries=3))
    assert "at most 3" in refusal({ident(name): {"timestamp": "1"} for name in "abcd"}, limits=Limits(entries=3))
    assert "deeper than 50" in refusal(event(x=DEEP))


# Feeds


def test_a_manifest_leads_to_its_events_the_newest_first() -> None:
    old, new = ident("old"), ident("new")
    lines = {old: {"timestamp": "1700000000", "info": "x"}, new: {"timestamp": 1800000000}, "../x": {"timestamp": "1"},
             ident("bare"): {"info": "x"}, ident("odd"): {"timestamp": "soon"}, ident("none"): 7}  # fmt: skip
    parsed = parse(lines)
    assert parsed.links == (
        Link(f"{FEED}{new}.json", "event", "1800000000"), Link(f"{FEED}{old}.json", "event", "1700000000")
    )  # fmt: skip
    assert [one.guid for one in parsed.refusals] == ["../x", *map(ident, ("bare", "odd", "none"))]
    assert "not known" in refusal(lines, url="")


def test_an_empty_feed_or_answer_has_nothing() -> None:
    empty: list[Any] = [{}, [], {"response": []}]
    for document in empty:
        assert parse(document) == Parsed(())


@pytest.mark.parametrize(
    ("address", "begun"),
    [
        ("https://misp.example.org/feed", "https://misp.example.org/feed/manifest.json"),
        ("https://misp.example.org/feed/", "https://misp.example.org/feed/manifest.json"),
        ("https://misp.example.org", "https://misp.example.org/manifest.json"),
        ("https://misp.example.org/feed/manifest.json", "https://misp.example.org/feed/manifest.json"),
        ("https://misp.example.org/events/restSearch", "https://misp.example.org/events/restSearch"),
        ("no address", "no address"),
    ],
)
def test_a_feed_is_begun_at_its_manifest(address: str, begun: str) -> None:
    assert misp.begin(address, {}, NOW) == (Link(begun),)


def test_a_feed_is_read_over_the_network_from_its_folder_on(site: Site) -> None:
    events = {ident(str(number)): event(uuid=ident(str(number)), info=f"Event {number}") for number in range(5)}
    site.gives("/feed/manifest.json", as_json({uuid: {"timestamp": "1769940000"} for uuid in events}))
    for uuid, one in events.items():
        site.gives(f"/feed/{uuid}.json", as_json(one))
    waiting, titles = deque(misp.begin(site.url("/feed"), {}, NOW)), set()
    while waiting:
        link = waiting.popleft()
        parsed = misp.parse(get(link.url).body, context(url=link.url, role=link.role))
        titles |= {one.title for one in parsed.entries}
        waiting += parsed.links
    assert titles == {f"Event {number}" for number in range(5)}


# What is no MISP event


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ([{"Feed": {"name": "x"}}], "list of MISP feeds"), ({"namespace": "tlp", "predicates": []}, "taxonomy “tlp”"),
        ({"type": "t", "name": "Sector", "authors": [], "values": []}, "galaxy “Sector”"),
        ([7], "neither"), (7, "neither"), (None, "neither"), ("", "neither"), ({"a": 1}, "neither"),
        ([{"uuid": "x"}], "neither"), ({"response": "x"}, "neither"),
    ],
)  # fmt: skip
def test_what_is_no_event_is_refused_in_words_that_say_what_it_is(document: Any, words: str) -> None:
    assert words in refusal(document)
    assert "names it as one" in refusal(document, "event")


def test_a_manifest_leads_to_no_other_manifest() -> None:
    assert "no MISP event" in refusal({ident("x"): {"timestamp": "1"}}, "event")


SMALL: Thing = {"type": "link", "category": "External analysis", "value": "x", "Tag": [{"name": "tlp:red"}]}
WHOLE: list[Any] = [
    event(
        SMALL, EventReport=[{"name": "r"}], Object=[{"name": "vulnerability", "Attribute": [{"value": "CVE-2026-1"}]}],
        Galaxy=[{"type": "mitre-attack-pattern", "GalaxyCluster": [{"tag_name": "x", "value": "y"}]}],
    ),
    {ident("event"): {"timestamp": "1769940000"}},
    {"response": [{"Event": {"uuid": ident("event")}}]},
]  # fmt: skip


@pytest.mark.parametrize("document", WHOLE)
def test_a_document_that_is_odd_in_any_place_ends_in_a_stated_outcome(document: Any) -> None:
    for odd in twisted(document):
        outcome(misp.parse, as_json(odd), url=FEED)


@settings(max_examples=50, deadline=None)
@given(
    documents("Event", "response", "uuid", "Tag", "name", "Attribute", "Object", "Galaxy", "GalaxyCluster", "value"),
    documents("published", "timestamp", "date", "distribution", "deleted", "Tag", "Attribute", "type", "category"),
    st.sampled_from(["", "event"]),
)
def test_no_json_breaks_the_reader(document: Any, inside: Any, role: str) -> None:
    outcome(misp.parse, as_json(document), role=role)
    more = inside if isinstance(inside, dict) else {"Attribute": inside}
    outcome(misp.parse, as_json(event(**{str(name): one for name, one in more.items()})), role=role)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(body: bytes) -> None:
    outcome(misp.parse, body)


# Real files: entries, refusals of single events and labels, or words of the refusal

EVENTS: dict[str, tuple[list[str | None], int]] = {
    "eset-backdoordiplomacy": ([], 1),
    "eset-gelsemium": ([None], 0),
    "eset-stantinko": ([], 1),
    "eset-swc-candiru": ([None], 0),
    "eset-telebots": (["CLEAR"], 0),
    "misp-training-atm": (["CLEAR"], 0),
    "pymisp-japanese_test": ([], 1),
}
there = pytest.mark.skipif(not (HOME / "misp").is_dir(), reason="no samples")


@samples
@there
@pytest.mark.parametrize("name", EVENTS)
def test_a_real_event_ends_as_stated(name: str) -> None:
    parsed = outcome(misp.parse, (HOME / "misp" / "events" / f"{name}.json").read_bytes(), limits=BIG)
    assert isinstance(parsed, Parsed)
    assert ([one.label for one in parsed.entries], len(parsed.refusals)) == EVENTS[name]
    for one in parsed.entries:
        assert one.author and one.published and one.updated and "unread" not in one.facts
        assert not re.search(r"<a\b|https?:", one.summary)


@samples
@there
def test_a_real_event_of_a_vulnerability_tells_its_facts() -> None:
    (one,) = misp.parse((HOME / "misp/events/misp-training-atm.json").read_bytes(), context(limits=BIG)).entries
    assert one.cves == ("CVE-2020-10124", "CVE-2020-9062") and one.facts["attack"] == "T1588.006"
    assert len(one.facts["references"].split("\n")) == 4 and one.facts["reports"]


@samples
@there
def test_the_samples_of_events_are_all_stated_and_what_else_misp_has_is_said_to_be_that() -> None:
    assert {file.stem for file in (HOME / "misp" / "events").iterdir()} == set(EVENTS)
    for pattern, words in (("galaxies/*", "galaxy"), ("taxonomies/*/*", "taxonomy"), ("feeds-*", "list of MISP feeds")):
        files = list((HOME / "misp").glob(pattern))
        assert files and all(words in str(outcome(misp.parse, file.read_bytes(), limits=BIG)) for file in files)


@samples
@there
def test_feeds_of_misp_s_own_list_begin_at_a_manifest() -> None:
    listed = [one["Feed"] for one in json.loads((HOME / "misp" / "feeds-defaults.json").read_text("utf-8"))]
    addresses = [one["url"] for one in listed if one["source_format"] == "misp"]
    assert addresses
    for address in addresses:
        (link,) = misp.begin(address, {}, NOW)
        assert link.url == address.rstrip("/") + "/manifest.json"
