from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from advisories.models.text import Nothing, Text


class Sighting(Text):
    """“We see this too”: of the item that is its parent, or of one indicator of that."""

    indicator = models.CharField(max_length=2000, blank=True, help_text=_("Its value; empty for the whole item."))
    seen_on = models.DateField(_("seen on"))
    note = models.TextField(_("note"), blank=True, max_length=10_000)
    counted = models.BooleanField(default=False, help_text=_("Its author lets it be counted, without a name."))

    readable = Nothing["Sighting"]()
    rows = models.Manager["Sighting"]()

    def __str__(self) -> str:
        return self.item.reference
