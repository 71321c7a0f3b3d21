"""What the tests of parsers of JSON share: documents that are wrong in every place, and the folder of real samples."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

from advisories.collect import frames
from advisories.collect.base import CollectError, ParseContext, Parsed
from tests.advisories.collect.conftest import context
from tests.advisories.collect.test_samples import HOME

Parser = Callable[[bytes, ParseContext], Parsed]

LONG = "x" * 1_000_000
DEEP: Any = []
for _ in range(400):
    DEEP = [DEEP]
ODD: list[Any] = [
    None, True, 7, -1, 2**63, 1.5, "", " ", "\0", "\u202egnp.exe", "<script>alert(1)</script>", LONG, [], {}, DEEP,
    [7, None, "x", [], {}], {"x": 1}, "CVE-2026-1234", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00",
    "javascript:alert(1)", "http://[", "CVSS:3.1/", "cpe:2.3:", "pkg:",
]  # fmt: skip

samples = pytest.mark.samples


def of_kind(kind: str, pattern: str = "*.json") -> list[Path]:
    """The real files of a kind; none where the samples are not there, and then a test of them is skipped."""
    return sorted((HOME / kind).glob(pattern))


def outcome(parse: Parser, body: bytes, **options: Any) -> Parsed | str:
    """What came of it, whole enough to pass from the worker to the hub; the sentence where it was refused."""
    try:
        parsed = parse(body, context(**options))
    except CollectError as error:
        assert error.refused and str(error)
        return str(error)
    assert all(refused.reason for refused in parsed.refusals)
    assert all(entry.title and entry.guid and len(entry.title) <= 500 for entry in parsed.entries)
    assert len({entry.guid for entry in parsed.entries}) == len(parsed.entries)
    assert all(
        type(value) is str and value and "\0" not in value for one in parsed.entries for value in one.facts.values()
    )
    assert frames.outcome_from(frames.parsed_to(parsed)) == parsed
    return parsed


def twisted(document: Any) -> Iterator[Any]:
    """The document with every part of it in turn replaced by every odd value, or left out."""
    for path in _paths(document):
        for odd in ODD:
            yield _with(document, path, odd)
    yield from ODD


def as_json(document: Any) -> bytes:
    return json.dumps(document).encode()  # orjson writes no deeper than 254 levels


def documents(*keys: str) -> st.SearchStrategy[Any]:
    """JSON of the given names with anything under them."""
    leaves = (
        st.sampled_from([one for one in ODD if one is not LONG]) | st.text(max_size=20) | st.floats() | st.booleans()
    )
    return st.recursive(
        leaves,
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(st.sampled_from(keys) | st.text(max_size=5), inner, max_size=8)
        ),
        max_leaves=60,
    )


def _paths(part: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    places = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for name, inner in places:
        yield (*path, name)
        yield from _paths(inner, (*path, name))


def _with(document: Any, path: tuple[Any, ...], odd: Any) -> Any:
    other = copy.deepcopy(document)
    part = other
    for name in path[:-1]:
        part = part[name]
    part[path[-1]] = odd
    return other
