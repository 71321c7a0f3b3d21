from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from members.models.address import Address
from members.models.delivery import Announcement
from members.models.response import Response


class Escalation(models.Model):
    """What happens, and when, while an organisation has not confirmed what `announcement` asked of it.

    Written with the question. An answer stops what is not done; a later version asks anew, with rows of its own.
    """

    class Step(models.IntegerChoices):
        """Of the deliveries that it leads to as well, of which step 0 is the first telling."""

        DEPUTIES = 1, _("deputies and out-of-hours contacts are told")
        COORDINATOR = 2, _("the duty coordinator is told to ring")

    class Outcome(models.TextChoices):
        TOLD = "told", _("told")
        NOBODY = "nobody", _("nobody could be told")
        STOPPED = "stopped", _("not needed any more")

    response = models.ForeignKey(Response, models.CASCADE, related_name="escalations", db_index=False)
    announcement = models.ForeignKey(Announcement, models.CASCADE, related_name="escalations")
    step = models.PositiveSmallIntegerField(choices=Step)
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)

    class Meta:
        ordering = ["response", "announcement", "step"]
        indexes = [models.Index(fields=["due_at"], condition=models.Q(done_at=None), name="escalation_owed")]
        constraints = [
            models.UniqueConstraint(fields=["response", "announcement", "step"], name="escalation_once"),
        ]

    def __str__(self) -> str:
        return f"step {self.step} of {self.response}"


class Tried(models.Model):
    """By whom an escalation tried: the address that was told. When, and with what result, is its delivery's."""

    escalation = models.ForeignKey(Escalation, models.CASCADE, related_name="tried", db_index=False)
    address = models.ForeignKey(Address, models.CASCADE, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["escalation", "address"], name="tried_once")]

    def __str__(self) -> str:
        return f"{self.address} for {self.escalation}"
