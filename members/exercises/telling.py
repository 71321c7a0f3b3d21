"""What is told of an exercise itself: the rows that owe it. Planning and the sender ask the rule as ever."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from members.models import Announcement, Exercise, Realm, Tier


class Word(StrEnum):
    """What befell it: the `words` of the announcement."""

    INVITED = "invited"
    STARTED = "started"
    PAUSED = "paused"
    RESUMED = "resumed"
    ENDED = "ended"


SAID: dict[str, Promise] = {
    Word.INVITED: _("You take part in an exercise. Read its briefing before it begins."),
    Word.STARTED: _("The exercise has begun."),
    # Whoever paused it, and whatever for: whom a real alert does not reach learns nothing of it here.
    Word.PAUSED: _("The exercise is paused. Whatever reaches you now without these words is real."),
    Word.RESUMED: _("The exercise goes on."),
    Word.ENDED: _("The exercise is over. Whatever reaches you now without these words is real."),
}
HEADED: dict[str, Promise] = {
    Word.INVITED: _("You take part"),
    Word.STARTED: _("It has begun"),
    Word.PAUSED: _("Paused"),
    Word.RESUMED: _("It goes on"),
    Word.ENDED: _("It is over"),
}


def headed(word: str) -> str:
    """The same in the words of a subject."""
    return str(HEADED[Word(word)])


def said(word: str) -> str:
    return str(SAID[Word(word)])


def tell(exercise: Exercise, word: Word, at: datetime) -> Announcement:
    """Owe everybody who takes part that `word` befell it. Part of the verb above."""
    return Announcement.objects.create(
        event=Announcement.Event.PLAYED, words=word, item=exercise.item, version=1, realm=Realm.EXERCISE,
        tier=Tier.INFORMATION, created_at=at, due_at=at,
    )  # fmt: skip


def tell_newcomers(exercise: Exercise) -> None:
    """Owe what was told last of it to whoever takes part since: planned anew, it goes to those alone who have no such
    message yet. Part of the verb above."""
    told = Announcement.objects.filter(item=exercise.item, event=Announcement.Event.PLAYED).order_by("-pk")
    last = told.values_list("pk", flat=True).first()
    Announcement.objects.filter(pk=last or 0).update(planned_at=None)
