"""What only an item's handlers see on its page: where it came from, what comes next, who may read it, who was told."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Max, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from advisories.models import Entry, Version
from advisories.relaying.asking import relays_of
from members import policy, tlp
from members.delivery.ledger import ledger
from members.delivery.right import hearers
from members.middleware import HubRequest
from members.models import Affiliation, Announcement, Embargo, Item, Person, Response, Standing
from members.trail import trail
from members.views.asking import confirmed

STATES: dict[str, Promise] = {
    "due": _("on its way"),
    "waiting": _("waits for the digest"),
    "sent": _("sent"),
    "cancelled": _("not sent: the right had ended"),
    "dead": _("given up"),
}


def handling(request: HubRequest, person: Person, item: Item, standing: Standing | None) -> dict[str, Any]:
    """The handler's part of an advisory's page."""
    sure = confirmed(request)
    newest = Version.objects.filter(advisory=item.pk).aggregate(last=Max("number"))["last"]
    return {
        "handles": True,
        "embargoed": Embargo.objects.filter(item=item).exists(),
        "drafted_from": [entry for entry in drafted_from(request, item) if entry.item.marking != tlp.RED or sure],
        "draft_ahead": standing is not None and newest > standing.version,
        # Not policy.audience: who filed the report behind it reads it too, and stands in no list.
        "readers": by_house(hearers(item, Announcement.Event.RELEASED, request.at), request),
        **_answered(item),
        "relays": relays_of(item),
        "relayable": standing is not None and standing.state == Standing.State.RELEASED and standing.label != tlp.RED,
        "trail": trail(item, request.viewer, request.at),
        "told": [(row, STATES.get(row.state, row.state)) for row in ledger(item)],
    }


def _answered(item: Item) -> dict[str, int]:
    """How many organisations were asked to confirm it, and how many have. One statement."""
    has = Q(acknowledged_at__isnull=False)
    return Response.objects.filter(item=item).aggregate(asked=Count("pk"), confirmed_by=Count("pk", filter=has))


def drafted_from(request: HubRequest, item: Item) -> list[Entry]:
    """The entries it was drafted from: a link is shown only where both ends are read."""
    mine = policy.readable(request.viewer, request.at, "item_id")
    entries = Entry.rows.filter(mine, drafts__advisory=item.pk).select_related("item", "source", "story")
    return list(entries.order_by("source__name", "item"))


def by_house(people: Any, request: HubRequest) -> list[tuple[str, list[str]]]:
    """(organisation, names) of these people, each under every organisation that they are of; "" for those of none."""
    names = dict(people.values_list("pk", "name"))
    houses: dict[str, list[str]] = {}
    placed = set()
    of = Affiliation.objects.at(request.at).filter(person__in=people.values("pk")).select_related("organisation")
    for affiliation in of.order_by("organisation__name", "person__name", "pk"):
        houses.setdefault(affiliation.organisation.name, []).append(names[affiliation.person_id])
        placed.add(affiliation.person_id)
    rest = [name for pk, name in names.items() if pk not in placed]
    return [*houses.items(), *([("", rest)] if rest else [])]
