from __future__ import annotations


def parse(body: bytes, context: object) -> None:
    raise ValueError("on purpose")
