"""A source whose server says that it has moved for good (301, 308; RFC 9110 section 15.4).

One answer may be a mistake, or a wireless network's front page: the address is changed when the server has said the
same three times in a row, and only to https and within its origin, so that nobody is handed a source or its sign-in.
"""

from __future__ import annotations

from datetime import datetime

from advisories.models import Source
from members.audit import record
from members.web.request import origin, target_of

TIMES = 3
SAID, COUNT = "moved_to", "moved_times"  # in the source's state


def counted(source: Source, state: dict[str, str], to: str) -> dict[str, str]:
    """`state` with what the server said this time; `to` "" where it said nothing of the kind."""
    kept = {name: value for name, value in state.items() if name not in (SAID, COUNT)}
    if not to or not _may_move(source.url, to):
        return kept
    times = int(state.get(COUNT, 0)) + 1 if state.get(SAID) == to else 1
    return {**kept, SAID: to, COUNT: str(times)}


def follow(source: Source, state: dict[str, str], at: datetime) -> dict[str, object]:
    """What changes of the source: its address, where the server has said so often enough, and its state."""
    if int(state.get(COUNT, 0)) < TIMES:
        return {} if state == source.state else {"state": state}
    record("move_source", at, reference=source.slug, to=state[SAID])
    return {"url": state[SAID], "state": {k: v for k, v in state.items() if k not in (SAID, COUNT)}}


def _may_move(before: str, to: str) -> bool:
    there = target_of(to)
    return there.scheme == "https" and origin(there) == origin(target_of(before)) and to != before
