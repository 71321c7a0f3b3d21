"""What is put beneath a text that derives from a report before it is shared: its readers would have it with that."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext as _

from advisories.narrower import for_handlers
from members.models import Item, Kind, Standing
from members.refused import Refused
from members.stand import Target


def goes_out(parent: Item) -> bool:
    """Whether a file beneath `parent` is for the readers of what comes from a report, once that is shared."""
    return parent.derived_from.exists() and not parent.standings.filter(until__gt=F("since")).exists()


def may_be_added(kind: Kind, parent: Item, at: datetime, label: str | None, targets: Iterable[Target]) -> None:
    """Raise Refused where it would go out with a text that derives from a report, and nobody who reported it sees it
    before. A file without a label of its own is agreed to with that text, until its release is approved in advance."""
    standing = Standing.objects.filter(item=parent, until__gt=F("since")).order_by("since").first()
    if not parent.derived_from.exists() or (standing is not None and standing.since <= at):
        return
    if label is not None and (label, sorted(targets)) == _for_handlers(parent, at):
        return
    if kind == Kind.ATTACHMENT and standing is None and label is None:
        return
    if kind == Kind.COMMENT and standing is not None:
        return
    raise Refused(_("It comes from a report and is not shared yet, and whoever reported it agrees to all that goes out"
                    " with it. Choose “Only those who handle it”."))  # fmt: skip


def _for_handlers(parent: Item, at: datetime) -> tuple[str, list[Target]]:
    label, targets = for_handlers(parent, at)
    return label, sorted(targets)
