from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from advisories.serve.exchange.facts import NotForExport
from tests.advisories.serve.exchanged import MORNING, incident


def test_a_red_incident_has_no_facts_and_the_refusal_says_what_to_do() -> None:
    with pytest.raises(NotForExport, match=r"WM-7K3QF is TLP:RED.*never exported.*under a lower label"):
        incident(label="RED")


@pytest.mark.parametrize("label", ["", "WHITE", "amber", "TLP:CLEAR", "AMBER+", "red"])
def test_what_is_no_label_is_refused_and_never_taken_for_a_wider_one(label: str) -> None:
    with pytest.raises(NotForExport, match=r"none of TLP 2.0"):
        incident(label=label)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"created": datetime(2026, 1, 1)}, "no time zone"),
        ({"modified": MORNING - timedelta(seconds=1)}, "modified before it was created"),
        ({"state": "forgotten"}, "no state of an incident"),
        ({"indicators": (("hostname", "a"),)}, "no indicator"),
        ({"indicators": (("domain", ""),)}, "no indicator"),
        ({"indicators": (("md5", "a" * 31),)}, "no indicator"),
        ({"indicators": (("sha1", "g" * 40),)}, "no indicator"),
    ],
)
def test_facts_that_cannot_be_are_refused(wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        incident(**wrong)


def test_no_field_has_room_for_a_reporter() -> None:
    fields = set(type(incident()).__slots__)
    assert not [name for name in fields if any(word in name for word in ("report", "author", "person", "organisation"))]
