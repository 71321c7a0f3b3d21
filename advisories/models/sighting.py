from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from advisories.models.text import Nothing, Text
from members.models import Item


class Sighting(Text):
    """“We see this too”: of the item that is its parent, or of one indicator of that.

    Its item is never submitted, so it is its author's alone: who sees what is told to nobody, handlers included.
    """

    indicator = models.CharField(max_length=2000, blank=True, help_text=_("Its value; empty for the whole item."))
    seen_on = models.DateField(_("seen on"))
    note = models.TextField(_("note"), blank=True, max_length=10_000)
    counted = models.BooleanField(default=False, help_text=_("Its author lets it be counted, without a name."))
    taken_back_at = models.DateTimeField(null=True, blank=True)

    readable = Nothing["Sighting"]()
    rows = models.Manager["Sighting"]()

    def __str__(self) -> str:
        return self.item.reference


class SightingCount(models.Model):
    """How many organisations see an item, or one indicator of it, as the last daily run found.

    0 where they became too few to be told: machines that had the number must learn that it changed.
    """

    item = models.ForeignKey(Item, models.CASCADE, related_name="+")
    indicator = models.CharField(max_length=2000, blank=True)
    organisations = models.PositiveIntegerField()
    since = models.DateTimeField(help_text=_("The run that found this number first."))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "indicator"], name="sighting_count_once")]

    def __str__(self) -> str:
        return f"{self.organisations} see {self.item_id}"
