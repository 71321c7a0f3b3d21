from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from advisories.models.text import Nothing, Text


class Report(Text):
    """What a member reports: their words, which nobody else rewrites. What is shared is derived from it."""

    title = models.CharField(_("title"), max_length=200)
    body = models.TextField(_("what happened"), blank=True)

    readable = Nothing["Report"]()
    rows = models.Manager["Report"]()

    def __str__(self) -> str:
        return self.item.reference
