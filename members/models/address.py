from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.models.organisation import Organisation
from members.models.person import Person
from members.models.subscriber import Subscriber
from members.models.warp import Warp


class Channel(models.TextChoices):
    MAIL = "mail", _("e-mail")
    SMS = "sms", _("text message")
    WEBHOOK = "webhook", _("webhook")
    TEAMS = "teams", _("Microsoft Teams")
    SLACK = "slack", _("Slack")


# What is reached by a message of a line or two, never by the text itself (shows.py, the column MESSAGE).
MESSAGES = (Channel.SMS, Channel.WEBHOOK, Channel.TEAMS, Channel.SLACK)
OF_ORGANISATIONS = (Channel.WEBHOOK, Channel.TEAMS, Channel.SLACK)


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
    value = models.CharField(max_length=320, help_text=_("Of a web channel: its host and a fingerprint."))
    name = models.CharField(max_length=100, blank=True, help_text=_("What those call it who registered it."))
    secret = models.BinaryField(blank=True, help_text=_("Where a web channel leads and how it is signed, encrypted."))
    verified_at = models.DateTimeField(null=True, blank=True)
    private_since = models.DateTimeField(
        null=True, blank=True, help_text=_("Since when it is stated that nobody outside the community reads it.")
    )
    ended_at = models.DateTimeField(null=True, blank=True, help_text=_("Taken off; the ledger still names it."))
    refused_days = models.PositiveSmallIntegerField(default=0, help_text=_("Days on which mail to it was refused."))
    refused_on = models.DateField(null=True, blank=True, help_text=_("The last of them."))
    bad_since = models.DateTimeField(null=True, blank=True, help_text=_("Mail to it came back."))
    rests_until = models.DateTimeField(null=True, blank=True, help_text=_("A web channel that did not answer."))
    rest_seconds = models.PositiveIntegerField(default=0, help_text=_("How long it rested the last time."))

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


class Proof(models.Model):
    """The code that was sent to an address last: whoever types it in reads there."""

    address = models.OneToOneField(Address, models.CASCADE, primary_key=True, related_name="proof")
    code_hash = models.CharField(max_length=64, blank=True, help_text=_("Keyed; empty once it was used or spoilt."))
    sent_at = models.DateTimeField()
    wrong = models.PositiveSmallIntegerField(default=0, help_text=_("Times that another was typed in."))
    sent = models.PositiveSmallIntegerField(default=1, help_text=_("Codes sent on the day of `sent_at`."))

    def __str__(self) -> str:
        return f"code for {self.address}"


class PublicKey(models.Model):
    """A person's OpenPGP certificate: mail to them is encrypted to it."""

    person = models.OneToOneField(Person, models.CASCADE, primary_key=True, related_name="public_key")
    certificate = models.BinaryField()
    fingerprint = models.CharField(max_length=64)
    expires_at = models.DateTimeField(null=True, blank=True)
    added_at = models.DateTimeField()
    warned = models.PositiveSmallIntegerField(null=True, blank=True, help_text=_("Days before the end, as last told."))

    def __str__(self) -> str:
        return self.fingerprint


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
    """One tick on an address's list: this category (or any, ""), from this tier up, this often.

    `warp`: only what that WARP says itself; `kit`: only what concerns the kit of an organisation of the person.
    """

    address = models.ForeignKey(Address, models.CASCADE, related_name="subscriptions", db_index=False)
    category = models.CharField(max_length=30, blank=True)
    lowest = models.PositiveSmallIntegerField(choices=Tier)
    frequency = models.PositiveSmallIntegerField(choices=Frequency)
    warp = models.ForeignKey(Warp, models.CASCADE, null=True, blank=True, related_name="+")
    kit = models.BooleanField(default=False)

    class Meta:
        ordering = ["address", "frequency", "category", "id"]
        constraints = [
            # Two, since of NULLs no two are the same to a constraint, and SQLite knows no other way.
            models.UniqueConstraint(
                fields=["address", "frequency", "category", "kit"], condition=Q(warp=None), name="subscription_once"
            ),
            models.UniqueConstraint(
                fields=["address", "frequency", "category", "kit", "warp"],
                condition=Q(warp__isnull=False),
                name="subscription_of_warp_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.category or 'all'} from {Tier(self.lowest).label}: {Frequency(self.frequency).label}"


# What a new person gets until they tick for themselves: nothing that is not urgent wakes anybody.
DEFAULT_TICKS = (
    (Tier.URGENT, Frequency.AT_ONCE), (Tier.ADVISORY, Frequency.DAILY), (Tier.INFORMATION, Frequency.WEEKLY)
)  # fmt: skip
# And what a channel of messages gets: it has no digest.
MESSAGE_TICKS = ((Tier.URGENT, Frequency.AT_ONCE),)
