"""Where a run can be struck, and by what: every pair is a cell, or has its reason why it is none."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

# In the order in which an alert comes to them; then those of a digest, of a webhook, of a step of an escalation, and
# of several mails that the journal has and the database not yet.
POINTS = (
    "before commit", "after commit", "task queued", "received", "in a sweep", "claimed", "after RCPT",
    "after DATA, before 250", "after 250, before mark", "after mark, before ack", "digest built, not sent",
    "webhook posted, before 200", "after 200, before mark", "escalation due while down",
    "in the journal, before mark",
)  # fmt: skip
IN_A_SWEEP, OUT, DIGEST, POSTED, TAKEN, ESCALATION, JOURNALED = POINTS[4], *POINTS[9:]
BEFORE_CLAIM = (*POINTS[:5], DIGEST)
OF_WEBHOOKS = (POSTED, TAKEN)
SMTP = {"421": "421 too busy", "451": "451 come back", "550": "550 no such person", "hang": "hang", "cut": "cut"}
WEB = {"500": "500 broken", "429": "429 too many", "410": "410 gone", "hang": "hang", "cut": "cut"}
FAULTS = (
    "none", "beats", "worker -9", "all -9", "redis -9", "flushall", "database -9",
    *(f"smtp {name}" for name in SMTP), *(f"web {name}" for name in WEB),
    "clock +1 day", "clock -1 hour", "right revoked", "poison",
)  # fmt: skip
CRASHES = {"worker -9", "all -9"}
# The mail on its way may come twice: nobody wrote down that it was taken. What the journal has never does.
ON_ITS_WAY = {POINTS[7], POINTS[8]}
# Here the worker lives on, and the mail server takes what it is in the midst of; the mark is what fails. And a lease
# means nothing to a clock that has jumped.
STILL_SENT = {"database -9", "clock +1 day", "clock -1 hour"}
IN_HAND = {POINTS[5], POINTS[6]} | ON_ITS_WAY
OF_THE_QUEUE = {"redis -9", "flushall", "poison"}


class Cell(NamedTuple):
    database: str
    point: str
    fault: str

    @property
    def name(self) -> str:
        return f"{self.database}: {self.point} × {self.fault}"

    @property
    def digest(self) -> bool:
        return self.point == DIGEST

    @property
    def touches(self) -> bool:
        """Whether what was taken may stay unmarked."""
        return self.fault in CRASHES | STILL_SENT

    @property
    def repeats(self) -> int:
        """How many mails the crash may have touched. Of webhooks more than one may be out: those are counted there."""
        if self.fault in CRASHES:
            return int(self.point in ON_ITS_WAY)
        return int(self.fault in STILL_SENT and self.point in IN_HAND)


def cells(database: str) -> Iterator[Cell]:
    """Those that make sense, mixed, so that a run that is cut short has struck everywhere; those with two beats last,
    since theirs run through."""
    there = [Cell(database, point, fault) for fault in FAULTS for point in POINTS]
    Random(7).shuffle(there)
    yield from (cell for cell in sorted(there, key=lambda cell: cell.fault == "beats") if not reason(cell))


def reason(cell: Cell) -> str:
    """Why a cell is none; "" where it is one."""
    if cell.database == "sqlite" and cell.fault == "redis -9":
        return "wake-ups go through a folder there; that it is emptied is flushall"
    if cell.database == "sqlite" and cell.fault == "database -9":
        return "SQLite is no server: it goes with its process, which is all -9"
    if cell.database == "sqlite" and cell.point == POINTS[0] and cell.fault == "right revoked":
        return "one writes after another there: a revocation waits for the commit"
    if cell.point in (OUT, JOURNALED) and cell.fault.startswith("smtp"):
        return "all mail is out: no server is spoken to"
    if cell.point == JOURNALED and cell.fault == "right revoked":
        return "all mail is out: what a right that ends then stops is struck before"
    if cell.point == POINTS[0] and cell.fault == "database -9":
        return "the page fails before anybody's eyes, and owes nothing"
    return _of_webhooks(cell) or _of_escalation(cell)


def _of_webhooks(cell: Cell) -> str:
    if cell.fault.startswith("web") and cell.point not in (IN_A_SWEEP, POSTED):
        return "what a web server does wrong is struck where a webhook is posted, or is about to be"
    if cell.point in OF_WEBHOOKS and cell.fault.startswith("smtp"):
        return "a mail server has no part in a webhook"
    if cell.point in OF_WEBHOOKS and cell.fault in OF_THE_QUEUE:
        return "who posts has the queue behind them, as who speaks to a mail server has: struck there"
    return ""


def _of_escalation(cell: Cell) -> str:
    if cell.point == ESCALATION and cell.fault.startswith("clock"):
        return "the clock is what moves there"
    return ""


def left_out() -> list[str]:
    """One line for each reason, and how many cells it takes."""
    found: dict[str, int] = {}
    for database in ("sqlite", "postgresql"):
        for fault in FAULTS:
            for point in POINTS:
                cell = Cell(database, point, fault)
                if said := reason(cell):
                    found[f"{database}: {said}"] = found.get(f"{database}: {said}", 0) + 1
    return [f"{count:>3} {said}" for said, count in found.items()]


# One fault for each kill point, for `make test`: what may be done to a hub without private servers, quickly.
QUICK = (
    (POINTS[0], "all -9"), (POINTS[1], "all -9"), (POINTS[2], "flushall"), (POINTS[3], "worker -9"),
    (POINTS[4], "right revoked"), (POINTS[5], "worker -9"), (POINTS[6], "smtp 421"), (POINTS[7], "worker -9"),
    (POINTS[8], "worker -9"), (OUT, "poison"), (DIGEST, "right revoked"),
    (POSTED, "web 500"), (TAKEN, "worker -9"), (ESCALATION, "all -9"),
    (JOURNALED, "worker -9"),
)  # fmt: skip
