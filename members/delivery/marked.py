"""Whatever is sent of an exercise says so, first and last: put here, behind every template and every channel, so that
none of them can forget it."""

from __future__ import annotations

from members.delivery.claimed import What
from members.models import Realm

SHOUT = "EXERCISE EXERCISE EXERCISE"  # not translated: it is known by its look
HEAD, FOOT = "<body>", "</body>"
BAND = f'<p class="drill">{SHOUT}</p>'


def of_exercise(what: What) -> bool:
    return what.item is not None and what.item.realm != Realm.REAL


def subject(what: What, said: str) -> str:
    return first(said) if of_exercise(what) else said


def first(said: str) -> str:
    return f"{SHOUT} {said}"


def text(what: What, said: str) -> str:
    return f"{SHOUT}\n\n{said.rstrip()}\n\n{SHOUT}\n" if of_exercise(what) else said


def html(what: What, said: str) -> str:
    """Raises ValueError where it can't be put there: nothing goes out without it."""
    if not of_exercise(what):
        return said
    before, begins, rest = said.partition(HEAD)
    within, ends, after = rest.rpartition(FOOT)
    if not begins or not ends:
        raise ValueError("a mail of an exercise has no body to mark: extend mail/layout.html")
    return f"{before}{begins}\n{BAND}\n{within}\n{BAND}\n{ends}{after}"
