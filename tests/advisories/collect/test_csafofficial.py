"""The standard's own documents: those that are valid are taken, and those that break a test are refused.

They come with the package `csaf`: number 01 to 09 of a test break it, 11 to 19 pass it and may break another. What of
2.1, which is a draft still, the hub does not tell yet is stated here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from importlib.resources import files
from typing import NamedTuple

import orjson
import pytest

from advisories.collect.csaf.csafcheck import problem

NAMED = re.compile(r"oasis_csaf_tc-csaf_2_[01]-202\d-(6-1(?:-\d+)+)-([01]\d)\.json")
# Of 2.1: tests of the draft that the hub does not make, and how many documents each refuses that are taken here.
UNTOLD = {
    "6.1.8": 3, "6.1.13": 1, "6.1.24": 1, "6.1.26": 1, "6.1.27.2": 1, "6.1.27.4": 1, "6.1.27.8": 3, "6.1.27.11": 1,
    "6.1.27.12": 1, "6.1.27.13": 4, "6.1.27.17": 2, "6.1.27.18": 2, "6.1.27.19": 2, "6.1.27.20": 2, "6.1.35": 4,
    "6.1.36": 4, "6.1.37": 3, "6.1.46": 1, "6.1.47": 6, "6.1.48": 9, "6.1.50": 4, "6.1.55": 2, "6.1.56": 4, "6.1.57": 3,
    "6.1.59": 2, "6.1.60.2": 2, "6.1.60.3": 2, "6.1.62": 2, "6.1.63": 2, "6.1.64.1": 1, "6.1.64.2": 2, "6.1.64.3": 1,
    "6.1.64.4": 2, "6.1.64.5": 2, "6.1.64.6": 1, "6.1.64.7": 2, "6.1.64.8": 1, "6.1.64.9": 1, "6.1.64.10": 1,
    "6.1.64.11": 2, "6.1.64.12": 2, "6.1.64.13": 2, "6.1.65.1": 2, "6.1.65.2": 2, "6.1.66": 5,
}  # fmt: skip
# Those that pass their own test and break another, which the hub names.
OTHERWISE = {
    "v20": set[str](),
    "v21": {"6.1.10 13", "6.1.27.13 16", "6.1.50 14", "6.1.50 15"},
}


class Official(NamedTuple):
    test: str
    number: str
    found: str | None  # the test by which the hub refuses it

    @property
    def valid(self) -> bool:
        return self.number > "10"

    @property
    def name(self) -> str:
        return f"{self.test} {self.number}"


def documents(version: str) -> Iterator[Official]:
    for path in files("csaf").joinpath("csaf", version, "data", "mandatory").iterdir():
        if named := NAMED.fullmatch(path.name):
            test = ".".join(str(int(part)) for part in named[1].split("-"))
            one = problem(orjson.loads(path.read_bytes()))
            yield Official(test, named[2], one.test if one else None)


@pytest.mark.parametrize(("version", "valid", "invalid"), [("v20", 59, 87), ("v21", 280, 305)])
def test_the_standards_own_documents_are_told_apart(version: str, valid: int, invalid: int) -> None:
    found = list(documents(version))
    assert (sum(one.valid for one in found), sum(not one.valid for one in found)) == (valid, invalid)
    assert {one.name for one in found if one.valid and one.found == one.test} == set()
    assert {one.name for one in found if one.valid and one.found} == OTHERWISE[version]
    taken = Counter(one.test for one in found if not one.valid and one.found is None)
    assert dict(taken) == (UNTOLD if version == "v21" else {})
