from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from members import chance, clock
from members.models.dated import Dated, DatedQuerySet, ordered_dates
from members.models.item import Item
from members.models.person import Person


def offer_code() -> str:
    return chance.code(20)


class Embargo(models.Model):
    """An item guarded until an unambiguous moment. Its end releases nothing by itself.

    From `proposed_at` on the rule guards the item, whatever became of the proposal, until `ends_at` has come and a
    released standing is in force.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        ACTIVE = "active", _("active")
        REVISED = "revised", _("revised")
        ENDED = "ended", _("ended")
        DECLINED = "declined", _("declined")
        LEAKED = "leaked", _("leaked")

    item = models.OneToOneField(Item, models.CASCADE, related_name="embargo")
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    proposed_at = models.DateTimeField(default=clock.now)
    proposed_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    approved_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField()
    original_end = models.DateTimeField(null=True, blank=True, help_text=_("As it was first approved; kept for good."))
    reason = models.TextField(blank=True)
    # Whom it was agreed with: told when it leaks.
    source = models.CharField(max_length=200, blank=True)
    source_reference = models.CharField(max_length=200, blank=True)
    source_contact = models.EmailField(blank=True)
    contingency = models.TextField(blank=True, help_text=_("The text that is ready should it leak."))
    terms = models.PositiveIntegerField(default=1, help_text=_("Version of the terms that people accept."))
    terms_since = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True, blank=True, help_text=_("When it ended, was declined or leaked."))
    closed_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    closed_because = models.TextField(blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True, help_text=_("Its handlers know that it is releasable."))

    def __str__(self) -> str:
        return f"{self.item} {self.state} until {self.ends_at:%Y-%m-%d %H:%M}"


class Terms(models.Model):
    """What a named person accepts. Never edited: a change is the next number, to be accepted anew."""

    embargo = models.ForeignKey(Embargo, models.CASCADE, related_name="all_terms")
    number = models.PositiveIntegerField()
    text = models.TextField()
    handling = models.TextField(blank=True, help_text=_("How what is read is to be kept and used."))
    since = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name_plural = "terms"
        ordering = ["embargo", "number"]
        constraints = [models.UniqueConstraint(fields=["embargo", "number"], name="terms_once")]

    def __str__(self) -> str:
        return f"terms {self.number} of {self.embargo}"


class Extension(models.Model):
    """A later end that was asked for. Without the second person's word it changes nothing."""

    embargo = models.ForeignKey(Embargo, models.CASCADE, related_name="extensions")
    ends_at = models.DateTimeField()
    reason = models.TextField()
    asked_at = models.DateTimeField(default=clock.now)
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    granted = models.BooleanField(null=True)

    class Meta:
        ordering = ["embargo", "asked_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["embargo"], condition=models.Q(decided_at=None), name="extension_one_open"),
            models.CheckConstraint(
                condition=models.Q(decided_by=None) | ~models.Q(decided_by=models.F("asked_by")),
                name="extension_second_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.embargo}: until {self.ends_at:%Y-%m-%d %H:%M}"


class Named(Dated):
    """A person named under an embargo, and what they answered to which version of its terms, for a span.

    A new answer ends one row and begins another, so that what somebody had at a past moment can be asked.
    """

    class Answer(models.TextChoices):
        UNANSWERED = "unanswered", _("not answered")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        LEFT = "left", _("left")

    embargo = models.ForeignKey(Embargo, models.CASCADE, related_name="named")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    answer = models.CharField(max_length=10, choices=Answer, default=Answer.UNANSWERED)
    terms = models.PositiveIntegerField(default=0, help_text=_("Version of the terms answered to."))
    answered_at = models.DateTimeField(null=True, blank=True)
    # The offer's own address. The item's answers an offered person as it answers everyone, until they accept.
    code = models.CharField(max_length=20, unique=True, default=offer_code)

    objects = models.Manager.from_queryset(DatedQuerySet)()

    class Meta:
        ordering = ["embargo", "id"]
        constraints = [
            ordered_dates("named"),
            models.UniqueConstraint(
                fields=["embargo", "person"], condition=models.Q(until=clock.FOREVER), name="named_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.answer}"
