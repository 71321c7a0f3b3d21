"""Counts the documents that it has seen, and tells who started it."""

from __future__ import annotations

import os

from advisories.collect.base import ParseContext, Parsed, RawEntry

SEEN: list[bytes] = []


def parse(body: bytes, context: ParseContext) -> Parsed:
    SEEN.append(body)
    facts = {"seen": str(len(SEEN)), "keeper": str(os.getppid())}
    return Parsed((RawEntry.of(guid="g", title="t", facts=facts),))
