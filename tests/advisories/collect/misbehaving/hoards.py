from __future__ import annotations


def parse(body: bytes, context: object) -> None:
    kept = []
    while True:
        kept.append(bytes(1_000_000))
