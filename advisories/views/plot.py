"""What a source brought on each of the last days, as bars: drawn here, so that a page needs no script for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from advisories.collect.rhythm import Rhythm

WIDTH, GAP, HEIGHT = 5, 2, 32  # of a bar, between two, and of the highest; in pixels


class Bar(NamedTuple):
    x: int
    y: int
    width: int
    height: int


def plot(rhythm: Rhythm) -> dict[str, Any]:
    """Bars, the highest as high as the plot; a day that brought anything at all has one that is seen. `words` say the
    same. Empty where nothing came.
    """
    if not rhythm.total:
        return {}
    total = ngettext("%d new or changed", "%d new or changed", rhythm.total) % rhythm.total
    words = _("In the last four weeks %(total)s, at most %(most)d on one day.")
    return drawn(rhythm.days, words % {"total": total, "most": max(rhythm.days)})


def drawn(counts: Sequence[int], words: str) -> dict[str, Any]:
    """A bar for each of `counts`, of which one at least is more than nothing."""
    most = max(counts)
    bars = [_bar(place, count, most) for place, count in enumerate(counts) if count]
    return {"bars": bars, "width": len(counts) * (WIDTH + GAP) - GAP, "height": HEIGHT, "words": words}


def _bar(place: int, count: int, most: int) -> Bar:
    height = max(2, round(HEIGHT * count / most))
    return Bar(place * (WIDTH + GAP), HEIGHT - height, WIDTH, height)
