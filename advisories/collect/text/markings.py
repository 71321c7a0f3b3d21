"""TLP 2.0 labels as documents carry them: in words, and as STIX marking-definitions by pinned id.

The ids are those of OASIS (STIX 2.1 section 7.2.1.4; TLP 2.0 extension definition). They stand here as in
members/tlp.py, which needs Django and so cannot be asked in the worker; a test holds the two together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

LABELS = ("CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED")  # by strictness
TLP_2_EXTENSION = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
PINNED: dict[str, str] = {
    "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487": "CLEAR",
    "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb": "GREEN",
    "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421": "AMBER",
    "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003": "AMBER+STRICT",
    "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1": "RED",
    "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9": "CLEAR",
    "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da": "GREEN",
    "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82": "AMBER",
    "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed": "RED",
}

_EXACT = re.compile(r"\bTLP:(CLEAR|WHITE|GREEN|AMBER\+STRICT|AMBER|RED)(?![\w+])", re.IGNORECASE)
_LOOSE = re.compile(r"\bTLP[ :_-]{1,3}(GREEN|AMBER|RED)([ +_-]{0,3}STRICT)?\b", re.IGNORECASE)


def strictest(labels: Iterable[str | None]) -> str | None:
    """The strictest of the labels; None where there is none."""
    return max((label for label in labels if label), key=LABELS.index, default=None)


def pinned(reference: str) -> str | None:
    """The label whose id this is. One that is written wrongly may narrow, and never widens."""
    loose = PINNED.get(reference.strip().lower())
    return loose if loose != LABELS[0] else PINNED.get(reference)


def label_in(text: str) -> str | None:
    """The label that a text carries, the strictest where it carries several.

    Labels are taken as TLP 2.0 writes them, in any case, with WHITE as CLEAR. A label that is written
    wrongly may narrow, so it counts ("TLP: RED"), but never widens: "TLP CLEAR" says nothing.
    """
    exact = ["CLEAR" if found.upper() == "WHITE" else found.upper() for found in _EXACT.findall(text)]
    loose = ["AMBER+STRICT" if strict else colour.upper() for colour, strict in _LOOSE.findall(text)]
    return strictest([*exact, *loose])


def forgery(definition: Mapping[str, Any]) -> bool:
    """Whether a STIX marking-definition claims to be a TLP label that its id is not.

    Both ways: another id with TLP's looks, and a pinned id with other contents.
    """
    claimed = _claims(definition)
    pinned = PINNED.get(str(definition.get("id", "")))
    if pinned is None:
        return bool(claimed)
    return claimed != {pinned}


def _claims(definition: Mapping[str, Any]) -> set[str]:
    """Every label that the definition says it is; "?" for a TLP claim that is no label of TLP 2.0."""
    claims: set[str] = set()
    extensions = definition.get("extensions")
    for key, body in extensions.items() if isinstance(extensions, dict) else ():
        if key == TLP_2_EXTENSION or (isinstance(body, dict) and "tlp_2_0" in body):
            claims.add(_named(body.get("tlp_2_0") if isinstance(body, dict) else None))
    inner = definition.get("definition")
    inner = {str(key).lower(): value for key, value in inner.items()} if isinstance(inner, dict) else {}
    if str(definition.get("definition_type", "")).lower() == "tlp" or "tlp" in inner:
        claims.add(_named(inner.get("tlp")))
    for text in (definition.get("name"), inner.get("statement")):
        if isinstance(text, str) and (label := _whole_label(text)):
            claims.add(label)
    return claims


def _named(value: object) -> str:
    word = str(value).upper().removeprefix("TLP:")
    word = "CLEAR" if word == "WHITE" else word
    return word if word in LABELS else "?"


def _whole_label(text: str) -> str | None:
    """The label that is the whole of a short text: a statement that merely mentions TLP is no marking."""
    short = text.strip()[:40]
    if not re.match(r"TLP\b", short, re.IGNORECASE) or len(text.strip()) > 24:
        return None
    return _named(re.sub(r"^TLP[\s:_-]*", "", short, flags=re.IGNORECASE).replace(" ", "+"))
