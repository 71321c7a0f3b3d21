from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from advisories.models.text import Nothing, Text
from members import clock


class Comment(Text):
    """What somebody said about an item. Its parent is the item's parent in the envelope."""

    body = models.TextField(_("comment"), max_length=10_000)
    written_at = models.DateTimeField(default=clock.now)
    removed_because = models.TextField(blank=True, help_text=_("For its handlers and its author."))

    readable = Nothing["Comment"]()
    rows = models.Manager["Comment"]()

    def __str__(self) -> str:
        return self.item.reference


class Attachment(Text):
    """A file that belongs to an item. It is stored under a random name, and handed out only through the rule."""

    name = models.CharField(_("file name"), max_length=200, help_text=_("As it was given, without any path."))
    stored = models.CharField(max_length=40, unique=True)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    added_at = models.DateTimeField(default=clock.now)
    removed_because = models.TextField(blank=True, help_text=_("For its handlers and its author."))

    readable = Nothing["Attachment"]()
    rows = models.Manager["Attachment"]()

    def __str__(self) -> str:
        return self.name
