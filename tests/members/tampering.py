"""Somebody with the database in their hands, past its triggers, changes one thing of the audit: is it found?

    run(1000, seed=1)  ->  {"a field edited": (240, 240), …}: found, tried

Each try is undone, so that the next meets a sound chain again.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from tempfile import TemporaryDirectory
from typing import Any

from django.db import connection, transaction
from django.db.models import Max
from django.test import override_settings

from members import appendonly
from members.audit import record
from members.models import AuditRow, Seal, Unsealed
from members.sealing import seal, verify
from members.sealing.link import BEGINNING, FIELDS, Sealed, digest

AT = datetime(2026, 11, 1, 12, tzinfo=UTC)
LATER = AT + timedelta(days=2)
ROWS = 200
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
Draw = random.Random


def run(count: int, seed: int, rows: int = ROWS) -> dict[str, tuple[int, int]]:
    """Of `count` random tamperings with a chain of `rows` rows, by kind: how many were found, and tried."""
    draw = Draw(seed)
    with TemporaryDirectory() as home, override_settings(WARP_HOME=home), transaction.atomic():
        lay(rows, draw)
        assert verify(LATER).sound, verify(LATER).said
        appendonly.remove()
        found: Counter[str] = Counter()
        tried: Counter[str] = Counter()
        for _ in range(count):
            name, tamper = draw.choice(list(TAMPERINGS.items()))
            tried[name] += 1
            with transaction.atomic():
                tamper(draw)
                found[name] += not verify(LATER).sound
                transaction.set_rollback(True)
        assert verify(LATER).sound, "a try was not undone"
        appendonly.install()
    return {name: (found[name], tried[name]) for name in TAMPERINGS}


def lay(rows: int, draw: Draw) -> None:
    """Rows of every sort, sealed in several turns."""
    for n in range(rows):
        detail: dict[str, Any] = {"version": draw.randrange(9), "label": draw.choice(["GREEN", "ÄMBER"]), "to": [n]}
        record(
            draw.choice(["release", "read", "asked for"]), AT + timedelta(seconds=n), reference=word(draw),
            pseudonym=word(draw) if n % 7 == 0 else "", **(detail if n % 3 else {}),
        )  # fmt: skip
        if n % 60 == 0:
            seal(AT)
    seal(AT)


def word(draw: Draw) -> str:
    return "".join(draw.choices(ALPHABET, k=12))


def any_row(draw: Draw) -> AuditRow:
    return draw.choice(list(AuditRow.objects.all()))


def any_seal(draw: Draw) -> Seal:
    return draw.choice(list(Seal.objects.all()))


def edit(draw: Draw) -> None:
    row = any_row(draw)
    fields: dict[str, Any] = {
        "at": row.at + timedelta(microseconds=draw.choice([-1, 1, 86_400_000_000])),
        "actor": word(draw),
        "verb": f"{row.verb}!",
        "reference": row.reference[:-1],
        "detail": {**row.detail, "version": draw.choice([None, "1", 10])},
    }
    name = draw.choice(list(fields))
    AuditRow.objects.filter(pk=row.pk).update(**{name: fields[name]})


def renumber_row(draw: Draw) -> None:
    beyond = (AuditRow.objects.aggregate(last=Max("pk"))["last"] or 0) + draw.randrange(1, 9)
    AuditRow.objects.filter(pk=any_row(draw).pk).update(id=beyond)


def delete_row(draw: Draw) -> None:
    remove([any_row(draw).pk])


def delete_rows(draw: Draw) -> None:
    pks = list(AuditRow.objects.values_list("pk", flat=True))
    remove(draw.sample(pks, draw.randrange(2, 9)))


def delete_with_its_seal(draw: Draw) -> None:
    one = any_seal(draw)
    one.delete()
    remove([one.row_id])


def swap_rows(draw: Draw) -> None:
    """Each has the other's id; so that nothing else tells them apart, they are what they were otherwise."""
    one, other = draw.sample(list(AuditRow.objects.all()), 2)
    for pk, of in ((one.pk, other), (other.pk, one)):
        AuditRow.objects.filter(pk=pk).update(
            at=of.at, actor=of.actor, verb=of.verb, reference=of.reference, detail=of.detail
        )


def swap_seals(draw: Draw) -> None:
    """Each seals the other's row."""
    one, other = draw.sample(list(Seal.objects.all()), 2)
    for number, row in ((one.number, -1), (other.number, one.row_id), (one.number, other.row_id)):
        Seal.objects.filter(number=number).update(row=row)


def edit_seal(draw: Draw) -> None:
    one = any_seal(draw)
    place, by = draw.randrange(64), draw.choice("0123456789abcdef")
    while by == one.digest[place]:
        by = draw.choice("0123456789abcdef")
    Seal.objects.filter(pk=one.pk).update(digest=one.digest[:place] + by + one.digest[place + 1 :])


def delete_seal(draw: Draw) -> None:
    any_seal(draw).delete()


def renumber_seal(draw: Draw) -> None:
    last = Seal.objects.aggregate(last=Max("number"))["last"] or 0
    number = draw.choice([0, -1, last + 1, last + draw.randrange(2, 99)])
    one = any_seal(draw)
    if one.number == last and number == last + 1:
        number += 1
    Seal.objects.filter(pk=one.pk).update(number=number)


def cut_tail(draw: Draw) -> None:
    """The last rows, and with them all that speaks of them."""
    last = list(Seal.objects.order_by("-number")[: draw.randrange(1, 20)])
    Seal.objects.filter(number__gte=last[-1].number).delete()
    remove([one.row_id for one in last])


def empty(draw: Draw) -> None:
    Seal.objects.all().delete()
    remove(list(AuditRow.objects.values_list("pk", flat=True)))


def insert_row(draw: Draw) -> None:
    AuditRow.objects.create(at=AT, verb="release", actor=word(draw), reference=word(draw))


def insert_seal(draw: Draw) -> None:
    Seal.objects.create(number=Seal.objects.count() + 1, row_id=any_row(draw).pk + 10_000, digest="f" * 64)


def made_anew(draw: Draw) -> None:
    """A row edited, and every link from there on computed again: nothing within the database tells."""
    edited = any_row(draw)
    AuditRow.objects.filter(pk=edited.pk).update(verb="nothing")
    before = BEGINNING
    for link in Seal.objects.order_by("number").select_related("row"):
        before = digest(before, Sealed(*(getattr(link.row, field) for field in FIELDS)))
        if before != link.digest:
            Seal.objects.filter(pk=link.pk).update(digest=before)


def taken_before_its_seal(draw: Draw) -> None:
    """Written, noted to be sealed, and gone before the sealer came."""
    row = AuditRow.objects.create(at=LATER, verb="release")
    Unsealed.objects.get_or_create(row=row)
    remove([row.pk])


def remove(pks: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany("DELETE FROM members_auditrow WHERE id = %s", [(pk,) for pk in pks])


TAMPERINGS: dict[str, Callable[[Draw], None]] = {
    "a field edited": edit,
    "a row given another id": renumber_row,
    "a row deleted": delete_row,
    "several rows deleted": delete_rows,
    "a row deleted with its seal": delete_with_its_seal,
    "two rows swapped": swap_rows,
    "two seals swapped": swap_seals,
    "a seal edited": edit_seal,
    "a seal deleted": delete_seal,
    "a seal given another number": renumber_seal,
    "the tail cut off": cut_tail,
    "everything deleted": empty,
    "a row inserted": insert_row,
    "a seal inserted": insert_seal,
    "the chain made anew": made_anew,
    "a row taken before its seal": taken_before_its_seal,
}
