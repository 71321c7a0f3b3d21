from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from members import clock
from members.models.dated import Dated, DatedQuerySet, ordered_dates
from members.models.item import Item
from members.models.person import Person


class Embargo(models.Model):
    """An item guarded until an unambiguous moment. Its end releases nothing by itself."""

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
    ends_at = models.DateTimeField()
    reason = models.TextField(blank=True)
    terms = models.PositiveIntegerField(default=1, help_text=_("Version of the terms that people accept."))
    terms_since = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"{self.item} {self.state} until {self.ends_at:%Y-%m-%d %H:%M}"


class Named(Dated):
    """A person named under an embargo, and what they answered to which version of its terms."""

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

    objects = models.Manager.from_queryset(DatedQuerySet)()

    class Meta:
        constraints = [
            ordered_dates("named"),
            models.UniqueConstraint(fields=["embargo", "person"], name="named_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.answer}"
