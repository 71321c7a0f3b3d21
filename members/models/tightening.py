from __future__ import annotations

from django.db import models

from members.models.delivery import Cell
from members.models.warp import Warp


class Tightening(models.Model):
    """A cell of the channel table that a WARP has made smaller for its own items. It can never make one larger."""

    warp = models.ForeignKey(Warp, models.CASCADE, related_name="tightenings")
    row = models.CharField(max_length=12)  # a label, or a row of members/shows.py that is none
    channel = models.CharField(max_length=10)  # an Exit of members/shows.py
    cell = models.PositiveSmallIntegerField(choices=Cell)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["warp", "row", "channel"], name="tightening_once")]

    def __str__(self) -> str:
        return f"{self.warp}: {self.row} by {self.channel} at most {self.get_cell_display()}"
