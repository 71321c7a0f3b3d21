"""Put two stories together, or take one apart, from the page of a story."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from advisories.models import Story
from advisories.triage import byhand, desk
from advisories.triage.desk import DeskStory
from advisories.views.rows import HIDDEN
from members import tlp
from members.middleware import HubRequest
from members.models import Office, Person
from members.refused import Refused
from members.views.asking import confirmed, for_coordinators, not_found, typed

OFFERED = 10


def alike(request: HubRequest, opened: DeskStory) -> dict[str, Any]:
    """The other stories of the desk that fit what was typed, to choose from; nothing is asked where nothing was."""
    if not (words := typed(request, "same")):
        return {"same": "", "others": []}
    found = desk.stories(request.viewer, request.at, query=words, limit=OFFERED + 1)
    hidden = not confirmed(request)
    return {"same": words, "others": [_offered(one, hidden) for one in found if one.code != opened.code][:OFFERED]}


def _offered(one: DeskStory, hidden: bool) -> dict[str, Any]:
    title = HIDDEN if hidden and one.label == tlp.RED else one.title
    return {"code": one.code, "title": title, "label": one.label, "told": one.told}


@require_POST
@for_coordinators
def join(request: HubRequest, person: Person, offices: list[Office], code: str) -> HttpResponse:
    """This story and another are one."""
    other = request.POST.get("other", "").replace("\0", "")
    done = _("They are one story now. To take it back, tick some of it: these are another story.")
    return _decided(request, offices, code, done, lambda of: byhand.join(person, code, other, of.warp, request.at))


@require_POST
@for_coordinators
def split(request: HubRequest, person: Person, offices: list[Office], code: str) -> HttpResponse:
    """What is ticked is another story."""
    ticked = set(request.POST.getlist("entry"))
    done = _("This is a story of its own now, whatever its sources say next.")
    return _decided(request, offices, code, done, lambda of: byhand.split(person, code, ticked, of.warp, request.at))


def _decided(
    request: HubRequest, offices: list[Office], code: str, done: str, act: Callable[[Office], Story]
) -> HttpResponse:
    """For the first office on whose desk all of it lies; 404 where it lies on none."""
    for office in offices:
        try:
            story = act(office)
        except Story.DoesNotExist:
            continue
        except Refused as refused:
            messages.error(request, str(refused))
            return redirect("advisories:story", code)
        messages.success(request, done)
        return redirect("advisories:story", story.code)
    raise not_found(request, code)
