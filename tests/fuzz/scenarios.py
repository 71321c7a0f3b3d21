"""Scenario files of exercises, as somebody sends them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from members.exercises import library
from members.exercises.reading import read
from members.exercises.scenario import Unreadable
from members.exercises.writing import write
from tests.fuzz.judge import storable
from tests.fuzz.mutate import mutated

FILES = [path.read_bytes() for path in sorted(Path(library.__file__).parent.glob("*.yaml"))]


def scenario(content: bytes) -> None:
    """It is refused in sentences, or comes to what can be stored and is written to the same."""
    try:
        found = read(content)
    except Unreadable as refused:
        assert refused.errors and all(one and storable(one) for one in refused.errors)
    else:
        assert read(write(found).encode()) == found
        texts = [text for one in found.injects for text in (one.title, one.text, one.attachment, one.expects)]
        assert all(storable(text) for text in texts)


TARGETS: dict[str, Any] = {"scenarios": (mutated([*(one[:6000] for one in FILES), FILES[0]]), scenario)}
