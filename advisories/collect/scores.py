"""Keep the scores of vulnerabilities (EPSS): set-based, and only what differs is written."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from advisories.models import Score, Source

AT_ONCE = 5_000  # rows of one statement


@transaction.atomic
def keep(source: Source, rows: tuple[tuple[str, str, str], ...], at: datetime) -> tuple[int, int, int]:
    """(CVE, probability, percentile or "") as decimals in words. How many are new, changed and the same.

    What a document doesn't hold stays: a missing score is no score of 0.
    """
    known = {cve: values for cve, *values in Score.objects.values_list("cve", "probability", "percentile")}
    fresh, new = [], 0
    for cve, *told in rows:
        probability, percentile = Decimal(told[0]), Decimal(told[1]) if told[1] else None
        if known.get(cve) != [probability, percentile]:
            new += cve not in known
            fresh.append(Score(cve=cve, probability=probability, percentile=percentile, source=source, at=at))
    Score.objects.bulk_create(
        fresh, AT_ONCE, update_conflicts=True, unique_fields=["cve"],
        update_fields=["probability", "percentile", "source", "at"],
    )  # fmt: skip
    return new, len(fresh) - new, len(rows) - len(fresh)
