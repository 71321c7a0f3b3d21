"""What whoever tends an incident finds on its page: how to go on, and what no reader is told yet."""

from __future__ import annotations

from typing import Any

from django.forms import BaseForm

from advisories.incidentforms import NoteForm, StateForm
from advisories.incidents import LONDON
from advisories.models import Incident, Version
from advisories.sharing.review import derived
from advisories.views.life import lines
from members import permits, tlp
from members.middleware import HubRequest
from members.models import Item, Kind, Person
from members.views.asking import confirmed, viewed


def tending(
    request: HubRequest, person: Person, item: Item, shown: dict[str, Any], form: BaseForm | None, *, handles: bool
) -> dict[str, Any]:
    """The part of an incident's page that is for those who tend it: its handlers, and before it is submitted whoever
    began it. `form`: what was typed on it already."""
    begun = item.submitted_at is None
    if item.kind != Kind.INCIDENT or not (permits.can(person, "tend", item, request.at) if begun else handles):
        return {}
    incident: Incident = shown["incident"]
    last = Version.objects.filter(advisory=item.pk).order_by("-number")[0]
    today = request.at.astimezone(LONDON).date()
    return {
        "tends": True,
        "from_report": derived(item),
        "owner": incident.owner.name if incident.owner else "",
        "mine": incident.owner_id == person.pk,
        "becomes": shown["state"] != "withdrawn" and permits.coordinates(person, request.at).exists(),
        "state_form": form if isinstance(form, StateForm) else StateForm(initial={"state": incident.state}),
        "note_form": form if isinstance(form, NoteForm) else NoteForm(initial={"on": today}),
        **_next(request, item, last, shown),
    }


def _next(request: HubRequest, item: Item, last: Version, shown: dict[str, Any]) -> dict[str, Any]:
    """What the newest version tells, and what of that is new. It may be RED where what stands is not."""
    if last.label == tlp.RED and not confirmed(request):
        return {"next_is_red": True}
    if last.label == tlp.RED and shown["label"] != tlp.RED:
        viewed(request, item, "read_draft", version=last.number)
    now: Version | None = shown["current"] if shown["state"] == "released" else None
    told = lines(now) if now else []
    return {
        "next_lines": [(on, words, (on, words) not in told) for on, words in lines(last)],
        "untold_lessons": last.lessons if now is None or last.lessons != now.lessons else "",
    }
