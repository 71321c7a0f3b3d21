"""What ends with a right, in its own transaction: what is queued by it, the places that were booked by it, and what was
read of an exercise by it."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from members.delivery.revoke import revoke
from members.exercises import readers as exercises
from members.models import Person
from members.training.lapsing import lapse


def lost(people: QuerySet[Person], at: datetime) -> None:
    """`people` may be more than those concerned: who has the right keeps what is theirs."""
    lapse(people, at)
    exercises.lapse(people, at)
    revoke(people, at)
