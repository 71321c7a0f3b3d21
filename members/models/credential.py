from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.models.dated import Dated, DatedQuerySet, ordered_dates
from members.models.organisation import Organisation
from members.models.person import Person


class Credential(Dated):
    """A machine's key: an organisation's (what its people see, without personal grants) or a person's own token.

    Never RED, embargoed or without a released standing, whatever its owner reads (members/shows.py). Only a hash of
    it is kept (members/tokens.py).
    """

    class Use(models.TextChoices):
        MACHINE = "machine", _("in a header: TAXII and API")
        ATOM = "atom", _("in the address: Atom")
        CALENDAR = "calendar", _("in the address: calendar")

    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="credentials")
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="credentials")
    name = models.CharField(_("what it is for"), max_length=100)
    use = models.CharField(max_length=10, choices=Use)
    token_hash = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    objects = models.Manager.from_queryset(DatedQuerySet)()

    class Meta:
        ordering = ["id"]
        constraints = [
            ordered_dates("credential"),
            models.CheckConstraint(
                condition=Q(person__isnull=False, organisation=None) | Q(person=None, organisation__isnull=False),
                name="credential_one_owner",
            ),
        ]

    def __str__(self) -> str:
        return self.name
