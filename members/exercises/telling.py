"""What is told of an exercise itself: the rows that owe it. Planning and the sender ask the rule as ever."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from members.models import Announcement, Exercise, Realm, Tier


class Word(StrEnum):
    """What befell it: the `words` of the announcement."""

    INVITED = "invited"
    STARTED = "started"
    PAUSED = "paused"
    RESUMED = "resumed"
    ENDED = "ended"


def tell(exercise: Exercise, word: Word, at: datetime) -> Announcement:
    """Owe everybody who takes part that `word` befell it. Part of the verb above."""
    return Announcement.objects.create(
        event=Announcement.Event.PLAYED, words=word, item=exercise.item, version=1, realm=Realm.EXERCISE,
        tier=Tier.INFORMATION, created_at=at, due_at=at,
    )  # fmt: skip
