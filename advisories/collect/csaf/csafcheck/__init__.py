"""Whether a CSAF document (2.0 or 2.1) is valid: its schema, then the mandatory tests of section 6.1.

Runs in the worker. Whatever JSON comes in, an answer comes out. A valid document that is refused is worse than an
invalid one that passes, so what the standard leaves open passes, and tests whose words we are not certain of are left
out: of 2.1 these are 6.1.27.12, 6.1.27.13, 6.1.35, 6.1.36, 6.1.47, 6.1.48, 6.1.50, 6.1.55–6.1.57, 6.1.59 and 6.1.60.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from advisories.collect.csaf.csafcheck import (
    cvss,
    dates,
    document,
    identifiers,
    products,
    profiles,
    revisions,
    schema,
    statuses,
    takenback,
    vex,
)  # fmt: skip
from advisories.collect.csaf.csafcheck.finding import Finding, Problem, Test
from advisories.collect.csaf.csafcheck.index import Index

__all__ = ["Problem", "problem", "problems"]

OF_BOTH: dict[str, Test] = {
    **products.TESTS, **statuses.TESTS, **cvss.TESTS, **identifiers.TESTS, **revisions.TESTS, **document.TESTS,
    **profiles.TESTS, **vex.TESTS,
}  # fmt: skip
OF_21: dict[str, Test] = {
    **statuses.TESTS_21, **identifiers.TESTS_21, **dates.TESTS_21, **document.TESTS_21, **takenback.TESTS_21,
}  # fmt: skip


def _numbers(test: str) -> list[int]:
    return [int(part) for part in test.split(".")]


TESTS = {
    "2.0": {test: OF_BOTH[test] for test in sorted(OF_BOTH, key=_numbers)},
    "2.1": {test: (OF_BOTH | OF_21)[test] for test in sorted(OF_BOTH | OF_21, key=_numbers)},
}


def problem(document: Any) -> Problem | None:
    """The first place at which JSON, parsed by jsonbody, is not a valid CSAF document; None if it is one.

    JSON from elsewhere may nest so deep that the library that checks the schema crashes: at some 10,000 levels.
    """
    return next(problems(document), None)


def problems(document: Any) -> Iterator[Problem]:
    """The first place that breaks each test, by number; what breaks the schema is not tested further."""
    version = schema.version_of(document)
    if not version:
        yield Problem.of(schema.SCHEMA, Finding("/document/csaf_version", schema.NOT_CSAF))
        return
    if broken := schema.check(document, version):
        yield Problem.of(*broken)
        return
    index = Index(document, version)
    for number, test in TESTS[version].items():
        if found := next(test(index), None):
            yield Problem.of(number, found)
