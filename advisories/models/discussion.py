from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from advisories.models.text import Nothing, Text
from members import clock
from members.models import Item, Person


class Discussion(Text):
    """A question to the WARP, or about the item that is its parent. The answers are comments; one may be accepted."""

    title = models.CharField(_("title"), max_length=200)
    body = models.TextField(_("question"), blank=True, max_length=10_000)
    written_at = models.DateTimeField(default=clock.now)
    accepted = models.ForeignKey(Item, models.SET_NULL, null=True, blank=True, related_name="+")
    removed_because = models.TextField(blank=True, help_text=_("For its handlers and its author."))

    readable = Nothing["Discussion"]()
    rows = models.Manager["Discussion"]()

    def __str__(self) -> str:
        return self.item.reference


class Follow(models.Model):
    """Somebody wants to hear what is said about an item, or (muted) no more of it. It gives no right to read it."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    item = models.ForeignKey(Item, models.CASCADE, related_name="+")
    muted = models.BooleanField(default=False)
    since = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "item"], name="follow_once")]

    def __str__(self) -> str:
        return f"{self.person_id} follows {self.item_id}"


class Mention(models.Model):
    """Somebody is to hear that something was said. It gives no right to read it."""

    comment = models.ForeignKey(Item, models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["comment", "person"], name="mention_once")]

    def __str__(self) -> str:
        return f"{self.comment_id} mentions {self.person_id}"
