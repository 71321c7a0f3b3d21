"""Messages that the mail server took: in the journal at once, in the database a few at a time.

To write twenty into the database costs it little more than one, and as long. Until it has them the journal says that
they are out, and is asked about every row whose sender went without a word (`out_already`): so a crash still repeats
one message at most, the one between the server's word and the journal's. Where several machines send, another that
takes over knows its own journal alone: there it may repeat what the first had not written yet, never more than MOST.
So may a machine that lost its power: no line of the journal waits for the disk.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog

from members import journal
from members.delivery import fence
from members.delivery.channels.base import Receipt
from members.delivery.claimed import Claimed
from members.delivery.mark import message_key
from members.models import Delivery

log = structlog.get_logger(__name__)
MOST = 25  # messages
LONGEST = 0.1  # seconds
AGE = timedelta(days=1)  # by how much the clock that gave a lease may differ from the one that wrote the journal


class Accepted:
    """Those of one pass. Whoever notes some sees to it that they are written, however the pass ends."""

    def __init__(self) -> None:
        self._rows: dict[tuple[int, str], list[int]] = defaultdict(list)  # by what was shown, and the server's words
        self._count, self._since = 0, 0.0

    def note(self, claimed: Claimed, receipt: Receipt, at: datetime) -> None:
        """It is out. `at`: the last answer of the clock."""
        self._rows[int(claimed.what.cell), receipt.said[:300]].append(claimed.delivery)
        self._since = self._since or time.monotonic()
        self._count += 1
        try:
            journal.note(journal.What.SENT, [message_key(claimed.key)], at)
        except OSError as error:
            log.error("the journal can't be written: each message is written to the database alone", error=str(error))
            self._count = MOST

    def __bool__(self) -> bool:
        return self._count > 0

    @property
    def owed(self) -> bool:
        """Whether it is time to write them."""
        return self._count >= MOST or (bool(self) and time.monotonic() - self._since > LONGEST)

    def write(self, at: datetime) -> None:
        """Into the database, whatever became of their rows meanwhile."""
        rows, self._rows = self._rows, defaultdict(list)
        self._count, self._since = 0, 0.0
        for (shown, said), pks in rows.items():
            Delivery.objects.filter(pk__in=pks).exclude(state=Delivery.State.DEAD).update(  # it came back already
                state=Delivery.State.SENT, sent_at=at, lease_until=None, shown=shown, outcome=said
            )


def out_already(rows: Mapping[int, tuple[datetime | None, str]]) -> set[int]:
    """Those of `rows` (by id: the lease that nobody gave back, or None, and what the message is called) that are out,
    as the journal says."""
    lost = {pk: (lease, key) for pk, (lease, key) in rows.items() if lease is not None}
    if not lost:
        return set()
    fence.move()  # first: whoever still sends them stops after the one that is on its way
    try:
        sent = journal.sent_since(min(lease for lease, _key in lost.values()) - AGE)
    except OSError as error:  # twice is better than never
        log.error("the journal can't be read: what a dead sender had sent may go out again", error=str(error))
        return set()
    return {pk for pk, (_lease, key) in lost.items() if message_key(key) in sent}
