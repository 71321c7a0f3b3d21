"""The one sealer: chains what is not sealed yet, and writes down outside the database where the chain ends."""

from __future__ import annotations

from datetime import datetime

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef

from members.alone import Work, alone
from members.models import AuditRow, Seal, Unsealed
from members.sealing import heads
from members.sealing.heads import Head
from members.sealing.link import BEGINNING, FIELDS, Sealed, digest

BATCH = 1000  # rows of one transaction
MOST = 100  # batches of one call: the next one goes on
log = structlog.get_logger(__name__)


def seal(at: datetime) -> int:
    """Chain every row that is not sealed yet, by id; how many. Where there is none, one small question.

    A row whose transaction commits after those of higher ids were sealed is chained after them: nothing is skipped.
    """
    done = 0
    for _ in range(MOST):
        if not Unsealed.objects.exists() or not (batch := _batch()):
            break
        done += batch
    if done:
        _write_down(at)
    return done


@transaction.atomic
def _batch() -> int:
    """How many were sealed: none where another sealer is at it, or where there are none left."""
    if not alone(Work.SEALING):
        return 0
    owed = list(Unsealed.objects.order_by("row").values_list("row", flat=True)[:BATCH])
    rows = [Sealed(*row) for row in AuditRow.objects.filter(pk__in=owed).order_by("pk").values_list(*FIELDS)]
    if not rows:
        return 0
    number, before = Seal.objects.order_by("-number").values_list("number", "digest").first() or (0, BEGINNING)
    seals = []
    for row in rows:
        number, before = number + 1, digest(before, row)
        seals.append(Seal(number=number, row_id=row.pk, digest=before))
    Seal.objects.bulk_create(seals)
    sealed = Exists(Seal.objects.filter(row=OuterRef("row")))
    Unsealed.objects.filter(sealed, row__lte=rows[-1].pk).delete()
    return len(rows)


def _write_down(at: datetime) -> None:
    """Keep the head; but never over one that the chain does not contain, which is all that tells of a tail cut off."""
    try:
        before = heads.latest()
        if before is None or Seal.objects.filter(number=before.number, digest=before.digest).exists():
            heads.keep(Head(*Seal.objects.order_by("-number").values_list("number", "digest")[0]), at)
            return
    except (OSError, heads.Unreadable) as error:
        log.error("the head of the audit can't be written down", error=type(error).__name__)
        return
    log.error("the audit's head does not fit its chain: run manage.py audit verify", count=before.number)
