from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from advisories import taxonomy
from advisories.models.text import Nothing, Text
from advisories.statutory import NATIONS
from advisories.statutory.duty import Nation
from members import clock, tlp
from members.models import Item, Person

NATION_CHOICES = [(nation.value, words) for nation, words in NATIONS.items()]


class Severity(models.IntegerChoices):
    LOW = 1, _("low: a nuisance")
    MEDIUM = 2, _("medium: a service is impaired")
    HIGH = 3, _("high: a service is lost, or data is")
    CRITICAL = 4, _("critical: what people's safety rests on")


class Report(Text):
    """What a member reports: their words, which nobody else rewrites. What is shared is derived from it.

    What they wish for that, its label, audience and embargo, is a wish: the report itself is never released.
    """

    title = models.CharField(_("title"), max_length=200)
    body = models.TextField(_("what happened"), blank=True)
    rsit = models.CharField(_("kind of incident"), max_length=40, choices=taxonomy.CLASSES, blank=True)
    severity = models.PositiveSmallIntegerField(_("severity"), choices=Severity, null=True, blank=True)
    started_at = models.DateTimeField(_("when it started"), null=True, blank=True)
    aware_at = models.DateTimeField(_("when you became aware"), null=True, blank=True)
    hit = models.TextField(_("what is hit"), blank=True)
    done = models.TextField(_("what was done"), blank=True)
    wanted = models.TextField(_("what help is wanted"), blank=True)
    label = models.CharField(_("label"), max_length=12, choices=tlp.CHOICES, default=tlp.STRICT)
    audience = models.JSONField(default=list, blank=True, help_text=_("Whom to grant it to: [kind, id] pairs."))
    embargo_until = models.DateTimeField(_("kept back until"), null=True, blank=True)
    embargo_reason = models.TextField(_("why it is kept back"), blank=True)
    nation = models.CharField(_("nation"), max_length=20, choices=NATION_CHOICES, default=Nation.ENGLAND.value)
    saved_at = models.DateTimeField(default=clock.now)
    writers = models.JSONField(default=dict, blank=True, help_text=_("By field: the page that changed it last."))

    readable = Nothing["Report"]()
    rows = models.Manager["Report"]()

    def __str__(self) -> str:
        return self.item.reference


class Notified(models.Model):
    """A body on the statutory checklist that the reporter told, by themselves: reporting here tells none of them."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="notified")
    body = models.SlugField(max_length=40)
    done_at = models.DateTimeField(null=True, blank=True)
    reference = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["report", "body"]
        constraints = [models.UniqueConstraint(fields=["report", "body"], name="notified_once")]

    def __str__(self) -> str:
        return f"{self.report}: {self.body}"


SIGNED = models.Q(pseudonym="", person__isnull=False)
SEALED = ~models.Q(pseudonym="") & models.Q(person=None)  # who stays anonymous is named nowhere


class Consent(models.Model):
    """That the reporter agrees to this text being shared, word for word, and not before `not_before`; of an anonymous
    report, by its pseudonym. One who declines takes it back at once."""

    item = models.ForeignKey(Item, models.CASCADE, related_name="+")  # what is derived
    version = models.PositiveIntegerField()
    fingerprint = models.CharField(max_length=64)
    not_before = models.DateTimeField(null=True, blank=True)  # the end of the embargo that they were shown
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    pseudonym = models.CharField(max_length=12, blank=True)
    at = models.DateTimeField(default=clock.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=SIGNED | SEALED, name="consent_by_one")]

    def __str__(self) -> str:
        return f"consent to {self.item_id} v{self.version}"


class Word(models.Model):
    """A question to whoever reported, or their answer, relayed by the hub. `person` is who keeps the report; the
    reporter is never named here."""

    report = models.ForeignKey(Item, models.CASCADE, related_name="+")
    from_keeper = models.BooleanField()
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    body = models.TextField(max_length=10_000)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["report", "at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(from_keeper=True) | models.Q(person=None), name="word_of_the_reporter_names_nobody"
            ),
        ]

    def __str__(self) -> str:
        return f"word {self.pk} of {self.report_id}"
