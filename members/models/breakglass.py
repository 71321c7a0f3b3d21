from __future__ import annotations

from django.db import models

from members import clock
from members.models.person import Person


class BreakGlass(models.Model):
    """Somebody asks to be named as handler of an item for an hour, and a second person says yes.

    The reference stands as it was typed: whether there is such an item is looked up only when it is approved.
    """

    reference = models.CharField(max_length=40)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    reason = models.TextField()
    asked_at = models.DateTimeField(default=clock.now)
    approved_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "breaks of glass"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(approved_by=None) | ~models.Q(approved_by=models.F("person")),
                name="breakglass_second_person",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} for {self.reference}"
