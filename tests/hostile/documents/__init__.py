"""Hostile documents of our own writing, each with what it must come to."""

from __future__ import annotations

from tests.hostile.documents import (
    broken_json,
    csaf_shapes,
    csaf_trees,
    feed_entities,
    feed_items,
    feed_texts,
    stix_markings,
    stix_shapes,
    stix_sizes,
    stix_versions,
    taxii_pages,
)
from tests.hostile.documents.case import Cases

GROUPS: dict[str, tuple[str, Cases]] = {
    "STIX of the wrong shape": ("stix", stix_shapes.CASES),
    "STIX in another's place": ("stix", stix_versions.CASES),
    "STIX that looks wider": ("stix", stix_markings.CASES),
    "STIX that is too much": ("stix", stix_sizes.CASES),
    "JSON that is none": ("stix", broken_json.CASES),
    "TAXII that leads astray": ("taxii", taxii_pages.CASES),
    "CSAF that is wrong in a place": ("csaf", csaf_shapes.CASES),
    "CSAF whose products go round": ("csaf", csaf_trees.CASES),
    "feeds that fetch or multiply": ("feed", feed_entities.CASES),
    "feeds in odd bytes": ("feed", feed_texts.CASES),
    "feeds of odd entries": ("feed", feed_items.CASES),
    "CSAF that is no JSON": ("csaf", broken_json.CSAF),
}
