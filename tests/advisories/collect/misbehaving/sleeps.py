from __future__ import annotations

import time


def parse(body: bytes, context: object) -> None:
    time.sleep(60)
