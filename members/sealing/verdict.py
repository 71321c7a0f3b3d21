"""Walk the chain, and say in words the first place where it does not fit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import DatabaseError
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members import appendonly
from members.audit import day_of
from members.models import AuditRow, Seal, Unsealed
from members.sealing import heads
from members.sealing.heads import Head, Restored
from members.sealing.link import BEGINNING, FIELDS, Sealed, digest

PAGE = 5000  # links held in memory
LATE = timedelta(minutes=1)  # what is not sealed after so long will not be
ROW = [f"row__{field}" for field in FIELDS]


class Verdict(NamedTuple):
    """`said`: where it does not fit, or that it does. `head`: the last link that fits. `notes`: worth knowing."""

    sound: bool
    said: str
    rows: int
    head: Head | None
    notes: list[str]


class Broken(Exception):
    """The first place that does not fit, in words."""


class Walk:
    """How far the chain fits."""

    def __init__(self, known: list[Head], progress: Callable[[int], object]) -> None:
        self.known = {head.number: head for head in known}
        self.conflict = next((head for head in known if self.known[head.number].digest != head.digest), None)
        self.progress = progress
        self.number, self.digest = 0, BEGINNING

    def go(self) -> None:
        """Raises Broken."""
        for page in self._pages():
            for number, found, *row in page:
                if number < self.number + 1:
                    raise Broken(_("There is a link %(n)d, and the first is 1.") % {"n": number})
                if number > self.number + 1:
                    raise Broken(_gap(self.number + 1))
                if digest(self.digest, Sealed(*row)) != found:
                    raise Broken(_altered(number, row[0]))
                self.number, self.digest = number, found
                self._compare()
            self.progress(len(page))
        if Seal.objects.filter(number__gt=self.number).exists():
            raise Broken(_gap(self.number + 1))
        self._reaches()

    def tells_of(self, restored: Restored) -> bool:
        """Whether one of the heads that were compared may be of the links that this restore took away."""
        last = restored.before.number if restored.before else restored.left
        return any(restored.left < number <= last for number in self.known)

    def _pages(self) -> Iterator[list[Any]]:
        """Links with their rows, by number. One whose row is gone is left out, and missed by its number."""
        links = Seal.objects.order_by("number").values_list("number", "digest", *ROW)
        page = list(links[:PAGE])
        while page:
            yield page
            page = list(links.filter(number__gt=page[-1][0])[:PAGE])

    def _compare(self) -> None:
        head = self.known.get(self.number)
        if head is not None and head.digest != self.digest:
            raise Broken(_another(head))

    def _reaches(self) -> None:
        if self.conflict is not None:
            raise Broken(_another(self.conflict))
        ahead = [head for number, head in sorted(self.known.items()) if number > self.number]
        if ahead:
            raise Broken(_cut(ahead[-1], self.number))


def verify(at: datetime, head: Head | None = None, progress: Callable[[int], object] = bool) -> Verdict:
    """Whether every row is as it was sealed, none is missing, added or moved, and the chain reaches as far as it did.

    Compared with the heads kept on this machine, and with `head`, from a mail. Reads in pages; changes nothing.
    """
    notes: list[str] = []
    try:
        known, restores = heads.every(), heads.restores()
    except (OSError, ValueError):
        return Verdict(False, _("The file of the heads (audit-head, audit-heads) can’t be read."), 0, None, notes)
    if not known and head is None:
        notes.append(_("No head is kept on this machine: compare with one from a mail (--head), or a tail that was cut"
                       " off is not missed."))  # fmt: skip
    walk = Walk([*known, *([head] if head else [])], progress)
    try:
        walk.go()
        _unsealed(at)
        said = ngettext("The audit is sound: %(n)d row, each as it was sealed.",
                        "The audit is sound: %(n)d rows, each as it was sealed.", walk.number)  # fmt: skip
        said %= {"n": walk.number}
    except Broken as broken:
        said = str(broken)
        notes += [_restored(one) for one in restores if walk.tells_of(one)]
        return Verdict(False, said, walk.number, _head(walk), notes)
    except (ValueError, TypeError, AttributeError, DatabaseError):  # what SQLite lets stand in a column
        said = _("After link %(n)d a row or a seal can’t be read: it was changed by hand.") % {"n": walk.number}
        return Verdict(False, said, walk.number, _head(walk), notes)
    if appendonly.missing():
        notes.append(_("The triggers that keep the audit are not all there: manage.py migrate puts them back."))
    return Verdict(True, said, walk.number, _head(walk), notes)


def _restored(one: Restored) -> str:
    said = _("A restore on %(day)s took away every link after %(n)d: a head from before that day fits up to there, and"
             " no further. If that restore was not yours, this is what it looks like.")  # fmt: skip
    return said % {"day": f"{one.at:%d %B %Y, %H:%M} UTC", "n": one.left}


def _head(walk: Walk) -> Head | None:
    return Head(walk.number, walk.digest) if walk.number else None


def _unsealed(at: datetime) -> None:
    """Raises Broken for a row that the sealer should have met, and for one that was taken away before it could."""
    there = Exists(AuditRow.objects.filter(pk=OuterRef("row")))
    if (gone := Unsealed.objects.exclude(there).order_by("row").values_list("row", flat=True).first()) is not None:
        raise Broken(_("Row %(row)d was written, and taken away before it was sealed.") % {"row": gone})
    late = at - LATE
    sealed, owed = (Exists(table.objects.filter(row=OuterRef("pk"))) for table in (Seal, Unsealed))
    rows = AuditRow.objects.filter(~sealed).annotate(owed=owed).filter(Q(owed=False) | Q(at__lt=late)).order_by("pk")
    for pk, written, noted in rows.values_list("pk", "at", "owed").iterator():
        # An anonymous reporter's rows carry the day: how late they are is known when it is over.
        if not noted or written != day_of(written) or written < day_of(late):
            raise Broken(
                _("Row %(row)d is not sealed: it was added by hand, or the sealer does not run.") % {"row": pk}
            )


def _gap(number: int) -> str:
    """Why link `number` was not met."""
    seal = Seal.objects.filter(number=number).first()
    if seal is not None:
        return _("Row %(row)d, sealed by link %(n)d, is gone.") % {"row": seal.row_id, "n": number}
    return _("Link %(n)d is gone, or was given another number.") % {"n": number}


def _altered(number: int, row: int) -> str:
    said = _("Row %(row)d is not what link %(n)d sealed: the row, or the link, was changed.")
    return said % {"row": row, "n": number}


def _another(head: Head) -> str:
    said = _("Link %(n)d is another than the head that was written down for it: the chain was made anew.")
    return said % {"n": head.number}


def _cut(head: Head, number: int) -> str:
    said = _("The chain ends at link %(n)d, and once it ended at %(head)d: its tail was cut off, or the database is an"
             " older copy.")  # fmt: skip
    return said % {"n": number, "head": head.number}
