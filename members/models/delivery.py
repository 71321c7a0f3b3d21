from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members import chance, clock
from members.models.address import Address, Tier
from members.models.item import Item, Realm


class Cell(models.IntegerChoices):
    """What of an item a channel says (members/shows.py); the more, the higher."""

    NOTHING = 0, _("nothing")
    AWAITS = 1, _("an item awaits you")
    WITHDRAWN = 2, _("withdrawn")
    NOTICE = 3, _("a new item, sign in")
    TITLE = 4, _("title and link")
    BODY = 5, _("the text")


def announcement_code() -> str:
    return chance.code(12)


class Announcement(models.Model):
    """What an act owes: people must be told. Planning turns it into deliveries, once."""

    class Event(models.TextChoices):
        RELEASED = "released", _("released")
        REVISED = "revised", _("revised")
        WITHDRAWN = "withdrawn", _("withdrawn")
        OFFERED = "offered", _("offered")
        EXTENDED = "extended", _("extended")
        REMINDER = "reminder", _("reminder")
        FILED = "filed", _("filed")
        REPLIED = "replied", _("replied")
        ACCEPTED = "accepted", _("accepted")
        INVITED = "invited", _("invited")  # of one booking: to whose it is, and nobody else
        PLAYED = "played", _("played")  # of an exercise: started, paused, ended; which one says `words`
        DIGEST = "digest", _("digest")
        ACCOUNT = "account", _("account")

    class Notice(models.TextChoices):
        """What an account mail is about. It says nothing of any item."""

        BROKEN_GLASS = "broken-glass", _("break-glass was used")
        LEAKED = "leaked", _("what a source shared under embargo became public")
        CONFIRM = "confirm", _("somebody asked for mail to this address")
        RETURNED = "returned", _("mail to somebody comes back")
        KEY_ENDS = "key-ends", _("a public key expires soon")
        AWAITS = "awaits", _("something waits for their look")

    code = models.CharField(max_length=12, default=announcement_code, help_text=_("Makes Message-IDs."))
    event = models.CharField(max_length=10, choices=Event)
    notice = models.CharField(max_length=20, choices=Notice, blank=True)
    words = models.CharField(max_length=200, blank=True, help_text=_("What an account mail quotes: theirs, not ours."))
    item = models.ForeignKey(Item, models.CASCADE, null=True, blank=True, related_name="announcements")
    version = models.PositiveIntegerField(default=0)
    realm = models.PositiveSmallIntegerField(choices=Realm, default=Realm.REAL)
    tier = models.PositiveSmallIntegerField(choices=Tier, default=Tier.ADVISORY)
    categories = models.JSONField(default=list)
    window = models.CharField(max_length=10, blank=True, help_text=_("A digest's local date."))
    created_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField(default=clock.now, help_text=_("Later for a release approved in advance."))
    planned_at = models.DateTimeField(null=True, blank=True)
    held_since = models.DateTimeField(
        null=True, blank=True, help_text=_("After a restore: nothing of it goes out until the operator says so.")
    )

    class Meta:
        ordering = ["due_at", "id"]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(planned_at=None), name="announcement_owed"),
            models.Index(fields=["due_at"], condition=Q(held_since__isnull=False), name="announcement_held"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["event", "window"], condition=~Q(window=""), name="digest_once"),
            models.CheckConstraint(
                condition=Q(event__in=["digest", "account"], item=None) | Q(item__isnull=False),
                name="announcement_item",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.item or self.window}"


class Delivery(models.Model):
    """One message owed to one address for one announcement and step. The queue is this table, not the broker."""

    class State(models.TextChoices):
        DUE = "due", _("due")
        SENT = "sent", _("sent")
        CANCELLED = "cancelled", _("cancelled")  # the right had ended, or nothing was left to say
        DEAD = "dead", _("given up")

    announcement = models.ForeignKey(Announcement, models.CASCADE, related_name="deliveries", db_index=False)
    address = models.ForeignKey(Address, models.CASCADE, related_name="deliveries", db_index=False)
    step = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State, default=State.DUE)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    first_refused_at = models.DateTimeField(null=True, blank=True, help_text=_("Retries end by age from here."))
    sent_at = models.DateTimeField(null=True, blank=True)
    shown = models.PositiveSmallIntegerField(choices=Cell, default=Cell.NOTHING, help_text=_("What it said."))
    outcome = models.CharField(max_length=300, blank=True, help_text=_("What the server said, or why not."))

    # No index begins with the address: it would cost half of what planning takes. Whoever asks about an address
    # knows the announcement.
    class Meta:
        verbose_name_plural = "deliveries"
        ordering = ["id"]
        indexes = [
            models.Index(fields=["due_at", "announcement"], condition=Q(state="due"), name="delivery_due"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["announcement", "address", "step"], name="delivery_once"),
        ]

    def __str__(self) -> str:
        return f"{self.announcement} to {self.address}"


class DigestLine(models.Model):
    """An announcement that waits for an address's next digest; `delivery` names the one that it went into.

    `weekly`: it waits for the person's day of the week, not for the next morning. `fell`: that digest was to go out
    without it, since the right to it had ended; it stays so, however often the digest is tried.
    """

    address = models.ForeignKey(Address, models.CASCADE, related_name="digest_lines", db_index=False)
    announcement = models.ForeignKey(Announcement, models.CASCADE, related_name="digest_lines")
    weekly = models.BooleanField(default=False)
    delivery = models.ForeignKey(Delivery, models.SET_NULL, null=True, blank=True, related_name="digest_lines")
    shown = models.PositiveSmallIntegerField(choices=Cell, default=Cell.NOTHING, help_text=_("What the digest said."))
    fell = models.BooleanField(default=False, db_default=False)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["address"], condition=Q(delivery=None), name="digestline_waiting")]
        constraints = [
            models.UniqueConstraint(fields=["address", "announcement"], name="digestline_once"),
        ]

    def __str__(self) -> str:
        return f"{self.announcement} for {self.address}"


class Server(models.Model):
    """What stands behind a channel. One that can't be reached rests, and its messages pay nothing for it."""

    name = models.CharField(max_length=10, primary_key=True, help_text=_("The channel that it serves."))
    paused_until = models.DateTimeField(null=True, blank=True)
    backoff_seconds = models.PositiveIntegerField(default=0, help_text=_("0 while it answers."))
    said = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"{self.name}: {self.said or 'answers'}"


class Mailbox(models.Model):
    """A mailbox that the hub reads for itself, and how far it has read it."""

    name = models.CharField(max_length=20, primary_key=True)
    cursor = models.CharField(max_length=30, blank=True)

    def __str__(self) -> str:
        return f"{self.name}: {self.cursor}"
