from __future__ import annotations

from django.db import models

from advisories.models.entry import Entry
from members.models import Warp


class RankRules(models.Model):
    """What a WARP ranks otherwise than is usual: only for those that changed something. For its coordinators alone."""

    warp = models.OneToOneField(Warp, models.CASCADE, primary_key=True, related_name="+")
    changed = models.JSONField(default=dict)  # as triage/rules.py writes it

    class Meta:
        verbose_name_plural = "rank rules"

    def __str__(self) -> str:
        return f"Rank rules of {self.warp}"


class WarpRank(models.Model):
    """How an entry ranks on the desk of a WARP with rules of its own, where that is otherwise than is usual."""

    warp = models.ForeignKey(Warp, models.CASCADE, related_name="+")
    entry = models.ForeignKey(Entry, models.CASCADE, related_name="+", db_index=False)  # the constraint has an index
    rank = models.PositiveSmallIntegerField()
    lift = models.PositiveSmallIntegerField()
    reasons = models.JSONField()  # all of them; they may quote the WARP's watchwords

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "warp"], name="warprank_once")]

    def __str__(self) -> str:
        return f"{self.entry_id} on the desk of {self.warp_id}: {self.rank}"
