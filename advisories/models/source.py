from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from members import clock, tlp
from members.models import Person, Warp


class Source(models.Model):
    """A place that the hub hears from. What it says becomes entries on the desk of its WARP, or of every WARP."""

    class Kind(models.TextChoices):
        FEED = "feed", _("feed (RSS, Atom, RDF)")
        KEV = "kev", _("CISA Known Exploited Vulnerabilities")
        STIX = "stix", _("STIX 2.1 bundle")
        FOLDER = "folder", _("folder of dropped files")

    name = models.CharField(_("name"), max_length=100)
    slug = models.SlugField(unique=True)
    kind = models.CharField(max_length=10, choices=Kind)
    url = models.CharField(_("address"), max_length=1000, help_text=_("Or the folder's path."))
    warp = models.ForeignKey(Warp, models.PROTECT, related_name="+")
    hub_wide = models.BooleanField(default=False)
    default_label = models.CharField(
        max_length=12, choices=tlp.CHOICES, blank=True, help_text=_("For what comes unmarked; else AMBER+STRICT.")
    )
    show_as_labelled = models.BooleanField(default=False, help_text=_("Release its entries under their labels."))
    every = models.PositiveIntegerField(_("minutes between fetches"), default=60)
    enabled = models.BooleanField(default=True)
    red_handlers = models.ManyToManyField(Person, blank=True, related_name="+")
    # What the last good answer was, verbatim, for a conditional request.
    etag = models.CharField(max_length=500, blank=True)
    last_modified = models.CharField(max_length=100, blank=True)
    body_hash = models.CharField(max_length=64, blank=True)
    due_at = models.DateTimeField(default=clock.now)
    failures = models.PositiveIntegerField(default=0, help_text=_("In a row."))
    last_good_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def shown_url(self) -> str:
        """The address without its query, which may be a secret. (One with a name or password is never taken.)"""
        address, asks, _secret = self.url.partition("?")
        return f"{address}?…" if asks else address


class Fetch(models.Model):
    """One attempt: when, what came, how much of it was new, and why it was not taken."""

    class Outcome(models.TextChoices):
        OK = "ok", _("taken")
        SAME = "same", _("nothing new")
        REFUSED = "refused", _("refused")
        ERROR = "error", _("failed")

    source = models.ForeignKey(Source, models.CASCADE, related_name="fetches")
    at = models.DateTimeField(default=clock.now)
    document = models.CharField(max_length=255, blank=True, help_text=_("The file, where it was one."))
    body_hash = models.CharField(max_length=64, blank=True, help_text=_("Of all bytes of a document that was taken."))
    outcome = models.CharField(max_length=10, choices=Outcome)
    items = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    gone = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    refusals = models.JSONField(default=list, help_text=_("The first of them: [guid, reason]."))
    seconds = models.FloatField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        verbose_name_plural = "fetches"
        ordering = ["-id"]
        indexes = [models.Index(fields=["source", "-id"], name="fetch_latest")]

    def __str__(self) -> str:
        return f"{self.source} {self.at:%Y-%m-%d %H:%M} {self.outcome}"
