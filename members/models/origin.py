from __future__ import annotations

from django.db import models

from members.models.item import Item


class Origin(models.Model):
    """Who filed an anonymous report, as keyed hashes: the rule finds the author's own by equality, no reader can.

    `filer` is the hash of the person, `capacity` that of the affiliation under which they write it (seal.py).
    """

    item = models.OneToOneField(Item, models.CASCADE, primary_key=True, related_name="origin")
    filer = models.BigIntegerField()
    capacity = models.BigIntegerField()

    def __str__(self) -> str:
        return f"origin of {self.item_id}"
