from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members import clock, tlp
from members.models.dated import Dated, DatedQuerySet, ordered_dates
from members.models.item import Item
from members.models.organisation import Organisation, SharingGroup
from members.models.person import Person
from members.models.warp import Warp


class Standing(Dated):
    """How an item stands, from a moment to a moment: label, version, released or withdrawn.

    At most one is in force at any moment. Approval in advance writes one that begins later, so nothing has to
    happen at the moment itself, and the past can be asked.
    """

    class State(models.TextChoices):
        RELEASED = "released", _("released")
        WITHDRAWN = "withdrawn", _("withdrawn")

    item = models.ForeignKey(Item, models.CASCADE, related_name="standings")
    version = models.PositiveIntegerField()
    label = models.CharField(max_length=12, choices=tlp.CHOICES)
    state = models.CharField(max_length=10, choices=State, default=State.RELEASED)
    withdraws = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")

    objects = models.Manager.from_queryset(DatedQuerySet)()

    class Meta:
        ordering = ["item", "since", "id"]
        constraints = [
            ordered_dates("standing"),
            models.UniqueConstraint(fields=["item"], condition=Q(until=clock.FOREVER), name="standing_one_open"),
            models.CheckConstraint(
                condition=Q(state="released", withdraws=None) | Q(state="withdrawn", withdraws__isnull=False),
                name="standing_withdraws",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} v{self.version} {self.state} TLP:{self.label}"


class Grant(Dated):
    """Whom a standing reaches: exactly one WARP, group, organisation or person. Never deleted, only ended."""

    standing = models.ForeignKey(Standing, models.CASCADE, related_name="grants")
    warp = models.ForeignKey(Warp, models.PROTECT, null=True, blank=True, related_name="+")
    group = models.ForeignKey(SharingGroup, models.PROTECT, null=True, blank=True, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    granted_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    why = models.CharField(max_length=200, blank=True)

    objects = models.Manager.from_queryset(DatedQuerySet)()

    TARGETS = ("warp", "group", "organisation", "person")

    class Meta:
        ordering = ["standing", "id"]
        constraints = [
            ordered_dates("grant"),
            models.CheckConstraint(
                condition=(
                    Q(warp__isnull=False, group=None, organisation=None, person=None)
                    | Q(warp=None, group__isnull=False, organisation=None, person=None)
                    | Q(warp=None, group=None, organisation__isnull=False, person=None)
                    | Q(warp=None, group=None, organisation=None, person__isnull=False)
                ),
                name="grant_one_target",
            ),
        ]

    def __str__(self) -> str:
        return str(self.target)

    @property
    def target(self) -> Warp | SharingGroup | Organisation | Person:
        target = self.warp or self.group or self.organisation or self.person
        assert target is not None  # the database's check constraint
        return target
