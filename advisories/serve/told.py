"""What of a shared incident or an advisory is for machines: what is released of it, as each of its readers reads it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import F
from django.utils.translation import gettext as _

from advisories import sighted
from advisories.collect.text.cves import cves_in
from advisories.fingerprint import text_of
from advisories.models import Incident, Version
from advisories.serve.exchange.facts import KINDS, Creator, IncidentFacts, Indicator
from members import kinds, tlp
from members.models import Cell, Item, Standing
from members.shows import EMBARGOED, UNRELEASED, Exit, stands


def why_not(item: Item, at: datetime) -> str:
    """Why nobody has `item` for machines, in words; "" where all who read what is released of it have it."""
    stand = stands([item], at)[item.pk]
    if stand.withdrawn:
        return _("It is withdrawn, so it is for no machine any more.")
    if stand.row == UNRELEASED:
        return _("There is nothing for machines before it is released.")
    if stand.row == EMBARGOED:
        return _("There is nothing for machines while it is under an embargo.")
    if stand.row == tlp.RED:
        return _("TLP:RED is for the people named on it, and never for machines.")
    return "" if stand.cell(Exit.MACHINE) == Cell.BODY else _("Its WARP gives what has this label to no machine.")


def facts_of(item: Item, standing: Standing, *, counted: bool = True) -> IncidentFacts:
    """What the version in force says. For whom the rule gave `item`, and where `why_not` says nothing against it.

    Nothing here differs from reader to reader, and `modified` is when the last of it changed. Not `counted`: how many
    see it is left out, which those who said so said to readers of this hub.
    """
    version = Version.objects.prefetch_related("references", "timeline", "indicators").get(
        advisory=item.pk, number=standing.version
    )
    incident = Incident.rows.filter(item=item).first()
    named = tuple((one.kind, one.value) for one in version.indicators.all() if one.kind in KINDS)
    if incident is None:
        named += tuple(("cve", value) for value in cves_in(f"{version.title}\n{text_of(version)}"))
    changed = sighted.changed_at(item) if counted else None
    first = Standing.objects.filter(item=item, state=Standing.State.RELEASED, until__gt=F("since")).earliest("since")
    return IncidentFacts(
        reference=item.reference,
        title=version.title,
        label=standing.label,
        created=first.since,
        modified=max(filter(None, (standing.since, incident.state_at if incident else None, changed))),
        first_released=first.since,
        creator=Creator(item.warp.name, item.warp.slug),
        version=version.number,
        what_to_do=version.what_to_do,
        who_it_hits=version.who_it_hits,
        what_is_known=version.what_is_known,
        timeline=tuple((one.on, one.words) for one in version.timeline.all()),
        lessons=version.lessons,
        indicators=named,
        sightings=_sightings(item, named) if counted else (),
        references=tuple((one.title, one.url) for one in version.references.all()),
        url=f"{settings.BASE_URL.rstrip('/')}{kinds.page(item)}",
        **_state(incident),
    )


def _state(incident: Incident | None) -> dict[str, Any]:
    if incident is None:
        return {"incident": False}
    return {"rsit": incident.rsit, "state": incident.state, "started": incident.started}


def _sightings(item: Item, named: tuple[Indicator, ...]) -> tuple[tuple[Indicator | None, int], ...]:
    """What the last daily count found of it, and of what this version names. Of what is told to machines, it may be
    told: neither is under an embargo or RED."""
    numbers = sighted.seen(item)
    known: list[Indicator | None] = [None, *named]
    return tuple((one, numbers[key]) for one in known if (key := one[1] if one else "") in numbers)
