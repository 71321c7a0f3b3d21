from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from advisories.relaying.naming import code
from members import clock, tlp
from members.models import Item, Person, Warp

LABELS = [choice for choice in tlp.CHOICES if choice[0] != tlp.RED]  # RED is for people by name


class Destination(models.Model):
    """A sister WARP or a national body to which a WARP may relay what it has released. It is never changed, only ended:
    whoever agreed to a relay was shown it as it stands."""

    class Kind(models.TextChoices):
        MAIL = "mail", _("Mail")
        TAXII = "taxii", _("TAXII 2.1")

    code = models.CharField(max_length=20, unique=True, default=code)
    warp = models.ForeignKey(Warp, models.PROTECT, related_name="destinations")
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=10, choices=Kind)
    strictest = models.CharField(max_length=12, choices=LABELS)
    value = models.CharField(max_length=320, help_text=_("A mail address; of a TAXII server its host and fingerprint."))
    secret = models.BinaryField(blank=True, help_text=_("A collection's address and how the hub signs in, encrypted."))
    certificate = models.BinaryField(blank=True, help_text=_("The public key to which mail there is encrypted."))
    added_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=clock.now)
    verified_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    verified_at = models.DateTimeField(null=True, blank=True)
    code_hash = models.CharField(max_length=64, blank=True, help_text=_("Of the code that was sent there last."))
    code_sent_at = models.DateTimeField(null=True, blank=True)
    wrong = models.PositiveSmallIntegerField(default=0, help_text=_("Times that another was typed in."))
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["warp", "name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(strictest__in=[label for label, _name in LABELS]), name="destination_never_red"
            ),
            models.UniqueConstraint(
                fields=["warp", "kind", "value"], condition=models.Q(ended_at=None), name="destination_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Relay(models.Model):
    """That a version of an item is to go to a destination, or went. `digest`: of what was looked at, word for word."""

    class State(models.TextChoices):
        DUE = "due", _("on its way")
        TAKEN = "taken", _("taken over; what became of it is still to be told")
        DONE = "done", _("taken over")
        FAILED = "failed", _("given up")
        CANCELLED = "cancelled", _("not sent")

    LIVE = (State.DUE, State.TAKEN, State.DONE)

    code = models.CharField(max_length=20, unique=True, default=code, help_text=_("By which the other side confirms."))
    item = models.ForeignKey(Item, models.CASCADE, related_name="+")
    version = models.PositiveIntegerField()
    label = models.CharField(max_length=12, choices=LABELS)
    digest = models.CharField(max_length=64)
    destination = models.ForeignKey(Destination, models.PROTECT, related_name="+")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    state = models.CharField(max_length=10, choices=State, default=State.DUE)
    due_at = models.DateTimeField(null=True, blank=True, help_text=_("Of what is claimed: the end of the lease."))
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    status = models.CharField(max_length=100, blank=True, help_text=_("Under which the other side tells of it."))
    said = models.CharField(max_length=500, blank=True, help_text=_("What the other side said last, or why not sent."))
    confirmed_at = models.DateTimeField(null=True, blank=True, help_text=_("When somebody there said they have it."))

    class Meta:
        ordering = ["item", "asked_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "destination", "digest"],
                condition=models.Q(state__in=["due", "taken", "done"]),
                name="relay_once",
            )
        ]
        indexes = [models.Index(fields=["due_at"], condition=models.Q(due_at__isnull=False), name="relay_due")]

    def __str__(self) -> str:
        return f"{self.item_id} v{self.version} to {self.destination_id}: {self.state}"
