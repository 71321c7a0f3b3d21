from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

import orjson
import pytest

from advisories.collect.base import CollectError, Limits, Parsed, RawEntry
from advisories.collect.exchange import stix
from tests.advisories.collect.conftest import context
from tests.advisories.collect.test_markings import BY_LABEL, OTHER, tlp_2


def ident(kind: str, name: str) -> str:
    return f"{kind}--{uuid5(NAMESPACE_DNS, name)}"


def thing(kind: str, name: str, label: str | None = None, /, **more: Any) -> dict[str, Any]:
    values = {
        "type": kind,
        "spec_version": "2.1",
        "id": ident(kind, name),
        "created": "2026-02-01T10:00:00.000Z",
        "modified": "2026-02-02T10:00:00.000Z",
        "name": name,
    }
    marked = {"object_marking_refs": [BY_LABEL[label]]} if label else {}
    return {**values, **marked, **more}


def report(name: str, *things: dict[str, Any], label: str | None = None, **more: Any) -> dict[str, Any]:
    return thing("report", name, label, object_refs=[one["id"] for one in things], **more)


def bundle(*things: Any, **more: Any) -> bytes:
    return orjson.dumps({"type": "bundle", "id": ident("bundle", "b"), "objects": list(things), **more})


def parse(body: bytes, **options: Any) -> Parsed:
    return stix.parse(body, context(**options))


def by_name(*things: Any) -> dict[str, RawEntry]:
    return {entry.title: entry for entry in parse(bundle(*things)).entries}


def refusal(body: bytes, **options: Any) -> str:
    with pytest.raises(CollectError) as caught:
        parse(body, **options)
    assert caught.value.refused
    return str(caught.value)


# What becomes an entry


def test_a_report_is_one_entry_that_names_what_it_refers_to() -> None:
    malware = thing("malware", "Fictional <Worm>")
    hole = thing("vulnerability", "Hole", external_references=[{"source_name": "cve", "external_id": "CVE-2026-1234"}])
    references = [{"source_name": "x", "url": "javascript:1"}, {"source_name": "y", "url": "https://example.org/r"}]
    more: dict[str, Any] = {"published": "2026-01-31T09:00:00Z", "external_references": references}
    about = report("A campaign", malware, hole, description="Watch out.", **more)
    (entry,) = by_name(malware, hole, about).values()
    assert (entry.guid, entry.title) == (about["id"], "A campaign")
    assert entry.summary == "<p>Watch out.</p><ul><li>Fictional &lt;Worm&gt;</li><li>Hole</li></ul>"
    assert entry.url == "https://example.org/r"
    assert entry.cves == ("CVE-2026-1234",)
    assert entry.published == datetime(2026, 1, 31, 9, tzinfo=UTC)
    assert entry.updated == datetime(2026, 2, 2, 10, tzinfo=UTC)
    assert entry.facts["type"] == "report" and entry.label is None


def test_without_a_report_each_object_that_can_stand_alone_is_an_entry() -> None:
    names = set(by_name(
        thing("vulnerability", "v"), thing("indicator", "i"), thing("x-mitre-tactic", "t"), thing("identity", "who"),
        thing("relationship", "r"), thing("ipv4-addr", "a"), thing("sighting", "s"), thing("course-of-action", "c"),
    ))  # fmt: skip
    assert names == {"v", "i", "c"}


def test_what_no_report_refers_to_is_not_lost() -> None:
    inside, beside = thing("malware", "inside"), thing("malware", "beside")
    assert set(by_name(inside, beside, report("r", inside))) == {"r", "beside"}


def test_reports_that_refer_to_each_other_are_both_entries() -> None:
    first = report("first", {"id": ident("report", "second")})
    assert set(by_name(first, report("second", first), report("third", {"id": ident("report", "third")}))) == {
        "first",
        "second",
        "third",
    }


def test_a_bare_object_and_a_taxii_envelope_are_read_too() -> None:
    lone = thing("vulnerability", "v")
    assert len(parse(orjson.dumps(lone)).entries) == 1
    assert len(parse(orjson.dumps({"more": False, "objects": [lone]})).entries) == 1
    assert parse(orjson.dumps({"type": "bundle", "id": "bundle--1"})).entries == ()


def test_a_bundle_of_stix_2_0_is_read() -> None:
    old = thing("indicator", "old")
    del old["spec_version"]
    assert len(parse(bundle(old, spec_version="2.0")).entries) == 1


