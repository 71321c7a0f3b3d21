from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from members import clock
from members.models.dated import Dated, DatedQuerySet, ordered_dates
from members.models.organisation import Organisation
from members.models.warp import Warp


class PersonManager(BaseUserManager["Person"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Person:
        fields.setdefault("active_since", clock.now())
        person = self.model(email=email.strip().lower(), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def get_by_natural_key(self, email: str | None) -> Person:
        return self.get(email=(email or "").strip().lower())


def quiet_hours() -> models.Q:
    """Both ends or neither, and two hours that differ: a person who is always quiet would never be told."""
    given = models.Q(quiet_from__isnull=False, quiet_until__isnull=False, quiet_from__lte=23, quiet_until__lte=23)
    both = given & ~models.Q(quiet_from=models.F("quiet_until"))
    return models.Q(quiet_from=None, quiet_until=None) | both


class Person(AbstractBaseUser):
    """Someone with an account. What they may see hangs on their affiliations and offices, never on a flag here."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=150)
    active_since = models.DateTimeField()  # no default: Django's checks make a Person, and must need no database
    active_until = models.DateTimeField(default=clock.FOREVER)
    is_superuser = models.BooleanField(default=False, help_text=_("Operates the hub; reads nothing by it."))
    time_zone = models.CharField(max_length=40, default="Europe/London")
    digest_hour = models.PositiveSmallIntegerField(default=8, help_text=_("Local hour of the digest, 0 to 23."))
    digest_weekday = models.PositiveSmallIntegerField(
        default=0, help_text=_("Of what is told weekly, 0 Monday to 6 Sunday.")
    )
    quiet_from = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text=_("Local hour from which nothing rings but a Flash; empty: never quiet.")
    )
    quiet_until = models.PositiveSmallIntegerField(null=True, blank=True, help_text=_("Local hour at which it ends."))

    objects = PersonManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name_plural = "people"
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="person_email_once"),
            models.CheckConstraint(condition=models.Q(digest_hour__lte=23), name="person_digest_hour"),
            models.CheckConstraint(condition=models.Q(digest_weekday__lte=6), name="person_digest_weekday"),
            models.CheckConstraint(condition=quiet_hours(), name="person_quiet_hours"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:  # type: ignore[override]  # Django's is a plain attribute
        """Django's word for it: whether the account may be used at this moment."""
        return self.active_since <= clock.now() < self.active_until


class Affiliation(Dated):
    """A person belongs to an organisation, for a span."""

    class Role(models.TextChoices):
        READER = "reader", _("reader")
        RESPONDER = "responder", _("responder")
        LEAD = "lead", _("lead")

    person = models.ForeignKey(Person, models.PROTECT, related_name="affiliations")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="affiliations")
    role = models.CharField(max_length=10, choices=Role, default=Role.READER)

    objects = models.Manager.from_queryset(DatedQuerySet)()

    class Meta:
        constraints = [ordered_dates("affiliation")]
        indexes = [models.Index(fields=["organisation", "person"], name="affiliation_people")]

    def __str__(self) -> str:
        return f"{self.person} of {self.organisation}"


class Office(Dated):
    """A person named for a WARP. A deputy is named like any other."""

    class Role(models.TextChoices):
        COORDINATOR = "coordinator", _("coordinator")
        CUSTODIAN = "custodian", _("custodian")

    person = models.ForeignKey(Person, models.PROTECT, related_name="offices")
    warp = models.ForeignKey(Warp, models.PROTECT, related_name="offices")
    role = models.CharField(max_length=12, choices=Role)

    objects = models.Manager.from_queryset(DatedQuerySet)()

    class Meta:
        constraints = [ordered_dates("office")]

    def __str__(self) -> str:
        return f"{self.person}, {self.role} of {self.warp}"
