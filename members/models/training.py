from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from members import chance, clock
from members.models.item import Item
from members.models.organisation import Organisation
from members.models.person import Person


def training_code() -> str:
    return chance.code(8)


class Nothing(models.Manager["Course"]):
    """The default manager, which hands out nothing: readers go through policy.visible_to(viewer, at)."""

    def get_queryset(self) -> models.QuerySet[Course]:
        return super().get_queryset().none()


class Course(models.Model):
    """What is taught, one-to-one to an item of kind TRAINING: who reads that, sees its sessions and may book them."""

    class Level(models.TextChoices):
        AWARENESS = "awareness", _("Awareness: for everybody")
        FOUNDATION = "foundation", _("Foundation: no experience needed")
        PRACTITIONER = "practitioner", _("Practitioner: for those who do the work")
        ADVANCED = "advanced", _("Advanced")

    class Form(models.TextChoices):
        TAUGHT = "taught", _("taught in sessions")
        SELF_PACED = "self-paced", _("self-paced lessons")

    item = models.OneToOneField(Item, models.CASCADE, primary_key=True, related_name="course")
    title = models.CharField(_("title"), max_length=200)
    aims = models.TextField(_("aims"), max_length=10_000, blank=True)
    level = models.CharField(_("level"), max_length=12, choices=Level, default=Level.FOUNDATION)
    form = models.CharField(_("form"), max_length=12, choices=Form, default=Form.TAUGHT)
    cpd_minutes = models.PositiveIntegerField(default=0, help_text=_("What whoever completes it may count as CPD."))
    pass_mark = models.PositiveSmallIntegerField(default=80, help_text=_("Of a quiz, in per cent."))
    written_at = models.DateTimeField(default=clock.now)

    readable = Nothing()
    rows = models.Manager["Course"]()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pass_mark__lte=100), name="course_pass_mark")]

    def __str__(self) -> str:
        return self.item.reference


class Session(models.Model):
    """A course at a time and a place. `sequence` is iCalendar's: it rises with every change of when or where."""

    code = models.CharField(max_length=8, unique=True, default=training_code)
    course = models.ForeignKey(Course, models.CASCADE, related_name="sessions")
    series = models.CharField(max_length=8, blank=True, help_text=_("Shared by those that were scheduled together."))
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    place = models.CharField(max_length=300, blank=True)
    link = models.URLField(max_length=500, blank=True)
    trainer = models.CharField(max_length=200, blank=True)
    capacity = models.PositiveSmallIntegerField()
    pence = models.PositiveIntegerField(default=0, help_text=_("The price; 0: free."))
    books_until = models.DateTimeField()
    sequence = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField(default=clock.now)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_because = models.CharField(max_length=500, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    sign_in_code = models.CharField(max_length=8, blank=True, help_text=_("Shown in the room on the day."))

    class Meta:
        ordering = ["starts_at", "id"]
        indexes = [models.Index(fields=["starts_at"], condition=Q(cancelled_at=None), name="session_ahead")]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="session_ends_after_start"),
            models.CheckConstraint(condition=Q(books_until__lte=F("ends_at")), name="session_booked_before_end"),
            models.CheckConstraint(condition=Q(capacity__gte=1), name="session_capacity"),
        ]

    def __str__(self) -> str:
        return self.code


class Booking(models.Model):
    """A person's place in a session, or their place in its queue, which is in the order of `id`."""

    class State(models.TextChoices):
        PLACED = "placed", _("has a place")
        WAITING = "waiting", _("on the waiting list")
        ENDED = "ended", _("cancelled")

    class Attended(models.TextChoices):
        UNKNOWN = "", _("not said")
        YES = "yes", _("attended")
        NO = "no", _("did not come")

    class Means(models.TextChoices):
        CODE = "code", _("signed in with the code")
        TRAINER = "trainer", _("noted by a coordinator")

    code = models.CharField(max_length=8, unique=True, default=training_code)
    session = models.ForeignKey(Session, models.CASCADE, related_name="bookings")
    person = models.ForeignKey(Person, models.PROTECT, related_name="bookings")
    # Under which they come; None: whoever holds an office of a WARP, for no organisation.
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="bookings")
    state = models.CharField(max_length=8, choices=State)
    booked_at = models.DateTimeField()
    booked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    placed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    attended = models.CharField(max_length=3, choices=Attended, blank=True)
    attended_at = models.DateTimeField(null=True, blank=True)
    means = models.CharField(max_length=8, choices=Means, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "person"], condition=~Q(state="ended"), name="booking_once",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["person", "state"], name="booking_of")]

    def __str__(self) -> str:
        return f"{self.person} in {self.session}"
