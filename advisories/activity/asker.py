"""Of whom the report is asked: nothing in it comes from an item that these two questions do not give."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from members import policy
from members.keys import openly
from members.models import Item, Kind, Office
from members.policy import Viewer, handled


@dataclass(frozen=True)
class Asker:
    """A coordinator, and the WARPs whose report it is."""

    viewer: Viewer
    warps: tuple[int, ...]
    at: datetime

    def reads(self, *kinds: Kind) -> QuerySet[Item]:
        return policy.visible_to(self.viewer, self.at).filter(warp__in=self.warps, kind__in=kinds)

    def handles(self, *kinds: Kind) -> QuerySet[Item]:
        """How an item stood before, who confirmed it and who was told is its handlers' to know."""
        return self.reads(*kinds).filter(handled(self.viewer, self.at))


def asker(viewer: Viewer, offices: Iterable[Office], at: datetime) -> Asker:
    """Without what they read only as the author of an anonymous report: the figures are passed on, and one that counts
    more than a colleague's would tell who filed it."""
    return Asker(openly(viewer, at), tuple(sorted({office.warp_id for office in offices})), at)
