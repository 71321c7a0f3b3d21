"""What F9's peers write: one table with everything that an entry says, and nothing of who may read it."""

from __future__ import annotations

from django.db import models


class Flat(models.Model):
    source = models.IntegerField()
    guid = models.CharField(max_length=500)
    content_hash = models.CharField(max_length=64)
    title = models.CharField(max_length=500)
    summary = models.TextField()
    url = models.CharField(max_length=2000)
    author = models.CharField(max_length=1000)
    published = models.DateTimeField(null=True)
    updated = models.DateTimeField(null=True)
    seen_at = models.DateTimeField()
    facts = models.JSONField()

    class Meta:
        app_label = "benchmarks"
        constraints = [models.UniqueConstraint(fields=["source", "guid"], name="flat_once")]

    def __str__(self) -> str:
        return self.guid
