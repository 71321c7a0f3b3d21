from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from members import tlp

SOONEST, LATEST = 15, 240  # minutes that a WARP may give its members to confirm a Flash


class Warp(models.Model):
    """A Warning, Advice and Reporting Point: a region or area, in a tree (West Midlands > Birmingham)."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    slug = models.SlugField(unique=True)
    prefix = models.CharField(_("prefix of references"), max_length=4, help_text=_("WM in WM-7K3QF"))
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    demonstration = models.BooleanField(default=False, editable=False, help_text=_("Made up, to look around in."))
    flash_minutes = models.PositiveSmallIntegerField(
        default=60, help_text=_("How long members have to confirm a Flash.")
    )
    usual_label = models.CharField(max_length=12, default=tlp.AMBER, help_text=_("What a Flash carries, unless said."))
    duty_telephone = models.CharField(max_length=40, blank=True, help_text=_("Whom members ring at night."))

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(flash_minutes__gte=SOONEST, flash_minutes__lte=LATEST), name="warp_flash_minutes"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Within(models.Model):
    """The closure of the tree of WARPs, itself included: so that `below it` is one join."""

    warp = models.ForeignKey(Warp, models.CASCADE, related_name="within")
    ancestor = models.ForeignKey(Warp, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["warp", "ancestor"], name="within_once")]
        indexes = [models.Index(fields=["ancestor", "warp"], name="within_down")]

    def __str__(self) -> str:
        return f"{self.warp_id} < {self.ancestor_id}"
