"""The mail by which a draft would be told, before it is: written by what writes it then, from the same proposed
standing."""

from __future__ import annotations

from advisories.publish import Preview, proposed
from members.delivery.claimed import What
from members.delivery.compose import Written, addressed, write
from members.models import Announcement, Cell
from members.response.ask import within
from members.shows import Exit, would_stand

LINK = "…"  # in the place of the link that each message has for itself


def as_mailed(preview: Preview) -> Written | None:
    """What whoever is to confirm it would read; None where no mail may say anything of it."""
    version, item, at = preview.version, preview.version.advisory.item, preview.at
    standing, _grants = proposed(item, version, at)
    cell = would_stand(item, standing, at).cell(Exit.MAIL)
    if cell == Cell.NOTHING:
        return None
    time = within(version.tier, item.warp)
    what = What(
        Announcement.Event.RELEASED, version.tier, cell, item, version.number, version.label,
        confirm_by=at + time if time else None,
    )  # fmt: skip
    return addressed(write(what), LINK if what.confirm_by else "")
