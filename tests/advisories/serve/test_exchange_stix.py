from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import orjson
import pytest
import stix2
from hypothesis import given, settings
from hypothesis import strategies as st

from advisories.collect.exchange import stix as collected
from advisories.collect.text.markings import PINNED, forgery
from advisories.serve.exchange import naming, stix
from advisories.serve.exchange.facts import LABELS, STATES, IncidentFacts
from advisories.serve.exchange.rsit import CLASSES
from members import tlp
from tests.advisories.collect.conftest import context
from tests.advisories.serve.exchanged import (
    HOSTILE,
    HUB,
    MORNING,
    NORTH,
    bare,
    errors,
    incident,
    judged,
    objects,
    of_type,
)

LATER = MORNING + timedelta(days=1)


@pytest.mark.parametrize("label", LABELS)
def test_an_incident_of_each_label_passes_the_oasis_validator_and_loads(label: str) -> None:
    bundle = stix.bundle(incident(label=label), HUB)
    assert errors(bundle) == []
    assert len(stix2.parse(bundle.decode(), allow_custom=False).objects) == len(orjson.loads(bundle)["objects"])


def test_with_every_check_on_what_is_left_to_warn_of_is_only_named_ids_and_pages_without_a_hash() -> None:
    verdict = judged(stix.bundle(incident(), HUB), disabled="")
    assert verdict.is_valid and not verdict.errors
    assert {str(one).split("{")[1][:3] for one in verdict.warnings} == {"103", "302"}


@pytest.mark.parametrize(
    "facts",
    [
        bare(),
        bare(title="", severity=None, started=None, rsit="other"),
        incident(indicators=HOSTILE),
        incident(indicators=(("domain", "_only.patterns"),)),
        incident(withdrawn=True, modified=LATER),
        incident(version=2, modified=LATER, state="closed"),
        incident(started=LATER.date()),
        incident(references=(("cve", "not an address"), ("", "https://example.org/"), ("", ""), ("cve", "http://[/"))),
    ],
    ids=["bare", "barest", "hostile", "patterns alone", "withdrawn", "second version", "future", "odd links"],
)
def test_every_shape_of_an_incident_passes_the_oasis_validator_and_loads(facts: IncidentFacts) -> None:
    bundle = stix.bundle(facts, HUB)
    assert errors(bundle) == []
    stix2.parse(bundle.decode(), allow_custom=False)


def test_no_type_is_made_up() -> None:
    bundle = stix.bundle(incident(indicators=(("cve", "CVE-2026-12345"), ("domain", "_x"))), HUB)
    assert errors(bundle, strict=True, strict_types=True, disabled="uuid-check,extref-hashes") == []


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("rsit", sorted(CLASSES))
def test_every_class_and_state_has_its_words_in_the_core_extension(rsit: str, state: str) -> None:
    [thing] = of_type(incident(rsit=rsit, state=state, indicators=()), "incident")
    core = thing["extensions"]["extension-definition--ef765651-680c-498d-9894-99799f2fa126"]
    assert core["determination"] in ("confirmed", "failed-attempt", "suspected")
    assert core["investigation_status"] == ("closed" if state == "closed" else "open")
    assert core["criticality"] == 70
    assert thing["labels"] == [f"rsit:{rsit}", state]


@pytest.mark.parametrize("label", LABELS)
def test_everything_is_marked_and_only_pinned_markings_are_shipped(label: str) -> None:
    things = objects(incident(label=label))
    markings = [one for one in things if one["type"] == "marking-definition"]
    marked = [one for one in things if one["type"] not in ("marking-definition", "identity")]
    assert {one["id"] for one in markings} == {tlp.STIX_MARKING[tlp.CLEAR], tlp.STIX_MARKING[label]}
    assert all(one["id"] in PINNED and not forgery(one) for one in markings)
    assert all(one["object_marking_refs"] == [tlp.STIX_MARKING[label]] for one in marked)
    assert tlp.STIX_MARKING[tlp.RED] not in orjson.dumps(things).decode()


def test_the_warp_alone_is_clear_and_is_the_same_in_every_export() -> None:
    strict, clear = (of_type(incident(label=one), "identity") for one in (tlp.STRICT, tlp.CLEAR))
    assert strict == clear
    assert strict[0]["name"] == NORTH.name


def test_the_same_version_is_the_same_bytes_and_an_object_of_one_moment_is_the_same_object() -> None:
    assert stix.bundle(incident(), HUB) == stix.bundle(incident(), HUB)
    first = {one["id"]: one for one in objects(incident())}
    assert all(one["created"] == one["modified"] == "2026-11-20T09:30:00.123Z" for one in first.values() if
               "modified" in one and one["type"] != "identity")  # fmt: skip


def test_a_later_version_keeps_ids_and_creation_and_is_modified_later() -> None:
    first = {one["id"]: one for one in objects(incident()) if "modified" in one}
    second = {one["id"]: one for one in objects(incident(version=2, modified=LATER, title="New")) if "modified" in one}
    assert first.keys() == second.keys()
    assert all(second[id]["created"] == one["created"] for id, one in first.items())
    assert all(second[id]["modified"] > one["modified"] for id, one in first.items() if one["type"] != "identity")


def test_what_is_withdrawn_is_revoked_and_repeats_no_word_of_its_text() -> None:
    before, after = incident(), incident(withdrawn=True, modified=LATER)
    versioned = [one for one in objects(after) if "modified" in one and one["type"] != "identity"]
    assert all(one["revoked"] is True for one in versioned)
    assert {one["id"] for one in objects(before)} == {one["id"] for one in objects(after)}
    text = stix.bundle(after, HUB).decode()
    assert not [word for word in ("Ransomware", "Block", "Finance", "encrypted", "ransomware") if word in text]
    assert "revoked" not in stix.bundle(before, HUB).decode()


def test_ids_are_ours_but_those_of_observables_and_another_hub_has_others() -> None:
    assert naming.of_hub("https://hub.example.org/") == HUB
    elsewhere = naming.of_hub("https://other.example.org")
    ours, theirs = ({one["id"] for one in orjson.loads(stix.bundle(incident(), hub))["objects"]} for hub in
                    (HUB, elsewhere))  # fmt: skip
    shared = {id.split("--")[0] for id in ours & theirs}
    assert shared == {
        "marking-definition", "ipv4-addr", "ipv6-addr", "domain-name", "url", "email-addr", "file",
    }  # fmt: skip
    assert all(UUID(id.split("--")[1]).version == 5 for id in ours if not id.startswith("marking"))


@pytest.mark.parametrize("label", LABELS)
def test_a_sister_hub_that_collects_it_reads_the_same_label_title_and_cves(label: str) -> None:
    [entry] = collected.parse(stix.bundle(incident(label=label), HUB), context()).entries
    assert (entry.label, entry.title, entry.author) == (label, "Ransomware by way of a forged invoice", NORTH.name)
    assert entry.cves == ("CVE-2026-12345",)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(min_size=1, max_size=30), min_size=6, max_size=6))
def test_whatever_the_text_says_it_passes_and_comes_back_whole(texts: list[str]) -> None:
    title, do, hits, known, linked, seen = texts
    facts = bare(title=title, what_to_do=do, who_it_hits=hits, what_is_known=known, references=((linked, seen),))
    bundle = stix.bundle(facts, HUB)
    assert errors(bundle) == []
    [read] = [one for one in stix2.parse(bundle.decode(), allow_custom=False).objects if one.type == "report"]
    assert read.name == (title.strip() or "WM-7K3QF")
    assert all(text in read.description for text in (do, hits, known) if text.strip())
