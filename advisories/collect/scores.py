"""Keep the scores of vulnerabilities (EPSS): set-based, and only what differs is written. What names one of those is
ranked anew.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from advisories.models import Score, Source
from advisories.triage import ranks

AT_ONCE = 5_000  # rows of one statement


@transaction.atomic
def keep(source: Source, rows: tuple[tuple[str, str, str], ...], at: datetime) -> tuple[int, int, int]:
    """(CVE, probability, percentile or "") as decimals in words. How many are new, changed and the same.

    What a document doesn't hold stays: a missing score is no score of 0.
    """
    Source.objects.select_for_update().get(pk=source.pk)  # no WARP changes its rules meanwhile
    known = {cve: (p, q) for cve, p, q in Score.objects.values_list("cve", "probability", "percentile")}
    fresh, likely, new, lowest = list[Score](), list[str](), 0, Decimal(ranks.lowest()) / 100
    for cve, *told in rows:
        probability, percentile = Decimal(told[0]), Decimal(told[1]) if told[1] else None
        if known.get(cve) != (probability, percentile):
            new += cve not in known
            if max(probability, known[cve][0] if cve in known else probability) >= lowest:
                likely.append(cve)
            fresh.append(Score(cve=cve, probability=probability, percentile=percentile, source=source, at=at))
    Score.objects.bulk_create(
        fresh, AT_ONCE, update_conflicts=True, unique_fields=["cve"],
        update_fields=["probability", "percentile", "source", "at"],
    )  # fmt: skip
    if likely:
        ranks.renew(ranks.naming(likely))
    return new, len(fresh) - new, len(rows) - len(fresh)
