"""Whether a certificate holds, for whoever has its number: no more than they need to believe what they were shown."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime

from members import policy
from members.models import Certificate
from members.policy import NOBODY, Answer

LENGTH = 12


@dataclass(frozen=True)
class Checked:
    """What anybody is told of a certificate. `title` is "" unless anybody may read the course; `same_name` is None
    unless a name was typed."""

    number: str
    revoked: bool
    title: str
    warp: str
    completed_on: date
    minutes: int
    initials: str
    same_name: bool | None


def check(typed: str, at: datetime, name: str = "") -> Checked | None:
    """None where there is no such certificate."""
    number = tidy(typed)
    found = None
    if len(number) == LENGTH and "\0" not in number:
        found = Certificate.objects.select_related("course__item__warp").filter(number=number).first()
    if found is None:
        return None
    item = found.course.item
    # The title is the one on it only while the course is still called so: an earlier one may never have been public.
    public = policy.may(NOBODY, item, at) == Answer.BODY and found.title == found.course.title
    return Checked(
        number=spaced(number), revoked=found.revoked_at is not None, title=found.title if public else "",
        warp=item.warp.name, completed_on=found.completed_on, minutes=found.cpd_minutes,
        initials=initials(found.name), same_name=_plain(name) == _plain(found.name) if _plain(name) else None,
    )  # fmt: skip


def tidy(typed: str) -> str:
    """A number as it is kept, however it was typed."""
    return "".join(typed.split()).replace("-", "").upper()


def spaced(number: str) -> str:
    """A number as it is read out: in groups of four."""
    return "-".join(number[place : place + 4] for place in range(0, len(number), 4))


def initials(name: str) -> str:
    """A. B. of Alice Bell; of a name in one word, its letter."""
    return " ".join(f"{word[0].upper()}." for word in name.replace("-", " ").split())


def _plain(name: str) -> str:
    """A name whatever its case, accents and spaces."""
    bare = (one for one in unicodedata.normalize("NFKD", name.replace("\0", "")) if not unicodedata.combining(one))
    return " ".join("".join(bare).casefold().split())
