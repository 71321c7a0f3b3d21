"""What may stand in an inject, and why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from members.exercises import spelling
from members.exercises.scenario import FILE_NAME, LATEST, LONGEST
from members.models import Exercise, Inject, Team, Tier
from members.refused import Refused

LINES, TEXTS = ("title", "attachment_name"), ("text", "expects", "attachment")


@dataclass(frozen=True, slots=True)
class Words:
    """An inject as it is written. `offset` and `within` are seconds of exercise time; `teams` those that get it."""

    teams: Sequence[Team]
    offset: int
    title: str
    text: str
    channel: str = str(Inject.Channel.MAIL)
    tier: int = int(Tier.ADVISORY)
    expects: str = ""
    asks: bool = False
    within: int | None = None
    attachment_name: str = ""
    attachment: str = ""


def checked(exercise: Exercise, words: Words) -> dict[str, Any]:
    """The fields of an inject of `exercise`. Raises Refused where these are none."""
    told = {name: spelling.line(getattr(words, name)).replace("\0", "") for name in LINES}
    told |= {name: spelling.lines(getattr(words, name).replace("\0", "")) for name in TEXTS}
    for why, wrong in (*_wrong_time(words), *_wrong_text(exercise, words, told)):
        if wrong:
            raise Refused(why)
    return {
        **told, "offset": words.offset, "channel": words.channel, "tier": words.tier, "asks": words.asks,
        "within": words.within if words.asks else None,
    }  # fmt: skip


def _wrong_time(words: Words) -> list[tuple[str, bool]]:
    days, within = {"days": LATEST // 86_400}, words.within
    return [
        (_("Its time is from the start to %(days)d days of exercise time after it.") % days,
         not 0 <= words.offset <= LATEST),
        (_("The time to acknowledge it is from a second to %(days)d days of exercise time.") % days,
         within is not None and not 0 < within <= LATEST),
    ]  # fmt: skip


def _wrong_text(exercise: Exercise, words: Words, told: dict[str, str]) -> list[tuple[str, bool]]:
    ours, name = all(team.exercise_id == exercise.pk for team in words.teams), told["attachment_name"]
    return [
        (_("It needs a title: what its readers see first."), not told["title"]),
        (_("There is nothing in it yet. Write what happens."), not told["text"]),
        (_("It is for nobody yet. Choose at least one team of this exercise."), not words.teams or not ours),
        (_("There is no such channel. Choose one of those shown."), words.channel not in Inject.Channel.values),
        (_("There is no such tier. Choose one of those shown."), words.tier not in Tier.values),
        (_("A file has a name and a text: give both, or neither."), bool(name) != bool(told["attachment"])),
        (_("A file is called by letters, digits, . _ - and an ending .txt, .log, .csv, .eml, .md or .json."),
         bool(name) and not FILE_NAME.fullmatch(name)),
        (_("It is too long: %(title)d characters for the title, %(text)d for the text, %(expects)d for what is"
           " expected, %(attachment_name)d for the name of a file, %(attachment)d for that itself.") % LONGEST,
         any(len(said) > LONGEST[field] for field, said in told.items())),
    ]  # fmt: skip
