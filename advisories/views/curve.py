"""How many organisations had confirmed, and how long after they were asked: a rising line, drawn without a script."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from members.response.board import Board

WIDTH, HEIGHT = 320, 64  # pixels


def curve(board: Board) -> dict[str, Any]:
    """The points of the line; `words` say the same, and `until` how long its width lasts. Empty where nobody has."""
    if not (steps := board.curve()):
        return {}
    longest = max(max(row.due_at - row.asked_at for row in board.rows), steps[-1][0])
    points, height = [f"0,{HEIGHT}"], HEIGHT
    for after, number in steps:
        x = _scaled(after, longest)
        points.append(f"{x},{height}")
        height = HEIGHT - round(HEIGHT * number / board.asked)
        points.append(f"{x},{height}")
    points.append(f"{WIDTH},{height}")
    half = next((after for after, number in steps if number * 2 >= board.asked), None)
    said = _("%(confirmed)d of %(asked)d confirmed.") % {"confirmed": board.confirmed, "asked": board.asked}
    if half is not None:
        said += " " + _("Half of them within %(time)s.") % {"time": in_words(half)}
    return {"points": " ".join(points), "width": WIDTH, "height": HEIGHT, "words": said, "until": in_words(longest)}


def _scaled(after: timedelta, longest: timedelta) -> int:
    return round(WIDTH * min(1.0, after / longest)) if longest else 0


def in_words(span: timedelta) -> str:
    """5 min · 2 h 10 min: as people say it."""
    minutes = max(1, round(span.total_seconds() / 60))
    hours, minutes = divmod(minutes, 60)
    if not hours:
        return _("%(n)d min") % {"n": minutes}
    return _("%(h)d h %(n)d min") % {"h": hours, "n": minutes} if minutes else _("%(h)d h") % {"h": hours}
