"""How fast was acknowledged, drawn without a script: a line that rises, and a bar for each organisation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from members.exercises.came import Came
from members.exercises.figures import Times, rising
from members.exercises.spelling import in_words

WIDTH, HEIGHT = 320, 64  # pixels


def curve(whole: Came, found: Sequence[Times]) -> dict[str, Any]:
    """The points of the line; `words` say the same. Empty where nothing was acknowledged."""
    asked, went = sum(one.asked for one in found), rising(whole)
    if not went or not asked:
        return {}
    longest = max(1.0, went[-1][0], *(one.within or 0.0 for one in whole.injects if one.sent_clock is not None))
    points, height = [f"0,{HEIGHT}"], HEIGHT
    for after, number in went:
        x = round(WIDTH * after / longest)
        points.append(f"{x},{height}")
        height = HEIGHT - round(HEIGHT * number / asked)
        points.append(f"{x},{height}")
    points.append(f"{WIDTH},{height}")
    said = _("%(done)d of %(asked)d acknowledged.") % {"done": len(went), "asked": asked}
    half = next((after for after, number in went if number * 2 >= asked), None)
    if half is not None:
        said += " " + _("Half of them within %(time)s.") % {"time": in_words(half)}
    return {"points": " ".join(points), "width": WIDTH, "height": HEIGHT, "words": said, "until": in_words(longest)}


def bars(found: Sequence[Times]) -> list[tuple[Times, int]]:
    """Each organisation with how long its bar is, in per cent of the slowest median."""
    most = max((one.median or 0.0 for one in found), default=0.0)
    return [(one, round(100 * (one.median or 0.0) / most) if most else 0) for one in found]
