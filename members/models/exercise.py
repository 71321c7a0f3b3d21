from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members import chance, clock
from members.models.address import Tier
from members.models.item import Item
from members.models.organisation import Organisation
from members.models.person import Person


def exercise_code() -> str:
    return chance.code(8)


class Exercise(models.Model):
    """An attack that a region plays through, one-to-one to an item of kind EXERCISE in the realm of that name.

    Its clock: while it runs, exercise time is `played` seconds and those since `runs_since`, times `pace`.
    """

    class State(models.TextChoices):
        PREPARED = "prepared", _("being prepared")
        RUNNING = "running", _("running")
        PAUSED = "paused", _("paused")
        ENDED = "ended", _("ended")

    item = models.OneToOneField(Item, models.CASCADE, primary_key=True, related_name="exercise")
    title = models.CharField(_("title"), max_length=200)
    aims = models.TextField(_("aims"), max_length=10_000, blank=True)
    briefing = models.TextField(_("briefing"), max_length=10_000, blank=True, help_text=_("What players read first."))
    state = models.CharField(max_length=8, choices=State, default=State.PREPARED)
    pace = models.PositiveSmallIntegerField(default=1, help_text=_("Seconds of exercise time in one second."))
    played = models.FloatField(default=0, help_text=_("Seconds of exercise time before `runs_since`."))
    runs_since = models.DateTimeField(null=True, blank=True)
    # The real alert that paused it, if one did. Said to nobody but those who read that item.
    paused_for = models.ForeignKey(Item, models.SET_NULL, null=True, blank=True, related_name="+")
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    written_at = models.DateTimeField(default=clock.now)

    rows = models.Manager["Exercise"]()

    class Meta:
        indexes = [models.Index(fields=["state"], condition=Q(state="running"), name="exercise_running")]
        constraints = [
            models.CheckConstraint(condition=Q(pace__gte=1), name="exercise_pace"),
            models.CheckConstraint(
                condition=Q(state="running", runs_since__isnull=False) | (~Q(state="running") & Q(runs_since=None)),
                name="exercise_clock",
            ),
        ]

    def __str__(self) -> str:
        return self.item.reference


class Team(models.Model):
    """A team of an exercise: who plays together, or the role that they play. Injects go to teams."""

    exercise = models.ForeignKey(Exercise, models.CASCADE, related_name="teams")
    slug = models.SlugField(max_length=40)
    name = models.CharField(max_length=100)

    class Meta:
        ordering = ["slug"]
        constraints = [models.UniqueConstraint(fields=["exercise", "slug"], name="exercise_team_once")]

    def __str__(self) -> str:
        return self.slug


class Participant(models.Model):
    """A person who takes part in an exercise, for an organisation. Facilitators are who handles its item."""

    class Role(models.TextChoices):
        PLAYER = "player", _("player")
        OBSERVER = "observer", _("observer")

    exercise = models.ForeignKey(Exercise, models.CASCADE, related_name="participants")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    team = models.ForeignKey(Team, models.CASCADE, null=True, blank=True, related_name="participants")
    role = models.CharField(max_length=8, choices=Role, default=Role.PLAYER)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["exercise", "person"], name="participant_once"),
            models.CheckConstraint(
                condition=Q(role="observer") | Q(team__isnull=False, organisation__isnull=False),
                name="player_has_team",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} in {self.exercise}"


class Inject(models.Model):
    """One thing that happens in an exercise. `item` (kind INJECT) is made when it is sent: no list has it before."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENT = "sent", _("sent")
        SKIPPED = "skipped", _("skipped")

    class Channel(models.TextChoices):
        MAIL = "mail", _("e-mail and page")
        MESSAGE = "message", _("text message or chat, e-mail and page")
        PAGE = "page", _("page alone")

    exercise = models.ForeignKey(Exercise, models.CASCADE, related_name="injects")
    code = models.CharField(max_length=8, unique=True, default=exercise_code)
    number = models.PositiveSmallIntegerField(help_text=_("Its place in the scenario, from 1."))
    offset = models.PositiveIntegerField(help_text=_("Seconds of exercise time after the start."))
    teams = models.ManyToManyField(Team, related_name="injects")
    channel = models.CharField(max_length=8, choices=Channel, default=Channel.MAIL)
    tier = models.PositiveSmallIntegerField(choices=Tier, default=Tier.ADVISORY)
    title = models.CharField(max_length=200)
    text = models.TextField(max_length=20_000)
    expects = models.TextField(max_length=5_000, blank=True, help_text=_("What good players do. For facilitators."))
    asks = models.BooleanField(default=False, help_text=_("Each organisation is to acknowledge it."))
    within = models.PositiveIntegerField(null=True, blank=True, help_text=_("Seconds of exercise time for that."))
    attachment_name = models.CharField(max_length=100, blank=True)
    attachment = models.TextField(max_length=100_000, blank=True, help_text=_("Plain text."))
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    item = models.OneToOneField(Item, models.PROTECT, null=True, blank=True, related_name="inject")
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_clock = models.FloatField(null=True, blank=True, help_text=_("Exercise time when it was sent."))

    class Meta:
        ordering = ["exercise", "offset", "number"]
        constraints = [
            models.UniqueConstraint(fields=["exercise", "number"], name="inject_once"),
            models.CheckConstraint(
                condition=Q(state="sent", item__isnull=False, sent_at__isnull=False)
                | (~Q(state="sent") & Q(item=None)),
                name="inject_sent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.exercise} inject {self.number}"


class Reply(models.Model):
    """What an organisation in an exercise did about an inject. Never a Response: no real count can reach it."""

    class What(models.TextChoices):
        ACKNOWLEDGED = "acknowledged", _("acknowledged")
        ANSWERED = "answered", _("answered")

    class Means(models.TextChoices):
        PAGE = "page", _("on its page")
        LINK = "link", _("by the link of a message")

    inject = models.ForeignKey(Inject, models.CASCADE, related_name="replies")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    what = models.CharField(max_length=12, choices=What)
    means = models.CharField(max_length=4, choices=Means, default=Means.PAGE)
    words = models.TextField(max_length=5_000, blank=True)
    at = models.DateTimeField()
    clock = models.FloatField(help_text=_("Exercise time."))

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["inject", "organisation"], condition=Q(what="acknowledged"), name="acknowledged_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} on {self.inject}"


class Observation(models.Model):
    """What a facilitator or an observer noted; `met` says whether what was expected of an organisation was done."""

    class Met(models.TextChoices):
        UNSAID = "", _("not said")
        YES = "yes", _("as expected")
        PARTLY = "partly", _("partly")
        NO = "no", _("not done")

    exercise = models.ForeignKey(Exercise, models.CASCADE, related_name="observations")
    inject = models.ForeignKey(Inject, models.CASCADE, null=True, blank=True, related_name="observations")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    met = models.CharField(max_length=6, choices=Met, blank=True)
    words = models.TextField(max_length=5_000, blank=True)
    at = models.DateTimeField()
    clock = models.FloatField(help_text=_("Exercise time."))

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.exercise} at {self.clock:.0f} s"


class Action(models.Model):
    """What is to be better the next time: of the after-action report."""

    exercise = models.ForeignKey(Exercise, models.CASCADE, related_name="actions")
    code = models.CharField(max_length=8, unique=True, default=exercise_code)
    text = models.CharField(max_length=500)
    owner = models.CharField(max_length=200)
    due_on = models.DateField()
    done_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["due_on", "id"]

    def __str__(self) -> str:
        return f"{self.text} ({self.owner})"
