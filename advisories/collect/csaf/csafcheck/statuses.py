"""6.1.6, 6.1.29, 6.1.31–6.1.34, 6.1.58: what a document says of its products, and how its branches call them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from advisories.collect.base import gettext_noop
from advisories.collect.csaf.csafcheck.finding import Finding, Test
from advisories.collect.csaf.csafcheck.index import Index, numbered

DEEPEST = 30  # branches within branches
VERSIONS = {"product_version", "product_version_range"}

# A product of two of these contradicts itself; `recommended` contradicts nothing.
GROUPS = {
    "affected": ("first_affected", "known_affected", "last_affected"),
    "not affected": ("known_not_affected",),
    "fixed": ("first_fixed", "fixed"),
    "under investigation": ("under_investigation",),
    "unknown": ("unknown",),
}
GROUP_OF = {status: group for group, members in GROUPS.items() for status in members}

# The words that the standard lists, as words of their own: in “fence-agents-all-4.2”, or in the “vers:all/*” that real
# advisories have there, “all” is a part of another.
_RANGE = re.compile(r"[<>]|(?<![^\s,;()])(?:after|all|before|earlier|later|prior|versions)(?![^\s,;()])")

CONTRADICTS = gettext_noop(
    "The CSAF document lists the product “%(id)s” at %(path)s as %(other)s, and as %(one)s too (test %(test)s)."
)
NO_PRODUCT = gettext_noop("%(path)s in the CSAF document does not say which products it is for (test %(test)s).")
RANGE = gettext_noop("%(path)s in the CSAF document should be one version but “%(name)s” is a range (test %(test)s).")
TWO_FLAGS = gettext_noop("%(path)s in the CSAF document is a second flag for the product “%(id)s” (test %(test)s).")
TOO_DEEP = gettext_noop("%(path)s in the CSAF document lies deeper than %(most)d branches (test %(test)s).")
BOTH = gettext_noop("%(path)s in the CSAF document lies in both a version and a range of versions (test %(test)s).")


def contradicting_status(index: Index) -> Iterator[Finding]:
    """Of one vulnerability, no product is both affected and fixed, and so on."""
    for path, vulnerability in index.vulnerabilities:
        said: dict[str, str] = {}
        for status, products in index.statuses(vulnerability).items():
            for where, one in numbered(f"{path}/product_status/{status}", products) if status in GROUP_OF else ():
                before = said.setdefault(one, status)
                if GROUP_OF[before] != GROUP_OF[status]:
                    yield Finding(where, CONTRADICTS, {"id": one, "one": before, "other": status})


def remediation_without_product(index: Index) -> Iterator[Finding]:
    """Every remediation names a product or a group."""
    return (Finding(path, NO_PRODUCT) for path, item in index.each("remediations") if not _scope(item))


def version_range_in_version(index: Index) -> Iterator[Finding]:
    """The name of a product_version is no range of versions."""
    for branch in index.branches:
        name = branch.node["name"]
        if branch.node["category"] == "product_version" and _RANGE.search(name.lower()):
            yield Finding(f"{branch.path}/name", RANGE, {"name": name})


def flag_without_product(index: Index) -> Iterator[Finding]:
    """Every flag names a product or a group."""
    return (Finding(path, NO_PRODUCT) for path, item in index.each("flags") if not _scope(item))


def _scope(item: dict[str, object]) -> bool:
    return "product_ids" in item or "group_ids" in item


def multiple_flags(index: Index) -> Iterator[Finding]:
    """Of one vulnerability, no product has two flags. All labels that there are justify a VEX status."""
    for path, vulnerability in index.vulnerabilities:
        flagged: set[str] = set()
        for where, flag in numbered(f"{path}/flags", vulnerability.get("flags", ())):
            products = index.products_of(flag)
            if twice := flagged & products:
                yield Finding(where, TWO_FLAGS, {"id": min(twice)})
            flagged |= products


def branch_depth(index: Index) -> Iterator[Finding]:
    """No product lies deeper than 30 branches."""
    return (Finding(one.path, TOO_DEEP, {"most": DEEPEST}) for one in index.branches if len(one.line) > DEEPEST)


def mixed_version_and_range(index: Index) -> Iterator[Finding]:
    """No product lies in both a product_version and a product_version_range."""
    return (Finding(one.path, BOTH) for one in index.branches if VERSIONS.issubset(one.line))


TESTS: dict[str, Test] = {
    "6.1.6": contradicting_status,
    "6.1.29": remediation_without_product,
    "6.1.31": version_range_in_version,
    "6.1.32": flag_without_product,
    "6.1.33": multiple_flags,
}
TESTS_21: dict[str, Test] = {"6.1.34": branch_depth, "6.1.58": mixed_version_and_range}
