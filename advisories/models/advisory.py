from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from advisories.models.entry import Entry
from advisories.models.text import Nothing, Text
from members import clock, tlp
from members.categories import Category
from members.models import Person, Tier


class Advisory(Text):
    """A warning, or what is shared of an incident, in the WARP's own words. Its texts are versions; which of them is
    read, the standing says. Beside that of an incident stands an `Incident`."""

    readable = Nothing["Advisory"]()
    rows = models.Manager["Advisory"]()

    class Meta:
        verbose_name_plural = "advisories"

    def __str__(self) -> str:
        return self.item.reference


class Version(models.Model):
    """One text of an advisory or an incident. It may be edited until it is released; then the next one is begun."""

    class Exploited(models.TextChoices):
        UNKNOWN = "unknown", _("not known to be exploited")
        LIKELY = "likely", _("likely to be exploited")
        YES = "yes", _("known to be exploited")

    advisory = models.ForeignKey(Advisory, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(_("title"), max_length=200)
    what_to_do = models.TextField(_("what to do"), blank=True, help_text=_("One step a line."))
    who_it_hits = models.TextField(_("who it hits"), blank=True)
    what_is_known = models.TextField(_("what is known"), blank=True)
    lessons = models.TextField(_("lessons learned"), blank=True)  # of an incident
    exploited = models.CharField(max_length=10, choices=Exploited, default=Exploited.UNKNOWN)
    tier = models.PositiveSmallIntegerField(choices=Tier, default=Tier.ADVISORY)
    category = models.CharField(max_length=30, choices=Category, default=Category.VULNERABILITY)
    # As its drafter intends it; what binds is the standing that releasing it writes.
    label = models.CharField(max_length=12, choices=tlp.CHOICES, default=tlp.AMBER)
    audience = models.JSONField(default=list, help_text=_("Whom to grant it to: [kind, id] pairs."))
    permission = models.TextField(
        _("permission for a lower label"), blank=True, help_text=_("Who of the source allowed it, when and how.")
    )
    withdrawn_because = models.TextField(blank=True, help_text=_("For its handlers; readers see the word alone."))
    written_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField(default=clock.now)
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["advisory", "-number"]
        constraints = [models.UniqueConstraint(fields=["advisory", "number"], name="version_once")]
        indexes = [models.Index(fields=["advisory"], condition=models.Q(released_at=None), name="version_draft")]

    def __str__(self) -> str:
        return self.title


class Reference(models.Model):
    """Where a reader can look further: the advisory's own, prefilled from entries of CLEAR sources."""

    version = models.ForeignKey(Version, models.CASCADE, related_name="references")
    title = models.CharField(max_length=300)
    url = models.URLField(max_length=2000)

    class Meta:
        ordering = ["version", "id"]

    def __str__(self) -> str:
        return self.title


class DraftedFrom(models.Model):
    """Which entries an advisory was drafted from. For its handlers; a link is shown only where both ends are read."""

    advisory = models.ForeignKey(Advisory, models.CASCADE, related_name="drafted_from")
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="drafts")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["advisory", "entry"], name="draftedfrom_once")]

    def __str__(self) -> str:
        return f"{self.advisory} from {self.entry}"
