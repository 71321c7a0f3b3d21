from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from members import clock, tlp
from members.models.dated import Dated, DatedQuerySet, ordered_dates
from members.models.person import Affiliation, Office, Person
from members.models.warp import Warp

if TYPE_CHECKING:
    from datetime import datetime


class Realm(models.IntegerChoices):
    REAL = 0, _("real")
    EXERCISE = 1, _("exercise")


class Kind(models.IntegerChoices):
    ENTRY = 1, _("entry")
    ADVISORY = 2, _("advisory")
    REPORT = 3, _("incident report")
    DISCUSSION = 4, _("discussion")
    COMMENT = 5, _("comment")
    ATTACHMENT = 6, _("attachment")
    SIGHTING = 7, _("sighting")
    TRAINING = 8, _("training")
    INJECT = 9, _("exercise inject")
    INCIDENT = 10, _("incident")
    EXERCISE = 11, _("exercise")


WRITTEN = (Kind.ADVISORY, Kind.INCIDENT)  # what has versions, and is released


def pos_of(moment: datetime, item: int = 0) -> int:
    """Order, keyset and search rowid in one integer: seconds of the standing's beginning, then the item."""
    return (clock.micro(moment) // 1_000_000 << 32) | item


class Readable(models.Manager["Item"]):
    """The default manager, which hands out nothing: readers go through policy.visible_to(viewer, at)."""

    def get_queryset(self) -> models.QuerySet[Item]:
        return super().get_queryset().none()


class Rows(models.Manager["Item"]):
    """For the verbs that act for the hub itself, and policy.py; real unless another realm is asked for."""

    def get_queryset(self) -> models.QuerySet[Item]:
        return super().get_queryset().filter(realm=Realm.REAL)

    def realm(self, realm: int) -> models.QuerySet[Item]:
        return super().get_queryset().filter(realm=realm)


class Item(models.Model):
    """The envelope that every shareable thing has. Its text lies one-to-one beside it, with the app of its kind."""

    reference = models.CharField(max_length=16, unique=True)
    kind = models.PositiveSmallIntegerField(choices=Kind)
    realm = models.PositiveSmallIntegerField(choices=Realm, default=Realm.REAL)
    warp = models.ForeignKey(Warp, models.PROTECT, related_name="+")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    # The author, and the capacity under which it was written: their right ends with that capacity.
    author = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    affiliation = models.ForeignKey(Affiliation, models.PROTECT, null=True, blank=True, related_name="+")
    office = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, related_name="+")
    anonymous = models.BooleanField(default=False)
    hub_wide = models.BooleanField(default=False, help_text=_("From a source of the whole hub."))
    # What the text carries while no standing is in force: an entry's import label, a draft's intended one.
    marking = models.CharField(max_length=12, choices=tlp.CHOICES, default=tlp.STRICT)
    created_at = models.DateTimeField(default=clock.now)
    submitted_at = models.DateTimeField(null=True, help_text=_("On the desk since; a handler's draft at once."))
    pos = models.BigIntegerField(unique=True)

    readable = Readable()
    rows = Rows()

    class Meta:
        indexes = [models.Index(fields=["kind", "realm", "pos"], name="item_shelf")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(anonymous=False) | models.Q(author=None, affiliation=None, office=None),
                name="item_anonymous_has_no_author",  # the author of an anonymous report is in Origin, sealed
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def shelf(self) -> int:
        """Kind and realm in one small number: what a list is a list of."""
        return shelf(self.kind, self.realm)


def shelf(kind: int, realm: int = Realm.REAL) -> int:
    return realm * 100 + kind


class Ancestry(models.Model):
    """Every ancestor of an item: a child is `body` only where each of them is."""

    item = models.ForeignKey(Item, models.CASCADE, related_name="+")
    ancestor = models.ForeignKey(Item, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "ancestor"], name="ancestry_once")]

    def __str__(self) -> str:
        return f"{self.item_id} < {self.ancestor_id}"


class Handlers(models.Manager["Handler"]):
    """Those who handle an item, or those who are named to look at it (`second`): never both by one name."""

    def __init__(self, *, second: bool = False) -> None:
        super().__init__()
        self.second = second

    def get_queryset(self) -> DatedQuerySet[Handler]:
        return DatedQuerySet(self.model, using=self._db).filter(second=self.second)

    def at(self, moment: datetime) -> DatedQuerySet[Handler]:
        return self.get_queryset().at(moment)


class Handler(Dated):
    """A person named as handler of one item: for RED and embargoed items there are no others. Or, as `second`, one
    named to look at a draft that derives from a report, who reads that and handles nothing."""

    item = models.ForeignKey(Item, models.CASCADE, related_name="handlers")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    second = models.BooleanField(default=False)

    objects = Handlers()
    seconds = Handlers(second=True)

    class Meta:
        constraints = [ordered_dates("handler")]

    def __str__(self) -> str:
        return f"{self.person} handles {self.item}"


class Derivation(models.Model):
    """What was derived from a report: its author reads it, drafts included."""

    item = models.ForeignKey(Item, models.CASCADE, related_name="derived_from")
    report = models.ForeignKey(Item, models.PROTECT, related_name="derivatives")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "report"], name="derivation_once")]

    def __str__(self) -> str:
        return f"{self.item} from {self.report}"
