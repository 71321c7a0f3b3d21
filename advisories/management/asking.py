"""What the commands ask of what was typed, and say where it can't be used. Exit status 2: wrong use."""

from __future__ import annotations

from django.core.management.base import CommandError

from advisories.collect.sources import root_warp
from advisories.models import Source
from members import tlp
from members.models import Warp

MOST_NAMED = 20
NO_WARP = "There is no WARP yet. Make the first with: python manage.py setup"


def source_of(slug: str) -> Source:
    source = Source.objects.filter(slug=slug).select_related("warp").first()
    if source is None:
        known = Source.objects.order_by("slug").values_list("slug", flat=True)[:MOST_NAMED]
        raise CommandError(f"There is no source {slug!r}. There are: {', '.join(known) or 'none yet'}.", returncode=2)
    return source


def warp_of(slug: str | None) -> Warp:
    """The WARP of that slug; without one, the root's."""
    warp = Warp.objects.filter(slug=slug).first() if slug else root_warp()
    if warp is not None:
        return warp
    known = Warp.objects.order_by("slug").values_list("slug", flat=True)[:MOST_NAMED]
    said = f"There is no WARP {slug!r}. There are: {', '.join(known)}." if slug and known else NO_WARP
    raise CommandError(said, returncode=2)


def label_of(text: str) -> str:
    label = tlp.read(text)
    if label is None:
        raise CommandError(f"{text!r} is no TLP label. Write one of: {', '.join(tlp.LABELS)}.", returncode=2)
    return label
