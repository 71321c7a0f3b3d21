"""How questions to the WARP were answered: two statements."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import F

from advisories.activity.asker import Asker
from advisories.activity.period import Period
from members.models import Kind

Who = tuple[int | None, str | None]  # the author, and the pseudonym of one who gives no name


class Question(NamedTuple):
    """`first`, `accepted`: how long the answer took. None where there is none, and where question or answer has no
    name: of those the day alone is kept."""

    item: int
    at: datetime
    answered: bool
    agreed: bool
    first: timedelta | None
    accepted: timedelta | None


def questions(asker: Asker, period: Period) -> list[Question]:
    """Those that were asked in `period`. What whoever asked adds is no answer."""
    asked = asker.handles(Kind.DISCUSSION).filter(created_at__gte=period.since, created_at__lt=period.until)
    said = asker.reads(Kind.COMMENT).filter(parent__in=asked.order_by().values("pk"), comment__removed_because="")
    below: dict[int, list[tuple[int, datetime, Who]]] = defaultdict(list)
    for parent, pk, at, author, label in said.order_by("created_at", "pk").values_list(
        "parent", "pk", "created_at", "author", "origin__label"
    ):
        below[parent or 0].append((pk, at, (author, label)))
    rows = asked.annotate(accepted=F("discussion__accepted")).order_by("pk")
    fields = ("pk", "created_at", "author", "origin__label", "accepted")
    return [
        _question(pk, at, (author, label), below[pk], accepted)
        for pk, at, author, label, accepted in rows.values_list(*fields)
    ]


def _question(pk: int, at: datetime, who: Who, said: list[tuple[int, datetime, Who]], accepted: int | None) -> Question:
    answers = [one for one in said if one[2] != who]
    agreed = next((one for one in said if one[0] == accepted), None)
    first = answers[0] if answers else None
    took = [one[1] - at if one and not who[1] and not one[2][1] else None for one in (first, agreed)]
    return Question(pk, at, first is not None, agreed is not None, took[0], took[1])
