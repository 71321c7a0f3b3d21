from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members import chance, clock
from members.models.organisation import Organisation
from members.models.person import Person
from members.models.training import Booking, Course, Session, training_code


def certificate_number() -> str:
    return chance.code(12)


class Feedback(models.Model):
    """What somebody who was there says of a session. Shown without who said it, once five have."""

    booking = models.OneToOneField(Booking, models.CASCADE, primary_key=True, related_name="feedback")
    useful = models.PositiveSmallIntegerField(help_text=_("1, not at all, to 5, very."))
    pace = models.PositiveSmallIntegerField(help_text=_("1, too slow, to 5, too fast."))
    words = models.TextField(max_length=5_000, blank=True)
    given_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(useful__gte=1, useful__lte=5, pace__gte=1, pace__lte=5), name="feedback_marks"
            ),
        ]

    def __str__(self) -> str:
        return f"feedback on {self.booking.session_id}"


class Certificate(models.Model):
    """That somebody completed a course: what stands on it is what was so when it was issued."""

    number = models.CharField(max_length=12, unique=True, default=certificate_number)
    course = models.ForeignKey(Course, models.PROTECT, related_name="certificates")
    session = models.ForeignKey(Session, models.PROTECT, null=True, blank=True, related_name="certificates")
    person = models.ForeignKey(Person, models.PROTECT, related_name="certificates")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=150, help_text=_("Of the person, as it was."))
    title = models.CharField(max_length=200, help_text=_("Of the course, as it was."))
    completed_on = models.DateField()
    cpd_minutes = models.PositiveIntegerField(default=0)
    issued_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_because = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-completed_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "session"], condition=Q(revoked_at=None, session__isnull=False),
                name="certificate_of_session_once",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.number


class Lesson(models.Model):
    """A short text of a self-paced course, with questions of its own in the bank."""

    code = models.CharField(max_length=8, unique=True, default=training_code)
    course = models.ForeignKey(Course, models.CASCADE, related_name="lessons")
    number = models.PositiveSmallIntegerField(help_text=_("Its place in the course, from 1."))
    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("text"), max_length=20_000)
    asks = models.PositiveSmallIntegerField(default=3, help_text=_("Questions that a quiz draws from the bank."))

    class Meta:
        ordering = ["course", "number"]
        constraints = [models.UniqueConstraint(fields=["course", "number"], name="lesson_once")]

    def __str__(self) -> str:
        return f"{self.course} {self.number}"


class Question(models.Model):
    """One question of the bank: several may be right, and then all of them are to be chosen."""

    code = models.CharField(max_length=8, unique=True, default=training_code)
    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="questions")
    text = models.CharField(_("question"), max_length=500)
    choices = models.JSONField(default=list, help_text=_("Texts, from two to eight."))
    right = models.JSONField(default=list, help_text=_("The positions of the right ones, from 0."))
    why = models.CharField(_("why"), max_length=1000, blank=True, help_text=_("Shown once it was answered."))
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["lesson", "id"]

    def __str__(self) -> str:
        return self.code


class LessonRead(models.Model):
    """How far somebody is: they have read this lesson to its end."""

    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="reads")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "lesson"], name="lesson_read_once")]

    def __str__(self) -> str:
        return f"{self.person_id} read {self.lesson_id}"


class Attempt(models.Model):
    """A quiz of one lesson: what was drawn when it began (codes of questions), and how it went once handed in."""

    code = models.CharField(max_length=8, unique=True, default=training_code)
    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="attempts")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    asked = models.JSONField(default=list)
    chosen = models.JSONField(default=dict, help_text=_("By code of a question, the positions that were chosen."))
    began_at = models.DateTimeField()
    handed_in_at = models.DateTimeField(null=True, blank=True)
    score = models.PositiveSmallIntegerField(null=True, blank=True, help_text=_("Per cent."))
    passed = models.BooleanField(default=False)

    class Meta:
        ordering = ["-began_at", "-id"]
        indexes = [models.Index(fields=["person", "lesson"], name="attempt_of")]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "lesson"], condition=Q(handed_in_at=None), name="attempt_open_once"
            ),
        ]

    def __str__(self) -> str:
        return self.code
