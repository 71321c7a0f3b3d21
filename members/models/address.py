from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.models.organisation import Organisation
from members.models.person import Person
from members.models.subscriber import Subscriber


class Channel(models.TextChoices):
    MAIL = "mail", _("e-mail")


def one_owner() -> Q:
    """Exactly one of person, organisation, subscriber and contact."""
    return (
        Q(person__isnull=False, organisation=None, subscriber=None, contact="")
        | Q(person=None, organisation__isnull=False, subscriber=None, contact="")
        | Q(person=None, organisation=None, subscriber__isnull=False, contact="")
        | (Q(person=None, organisation=None, subscriber=None) & ~Q(contact=""))
    )


class Address(models.Model):
    """Where somebody is reached: a person, an organisation, a subscriber, or a contact without an account.

    Not the name that a person signs in with: that is on the person.
    """

    person = models.ForeignKey(Person, models.CASCADE, null=True, blank=True, related_name="addresses")
    organisation = models.ForeignKey(Organisation, models.CASCADE, null=True, blank=True, related_name="addresses")
    subscriber = models.ForeignKey(Subscriber, models.CASCADE, null=True, blank=True, related_name="addresses")
    contact = models.CharField(max_length=200, blank=True, help_text=_("Who it is, where it is nobody's account."))
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.MAIL)
    value = models.CharField(max_length=320)
    verified_at = models.DateTimeField(null=True, blank=True)
    private_since = models.DateTimeField(null=True, blank=True)
    refused_days = models.PositiveSmallIntegerField(default=0, help_text=_("Days on which mail to it was refused."))
    refused_on = models.DateField(null=True, blank=True, help_text=_("The last of them."))
    bad_since = models.DateTimeField(null=True, blank=True, help_text=_("Mail to it came back."))

    class Meta:
        verbose_name_plural = "addresses"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=one_owner(), name="address_one_owner"),
            models.UniqueConstraint(fields=["person", "channel", "value"], name="address_of_person_once"),
            models.UniqueConstraint(fields=["organisation", "channel", "value"], name="address_of_org_once"),
            models.UniqueConstraint(fields=["subscriber", "channel", "value"], name="address_of_subscriber_once"),
        ]

    def __str__(self) -> str:
        return self.value


class Tier(models.IntegerChoices):
    INFORMATION = 1, _("Information")
    ADVISORY = 2, _("Advisory")
    URGENT = 3, _("Urgent")
    FLASH = 4, _("Flash")


class Frequency(models.IntegerChoices):
    AT_ONCE = 1, _("at once")
    DAILY = 2, _("daily")
    WEEKLY = 3, _("weekly")


class Subscription(models.Model):
    """One tick on an address's list: this category (or any, ""), from this tier up, this often."""

    address = models.ForeignKey(Address, models.CASCADE, related_name="subscriptions", db_index=False)
    category = models.CharField(max_length=30, blank=True)
    lowest = models.PositiveSmallIntegerField(choices=Tier)
    frequency = models.PositiveSmallIntegerField(choices=Frequency)

    class Meta:
        ordering = ["address", "frequency", "category", "id"]
        constraints = [
            models.UniqueConstraint(fields=["address", "frequency", "category"], name="subscription_once"),
        ]

    def __str__(self) -> str:
        return f"{self.category or 'all'} from {Tier(self.lowest).label}: {Frequency(self.frequency).label}"


# What a new person gets until they tick for themselves: nothing that is not urgent wakes anybody.
DEFAULT_TICKS = ((Tier.URGENT, Frequency.AT_ONCE), (Tier.INFORMATION, Frequency.DAILY))
