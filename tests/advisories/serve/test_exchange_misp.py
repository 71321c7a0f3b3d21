from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymisp import MISPEvent

from advisories.collect.exchange import misp as collected
from advisories.serve.exchange import misp
from advisories.serve.exchange.facts import LABELS
from members import tlp
from tests.advisories.collect.conftest import context
from tests.advisories.serve.exchanged import EACH_KIND, HOSTILE, HUB, MORNING, NORTH, incident

LATER = MORNING + timedelta(days=1)


def loaded(**more: Any) -> MISPEvent:
    event = MISPEvent()
    event.load(misp.event(incident(**more), HUB).decode())
    return event


def seen(event: MISPEvent) -> set[tuple[str, str]]:
    return {(one.type, one.value) for one in event.attributes}


@pytest.mark.parametrize(("label", "distribution"), [(tlp.CLEAR, 3), (tlp.GREEN, 1), (tlp.AMBER, 0), (tlp.STRICT, 0)])
def test_an_incident_of_each_label_loads_with_its_tag_and_reaches_no_further(label: str, distribution: int) -> None:
    event = loaded(label=label)
    assert [one.name for one in event.tags] == [f"tlp:{label.lower()}", "rsit:intrusions"]
    assert event.distribution == distribution
    assert {one.distribution for one in event.attributes} == {5}


def test_it_says_what_it_is() -> None:
    event = loaded()
    assert (event.info, str(event.date), event.threat_level_id, event.analysis, event.published) == (
        "Ransomware by way of a forged invoice", "2026-11-19", 1, 1, True,
    )  # fmt: skip
    assert (event.orgc.name, event.timestamp) == (NORTH.name, MORNING.replace(microsecond=0))
    assert loaded(severity=None, state="closed").to_dict()["threat_level_id"] == "4"
    assert loaded(state="closed").analysis == 2


def test_each_kind_of_indicator_is_an_attribute_of_its_type_that_machines_look_for() -> None:
    event = loaded()
    types = {"ipv4": "ip-dst", "ipv6": "ip-dst", "cve": "vulnerability", "file": "filename"}
    told = {(types.get(kind, kind), value) for kind, value in EACH_KIND}
    assert told <= seen(event)
    assert {(one.type, one.value) for one in event.attributes if one.to_ids} == {
        one for one in told if one[0] != "vulnerability"
    }
    assert {"Block the sender.\nLook for the file.", "WM-7K3QF", "WM-2ABCD", "https://example.org/ransomware"} <= {
        one.value for one in event.attributes
    }


@pytest.mark.parametrize("indicators", [(), HOSTILE, EACH_KIND * 2], ids=["none", "hostile", "twice"])
def test_what_is_loaded_and_written_again_has_every_attribute(indicators: tuple[tuple[str, str], ...]) -> None:
    first = orjson.loads(misp.event(incident(indicators=indicators), HUB))["Event"]["Attribute"]
    again = orjson.loads(loaded(indicators=indicators).to_json())["Attribute"]
    # MISP takes no space around a value.
    assert [(one["uuid"], one["type"], one["category"], one["value"].strip()) for one in first] == [
        (one["uuid"], one["type"], one["category"], one["value"]) for one in again
    ]
    assert len({one["uuid"] for one in first}) == len(first)
    assert {value for _, value in indicators} <= {one["value"] for one in first}


def test_five_thousand_indicators_are_five_thousand_attributes() -> None:
    many = tuple(("domain", f"host{number}.example.org") for number in range(5000))
    assert len([one for one in loaded(indicators=many).attributes if one.type == "domain"]) == 5000


def test_a_later_version_replaces_the_text_in_its_place_and_is_newer() -> None:
    old, new = loaded(), loaded(version=2, modified=LATER, what_to_do="Do nothing.")
    place = {one.comment: one for one in old.attributes}["What to do"].uuid
    assert (old.uuid, place) == (new.uuid, {one.value: one for one in new.attributes}["Do nothing."].uuid)
    assert (old.timestamp, new.timestamp) == (MORNING.replace(microsecond=0), LATER.replace(microsecond=0))
    assert misp.event(incident(), HUB) == misp.event(incident(), HUB)


def test_what_is_withdrawn_is_deleted_everywhere_and_repeats_no_word_of_its_text() -> None:
    event = loaded(withdrawn=True, modified=LATER)
    assert all(one.deleted and not one.to_ids for one in event.attributes)
    assert event.published and 'workflow:state="rejected"' in [one.name for one in event.tags]
    texts = {one.uuid for one in loaded().attributes if one.category == "Other"}
    assert texts == {one.uuid for one in event.attributes if one.category == "Other"}
    text = event.to_json()
    assert not [word for word in ("Ransomware", "Block", "Finance", "encrypted", "ransomware") if word in text]


@pytest.mark.parametrize("label", LABELS)
def test_a_sister_hub_that_collects_it_reads_the_same_label_title_and_cves(label: str) -> None:
    [entry] = collected.parse(misp.event(incident(label=label), HUB), context()).entries
    assert (entry.label, entry.title, entry.author) == (label, "Ransomware by way of a forged invoice", NORTH.name)
    assert entry.cves == ("CVE-2026-12345",)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(min_size=1, max_size=40), min_size=4, max_size=4))
def test_whatever_the_text_says_it_loads_and_comes_back_whole(texts: list[str]) -> None:
    title, do, known, value = texts
    event = loaded(title=title, what_to_do=do, what_is_known=known, indicators=(("url", value),))
    assert event.info == (title.strip() or "WM-7K3QF")
    assert ("url", value) in seen(event)
    assert {text for text in (do, known) if text.strip()} <= {one.value for one in event.attributes}