def test_a_revoked_object_says_so() -> None:
    assert by_name(thing("malware", "m", revoked=True))["m"].facts["revoked"] == "true"
    assert "revoked" not in by_name(thing("malware", "m", revoked=False))["m"].facts


def test_the_newest_version_of_an_object_counts() -> None:
    first, second = thing("malware", "m"), thing("malware", "m", modified="2026-02-02T10:00:00.5Z", description="new")
    for order in ((first, second), (second, first)):
        (entry,) = parse(bundle(*order)).entries
        assert "new" in entry.summary


def test_two_contents_under_one_version_are_refused_alone() -> None:
    parsed = parse(bundle(thing("malware", "m"), thing("malware", "m", description="other"), thing("tool", "t")))
    assert [entry.title for entry in parsed.entries] == ["m", "t"]
    assert "different contents" in parsed.refusals[0].reason


def test_objects_without_a_usable_id_are_refused_alone() -> None:
    odd: list[Any] = [
        7,
        None,
        {},
        {"type": "malware"},
        {"type": "malware", "id": "tool--" + "0" * 36},
        {"type": [], "id": []},
    ]
    parsed = parse(bundle(*odd, thing("tool", "t")))
    assert (len(parsed.entries), len(parsed.refusals)) == (1, len(odd))
    assert all(refused.reason for refused in parsed.refusals)


def test_an_id_that_no_database_could_keep_is_refused_alone() -> None:
    """PostgreSQL takes no NUL in a text: one such id would have kept every other object out."""
    odd = thing("malware", "Odd", id="malware--" + "a" * 35 + "\0")
    assert [entry.title for entry in parse(bundle(odd, thing("malware", "Good"))).entries] == ["Good"]


def test_fields_of_the_wrong_kind_do_no_harm() -> None:
    wrong: dict[str, Any] = {
        "name": 7, "description": [], "external_references": {"a": 1}, "object_refs": "x", "object_marking_refs": 1,
        "granular_markings": [3], "created": 5, "modified": {}, "labels": {"a": 1}, "created_by_ref": [], "authors": 1,
    }  # fmt: skip
    (entry,) = parse(bundle(thing("report", "r", **wrong))).entries
    assert entry.title.startswith("Report ") and entry.published is None


def test_an_indicator_without_name_is_called_by_its_pattern() -> None:
    (entry,) = parse(bundle(thing("indicator", "i", name="", pattern="[ipv4-addr:value = '192.0.2.1']"))).entries
    assert entry.title == "Indicator: [ipv4-addr:value = '192.0.2.1']"
    assert entry.facts["pattern"] == "[ipv4-addr:value = '192.0.2.1']"


def test_the_author_is_the_identity_in_the_bundle() -> None:
    who = thing("identity", "Example CERT")
    (entry,) = parse(bundle(who, thing("malware", "m", created_by_ref=who["id"]))).entries
    assert entry.author == "Example CERT"


def test_markup_in_any_text_is_made_safe() -> None:
    evil = "<img src=x onerror=alert(1)><p>text</p><script>alert(1)</script>"
    hidden = thing("malware", evil)
    (entry,) = parse(bundle(hidden, report(evil, hidden, description=evil))).entries
    assert entry.summary.startswith("<p>text</p><ul><li>&lt;img src=x")


# Markings


@pytest.mark.parametrize("label", list(BY_LABEL))
def test_a_label_is_read_from_its_pinned_id(label: str) -> None:
    assert by_name(thing("malware", "m", label))["m"].label == label


def test_the_markings_of_tlp_1_count_as_their_like() -> None:
    white = "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9"
    assert by_name(thing("malware", "m", object_marking_refs=[white]))["m"].label == "CLEAR"


def test_of_several_labels_and_of_marked_parts_the_strictest_counts() -> None:
    refs = [BY_LABEL["GREEN"], BY_LABEL["AMBER+STRICT"], BY_LABEL["AMBER"]]
    assert by_name(thing("malware", "m", object_marking_refs=refs))["m"].label == "AMBER+STRICT"
    part = [{"selectors": ["name"], "marking_ref": BY_LABEL["RED"]}]
    assert by_name(thing("malware", "m", "GREEN", granular_markings=part))["m"].label == "RED"


@pytest.mark.parametrize("label", ["CLEAR", "GREEN", "RED"])
def test_an_id_that_is_written_wrongly_may_narrow_and_never_widens(label: str) -> None:
    for wrong in (BY_LABEL[label].upper(), f" {BY_LABEL[label]}"):
        told = by_name(thing("malware", "m", object_marking_refs=[wrong]))["m"].label
        assert told == (None if label == "CLEAR" else label), wrong
    assert by_name(thing("malware", "m", object_marking_refs=BY_LABEL[label]))["m"].label == label


