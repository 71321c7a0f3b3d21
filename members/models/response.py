from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from members.models.delivery import Announcement
from members.models.item import Item
from members.models.organisation import Organisation
from members.models.person import Person


class Response(models.Model):
    """Where one organisation stands with one alert: asked, confirmed, affected or not, done.

    A later alert about the same item asks again: what was answered to an earlier version does not answer this one.
    """

    class Applies(models.TextChoices):
        UNKNOWN = "", _("not said yet")
        LOOKING = "looking", _("still looking")
        AFFECTED = "affected", _("affected")
        NOT_AFFECTED = "not-affected", _("not affected")

    item = models.ForeignKey(Item, models.CASCADE, related_name="responses", db_index=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="responses")
    announcement = models.ForeignKey(Announcement, models.CASCADE, related_name="responses", help_text=_("The latest."))
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField(help_text=_("Until when it is to confirm."))
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    applies = models.CharField(max_length=12, choices=Applies, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    ringing = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="+", help_text=_("Who is ringing them.")
    )
    ringing_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["item", "organisation"]
        constraints = [models.UniqueConstraint(fields=["item", "organisation"], name="response_once")]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(acknowledged_at=None), name="response_awaited"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} on {self.item}"


class ResponseNote(models.Model):
    """One thing that was said or done about a response, dated. Never changed."""

    class What(models.TextChoices):
        CONFIRMED = "confirmed", _("confirmed")
        APPLIES = "applies", _("said whether it applies")
        SAID = "said", _("wrote")
        CLOSED = "closed", _("closed")
        REOPENED = "reopened", _("reopened")
        NO_ANSWER = "no-answer", _("rung: no answer")
        RING_BACK = "ring-back", _("rung: they will ring back")

    class Means(models.TextChoices):
        PAGE = "page", _("on its page")
        LINK = "link", _("by the link of a message")
        PHONE = "phone", _("by telephone, noted by a coordinator")

    response = models.ForeignKey(Response, models.CASCADE, related_name="notes")
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True, blank=True)
    what = models.CharField(max_length=10, choices=What)
    means = models.CharField(max_length=5, choices=Means, default=Means.PAGE)
    applies = models.CharField(max_length=12, choices=Response.Applies, blank=True)
    words = models.TextField(max_length=2000, blank=True)

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.what} {self.response}"
