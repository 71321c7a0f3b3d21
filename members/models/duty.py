from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from members import chance
from members.models.dated import Dated, DatedQuerySet, ordered_dates
from members.models.person import Person
from members.models.warp import Warp


def shift_code() -> str:
    return chance.code(12)


class Shift(Dated):
    """Who is reached in a WARP, from when until when. One whose office has ended is on duty no more, shift or not."""

    code = models.CharField(max_length=12, unique=True, default=shift_code)
    warp = models.ForeignKey(Warp, models.PROTECT, related_name="shifts", db_index=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="shifts")
    deputy = models.BooleanField(default=False, help_text=_("Second in line, not first."))

    objects = models.Manager.from_queryset(DatedQuerySet)()

    class Meta:
        ordering = ["since", "deputy", "id"]
        constraints = [ordered_dates("shift")]
        indexes = [models.Index(fields=["warp", "until"], name="shift_of")]

    def __str__(self) -> str:
        return f"{self.person} for {self.warp}"
