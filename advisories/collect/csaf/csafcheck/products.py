"""6.1.1–6.1.5: the products and groups that a document defines, and those that it names."""

from __future__ import annotations

from collections.abc import Iterator

from advisories.collect.base import gettext_noop
from advisories.collect.csaf.csafcheck.finding import Finding, Test
from advisories.collect.csaf.csafcheck.index import Index, Node, numbered

UNDEFINED = gettext_noop(
    "The CSAF document names the product “%(id)s” at %(path)s but defines it nowhere (test %(test)s)."
)
DEFINED_TWICE = gettext_noop(
    "The CSAF document defines the product “%(id)s” a second time at %(path)s (test %(test)s)."
)
CIRCLE = gettext_noop("The product “%(id)s” at %(path)s in the CSAF document is made of itself (test %(test)s).")
NO_GROUP = gettext_noop(
    "The CSAF document names the group “%(id)s” at %(path)s but defines it nowhere (test %(test)s)."
)
GROUP_TWICE = gettext_noop("The CSAF document defines the group “%(id)s” a second time at %(path)s (test %(test)s).")


def missing_definition(index: Index) -> Iterator[Finding]:
    """Every product that is named is defined."""
    defined = {name.node["product_id"] for name in index.names}
    return (Finding(path, UNDEFINED, {"id": one}) for path, one in _named(index) if one not in defined)


def _named(index: Index) -> Iterator[tuple[str, str]]:
    """Every place that names a product without defining it."""
    for path, group in _groups(index):
        yield from numbered(f"{path}/product_ids", group["product_ids"])
    for path, item in index.combined:
        yield from _parts(path, item, index.of_21)
    for path, item in index.scoped:
        yield from numbered(f"{path}/product_ids", item.get("product_ids", ()))
    for score in index.scores:
        yield from numbered(f"{score.path}/products", score.products)
    for path, vulnerability in index.vulnerabilities:
        for status, products in index.statuses(vulnerability).items():
            yield from numbered(f"{path}/product_status/{status}", products)


def _parts(path: str, item: Node, of_21: bool) -> Iterator[tuple[str, str]]:
    """The products that a combined one is made of."""
    for key in ("beginning_product_reference",) if of_21 else ("product_reference", "relates_to_product_reference"):
        yield f"{path}/{key}", item[key]
    for where, subpath in numbered(f"{path}/subpaths", item["subpaths"]) if of_21 else ():
        yield f"{where}/next_product_reference", subpath["next_product_reference"]


def _groups(index: Index) -> Iterator[tuple[str, Node]]:
    return numbered("/product_tree/product_groups", index.tree.get("product_groups", ()))


def multiple_definition(index: Index) -> Iterator[Finding]:
    """No product is defined twice."""
    seen: set[str] = set()
    for name in index.names:
        if (one := name.node["product_id"]) in seen:
            yield Finding(f"{name.path}/product_id", DEFINED_TWICE, {"id": one})
        seen.add(one)


def circular_definition(index: Index) -> Iterator[Finding]:
    """No product is made of itself, not through others either."""
    combined = {item["full_product_name"]["product_id"]: (path, item) for path, item in index.combined}
    parts = {id: [part for _, part in _parts(*pair, index.of_21)] for id, pair in combined.items()}
    sound: set[str] = set()
    for product in parts:
        if one := _circle(product, parts, sound):
            yield Finding(f"{combined[one][0]}/full_product_name/product_id", CIRCLE, {"id": one})


def _circle(start: str, parts: dict[str, list[str]], sound: set[str]) -> str:
    """A product below `start` that is made of itself, or "": then all that was met is `sound`."""
    way = {start: iter(parts[start])}  # from `start` down to where the walk stands
    while way:
        product = next(reversed(way))
        part = next(way[product], None)
        if part is None:
            sound.add(product)
            del way[product]
        elif part in way:
            return part
        elif part in parts and part not in sound:
            way[part] = iter(parts[part])
    return ""


def missing_group(index: Index) -> Iterator[Finding]:
    """Every group that is named is defined."""
    for path, item in index.scoped:
        for where, one in numbered(f"{path}/group_ids", item.get("group_ids", ())):
            if one not in index.groups:
                yield Finding(where, NO_GROUP, {"id": one})


def multiple_groups(index: Index) -> Iterator[Finding]:
    """No group is defined twice."""
    seen: set[str] = set()
    for path, group in _groups(index):
        if group["group_id"] in seen:
            yield Finding(f"{path}/group_id", GROUP_TWICE, {"id": group["group_id"]})
        seen.add(group["group_id"])


TESTS: dict[str, Test] = {
    "6.1.1": missing_definition,
    "6.1.2": multiple_definition,
    "6.1.3": circular_definition,
    "6.1.4": missing_group,
    "6.1.5": multiple_groups,
}
