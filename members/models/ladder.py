from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members import chance
from members.models.address import Address
from members.models.organisation import Organisation
from members.models.person import Person


def contact_code() -> str:
    return chance.code(12)


class Contact(models.Model):
    """One rung of an organisation's contact ladder: whom to reach there, and in which order.

    A person of the organisation, who is told at their own addresses as the rule allows; or somebody without an
    account, who is told nothing but that something waits for the organisation, where their address was proved.
    """

    class Role(models.TextChoices):
        PRIMARY = "primary", _("primary contact")
        DEPUTY = "deputy", _("deputy")
        NIGHT = "night", _("out of hours")

    code = models.CharField(max_length=12, unique=True, default=contact_code)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="contacts", db_index=False)
    position = models.PositiveSmallIntegerField()
    role = models.CharField(max_length=10, choices=Role, default=Role.PRIMARY)
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="contacts")
    name = models.CharField(max_length=150, blank=True, help_text=_("Of somebody without an account."))
    telephone = models.CharField(max_length=40, blank=True)
    address = models.OneToOneField(
        Address, models.SET_NULL, null=True, blank=True, related_name="rung",
        help_text=_("Of somebody without an account: whoever wrote it down answers for it."),
    )  # fmt: skip
    note = models.CharField(max_length=200, blank=True, help_text=_("When they are there."))

    class Meta:
        ordering = ["organisation", "position", "id"]
        indexes = [models.Index(fields=["organisation", "position"], name="contact_ladder")]
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, name="", address=None) | (Q(person=None) & ~Q(name="")),
                name="contact_person_or_name",
            ),
            models.UniqueConstraint(fields=["organisation", "person"], name="contact_person_once"),
        ]

    def __str__(self) -> str:
        return f"{self.who}, {self.role} of {self.organisation}"

    @property
    def who(self) -> str:
        return self.person.name if self.person else self.name
