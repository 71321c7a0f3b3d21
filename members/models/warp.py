from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Warp(models.Model):
    """A Warning, Advice and Reporting Point: a region or area, in a tree (West Midlands > Birmingham)."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    slug = models.SlugField(unique=True)
    prefix = models.CharField(_("prefix of references"), max_length=4, help_text=_("WM in WM-7K3QF"))
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    demonstration = models.BooleanField(default=False, editable=False, help_text=_("Made up, to look around in."))

    class Meta:
        ordering = ["name", "id"]

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
