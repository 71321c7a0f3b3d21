"""What was made from an incident: a link is given only where both ends are read."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from advisories.models import MadeFrom
from members import tlp
from members.delivery.right import hearers
from members.models import Announcement, Item, Person
from members.policy import Viewer, visible_to
from members.shows import EMBARGOED, Stand, stands


def made_from(viewer: Viewer, advisory: Item, at: datetime) -> list[Item]:
    """The incidents that `advisory` was made from, as far as `viewer` reads them."""
    incidents = MadeFrom.objects.filter(advisory=advisory.pk).values("incident")
    return list(visible_to(viewer, at, advisory.realm).filter(pk__in=incidents).order_by("-pos"))


def became(viewer: Viewer, incident: Item, at: datetime) -> list[Item]:
    """The advisories that were made from `incident`, as far as `viewer` reads them."""
    advisories = MadeFrom.objects.filter(incident=incident.pk).values("advisory")
    return list(visible_to(viewer, at, incident.realm).filter(pk__in=advisories).order_by("-pos"))


def labels(advisory: int, at: datetime) -> list[str]:
    """What each incident that the advisory with this id was made from carries at `at`, whoever reads it."""
    incidents = list(Item.rows.filter(pk__in=MadeFrom.objects.filter(advisory=advisory).values("incident")))
    found = stands(incidents, at) if incidents else {}
    return [label_of(item, found[item.pk]) for item in incidents]


def agreed_for(advisory: int, at: datetime) -> list[QuerySet[Person]]:
    """Of each incident that it was made from and that comes from a report: who may hear of that at `at`."""
    incidents = MadeFrom.objects.filter(advisory=advisory, incident__item__derived_from__isnull=False)
    found = Item.rows.filter(pk__in=incidents.values("incident"))
    return [hearers(one, Announcement.Event.RELEASED, at) for one in found]


def label_of(incident: Item, stand: Stand) -> str:
    """The label that stands; of what is kept back the strictest, and of a draft the one that it is meant to carry."""
    if stand.row == EMBARGOED:
        return tlp.RED
    return stand.label or incident.marking
