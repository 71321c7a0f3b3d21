"""What the other side made of it."""

from __future__ import annotations

from dataclasses import dataclass

from advisories.models import Relay

State = Relay.State


@dataclass(frozen=True, slots=True)
class Outcome:
    """`state`: DUE is to be tried again, TAKEN to be asked about again, after `wait` seconds at the least. `said`: in
    words; `status`: under which the other side tells of it."""

    state: Relay.State
    said: str
    status: str = ""
    wait: int = 0
