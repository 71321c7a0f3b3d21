from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from members import clock, tlp
from members.models import Person, Warp


class Source(models.Model):
    """A place that the hub hears from. What it says becomes entries on the desk of its WARP, or of every WARP."""

    class Kind(models.TextChoices):
        FEED = "feed", _("feed (RSS, Atom, RDF, JSON Feed)")
        CSAF = "csaf", _("CSAF provider or document")
        TAXII = "taxii", _("TAXII 2.1 server")
        STIX = "stix", _("STIX bundle")
        MISP = "misp", _("MISP feed or event")
        KEV = "kev", _("CISA Known Exploited Vulnerabilities")
        CVE = "cve", _("CVE records")
        OSV = "osv", _("OSV or GitHub advisories")
        NVD = "nvd", _("NVD vulnerabilities")
        EPSS = "epss", _("EPSS scores")
        MAILBOX = "mailbox", _("mailbox (IMAP)")
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
    every = models.PositiveIntegerField(_("minutes between fetches"), default=60, help_text=_("At the least."))
    at_most = models.PositiveIntegerField(
        _("minutes between fetches at most"),
        null=True,
        blank=True,
        help_text=_("Else four times as many, a day at most."),
    )
    pace = models.PositiveIntegerField(null=True, blank=True, help_text=_("Minutes, as its own rhythm asks."))
    limits = models.JSONField(default=dict, blank=True, help_text=_("Of those of its kind, what is otherwise here."))
    secret = models.BinaryField(blank=True, help_text=_("How the hub signs in there, encrypted."))
    state = models.JSONField(default=dict, blank=True, help_text=_("What its documents said to remember."))
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


class Document(models.Model):
    """Something that a source's index named, as it was taken last: what has the same stamp isn't fetched again."""

    source = models.ForeignKey(Source, models.CASCADE, related_name="documents")
    key = models.CharField(max_length=64, help_text=_("SHA-256 of its address, in hex."))
    stamp = models.CharField(max_length=200)
    taken_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "key"], name="document_once")]

    def __str__(self) -> str:
        return f"{self.source} {self.stamp}"


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
    notice = models.TextField(blank=True, help_text=_("Of what was taken: what a coordinator should know."))
    kept = models.CharField(max_length=100, blank=True, help_text=_("The refused bytes: the file in quarantine."))

    class Meta:
        verbose_name_plural = "fetches"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["source", "-id"], name="fetch_latest"),
            models.Index(
                fields=["source", "at"], name="fetch_news", condition=models.Q(new__gt=0) | models.Q(changed__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.at:%Y-%m-%d %H:%M} {self.outcome}"


class Score(models.Model):
    """How likely a vulnerability is to be exploited within a month, as EPSS has it: decimals from 0 to 1."""

    cve = models.CharField(max_length=30, primary_key=True)
    probability = models.DecimalField(max_digits=10, decimal_places=9)
    percentile = models.DecimalField(max_digits=10, decimal_places=9, null=True, blank=True)
    source = models.ForeignKey(Source, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"{self.cve} {self.probability}"
