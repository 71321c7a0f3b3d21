"""A WARP says less by a channel than the table allows (members/shows.py); never more."""

from __future__ import annotations

from datetime import datetime
from itertools import product

from django.db import transaction
from django.utils.translation import gettext as _

from members import journal, mandate
from members.audit import record
from members.journal import Keys
from members.models import Cell, Person, Tightening, Warp
from members.refused import Refused
from members.shows import TABLE, Exit, cell

# What each channel has words for: one that nobody signs in from can't say "sign in".
SAYS: dict[Exit, frozenset[Cell]] = {
    Exit.PAGE: frozenset(),
    Exit.MAIL: frozenset({Cell.NOTHING, Cell.AWAITS, Cell.NOTICE, Cell.TITLE, Cell.BODY}),
    Exit.MESSAGE: frozenset({Cell.NOTHING, Cell.AWAITS, Cell.NOTICE, Cell.TITLE}),
    Exit.DIGEST: frozenset({Cell.NOTHING, Cell.NOTICE, Cell.TITLE, Cell.BODY}),
    Exit.SUBSCRIBER: frozenset({Cell.NOTHING, Cell.TITLE, Cell.BODY}),
    Exit.ATOM: frozenset({Cell.NOTHING, Cell.TITLE, Cell.BODY}),
    Exit.MACHINE: frozenset({Cell.NOTHING, Cell.TITLE, Cell.BODY}),
}


@transaction.atomic
def tighten(person: Person | None, warp: Warp, row: str, channel: Exit, to: Cell, at: datetime) -> None:
    """Items of `warp` that stand under `row` say no more than `to` by `channel`, from the next message or answer on.

    The table's own value takes a tightening back. Raises Refused: for a looser one, and for who does not coordinate it.
    """
    mandate.over_warp(person, warp, at)
    if channel == Exit.PAGE:
        raise Refused(_("Who may read an item reads it on its page. To show it to fewer, give it a stricter label."))
    if row not in TABLE or to not in SAYS[channel]:
        raise Refused(_("This channel can't say that. Choose one of those offered."))
    allowed = cell(row, channel, private=True)
    if to > allowed:
        said = _("That is more than this channel may say of such items: at most “%(cell)s”. A WARP can only say less.")
        raise Refused(said % {"cell": allowed.label})
    Tightening.objects.filter(warp=warp, row=row, channel=channel).delete()
    if to < allowed:
        Tightening.objects.create(warp=warp, row=row, channel=channel, cell=to)
        journal.note(journal.What.TIGHTENED, [_name(warp, row, channel, to)], at)
    record("tighten", at, by=person, reference=warp.slug, row=row, channel=channel.value, cell=to)


def again(keys: Keys) -> int:
    """What the journal says was tightened says as little again, and what is tighter stays. How many."""
    done = 0
    for warp, row, channel in product(Warp.objects.all(), TABLE, Exit) if keys else ():
        chosen = [to for to in SAYS[channel] if _name(warp, row, channel, to) in keys]
        there = Tightening.objects.filter(warp=warp, row=row, channel=channel)
        if chosen and not there.filter(cell__lte=min(chosen)).exists():
            there.delete()
            Tightening.objects.create(warp=warp, row=row, channel=channel, cell=min(chosen))
            done += 1
    return done


def _name(warp: Warp, row: str, channel: Exit, to: Cell) -> str:
    """What it is called in the journal."""
    return journal.key("tightening", warp.pk, row, channel.value, int(to))
