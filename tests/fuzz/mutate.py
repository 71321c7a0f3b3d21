"""Documents that were right, made wrong: by their structure, by their pieces and by their bytes."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import strategies as st

from tests.advisories.collect.hostile import DEEP, LONG, ODD
from tests.hostile.markup import CASES

Draw = Callable[[st.SearchStrategy[Any]], Any]

DIGITS = ["CVE-\u0968\u0966\u0968\u096c-12345", "\uff23\uff36\uff25\uff0d2026-12345", "CWE-\u096d\u096f", "\u00b2"]
FEW, MOST = 3, 6  # changes of one kind
HOSTILE = [*CASES.values()]
WORDS = (
    st.sampled_from(HOSTILE)
    | st.text(max_size=30)
    | st.sampled_from(["x" * 10_000, "x" * 1_990, "\ud800", "\0", "\x85\u2028", "&#7;&#x202e;&#0;", "", *DIGITS])
)
NUMBERS = st.integers() | st.floats() | st.sampled_from([10**400, -(10**400), 2**63, 2**64, 1e308, -0.0])
PLAIN = [one for one in ODD if one is not LONG and one is not DEEP]
VALUES = st.one_of(WORDS, NUMBERS, st.sampled_from(PLAIN), st.sampled_from([*PLAIN, LONG, DEEP, True, "9" * 500]))
PIECES = re.compile(rb"(<[^<>]*>|\r?\n|[,;:=\"{}\[\]])")
BYTES = st.binary(max_size=8) | st.sampled_from(
    [b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\xc0\xbc", b"\r", b"\n\n", b"]]>", b"<!DOCTYPE x>", b"&#0;", b"&x;",
     b"\x1f\x8b", b"=?utf-8?q?=00?=", b"=?x?b?####?=", b"--edge--", b"\xed\xa0\x80", b"9" * 5_000, b"<a>" * 2_000,
     b"A" * 100_000]
)  # fmt: skip


@st.composite
def mutated(draw: Draw, bodies: Sequence[bytes]) -> bytes:
    """One of the bodies after some changes, or as it is."""
    body: bytes = draw(st.sampled_from(bodies))
    document = _json(body)
    if document is not None:
        others = [other for one in bodies if (other := _json(one)) is not None]
        for _ in range(draw(st.integers(0, MOST))):
            document = _restructured(draw, document, others)
        body = json.dumps(document).encode()
    how = draw(st.integers(0, 3)) if document is not None else draw(st.integers(1, 3))
    if how & 1:
        body = _rearranged(draw, body, bodies)
    if how & 2:
        body = _flipped(draw, body)
    return body


@st.composite
def worded(draw: Draw, texts: Sequence[str]) -> str:
    """One of the texts after some changes of its letters, or any text."""
    text: str = draw(st.sampled_from(texts) | WORDS)
    for _ in range(draw(st.integers(0, FEW))):
        at, end = sorted(draw(st.tuples(*[st.integers(0, len(text))] * 2)))
        text = text[:at] + draw(st.sampled_from(["", text[at:end] * 2, text[:at]]) | WORDS) + text[end:]
    return text


def _json(body: bytes) -> Any:
    try:
        return json.loads(body) if body[:1] in (b"{", b"[") else None
    except ValueError:
        return None


def _restructured(draw: Draw, document: Any, others: Sequence[Any]) -> Any:
    """A member dropped, replaced, said twice, named otherwise, or put in the place of another."""
    places = list(_places(document))
    if not places:
        return draw(VALUES)
    holder, name = draw(st.sampled_from(places))
    how = draw(st.sampled_from(["drop", "replace", "replace", "twice", "rename", "splice", "wrap"]))
    if how == "drop":
        del holder[name]
    elif how == "replace":
        holder[name] = draw(VALUES)
    elif how == "wrap":
        holder[name] = draw(st.sampled_from([[holder[name]], {"x": holder[name]}, str(holder[name])]))
    elif how == "splice":
        source, other = draw(st.sampled_from([place for one in others for place in _places(one)] or places))
        holder[name] = copy.deepcopy(source[other])
    elif isinstance(holder, list):
        holder.insert(name, copy.deepcopy(holder[name]))
    else:
        holder[draw(WORDS)] = copy.deepcopy(holder[name])
    return document


def _places(part: Any) -> list[tuple[Any, Any]]:
    found, waiting = list[tuple[Any, Any]](), [part]
    while waiting:
        holder = waiting.pop()
        if isinstance(holder, dict | list):
            names = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
            found += [(holder, name) for name in names]
            waiting += [holder[name] for name in names if holder[name] is not DEEP]
    return found


def _rearranged(draw: Draw, body: bytes, bodies: Sequence[bytes]) -> bytes:
    """Pieces (tags, lines, values) dropped, said twice, changed for each other or for those of another body."""
    pieces = PIECES.split(body)
    for _ in range(draw(st.integers(1, FEW))):
        at, other = draw(st.tuples(*[st.integers(0, len(pieces) - 1)] * 2))
        how = draw(st.integers(0, 4))
        if how == 0:
            pieces[at] = b""
        elif how == 1:
            pieces[at] *= 2
        elif how == 2:
            pieces[at], pieces[other] = pieces[other], pieces[at]
        elif how == 3:
            pieces[at] = draw(WORDS).encode("utf-8", "surrogatepass")
        else:
            foreign = PIECES.split(draw(st.sampled_from(bodies)))
            pieces[at : at + 3] = foreign[other % len(foreign) :][:5]
    return b"".join(pieces)


def _flipped(draw: Draw, body: bytes) -> bytes:
    """Bytes changed, put in or cut off."""
    for _ in range(draw(st.integers(1, FEW))):
        at = draw(st.integers(0, len(body)))
        how = draw(st.integers(0, 3))
        if how == 0:
            body = body[:at] + draw(BYTES) + body[at:]
        elif how == 1:
            body = body[:at] + bytes([draw(st.integers(0, 255))]) + body[at + 1 :]
        elif how == 2:
            body = body[:at] + body[at + draw(st.integers(1, 40)) :]
        else:
            body = body[:at]
    return body
