"""6.1.14, 6.1.16–6.1.22, 6.1.30: the version of a document and the history of its versions."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from advisories.collect.base import gettext_noop
from advisories.collect.csaf.csafcheck.finding import Finding, Test
from advisories.collect.csaf.csafcheck.history import Revision, Version
from advisories.collect.csaf.csafcheck.index import Index

VERSION = "/document/tracking/version"

UNSORTED = gettext_noop(
    "In the revision history of the CSAF document, %(path)s is lower than a number of an earlier date (test %(test)s)."
)
NOT_LATEST = gettext_noop(
    "The CSAF document has the version %(version)s but its history ends with %(latest)s (test %(test)s)."
)
NOT_DRAFT = gettext_noop("The CSAF document has the version %(version)s of a draft but is none (test %(test)s).")
DRAFT_IN_HISTORY = gettext_noop(
    "The CSAF document is no draft but its history has, at %(path)s, the version %(version)s of one (test %(test)s)."
)
EARLY_IN_HISTORY = gettext_noop(
    "The revision history of the CSAF document has, at %(path)s, the pre-release version %(version)s (test %(test)s)."
)
SKIPPED = gettext_noop(
    "The revision history of the CSAF document leaves out a version before %(version)s at %(path)s (test %(test)s)."
)
TWICE = gettext_noop("The revision history of the CSAF document has %(version)s twice, at %(path)s (test %(test)s).")
MIXED = gettext_noop("The CSAF document mixes integers and semantic versions, at %(path)s (test %(test)s).")


def sorted_history(index: Index) -> Iterator[Finding]:
    """Numbers rise with the dates."""
    for before, after in _in_order(index):
        if after.version.order < before.version.order:
            yield Finding(f"{after.path}/number", UNSORTED)


def _in_order(index: Index) -> Iterator[tuple[Revision, Revision]]:
    return iter(()) if index.history.mixed else pairwise(index.history.by_date)


def latest_version(index: Index) -> Iterator[Finding]:
    """The version is the newest number; build parts aside, and of a draft pre-release parts too."""
    history = index.history
    latest = history.by_date[-1].version
    if not history.mixed and _bare(history.version, history.draft) != _bare(latest, history.draft):
        yield Finding(VERSION, NOT_LATEST, {"version": history.version.text, "latest": latest.text})


def _bare(version: Version, draft: bool) -> str:
    released = version.text.partition("+")[0]
    return released.partition("-")[0] if draft else released


def status_draft(index: Index) -> Iterator[Finding]:
    """Version 0, 0.y.z or a pre-release is of a draft."""
    version = index.history.version
    if not index.history.draft and (version.unfinished or version.early):
        yield Finding(VERSION, NOT_DRAFT, {"version": version.text})


def released_history(index: Index) -> Iterator[Finding]:
    """The history of what is no draft has no number 0 or 0.y.z."""
    for one in index.history.revisions:
        if one.version.unfinished and not index.history.draft:
            yield Finding(f"{one.path}/number", DRAFT_IN_HISTORY, {"version": one.version.text})


def no_early_revision(index: Index) -> Iterator[Finding]:
    """The history has no pre-release number."""
    for one in index.history.revisions:
        if one.version.early:
            yield Finding(f"{one.path}/number", EARLY_IN_HISTORY, {"version": one.version.text})


def no_early_version(index: Index) -> Iterator[Finding]:
    """What is no draft has no pre-release version."""
    version = index.history.version
    if version.early and not index.history.draft:
        yield Finding(VERSION, NOT_DRAFT, {"version": version.text})


def no_gap(index: Index) -> Iterator[Finding]:
    """Numbers (major ones of semantic versions) begin with 0 or 1 and leave none out."""
    oldest = index.history.by_date[0]
    if oldest.version.major > 1:
        yield Finding(f"{oldest.path}/number", SKIPPED, {"version": oldest.version.text})
    for before, after in _in_order(index):
        if after.version.major > before.version.major + 1:
            yield Finding(f"{after.path}/number", SKIPPED, {"version": after.version.text})


def no_number_twice(index: Index) -> Iterator[Finding]:
    """No number stands twice in the history."""
    seen: set[str] = set()
    for one in index.history.revisions:
        if one.version.text in seen:
            yield Finding(f"{one.path}/number", TWICE, {"version": one.version.text})
        seen.add(one.version.text)


def one_versioning(index: Index) -> Iterator[Finding]:
    """Integers or semantic versions, not both."""
    for one in index.history.revisions:
        if one.version.semantic != index.history.version.semantic:
            yield Finding(f"{one.path}/number", MIXED)


TESTS: dict[str, Test] = {
    "6.1.14": sorted_history,
    "6.1.16": latest_version,
    "6.1.17": status_draft,
    "6.1.18": released_history,
    "6.1.19": no_early_revision,
    "6.1.20": no_early_version,
    "6.1.21": no_gap,
    "6.1.22": no_number_twice,
    "6.1.30": one_versioning,
}
