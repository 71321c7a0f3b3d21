"""TLP 2.0 (first.org/tlp): the labels, what they mean, and what others call them. Words only; the rule is policy.py."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CLEAR, GREEN, AMBER, STRICT, RED = "CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"
LABELS = (CLEAR, GREEN, AMBER, STRICT, RED)  # by strictness: our order, FIRST defines none
CHOICES = [(label, f"TLP:{label}") for label in LABELS]
STRICTNESS = {label: rank for rank, label in enumerate(LABELS)}

MEANING: dict[str, Promise] = {
    CLEAR: _("No limit: may be shared with anyone."),
    GREEN: _("For the community: members may share it with peers, never on a public channel."),
    AMBER: _("For the organisations named and, where they need to know, their clients."),
    STRICT: _("For the organisations named alone, on a need to know."),
    RED: _("For the named people only. Not to be passed on."),
}

# OASIS common objects: the TLP 2.0 extension's marking-definitions, by pinned id.
STIX_MARKING = {
    CLEAR: "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
    GREEN: "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
    AMBER: "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
    STRICT: "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
    RED: "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
}
# STIX 2.1 section 7.2.1.4: the built-in TLP 1 markings; WHITE is today's CLEAR.
STIX_TLP1_MARKING = {
    CLEAR: "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9",
    GREEN: "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da",
    AMBER: "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82",
    RED: "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed",
}


def display(label: str) -> str:
    """The label as it is shown everywhere, in capitals, untranslated: `TLP:AMBER+STRICT`."""
    return f"TLP:{label}"


def strictest(labels: Iterable[str]) -> str:
    """What combines several items carries the strictest of their labels; with none to go by, AMBER+STRICT."""
    return max(labels, key=STRICTNESS.__getitem__, default=STRICT)


def read(text: str) -> str | None:
    """A label as others write it (`tlp:white`, `TLP: Amber`, `AMBER+STRICT`), or None where it is none of ours."""
    word = text.strip().upper().removeprefix("TLP").lstrip(":").strip()
    word = {"WHITE": CLEAR}.get(word, word)
    return word if word in STRICTNESS else None
