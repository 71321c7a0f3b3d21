"""A CSAF document as the tests see it: what it defines, and where it refers to it.

The document has passed its schema. 2.0 lets a document have properties of its own, so a property of 2.1 is looked at in
a document of 2.1 only. Branches nest as deep as the sender likes: they are walked without recursion.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any, NamedTuple

from advisories.collect.csaf.csafcheck.history import History

Node = dict[str, Any]

STATUS = (
    "first_affected", "first_fixed", "fixed", "known_affected", "known_not_affected", "last_affected", "recommended",
    "under_investigation",
)  # fmt: skip
HELPER = "product_identification_helper"
STATUS_21 = (*STATUS, "unknown")
SCOPED = ("flags", "remediations", "threats")  # lists of a vulnerability whose items may name products and groups
SCOPED_21 = (*SCOPED, "first_known_exploitation_dates", "ids", "involvements", "notes")


class Name(NamedTuple):
    """A full product name, where a product is defined."""

    path: str
    node: Node


class Branch(NamedTuple):
    """`line`: categories of the branches it lies in and its own, the outermost first."""

    path: str
    node: Node
    line: tuple[str, ...]


class Score(NamedTuple):
    """Scores of products: an item of `scores` (2.0), or of `metrics` with its `content` and `source` (2.1)."""

    path: str
    products: list[str]
    content_path: str
    content: Node
    source: str


def numbered(path: str, items: Iterable[Any]) -> Iterator[tuple[str, Any]]:
    """Each item with its own path."""
    return ((f"{path}/{number}", item) for number, item in enumerate(items))


class Index:
    """The document's parts. `of_21`: whether it is of CSAF 2.1, else of 2.0."""

    def __init__(self, whole: Node, version: str) -> None:
        self.whole = whole
        self.of_21 = version == "2.1"
        self.document: Node = whole["document"]
        self.tree: Node = whole.get("product_tree", {})
        self.vulnerabilities = list(numbered("/vulnerabilities", whole.get("vulnerabilities", ())))
        self.history = History(self.document["tracking"])

    def each(self, *keys: str) -> Iterator[tuple[str, Node]]:
        """The items of these lists of every vulnerability."""
        for path, vulnerability in self.vulnerabilities:
            for key in keys:
                yield from numbered(f"{path}/{key}", vulnerability.get(key, ()))

    @cached_property
    def names(self) -> list[Name]:
        """Every product that the document defines."""
        listed = numbered("/product_tree/full_product_names", self.tree.get("full_product_names", ()))
        return [
            *(Name(path, node) for path, node in listed),
            *(Name(f"{one.path}/product", one.node["product"]) for one in self.branches if "product" in one.node),
            *(Name(f"{path}/full_product_name", item["full_product_name"]) for path, item in self.combined),
        ]

    @cached_property
    def combined(self) -> list[tuple[str, Node]]:
        """Products made of others: `relationships` (2.0), `product_paths` (2.1)."""
        key = "product_paths" if self.of_21 else "relationships"
        return list(numbered(f"/product_tree/{key}", self.tree.get(key, ())))

    @cached_property
    def branches(self) -> list[Branch]:
        """Every branch, in the order of the document."""
        found: list[Branch] = []
        stack = _branches("/product_tree/branches", self.tree, ())
        while stack:
            found.append(branch := stack.pop())
            stack += _branches(f"{branch.path}/branches", branch.node, branch.line)
        return found

    @cached_property
    def helpers(self) -> list[tuple[str, Node]]:
        """What identifies the products elsewhere: hashes, package URLs, serial numbers."""
        return [(f"{name.path}/{HELPER}", name.node[HELPER]) for name in self.names if HELPER in name.node]

    @cached_property
    def scores(self) -> list[Score]:
        if not self.of_21:
            return [Score(path, item["products"], path, item, "") for path, item in self.each("scores")]
        return [
            Score(path, item["products"], f"{path}/content", item["content"], item.get("source", ""))
            for path, item in self.each("metrics")
        ]

    @cached_property
    def groups(self) -> dict[str, list[str]]:
        """Group id -> its products, as first defined."""
        groups: dict[str, list[str]] = {}
        for group in self.tree.get("product_groups", ()):
            groups.setdefault(group["group_id"], group["product_ids"])
        return groups

    def products_of(self, item: Node) -> set[str]:
        """The products that an item names, itself or through groups."""
        grouped = (self.groups.get(group, ()) for group in item.get("group_ids", ()))
        return set(item.get("product_ids", ())).union(*grouped)

    @cached_property
    def scoped(self) -> list[tuple[str, Node]]:
        """Every item that may name products and groups."""
        if not self.of_21:
            return list(self.each(*SCOPED))
        actions = self.document.get("involvement", {}).get("actions", ())
        return [
            *numbered("/document/notes", self.document.get("notes", ())),
            *numbered("/document/involvement/actions", actions),
            *self.each(*SCOPED_21),
        ]

    def statuses(self, vulnerability: Node) -> dict[str, list[str]]:
        """Product status -> products."""
        status = vulnerability.get("product_status", {})
        return {key: status[key] for key in (STATUS_21 if self.of_21 else STATUS) if key in status}


def _branches(path: str, node: Node, line: tuple[str, ...]) -> list[Branch]:
    """The branches right below, the last first."""
    below = numbered(path, node.get("branches", ()))
    return [Branch(where, one, (*line, one["category"])) for where, one in below][::-1]
