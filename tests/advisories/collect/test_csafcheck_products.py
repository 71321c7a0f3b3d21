"""Tests on products, groups and statuses of CSAF 2.0: each with what breaks it and what does not."""

from __future__ import annotations

from typing import Any

import pytest

from tests.advisories.collect.test_csafcheck import GONE, SOUND, Changes, broken, changed

V = "/vulnerabilities/0"
STATUS = f"{V}/product_status"
REMEDY = f"{V}/remediations/0"
THREATS = f"{V}/threats"
FLAGS = f"{V}/flags"
TREE = "/product_tree"
GROUPS = f"{TREE}/product_groups"
RELATIONS = f"{TREE}/relationships"
BRANCH = f"{TREE}/branches/0/branches/0"
LISTED = f"{TREE}/full_product_names/0"
HELPER = f"{LISTED}/product_identification_helper"

THREAT = {"category": "impact", "details": "Water."}
FLAG = {"label": "component_not_present", "product_ids": ["P3"]}
GROUP_FLAG = {"label": "vulnerable_code_not_present", "group_ids": ["G1"]}
WORKAROUND = {"category": "workaround", "details": "Unplug it."}
MD5 = {"algorithm": "md5", "value": "0" * 32}
SHA = {"algorithm": "sha256", "value": "0" * 64}


def hashes(*of_one_file: dict[str, str]) -> dict[str, Any]:
    return {"hashes": [{"filename": "pump.bin", "file_hashes": list(of_one_file)}]}


def group(name: str) -> dict[str, Any]:
    return {"group_id": name, "product_ids": ["P2", "P3"]}


def relation(product: str, of: str, to: str) -> dict[str, Any]:
    return {
        "category": "installed_with",
        "full_product_name": {"name": "A set", "product_id": product},
        "product_reference": of,
        "relates_to_product_reference": to,
    }


BREAKS: list[tuple[str, Changes, str]] = [
    ("6.1.1", {f"{STATUS}/fixed/0": "P9"}, f"{STATUS}/fixed/0"),
    ("6.1.1", {f"{V}/scores/0/products": ["P2", "P9"]}, f"{V}/scores/0/products/1"),
    ("6.1.1", {f"{REMEDY}/product_ids": ["P9"]}, f"{REMEDY}/product_ids/0"),
    ("6.1.1", {THREATS: [{**THREAT, "product_ids": ["p1"]}]}, f"{THREATS}/0/product_ids/0"),
    ("6.1.1", {f"{GROUPS}/0/product_ids/1": "P9"}, f"{GROUPS}/0/product_ids/1"),
    ("6.1.1", {f"{RELATIONS}/-": relation("P5", "P1", "P9")}, f"{RELATIONS}/1/relates_to_product_reference"),
    ("6.1.1", {TREE: GONE}, f"{REMEDY}/product_ids/0"),
    ("6.1.2", {f"{LISTED}/product_id": "P1"}, f"{BRANCH}/product/product_id"),
    ("6.1.2", {f"{RELATIONS}/-": relation("P4", "P1", "P3")}, f"{RELATIONS}/1/full_product_name/product_id"),
    ("6.1.3", {f"{RELATIONS}/-": relation("P5", "P1", "P5")}, f"{RELATIONS}/1/full_product_name/product_id"),
    (
        "6.1.3",
        {f"{RELATIONS}/-": relation("P5", "P2", "P4"), f"{RELATIONS}/0/product_reference": "P5"},
        f"{RELATIONS}/0/full_product_name/product_id",
    ),
    ("6.1.4", {f"{REMEDY}/group_ids": ["G1", "G2"]}, f"{REMEDY}/group_ids/1"),
    ("6.1.4", {THREATS: [{**THREAT, "group_ids": ["P1"]}]}, f"{THREATS}/0/group_ids/0"),
    ("6.1.5", {f"{GROUPS}/-": group("G1")}, f"{GROUPS}/1/group_id"),
    ("6.1.6", {f"{STATUS}/last_affected": ["P2"]}, f"{STATUS}/last_affected/0"),
    ("6.1.6", {f"{STATUS}/under_investigation": ["P3", "P1"]}, f"{STATUS}/under_investigation/1"),
    ("6.1.25", {HELPER: hashes(SHA, MD5, SHA)}, f"{HELPER}/hashes/0/file_hashes/2"),
    ("6.1.29", {f"{V}/remediations/-": WORKAROUND}, f"{V}/remediations/1"),
    ("6.1.31", {f"{BRANCH}/name": "prior to 4.2"}, f"{BRANCH}/name"),
    ("6.1.31", {f"{BRANCH}/name": "<=4.1"}, f"{BRANCH}/name"),
    ("6.1.31", {f"{BRANCH}/name": "2.0, All"}, f"{BRANCH}/name"),
    ("6.1.32", {FLAGS: [{"label": "component_not_present"}]}, f"{FLAGS}/0"),
    ("6.1.33", {FLAGS: [FLAG, GROUP_FLAG]}, f"{FLAGS}/1"),
]

KEEPS: list[tuple[str, Changes]] = [
    ("6.1.1", {f"{STATUS}/recommended": ["P4"], f"{V}/scores/0/products": ["P1", "P2", "P3"]}),
    ("6.1.2", {f"{LISTED}/name": "Pump 1.0"}),
    ("6.1.3", {f"{RELATIONS}/-": relation("P5", "P2", "P4")}),
    ("6.1.4", {f"{REMEDY}/group_ids": ["G1"]}),
    ("6.1.5", {f"{GROUPS}/-": group("g1")}),
    ("6.1.6", {f"{STATUS}/last_affected": ["P1"], f"{STATUS}/recommended": ["P1", "P2"]}),
    ("6.1.25", {HELPER: hashes(SHA, MD5)}),
    ("6.1.29", {f"{V}/remediations/-": {**WORKAROUND, "group_ids": ["G1"]}}),
    *(("6.1.31", {f"{BRANCH}/name": name}) for name in ("Firewall 4.2", "pump-all-4.2", "install 3")),
    ("6.1.31", {f"{BRANCH}/name": "all before 3", f"{BRANCH}/category": "product_version_range"}),
    ("6.1.32", {FLAGS: [FLAG]}),
    ("6.1.33", {FLAGS: [FLAG, {**FLAG, "product_ids": ["P4"]}]}),
]


@pytest.mark.parametrize(("number", "changes", "path"), BREAKS)
def test_what_breaks_a_test_is_refused_at_its_place(number: str, changes: Changes, path: str) -> None:
    assert broken(changed(SOUND, changes)).get(number) == path


@pytest.mark.parametrize(("number", "changes"), KEEPS)
def test_what_only_looks_like_breaking_a_test_is_valid(number: str, changes: Changes) -> None:
    assert broken(changed(SOUND, changes)) == {}


def test_a_circle_of_a_hundred_thousand_products_is_found_without_recursion() -> None:
    chain = [relation(f"L{number}", f"L{(number + 1) % 100_000}", "P3") for number in range(100_000)]
    assert broken(changed(SOUND, {RELATIONS: chain}))["6.1.3"]
