"""Real documents are valid, but for those that do break the standard. WARP_SAMPLES names the folder that has them."""

from __future__ import annotations

import os
from pathlib import Path

import orjson
import pytest

from advisories.collect.csaf.csafcheck import problem

HOME = Path(os.environ.get("WARP_SAMPLES") or Path(__file__).resolve().parents[4] / "shared" / "samples") / "csaf"
pytestmark = [
    pytest.mark.samples,
    pytest.mark.skipif(not HOME.is_dir(), reason=f"no samples at {HOME}; set WARP_SAMPLES"),
]

# Looked at one by one: each does what the standard forbids.
BROKEN = {
    "paloalto/CVE-2025-0114.json": ("schema", "/$schema"),  # calls itself 2.1 but is of no draft of it
    "paloalto/PAN-SA-2025-0007.json": ("schema", "/$schema"),
    "redhat/CVE-2023-20862.json": ("6.1.16", "/document/tracking/version"),  # version 1, history up to 2
    "redhat/rhsa-2024-2705.json": ("6.1.1", "/vulnerabilities/0/remediations/1/product_ids/0"),  # a name for an id
    "vince/csaf-vu-257161.json": ("6.1.31", "/product_tree/branches/0/branches/0/branches/0/name"),  # "< 6.0.1"
}


def test_real_documents_are_valid_but_for_those_that_are_not() -> None:
    found = {}
    for path in sorted(HOME.rglob("*.json")):
        document = orjson.loads(path.read_bytes())
        if "document" in document and (one := problem(document)):
            found[str(path.relative_to(HOME))] = (one.test, one.path)
    assert found == BROKEN
