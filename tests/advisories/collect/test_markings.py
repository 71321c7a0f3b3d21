from __future__ import annotations

import pytest

from advisories.collect.text.markings import LABELS, PINNED, TLP_2_EXTENSION, forgery, label_in, strictest
from members import tlp

OTHER = "marking-definition--11111111-2222-4333-8444-555555555555"
BY_LABEL = {label: key for key, label in list(PINNED.items())[:5]}


def tlp_2(id: str, level: str, **more: object) -> dict[str, object]:
    body = {"extension_type": "property-extension", "tlp_2_0": level}
    return {"type": "marking-definition", "id": id, "extensions": {TLP_2_EXTENSION: body}, **more}


def test_the_pinned_ids_are_the_same_here_and_among_the_members() -> None:
    theirs = {**{v: k for k, v in tlp.STIX_MARKING.items()}, **{v: k for k, v in tlp.STIX_TLP1_MARKING.items()}}
    assert theirs == PINNED
    assert LABELS == tlp.LABELS


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("[TLP:GREEN] Patch now", "GREEN"),
        ("TLP:AMBER+STRICT: for you", "AMBER+STRICT"),
        ("Patch now (tlp:amber)", "AMBER"),
        ("TLP:WHITE news", "CLEAR"),
        ("TLP:CLEAR news", "CLEAR"),
        ("TLP:RED", "RED"),
        ("TLP:CLEAR about TLP:AMBER", "AMBER"),
        ("TLP: RED", "RED"),
        ("TLP:AMBER STRICT", "AMBER+STRICT"),
        ("TLP-AMBER", "AMBER"),
        ("TLP: CLEAR", None),
        ("TLP CLEAR", None),
        ("TLP:ORANGE", None),
        ("TLP:CLEARANCE", None),
        ("XTLP:CLEAR", None),
        ("clear", None),
        ("", None),
    ],
)
def test_a_label_in_words_may_narrow_when_written_wrongly_but_never_widen(text: str, label: str | None) -> None:
    assert label_in(text) == label


def test_the_strictest_label_wins_and_none_says_nothing() -> None:
    assert strictest(["GREEN", None, "AMBER+STRICT", "AMBER"]) == "AMBER+STRICT"
    assert strictest([None]) is None


@pytest.mark.parametrize(
    "definition",
    [
        tlp_2(OTHER, "clear"),
        tlp_2(OTHER, "purple"),
        {"id": OTHER, "name": "TLP:CLEAR"},
        {"id": OTHER, "name": "tlp:amber+strict"},
        {"id": OTHER, "name": "TLP: GREEN "},
        {"id": OTHER, "definition_type": "tlp", "definition": {"tlp": "white"}},
        {"id": OTHER, "definition_type": "TLP", "definition": {"TLP": "green"}},
        {"id": OTHER, "definition_type": "statement", "definition": {"statement": "TLP:CLEAR"}},
        {"id": OTHER, "extensions": {"extension-definition--0": {"tlp_2_0": "clear"}}},
        {"id": BY_LABEL["RED"].upper(), "name": "TLP:CLEAR"},
        tlp_2(BY_LABEL["RED"], "clear"),
        tlp_2(BY_LABEL["RED"], "red", name="TLP:CLEAR"),
        {"id": BY_LABEL["RED"], "definition_type": "statement", "definition": {"statement": "mine"}},
        {"id": BY_LABEL["RED"], "extensions": None},
    ],
)
def test_a_marking_that_only_looks_like_tlp_is_a_forgery(definition: dict[str, object]) -> None:
    assert forgery(definition)


@pytest.mark.parametrize(
    "definition",
    [
        *(tlp_2(key, label.lower(), name=f"TLP:{label}") for label, key in BY_LABEL.items()),
        {
            "id": "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9",
            "definition_type": "tlp",
            "definition": {"tlp": "white"},
            "name": "TLP:WHITE",
        },
        {"id": OTHER, "definition_type": "statement", "definition": {"statement": "Copyright (c) Example 2026"}},
        {"id": OTHER, "definition_type": "statement", "definition": {"statement": "TLP:GREEN unless marked otherwise"}},
        {"id": OTHER, "name": "PAP:AMBER"},
    ],
)
def test_true_tlp_markings_and_other_markings_are_none(definition: dict[str, object]) -> None:
    assert not forgery(definition)
