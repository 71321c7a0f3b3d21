from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from members import clock
from members.models import Item, Person


class Passed(models.Model):
    """That an item was offered to another WARP or a national body, under its label, and what they answered."""

    class Way(models.TextChoices):
        MAIL = "mail", _("mail")
        TAXII = "taxii", _("TAXII")

    item = models.ForeignKey(Item, models.CASCADE, related_name="+")
    version = models.PositiveIntegerField()
    to_name = models.CharField(max_length=200)
    to_address = models.CharField(max_length=2000, help_text=_("A mail address, or that of a TAXII collection."))
    way = models.CharField(max_length=10, choices=Way)
    by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=clock.now)
    receipt = models.CharField(max_length=500, blank=True)
    receipt_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["item", "at", "id"]

    def __str__(self) -> str:
        return f"{self.item_id} to {self.to_name}"