def test_without_a_tlp_marking_there_is_no_label() -> None:
    assert by_name(thing("malware", "m", object_marking_refs=[OTHER]))["m"].label is None


@pytest.mark.parametrize("forged", [tlp_2(OTHER, "clear", name="TLP:CLEAR"), tlp_2(BY_LABEL["RED"], "clear")])
def test_a_forged_tlp_marking_refuses_the_whole_bundle(forged: dict[str, Any]) -> None:
    secret = thing("malware", "m", object_marking_refs=[forged["id"]])
    words = refusal(bundle(thing("tool", "t", "GREEN"), secret, forged))
    assert str(forged["id"]) in words and "OASIS" in words
    assert refusal(orjson.dumps(forged))


def test_true_tlp_markings_in_the_bundle_are_fine() -> None:
    markings = [tlp_2(key, label.lower(), name=f"TLP:{label}") for label, key in BY_LABEL.items()]
    assert len(parse(bundle(*markings, thing("tool", "t", "GREEN"))).entries) == 1


@pytest.mark.parametrize(
    ("own", "other", "named"),
    [
        ("GREEN", "GREEN", True), ("AMBER", "GREEN", True), ("GREEN", "CLEAR", True), (None, None, True),
        (None, "CLEAR", True), ("GREEN", "AMBER", False), ("AMBER", "AMBER+STRICT", False), ("GREEN", "RED", False),
        (None, "GREEN", False), (None, "RED", False), ("CLEAR", None, False), ("RED", None, False),
    ],
)  # fmt: skip
def test_a_report_names_only_what_may_be_seen_where_it_is_seen(own: str | None, other: str | None, named: bool) -> None:
    secret = thing("vulnerability", "Secret CVE-2026-7777", other)
    entries = by_name(secret, report("r", secret, label=own))
    assert ("Secret" in entries["r"].summary) == named
    assert (entries["r"].cves == ("CVE-2026-7777",)) == named
    assert ("Secret CVE-2026-7777" in entries) == (not named)
    if not named:
        assert entries["Secret CVE-2026-7777"].label == other


def test_an_author_marked_more_strictly_is_not_named() -> None:
    who = thing("identity", "Hidden Source", "RED")
    assert by_name(who, thing("malware", "m", "GREEN", created_by_ref=who["id"]))["m"].author == ""


# What is no STIX, and too much of it


@pytest.mark.parametrize(
    "body",
    [b"", b"<html></html>", b"not json", b"{", b"[]", b"7", b'{"a": 1}', b'{"objects": [1]}', b'{"objects": {}}',
     b'{"type": "bundle", "objects": 7}', b'{"type": "event", "id": "7"}', b"[" * 100_000, b'{"a":' * 100_000,
     b"\xff\xfe{}"],
)  # fmt: skip
def test_what_is_no_stix_is_refused_in_words(body: bytes) -> None:
    assert refusal(body)


def test_a_bundle_cut_in_the_middle_is_refused_whole() -> None:
    whole = bundle(*(thing("malware", str(n)) for n in range(10)))
    assert "cut short" in refusal(whole[: len(whole) // 2])


def test_nesting_is_taken_to_fifty_levels_and_not_deeper() -> None:
    def nested(levels: int) -> Any:
        value: Any = 'brackets [[[ in "text" {{{'
        for n in range(levels):
            value = [value] if n % 2 else {"a": value}
        return value

    assert parse(bundle(thing("tool", "t", x_deep=nested(47)))).entries
    assert "deeper than 50" in refusal(bundle(thing("tool", "t", x_deep=nested(48))))
    assert refusal(b'{"type": "bundle", "objects": ' + b"[" * 900 + b"]" * 900 + b"}")


def test_more_objects_than_the_limit_refuse_the_bundle() -> None:
    assert "at most 3" in refusal(bundle(*(thing("tool", str(n)) for n in range(4))), limits=Limits(entries=3))


def test_the_order_of_the_objects_changes_nothing() -> None:
    things = [thing("malware", str(n)) for n in range(5)]
    things.append(report("r", *things[:3]))
    forward, backward = parse(bundle(*things)), parse(bundle(*reversed(things)))
    assert {entry.content_hash for entry in forward.entries} == {entry.content_hash for entry in backward.entries}
