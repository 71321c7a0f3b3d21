"""6.1.26 and 6.1.27.x: what the profile that a document claims by its category demands of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from advisories.collect.base import gettext_noop
from advisories.collect.csaf.csafcheck.finding import Finding, Test
from advisories.collect.csaf.csafcheck.index import Index

BASE = "csaf_base"
INCIDENT = "csaf_security_incident_response"
INFORMATION = "csaf_informational_advisory"
ADVISORY = "csaf_security_advisory"
VEX = "csaf_vex"
OLD_ADVISORY = "csaf_deprecated_security_advisory"  # this one and those below: CSAF 2.1
WITHDRAWN = "csaf_withdrawn"
SUPERSEDED = "csaf_superseded"
REPORT = "csaf_vulnerability_report"  # since the fourth draft of 2.1, which has no tests for it that we know
OF_20 = (INCIDENT, INFORMATION, ADVISORY, VEX)
OF_21 = (*OF_20, OLD_ADVISORY, WITHDRAWN, SUPERSEDED)
ADVISORIES = (ADVISORY, VEX, OLD_ADVISORY)

TELLING = ("description", "details", "general", "summary")  # categories of notes

TAKEN = gettext_noop(
    "The CSAF document calls itself “%(category)s”, which is kept for a profile of the standard (test %(test)s)."
)
LACKS = gettext_noop("The CSAF document of the profile %(profile)s lacks %(path)s (test %(test)s).")
LACKS_ONE = gettext_noop(
    "The CSAF document of the profile %(profile)s has nothing of the kind “%(wanted)s” in %(path)s (test %(test)s)."
)
NOT_ALLOWED = gettext_noop("The CSAF document of the profile %(profile)s must not have %(path)s (test %(test)s).")


def prohibited_category(index: Index) -> Iterator[Finding]:
    """A document of no profile is not called by the name of one, nor begins with csaf_."""
    category = index.document["category"]
    profiles = OF_21 if index.of_21 else OF_20
    taken = {_bare(name) for profile in profiles for name in (profile, profile.removeprefix("csaf_"))}
    if category in (BASE, *profiles) or (index.of_21 and category == REPORT):
        return
    if _bare(category) in taken or category.lower().startswith("csaf_"):
        yield Finding("/document/category", TAKEN, {"category": category})


def _bare(name: str) -> str:
    """In small letters, without dashes of any kind, underscores and white space."""
    return re.sub(r"[\s_\-\u2010-\u2015\u2212\ufe58\ufe63\uff0d]", "", name.casefold())


def of_profile(*profiles: str) -> Callable[[Callable[[Index, str], Iterator[Finding]]], Test]:
    """A test that is made of documents of these profiles only."""

    def make(test: Callable[[Index, str], Iterator[Finding]]) -> Test:
        def made(index: Index) -> Iterator[Finding]:
            category = index.document["category"]
            return test(index, category) if category in profiles else iter(())

        made.__doc__ = test.__doc__
        return made

    return make


@of_profile(INCIDENT, INFORMATION)
def document_notes(index: Index, profile: str) -> Iterator[Finding]:
    """One note of the document at least describes, details or sums up something, or is general."""
    if not any(note["category"] in TELLING for note in index.document.get("notes", ())):
        yield Finding("/document/notes", LACKS_ONE, {"profile": profile, "wanted": " / ".join(TELLING)})


@of_profile(INCIDENT, INFORMATION)
def document_references(index: Index, profile: str) -> Iterator[Finding]:
    """One reference of the document at least is external, as one is that does not say."""
    if not any(one.get("category", "external") == "external" for one in index.document.get("references", ())):
        yield Finding("/document/references", LACKS_ONE, {"profile": profile, "wanted": "external"})


@of_profile(INFORMATION, WITHDRAWN, SUPERSEDED)
def no_vulnerabilities(index: Index, profile: str) -> Iterator[Finding]:
    """There are no vulnerabilities."""
    if "vulnerabilities" in index.whole:
        yield Finding("/vulnerabilities", NOT_ALLOWED, {"profile": profile})


@of_profile(*ADVISORIES)
def product_tree(index: Index, profile: str) -> Iterator[Finding]:
    """There is a product tree."""
    if "product_tree" not in index.whole:
        yield Finding("/product_tree", LACKS, {"profile": profile})


@of_profile(*ADVISORIES)
def vulnerability_notes(index: Index, profile: str) -> Iterator[Finding]:
    """Every vulnerability has notes."""
    return _lacking(index, profile, "notes")


@of_profile(ADVISORY, OLD_ADVISORY)
def product_status(index: Index, profile: str) -> Iterator[Finding]:
    """Every vulnerability has a product status."""
    return _lacking(index, profile, "product_status")


def _lacking(index: Index, profile: str, key: str) -> Iterator[Finding]:
    for path, one in index.vulnerabilities:
        if key not in one:
            yield Finding(f"{path}/{key}", LACKS, {"profile": profile})


@of_profile(*ADVISORIES)
def vulnerabilities(index: Index, profile: str) -> Iterator[Finding]:
    """There are vulnerabilities."""
    if "vulnerabilities" not in index.whole:
        yield Finding("/vulnerabilities", LACKS, {"profile": profile})


TESTS: dict[str, Test] = {
    "6.1.26": prohibited_category,
    "6.1.27.1": document_notes,
    "6.1.27.2": document_references,
    "6.1.27.3": no_vulnerabilities,
    "6.1.27.4": product_tree,
    "6.1.27.5": vulnerability_notes,
    "6.1.27.6": product_status,
    "6.1.27.11": vulnerabilities,
}
