"""What a CSAF document tells of its vulnerabilities and of what they affect, as facts. Runs in the worker."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from advisories.collect.text.affected import LONGEST_NAME, product
from advisories.collect.text.record import Record
from advisories.collect.text.vulnfacts import cpe, cwe, listed, purl, vector

NOT_AFFECTED = "known_not_affected"
OTHERWISE = (  # the other statuses that a product may have
    "first_affected", "first_fixed", "fixed", "known_affected", "last_affected", "recommended", "under_investigation",
    "unknown",
)  # fmt: skip
VENDOR, NAMES = "vendor", ("product_family", "product_name")  # categories of branches


class Branch(NamedTuple):
    """A part of the tree, and the vendor and product that it is under."""

    record: Record
    vendor: str = ""
    name: str = ""


def of_flaws(flaws: list[Record]) -> dict[str, str]:
    """The facts `cvss` and `cwes`; 2.0 and 2.1 have them under names of their own."""
    contents = [
        *(score for one in flaws for score in one.each("scores")),
        *(metric.inner("content") for one in flaws for metric in one.each("metrics")),
    ]
    vectors = (
        found
        for one in contents
        for name in ("cvss_v4", "cvss_v3", "cvss_v2")
        if (found := one.inner(name).read("vectorString", vector))
    )
    weaknesses = [*(one.inner("cwe") for one in flaws), *(each for one in flaws for each in one.each("cwes"))]
    return {
        "cvss": listed(vectors),
        "cwes": listed(sorted({found for one in weaknesses if (found := one.read("id", cwe))})),
    }


def of_products(tree: Record, flaws: list[Record]) -> dict[str, str]:
    """The facts `products`, `cpes` and `purls`; what every vulnerability spares is in `not_affected` alone."""
    spared = _ids(flaws, (NOT_AFFECTED,)) - _ids(flaws, OTHERWISE)
    named = list(_products(tree))
    told = [one for one in named if one.record.text("product_id") not in spared]
    helpers = [one.record.inner("product_identification_helper") for one in told]
    return {
        "products": listed(map(_name, told)),
        "not_affected": listed(_name(one) for one in named if one.record.text("product_id") in spared),
        "cpes": listed(found for one in helpers if (found := one.read("cpe", cpe))),
        "purls": listed(
            found for one in helpers for found in (one.read("purl", purl), *one.read_each("purls", purl)) if found
        ),
    }


def _ids(flaws: list[Record], statuses: tuple[str, ...]) -> set[str]:
    """The products that have one of these statuses in any of the vulnerabilities."""
    states = [one.inner("product_status") for one in flaws]
    return {found for state in states for name in statuses for found in state.read_each(name, str)}


def _products(tree: Record) -> Iterator[Branch]:
    """Every product of the tree, in its order: branches nest as deep as their author likes, so without recursion."""
    waiting = [Branch(one) for one in tree.each("branches")][::-1]
    while waiting:
        branch, vendor, name = waiting.pop()
        if branch.text("category") == VENDOR:
            vendor = branch.line("name", LONGEST_NAME)
        if branch.text("category") in NAMES:
            name = branch.line("name", LONGEST_NAME)
        if branch.has("product"):
            yield Branch(branch.inner("product"), vendor, name)
        waiting += [Branch(one, vendor, name) for one in branch.each("branches")][::-1]
    for one in tree.each("full_product_names"):
        yield Branch(one)
    for kind in ("relationships", "product_paths"):
        for one in tree.each(kind):
            yield Branch(one.inner("full_product_name"))


def _name(told: Branch) -> str:
    """What it is called, led by the product and the vendor where its own name leaves them out."""
    own = told.record.line("name")
    if told.name.lower() not in own.lower():
        own = f"{told.name} {own}"
    brand = told.vendor.lower().split(maxsplit=1)[:1]  # "Example AG" names its things "Example Gateway"
    return product("" if brand and own.lower().startswith(brand[0]) else told.vendor, own)
