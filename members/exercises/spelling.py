"""How a scenario spells texts and times, both ways."""

from __future__ import annotations

import re
import unicodedata

from django.utils.translation import gettext as _

_CLOCK = re.compile(r"T?\+?(\d{1,4}):([0-5]\d)(?::([0-5]\d))?", re.ASCII | re.IGNORECASE)
_SECONDS = re.compile(r"\d{1,9}", re.ASCII)


def seconds(said: str) -> int | None:
    """What `T+1:15`, `1:15:30` (hours, minutes, seconds) or `900` (seconds) come to; None where it is no such time."""
    said = said.strip()
    if clock := _CLOCK.fullmatch(said):
        hours, minutes, rest = (int(part or 0) for part in clock.groups())
        return hours * 3600 + minutes * 60 + rest
    return int(said) if _SECONDS.fullmatch(said) else None


def spelled(offset: float, sign: str = "T+") -> str:
    """T+1:15, or T+1:15:30 where it is no whole minute."""
    hours, rest = divmod(int(offset), 3600)
    minutes, left = divmod(rest, 60)
    return f"{sign}{hours}:{minutes:02}" + (f":{left:02}" if left else "")


def in_words(span: float) -> str:
    """45 s · 5 min 10 s · 2 h 5 min: how long something took."""
    hours, rest = divmod(round(span), 3600)
    minutes, left = divmod(rest, 60)
    said = {"h": hours, "m": minutes, "s": left}
    if hours:
        return (_("%(h)d h %(m)d min") if minutes else _("%(h)d h")) % said
    if minutes:
        return (_("%(m)d min %(s)d s") if left else _("%(m)d min")) % said
    return _("%(s)d s") % said


def line(text: str) -> str:
    """One line, with single spaces."""
    return " ".join(text.split())


def lines(text: str) -> str:
    """Lines that end as the hub's do, without empty ones before and after, nor blanks at their ends."""
    return "\n".join(one.rstrip() for one in text.splitlines()).strip("\n")


def unprintable(text: str) -> str:
    """The first character of `text` that no text has, as U+0007; "" where there is none."""
    found = next((one for one in text if _bad(one)), "")
    return f"U+{ord(found):04X}" if found else ""


def _bad(one: str) -> bool:
    return one not in "\n\t" and unicodedata.category(one) in ("Cc", "Cs")
