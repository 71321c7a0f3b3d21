from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from members.models.delivery import Announcement
from members.models.training import Booking


class Invitation(models.Model):
    """What one person is told of their own booking: the announcement goes to them and nobody else.

    `sequence` and the times are those of the session when it was written, so that a late worker sends what was meant:
    what came after has a message of its own, with a higher sequence.
    """

    class What(models.TextChoices):
        PLACED = "placed", _("they have a place")
        WAITING = "waiting", _("they are on the waiting list")
        MOVED = "moved", _("when or where it is has changed")
        CANCELLED = "cancelled", _("they come no more, or the session takes place no more")
        REMINDED = "reminded", _("it is soon")

    announcement = models.OneToOneField(Announcement, models.CASCADE, primary_key=True, related_name="invitation")
    booking = models.ForeignKey(Booking, models.CASCADE, related_name="invitations")
    what = models.CharField(max_length=10, choices=What)
    sequence = models.PositiveIntegerField(default=0)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    place = models.CharField(max_length=300, blank=True)
    link = models.URLField(max_length=500, blank=True)

    def __str__(self) -> str:
        return f"{self.what}: {self.booking}"
