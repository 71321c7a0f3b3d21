from __future__ import annotations

from django.db import models
from django.db.models import Q

from advisories.models.source import Source
from advisories.models.text import Nothing, Text
from members import clock
from members.models import Warp


class Story(models.Model):
    """Entries that tell the same thing lie together. It says nothing itself: each desk sees its own entries of it.

    What lies together depends, for every reader, on entries alone that this reader may read (triage/stories.py).
    """

    code = models.CharField(max_length=10, unique=True)
    # The one WARP whose desk it lies on, while no source of the whole hub tells it; None: every desk.
    warp = models.ForeignKey(Warp, models.PROTECT, null=True, blank=True, related_name="+")
    # Merged into that one, so that an address which somebody kept still leads there.
    into = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name_plural = "stories"

    def __str__(self) -> str:
        return self.code


class Dismissal(models.Model):
    """A WARP's desk has done with a story, until one of its entries says something newer."""

    story = models.ForeignKey(Story, models.CASCADE, related_name="dismissals")
    warp = models.ForeignKey(Warp, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["story", "warp"], name="dismissal_once")]

    def __str__(self) -> str:
        return f"{self.story} by {self.warp}"


class Entry(Text):
    """What a source said, once: source + id + content hash. A changed text is another entry; nothing is overwritten."""

    source = models.ForeignKey(Source, models.PROTECT, related_name="entries")
    guid = models.CharField(max_length=1000)
    content_hash = models.CharField(max_length=64)
    story = models.ForeignKey(Story, models.PROTECT, related_name="entries")
    title = models.CharField(max_length=500)
    summary = models.TextField(blank=True)  # safe HTML: it has been through nh3
    url = models.CharField(max_length=2000, blank=True)
    author = models.CharField(max_length=1000, blank=True)
    published = models.DateTimeField(null=True, blank=True)
    updated = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(default=clock.now)
    superseded_at = models.DateTimeField(null=True, blank=True)  # the source said it otherwise since
    gone_at = models.DateTimeField(null=True, blank=True)  # a whole catalogue no longer holds it
    facts = models.JSONField(default=dict)
    rank = models.PositiveSmallIntegerField(default=0)
    lift = models.PositiveSmallIntegerField(default=0)  # the least rank of a fresh story that it is part of
    reasons = models.JSONField(default=list)  # [template, what fills it], as triage/rank.py gives them

    readable = Nothing["Entry"]()
    rows = models.Manager["Entry"]()

    class Meta:
        verbose_name_plural = "entries"
        ordering = ["-rank", "-seen_at", "item"]
        constraints = [
            models.UniqueConstraint(fields=["source", "guid", "content_hash"], name="entry_once"),
        ]
        indexes = [
            models.Index(fields=["source", "guid"], condition=Q(superseded_at=None), name="entry_current"),
            models.Index(fields=["story"], condition=Q(superseded_at=None), name="entry_of_story"),
        ]

    def __str__(self) -> str:
        return self.title


class EntryKey(models.Model):
    """Something that tells one story from another: a CVE, an address without its tracking, a title's words."""

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="keys")
    key = models.CharField(max_length=200)
    joins = models.BooleanField(default=True)  # not those of an entry that was set apart by hand: they only find it

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "entry"], name="entrykey_once")]

    def __str__(self) -> str:
        return self.key
