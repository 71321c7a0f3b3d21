from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from members import clock
from members.models.dated import Dated, DatedQuerySet, ordered_dates


class Subscriber(Dated):
    """Somebody without an account who asked for mail, and confirmed it: TLP:CLEAR and nothing else.

    Tokens are kept as hashes (members/tokens.py): who reads the database can't confirm or unsubscribe for anyone.
    """

    email = models.EmailField(_("e-mail address"))
    confirmed_at = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True, help_text=_("The last time; their link is made from it."))
    choice = models.JSONField(default=dict, help_text=_("What was asked for then, until it is confirmed."))
    confirm_hash = models.CharField(max_length=64, blank=True)
    leave_hash = models.CharField(max_length=64, blank=True)

    objects = models.Manager.from_queryset(DatedQuerySet)()

    class Meta:
        ordering = ["id"]
        constraints = [
            ordered_dates("subscriber"),
            models.UniqueConstraint(
                Lower("email"), condition=models.Q(until=clock.FOREVER), name="subscriber_email_once"
            ),
        ]

    def hears(self, moment: datetime) -> bool:
        """Whether they have confirmed that they want mail, and not left since."""
        return self.in_force(moment) and self.confirmed_at is not None and self.confirmed_at <= moment

    def __str__(self) -> str:
        return self.email
