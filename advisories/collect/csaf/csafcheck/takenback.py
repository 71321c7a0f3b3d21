"""6.1.27.14–6.1.27.19 (CSAF 2.1): documents that say of an earlier one that it is withdrawn or superseded.

Titles are prescribed in English; in other languages they are translations that we do not have, so they pass.
"""

from __future__ import annotations

from collections.abc import Iterator

from advisories.collect.csaf.csafcheck.finding import Finding, Test
from advisories.collect.csaf.csafcheck.index import Index
from advisories.collect.csaf.csafcheck.profiles import LACKS, LACKS_ONE, NOT_ALLOWED, SUPERSEDED, WITHDRAWN, of_profile

REVISIONS = "/document/tracking/revision_history"


def _english(index: Index) -> bool:
    return str(index.document.get("lang", "en")).lower().partition("-")[0] == "en"


@of_profile(WITHDRAWN, SUPERSEDED)
def document_notes(index: Index, profile: str) -> Iterator[Finding]:
    """There are notes."""
    if "notes" not in index.document:
        yield Finding("/document/notes", LACKS, {"profile": profile})


@of_profile(WITHDRAWN, SUPERSEDED)
def no_product_tree(index: Index, profile: str) -> Iterator[Finding]:
    """There is no product tree."""
    if "product_tree" in index.whole:
        yield Finding("/product_tree", NOT_ALLOWED, {"profile": profile})


@of_profile(WITHDRAWN, SUPERSEDED)
def two_revisions(index: Index, profile: str) -> Iterator[Finding]:
    """There was a version before."""
    if len(index.history.revisions) < 2:
        yield Finding(f"{REVISIONS}/1", LACKS, {"profile": profile})


@of_profile(WITHDRAWN)
def withdrawal_reason(index: Index, profile: str) -> Iterator[Finding]:
    """A description says why it is withdrawn."""
    return _reason(index, profile, "Reasoning for Withdrawal")


@of_profile(SUPERSEDED)
def supersession_reason(index: Index, profile: str) -> Iterator[Finding]:
    """A description says why it is superseded."""
    return _reason(index, profile, "Reasoning for Supersession")


def _reason(index: Index, profile: str, title: str) -> Iterator[Finding]:
    notes = (note for note in index.document.get("notes", ()) if note["category"] == "description")
    if _english(index) and not any(note.get("title") == title for note in notes):
        yield Finding("/document/notes", LACKS_ONE, {"profile": profile, "wanted": title})


@of_profile(SUPERSEDED)
def superseding_document(index: Index, profile: str) -> Iterator[Finding]:
    """An external reference leads to the document that takes its place."""
    summaries = [
        one["summary"] for one in index.document.get("references", ()) if one.get("category", "external") == "external"
    ]
    title = "Superseding Document" if _english(index) else ""
    if not any(summary.startswith(title) for summary in summaries):
        yield Finding("/document/references", LACKS_ONE, {"profile": profile, "wanted": title or "external"})


TESTS_21: dict[str, Test] = {
    "6.1.27.14": document_notes,
    "6.1.27.15": no_product_tree,
    "6.1.27.16": two_revisions,
    "6.1.27.17": withdrawal_reason,
    "6.1.27.18": supersession_reason,
    "6.1.27.19": superseding_document,
}
