"""Where items lie against where the rule says, and what a search looks in: a verb that forgot to say so is a leak.

Everything that was done something with lately, and of all the rest a part each night, in turn.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from django.db.models import Q

from members.indexing import astray, misfiled
from members.models import WRITTEN, AuditRow, Item, Realm
from members.place import misplaced

BATCH = 200


@dataclass(slots=True)
class Compared:
    """How many items were looked at, and the references of those that are wrong. `after`: the last of the turn by id,
    0 where it came to its end."""

    looked: int = 0
    after: int = 0
    misplaced: list[str] = field(default_factory=list)
    misfiled: list[str] = field(default_factory=list)
    astray: list[str] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        return not (self.misplaced or self.misfiled or self.astray)

    def look(self, items: Sequence[Item]) -> None:
        self.looked += len(items)
        self.misplaced += _twice(misplaced, items)
        self.misfiled += _twice(misfiled, items)


def compare(since: int, after: int, seconds: float) -> Compared:
    """Items of audit rows beyond `since`, then the others beyond id `after`, for so many seconds. Changes nothing."""
    compared, ends = Compared(), time.monotonic() + seconds
    touched = AuditRow.objects.filter(pk__gt=since).exclude(reference="").values("reference")
    for items in _batches(Q(reference__in=touched), 0):
        compared.look(items)
        if time.monotonic() > ends:
            break
    for items in _batches(Q(), after):
        compared.look(items)
        compared.after = items[-1].pk
        if time.monotonic() > ends:
            break
    else:
        compared.after = 0
    compared.astray = _lost()
    return compared


def compare_all(progress: Callable[[int], object]) -> Compared:
    """Every item there is."""
    compared = Compared()
    for items in _batches(Q(), 0):
        compared.look(items)
        progress(len(items))
    compared.astray = _lost()
    return compared


def _batches(which: Q, after: int) -> Iterator[list[Item]]:
    """By id, each batch asked anew: a turn that takes minutes holds nothing."""
    found = Item._base_manager.filter(which).select_related("warp", "parent").order_by("pk")
    while batch := list(found.filter(pk__gt=after)[:BATCH]):
        yield batch
        after = batch[-1].pk


def _twice(wrong: Callable[[Iterable[Item]], list[Item]], items: Sequence[Item]) -> list[str]:
    """Looked at once more: while it was, a verb may have been at it."""
    suspects = [item.pk for item in wrong(items)]
    again = Item._base_manager.filter(pk__in=suspects).select_related("warp", "parent") if suspects else []
    return [item.reference for item in wrong(again)]


def _lost() -> list[str]:
    every = [astray(kind, realm) for realm in Realm for kind in WRITTEN]
    return [ref for found in every for ref in found.values_list("reference", flat=True)]
