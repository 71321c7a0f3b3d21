from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from advisories import taxonomy
from advisories.models.advisory import Advisory, Version
from advisories.models.text import Nothing, Text
from members import clock
from members.models import Person


class Incident(Text):
    """How an incident stands, which its readers see at once. Its words are an `Advisory` and its versions beside it.

    `started` is a day: outside custody no time is told more exactly.
    """

    class State(models.TextChoices):
        OPEN = "open", _("open")
        CONTAINED = "contained", _("contained")
        RECOVERED = "recovered", _("recovered")
        CLOSED = "closed", _("closed")

    rsit = models.CharField(_("kind of incident"), max_length=40, choices=taxonomy.CLASSES, default=taxonomy.OTHER)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    started = models.DateField(_("started on"), null=True, blank=True)
    owner = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    state_at = models.DateTimeField(default=clock.now)

    readable = Nothing["Incident"]()
    rows = models.Manager["Incident"]()

    def __str__(self) -> str:
        return self.item.reference


class Happened(models.Model):
    """A line of an incident's timeline: what happened on a day, and who wrote it down. It is told with its version."""

    version = models.ForeignKey(Version, models.CASCADE, related_name="timeline")
    on = models.DateField()
    words = models.CharField(max_length=1000)
    by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    written_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["version", "on", "id"]

    def __str__(self) -> str:
        return f"{self.on}: {self.words}"


class MadeFrom(models.Model):
    """Which incident an advisory was made from. A link is shown only where both ends are read."""

    advisory = models.ForeignKey(Advisory, models.CASCADE, related_name="made_from")
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="became")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["advisory", "incident"], name="madefrom_once")]

    def __str__(self) -> str:
        return f"{self.advisory} from {self.incident}"
