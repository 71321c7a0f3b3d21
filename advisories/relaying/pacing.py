"""When a relay is looked at again: tried once more, or its status asked for."""

from __future__ import annotations

from datetime import datetime, timedelta

from advisories.models import Relay
from advisories.relaying.outcome import Outcome

State = Relay.State
AGAIN = [60, 300, 900, 3600, 3 * 3600, 6 * 3600]  # seconds before each further try; the last one stays
TRIES = 10
TOLD_WITHIN = timedelta(hours=24)  # for which a server keeps a status (TAXII 2.1 section 4.3)


def after(relay: Relay, outcome: Outcome, at: datetime) -> tuple[Relay.State, datetime | None]:
    """How it stands now, and when it is to be looked at again."""
    if outcome.state == State.DUE and relay.tries < TRIES:
        wait = max(AGAIN[min(relay.tries, len(AGAIN)) - 1], outcome.wait)
        return State.DUE, at + timedelta(seconds=wait)
    if outcome.state == State.DUE:
        return State.FAILED, None
    if outcome.state == State.TAKEN and at - (relay.sent_at or at) < TOLD_WITHIN:
        return State.TAKEN, at + timedelta(seconds=_pause(relay, outcome, at))
    if outcome.state == State.TAKEN:
        return State.DONE, None
    return outcome.state, None


def _pause(relay: Relay, outcome: Outcome, at: datetime) -> float:
    """Asked often at first, then more seldom: as long again as it has been there, an hour at most."""
    gone = (at - (relay.sent_at or at)).total_seconds()
    return min(max(outcome.wait, gone), 3600)
