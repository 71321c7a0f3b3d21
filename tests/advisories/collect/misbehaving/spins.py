from __future__ import annotations


def parse(body: bytes, context: object) -> None:
    while True:
        pass
