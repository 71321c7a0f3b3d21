"""Complete scenarios of our own writing, to play as they are or to change: the .yaml files beside this one."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from members.exercises.reading import read
from members.exercises.scenario import ScenarioFile


@lru_cache(maxsize=1)
def library() -> dict[str, ScenarioFile]:
    """By their names, which are those of the files."""
    return {path.stem: read(path.read_bytes()) for path in sorted(Path(__file__).parent.glob("*.yaml"))}
