from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from members.models.dated import Dated, DatedQuerySet, ordered_dates
from members.models.warp import Warp


class Organisation(models.Model):
    """A council or other public body; it may stand for a large house, so it is not a person."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    slug = models.SlugField(unique=True)

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class Membership(Dated):
    """One state of an organisation in one WARP, for a span. A change of state ends one row and begins another."""

    class State(models.TextChoices):
        APPLIED = "applied", _("applied")
        ACTIVE = "active", _("active")
        SUSPENDED = "suspended", _("suspended")
        LEFT = "left", _("left")

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships")
    warp = models.ForeignKey(Warp, models.PROTECT, related_name="memberships")
    state = models.CharField(max_length=10, choices=State, default=State.ACTIVE)

    objects = models.Manager.from_queryset(DatedQuerySet)()

    class Meta:
        constraints = [ordered_dates("membership")]
        indexes = [
            models.Index(fields=["organisation", "state", "warp"], name="membership_of"),
            models.Index(fields=["warp", "state", "organisation"], name="membership_in"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.state} in {self.warp}"


class ClientLink(Dated):
    """Provider → client: an organisation that gives another cyber services, as TLP:AMBER means it."""

    provider = models.ForeignKey(Organisation, models.PROTECT, related_name="client_links")
    client = models.ForeignKey(Organisation, models.PROTECT, related_name="provider_links")
    pass_on_amber = models.BooleanField(default=False, help_text=_("Turned on by the provider's lead."))

    objects = models.Manager.from_queryset(DatedQuerySet)()

    class Meta:
        constraints = [
            ordered_dates("clientlink"),
            models.CheckConstraint(condition=~models.Q(provider=models.F("client")), name="clientlink_not_self"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} > {self.client}"


class SharingGroup(models.Model):
    """A named list of organisations, run by the coordinators of a WARP; without one, by who runs the hub."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    slug = models.SlugField(unique=True)
    warp = models.ForeignKey(Warp, models.PROTECT, related_name="groups", null=True, blank=True)

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class GroupMember(Dated):
    group = models.ForeignKey(SharingGroup, models.PROTECT, related_name="members")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="group_members")

    objects = models.Manager.from_queryset(DatedQuerySet)()

    class Meta:
        constraints = [ordered_dates("groupmember")]

    def __str__(self) -> str:
        return f"{self.organisation} in {self.group}"
