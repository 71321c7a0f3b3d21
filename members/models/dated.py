from __future__ import annotations

from datetime import datetime
from typing import Self, TypeVar

from django.db import models

from members import clock

M = TypeVar("M", bound=models.Model)


class DatedQuerySet(models.QuerySet[M]):
    def at(self, moment: datetime) -> Self:
        """The rows in force at `moment`: since is included, until is not."""
        return self.filter(since__lte=moment, until__gt=moment)


class Dated(models.Model):
    """Something that is so from a moment to a moment. Never deleted, only ended."""

    since = models.DateTimeField(default=clock.now)
    until = models.DateTimeField(default=clock.FOREVER)

    class Meta:
        abstract = True

    def in_force(self, moment: datetime) -> bool:
        return self.since <= moment < self.until


def ordered_dates(name: str) -> models.CheckConstraint:
    """The constraint that a span does not end before it begins; an empty span is one that never came true."""
    return models.CheckConstraint(condition=models.Q(until__gte=models.F("since")), name=f"{name}_since_until")
