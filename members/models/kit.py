from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from members import clock
from members.models.delivery import Announcement
from members.models.organisation import Organisation


class Product(models.Model):
    """Something that an organisation runs. What it runs is its own secret: only its own people ever see a row.

    `words`: those of the name by which a text is looked through, between blanks ("" where they are too common);
    `head` the first of them. `cpe` is CPE 2.3 as it was written and `purl` likewise; the keys are what is compared:
    vendor:product, and the purl without its version.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="products")
    name = models.CharField(_("name"), max_length=200)
    cpe = models.CharField(_("CPE"), max_length=300, blank=True)
    purl = models.CharField(_("package URL"), max_length=300, blank=True)
    words = models.CharField(max_length=400, blank=True)
    head = models.CharField(max_length=100, blank=True)
    cpe_key = models.CharField(max_length=300, blank=True)
    purl_key = models.CharField(max_length=300, blank=True)
    added_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="product_once")]
        indexes = [
            models.Index(fields=["head"], name="product_head"),
            models.Index(fields=["cpe_key"], name="product_cpe"),
            models.Index(fields=["purl_key"], name="product_purl"),
        ]

    def __str__(self) -> str:
        return self.name


class KitMatch(models.Model):
    """An announcement concerns what this organisation runs. As secret as the list that it was found by."""

    announcement = models.ForeignKey(Announcement, models.CASCADE, related_name="kit_matches", db_index=False)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")

    class Meta:
        verbose_name_plural = "kit matches"
        constraints = [models.UniqueConstraint(fields=["announcement", "organisation"], name="kitmatch_once")]

    def __str__(self) -> str:
        return f"{self.announcement_id} concerns {self.organisation_id}"
