from __future__ import annotations

from django.db import models

from members import tlp
from members.models.item import Item


class Placement(models.Model):
    """The rule, worked out for one item over all time (members/placing.py): in which bucket, at what level, when.

    A viewer who holds a key to a bucket that is open sees the item at that level. Only the item's side is copied
    here; memberships are asked for at reading. Times are microseconds since 1970 (members.clock.micro).
    """

    bucket = models.BigIntegerField()
    shelf = models.PositiveSmallIntegerField()
    pos = models.BigIntegerField()
    item = models.ForeignKey(Item, models.CASCADE, related_name="placements", db_index=False)
    level = models.PositiveSmallIntegerField()
    label = models.CharField(max_length=12, choices=tlp.CHOICES, blank=True)
    since = models.BigIntegerField()
    until = models.BigIntegerField()

    class Meta:
        indexes = [
            # One bucket, newest first, without touching the table.
            models.Index(fields=["bucket", "shelf", "pos", "level", "since", "until", "item"], name="placement_page"),
            # No longer than this: SQLite before 3.42 returns wrong rows for IN on a middle column of an index
            # followed by a range on a later one (see warp/checks.py).
            models.Index(fields=["item", "bucket"], name="placement_item"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} in {self.bucket} at {self.level}"
