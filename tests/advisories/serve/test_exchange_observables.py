from __future__ import annotations

import re
from uuid import UUID, uuid5

import orjson
import pytest
import stix2
from hypothesis import given, settings
from hypothesis import strategies as st
from stix2.pattern_visitor import create_pattern_object

from advisories.serve.exchange import stix
from advisories.serve.exchange.facts import HASHES, KINDS
from advisories.serve.exchange.observables import ALGORITHMS, TYPES, fits, is_url, observable, pattern
from tests.advisories.serve.exchanged import EACH_KIND, HOSTILE, HUB, bare, errors, incident, objects, of_type

OBSERVABLES = UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")  # STIX's own namespace
WRITTEN = [kind for kind in KINDS if kind not in (*HASHES, "cve")]


def ours(kind: str, value: str) -> str:
    found = observable(kind, value)
    assert found is not None
    return str(found["id"])


def theirs(kind: str, value: str) -> str:
    """The id by section 2.9 of the standard: what the observable says, as RFC 8785 writes it, under its namespace."""
    said: dict[str, object] = {"hashes": {ALGORITHMS[kind]: value}} if kind in HASHES else {"value": value}
    said = {"name": value} if kind == "file" else said
    plain = orjson.dumps(said, option=orjson.OPT_SORT_KEYS).decode()
    return f"{TYPES[kind]._type}--{uuid5(OBSERVABLES, plain)}"


def sought(kind: str, value: str) -> str:
    """What the pattern looks for, as the library's own parser reads it: it leaves the backslashes in."""
    read = create_pattern_object(pattern(kind, value), version="2.1")
    return re.sub(r"\\(.)", r"\1", str(read.operand.rhs.value), flags=re.DOTALL)


@pytest.mark.parametrize(("kind", "value"), [one for one in EACH_KIND if one[0] != "cve"])
def test_the_id_of_an_observable_is_the_one_that_everybody_gives_it(kind: str, value: str) -> None:
    assert ours(kind, value) == theirs(kind, value)


def test_the_id_of_example_com_is_the_one_of_the_standard() -> None:
    assert ours("domain", "example.com") == "domain-name--bedb4899-d24b-5401-bc86-8f6b4cc18ec7"
    assert ours("domain", "bücher.example") == theirs("domain", "bücher.example")


@pytest.mark.parametrize(("kind", "value"), [one for one in (*EACH_KIND, *HOSTILE) if one[0] != "cve"])
def test_a_pattern_looks_for_the_value_and_for_nothing_else(kind: str, value: str) -> None:
    assert sought(kind, value) == value


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(WRITTEN), st.text(min_size=1, max_size=40))
def test_whatever_stands_in_an_indicator_its_pattern_is_one_by_the_library(kind: str, value: str) -> None:
    assert sought(kind, value) == value
    bundle = stix.bundle(bare(indicators=((kind, value),)), HUB)
    assert errors(bundle) == []
    stix2.parse(bundle.decode(), allow_custom=False)


@settings(max_examples=30, deadline=None)
@given(st.text(min_size=1, max_size=20))
def test_addresses_that_hold_a_text_are_taken_only_as_the_standard_takes_them(text: str) -> None:
    for value in (f"https://example.org/{text}", f"https://[{text}]/", f"https://{text}/", text):
        if is_url(value):
            assert errors(stix.bundle(bare(indicators=(("url", value),)), HUB)) == []


def test_what_is_no_observable_is_still_an_indicator_and_none_is_lost() -> None:
    facts = incident(indicators=HOSTILE)
    told = {one["name"] for one in objects(facts) if one["type"] in ("indicator", "vulnerability")}
    assert told == {value for _, value in HOSTILE}
    assert not fits("domain", "_dmarc.example.org") and not of_type(
        incident(indicators=(("domain", "_dmarc.example.org"),)), "observed-data"
    )


def test_each_indicator_hangs_on_the_incident_and_on_what_was_observed() -> None:
    ties = of_type(incident(indicators=(("domain", "example.org"),)), "relationship")
    told = {(one["source_ref"].split("--")[0], one["relationship_type"], one["target_ref"].split("--")[0])
            for one in ties}  # fmt: skip
    assert told == {
        ("course-of-action", "related-to", "incident"),
        ("indicator", "related-to", "incident"),
        ("indicator", "based-on", "observed-data"),
        ("observed-data", "related-to", "incident"),
    }


def test_an_indicator_that_was_pasted_twice_is_told_once() -> None:
    twice = (("domain", "example.org"), ("ipv4", "192.0.2.1"), ("domain", "example.org"))
    ids = [one["id"] for one in objects(incident(indicators=twice))]
    assert len(ids) == len(set(ids))


def test_five_thousand_indicators_are_each_told_and_load() -> None:
    many = tuple(("domain", f"host{number}.example.org") for number in range(5000))
    things = objects(incident(indicators=many))
    assert len([one for one in things if one["type"] == "indicator"]) == 5000
    sample = [*things[:40], *things[-40:]]
    assert len(stix2.parse({"type": "bundle", "id": f"bundle--{HUB}", "objects": sample}).objects) == 80
