"""What the handlers' page of an embargo shows, in a handful of statements."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import F

from advisories.models import Version
from members import kinds
from members.models import Affiliation, Embargo, Handler, Item, Named, Person, Standing
from members.policy import Viewer, handled

State = Embargo.State
READINGS = 50


def standing_of(item: Item, person: Person, at: datetime) -> dict[str, Any] | None:
    """None where the item never was under one."""
    embargo = Embargo.objects.filter(item=item).select_related("proposed_by", "approved_by", "closed_by").first()
    if embargo is None:
        return None
    waits = embargo.extensions.filter(decided_at=None).select_related("asked_by").first()
    ahead = Standing.objects.filter(item=item, since__gt=at, until__gt=F("since")).first()
    released = Standing.objects.at(at).filter(item=item, state=Standing.State.RELEASED).exists()
    open_now = embargo.state in (State.PROPOSED, State.ACTIVE, State.REVISED)
    return {
        "ref": item.reference,
        "back": kinds.page(item),
        "title": Version.objects.filter(advisory=item.pk).order_by("-number").values_list("title", flat=True).first(),
        "embargo": embargo,
        "terms": embargo.all_terms.order_by("-number").first(),
        "named": _named(embargo, at),
        "handlers": list(Handler.objects.at(at).filter(item=item).select_related("person").order_by("person__name")),
        "waits": waits,
        "mine_to_grant": waits is not None and waits.asked_by_id != person.pk,
        "mine_to_approve": embargo.state in (State.PROPOSED, State.REVISED) and embargo.proposed_by_id != person.pk,
        "ahead": ahead,
        "open": open_now,
        "binds": embargo.state in (State.ACTIVE, State.REVISED) and embargo.ends_at > at,
        "run_out": embargo.ends_at <= at,
        "releasable": embargo.ends_at <= at and not released,
        "released": released,
        "leaked": embargo.state == State.LEAKED,
    }


def _named(embargo: Embargo, at: datetime) -> list[dict[str, Any]]:
    """Each named person with their organisations and their answer, by name."""
    rows = list(Named.objects.at(at).filter(embargo=embargo).select_related("person").order_by("person__name", "pk"))
    of: dict[int, list[str]] = {row.person_id: [] for row in rows}
    houses = Affiliation.objects.at(at).filter(person__in=of).order_by("organisation__name")
    for person, name in houses.values_list("person", "organisation__name"):
        of[person].append(name)
    return [{"row": row, "of": ", ".join(of[row.person_id])} for row in rows]


def embargoes(viewer: Viewer, at: datetime) -> list[dict[str, Any]]:
    """What the viewer handles that is kept back, the first to end first: for the desk."""
    mine = Embargo.objects.filter(handled(viewer, at, "item_id"), item__realm=0).select_related("item")
    open_now = Standing.objects.at(at).filter(state=Standing.State.RELEASED).values("item")
    found = mine.exclude(item__in=open_now).order_by("ends_at", "item__reference")[:READINGS]
    return [{"ref": one.item.reference, "embargo": one, "run_out": one.ends_at <= at} for one in found]
