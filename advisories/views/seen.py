"""How many see what a page shows, as the last daily run found; the button to say so; and what else names the same."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from advisories import sighted, sightings
from advisories.indicators import defanged
from advisories.models import Sighting, Version
from advisories.shared import shared
from advisories.sightforms import SightForm
from advisories.views.life import Named
from members import kinds
from members.middleware import HubRequest
from members.models import Item
from members.refused import Refused
from members.views.asking import confirmed, handled, person_of, to_confirm, unconfirmed

SHOWN = 3  # indicators of each other item; more are counted


class Also(NamedTuple):
    """Another item that names the same, by reference: a title may ask for a step-up that this page does not."""

    ref: str
    url: str
    values: list[str]
    more: int


@require_POST
def sight(request: HubRequest, ref: str) -> HttpResponse:
    """Say so, or take it back: of the whole, or of the indicator that the button names."""
    person, item = handled(request, ref, "sight")
    if unconfirmed(request, item):
        return to_confirm(request, kinds.page(item))
    act = "back" if "back" in request.POST else "sight"
    indicator = request.POST.get(act, "").replace("\0", "")
    form = SightForm(request.POST, mine=sightings.affiliations(person, request.at))
    if not form.is_valid():
        messages.error(request, _("Choose at least one of your organisations."))
        return redirect(f"{kinds.page(item)}#seen")
    verb = sightings.take_back if act == "back" else sightings.sight
    try:
        verb(person, item, request.at, form.organisations(), indicator)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        said = {"sight": _("Noted. It is counted with the next daily count, and nobody is told that it was you."),
                "back": _("Taken back. The next daily count leaves it out.")}  # fmt: skip
        messages.success(request, said[act])
    return redirect(f"{kinds.page(item)}#seen")


def seen(request: HubRequest, item: Item, text: Version, shown: dict[str, Any]) -> dict[str, Any]:
    """The part of the page of `item` that says so; `shown` is what it has already."""
    counted = shown["state"] == "released" and not shown["band"]
    numbers = sighted.seen(item) if counted else {}
    named = list(shown.get("indicators", ()))
    person = person_of(request)
    says = counted and person is not None and text.number == shown["current"].number
    houses = sightings.may_sight(person, item, request.at) if says and person else []
    own = sightings.own(person, item, request.at) if person and counted else []
    whole = _mark(Named("", "", ""), numbers, own, len(houses))
    return {
        "whole": whole,
        "sight_form": SightForm(mine=houses) if houses else None,
        "indicators": [_mark(one, numbers, own, len(houses)) for one in named],
        "also": also(request, item, text) if named else [],
    }


def also(request: HubRequest, item: Item, text: Version | None) -> list[Also]:
    """The other items that whoever asks reads and that share an indicator, each with the first of those."""
    found = shared(request.viewer, item, text, request.at, confirmed=confirmed(request))
    return [
        Also(other.reference, kinds.page(other), [defanged(one.value, one.kind) for one in ones[:SHOWN]],
             max(0, len(ones) - SHOWN))
        for other, ones in found.items()
    ]  # fmt: skip


def _mark(named: Named, numbers: dict[str, int], own: list[Sighting], houses: int) -> Named:
    """With how many see it, and whether whoever asks may say so or take it back."""
    said = sum(one.indicator == named.key for one in own)
    return named._replace(seen=numbers.get(named.key, 0), says=said < houses, said=said > 0 and houses > 0)
