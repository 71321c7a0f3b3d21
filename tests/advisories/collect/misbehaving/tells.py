from __future__ import annotations

import os
import sys

from advisories.collect.base import Parsed, RawEntry


def parse(body: bytes, context: object) -> Parsed:
    facts = {"modules": " ".join(sys.modules), "environment": " ".join(os.environ)}
    return Parsed((RawEntry.of(guid="1", title="what the child sees", facts=facts),))
