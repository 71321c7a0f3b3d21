from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from members import clock
from members.models import Item, Person


class Finding(models.Model):
    """What was decided about a place in a text that could identify whoever reported it. It quotes nothing: `place`
    is a fingerprint of the line and of where in it, so that a line which is changed is asked about again."""

    class Choice(models.TextChoices):
        REDACTED = "redacted", _("replaced")
        REWORDED = "reworded", _("replaced with words of their own")
        KEPT = "kept", _("kept as it is")

    item = models.ForeignKey(Item, models.CASCADE, related_name="+")
    version = models.PositiveIntegerField()
    field = models.CharField(max_length=20)
    kind = models.CharField(max_length=20)
    place = models.CharField(max_length=32)
    choice = models.CharField(max_length=10, choices=Choice)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["item", "id"]
        indexes = [models.Index(fields=["item", "place"], name="finding_place")]

    def __str__(self) -> str:
        return f"{self.kind} in {self.field} of {self.item_id}: {self.choice}"


class Review(models.Model):
    """That a text which derives from a report was handed on, word for word: to a second person, and to whoever
    reported it (`Consent`). One at a time stands; it lapses with the first change of what it is about."""

    item = models.ForeignKey(Item, models.CASCADE, related_name="+")
    version = models.PositiveIntegerField()
    fingerprint = models.CharField(max_length=64)
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    approved = models.BooleanField(null=True)
    words = models.TextField(blank=True, max_length=5000)
    lapsed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["item", "id"]
        constraints = [
            models.UniqueConstraint(fields=["item"], condition=models.Q(lapsed_at=None), name="review_one_stands"),
            models.CheckConstraint(
                condition=models.Q(decided_by=None) | ~models.Q(decided_by=models.F("asked_by")),
                name="review_second_person",
            ),
        ]

    def __str__(self) -> str:
        return f"review of {self.item_id} v{self.version}"
