from __future__ import annotations

from django.db import models

from members import chance
from members.models.item import Item


def pseudonym() -> str:
    return chance.code(12)


class Origin(models.Model):
    """Who filed an anonymous report: the sealed link, in a table of its own.

    `filer` and `capacity` are keyed hashes of the person and of the affiliation under which they write it: the rule
    finds the author's own by equality, no reader can. `sealed` is the person, encrypted, for custodians
    (members/seal.py). `pseudonym` stands wherever a row would else name them. `label` is computed once, at filing.
    """

    item = models.OneToOneField(Item, models.CASCADE, primary_key=True, related_name="origin")
    filer = models.BigIntegerField()
    capacity = models.BigIntegerField()
    sealed = models.BinaryField(default=bytes)
    pseudonym = models.CharField(max_length=12, unique=True, default=pseudonym)
    label = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"origin of {self.item_id}"


class ReporterNotice(models.Model):
    """Whoever reported this is to hear that something awaits them. Whose address that is stands in no row: it is looked
    up, or opened, when the message goes out, and the row is gone then."""

    report = models.OneToOneField(Item, models.CASCADE, primary_key=True, related_name="+")
    due_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return f"notice about {self.report_id}"
