"""Parts that several pages of an exercise share: notes of who watches, and for what it waits."""

from __future__ import annotations

from typing import Any

from members import kinds, policy
from members.exercises.seen import Seat
from members.middleware import HubRequest
from members.models import Inject, Organisation, Participant
from members.playforms import NoteForm
from members.views.exercises.door import PREPARED

MOST = 100  # notes on a page; the report has all


def notes(
    request: HubRequest, of: Seat, back: str, about: Inject | None = None, form: NoteForm | None = None
) -> dict[str, Any]:
    """The last notes (about one inject alone where it is given) and the form for another."""
    found = of.exercise.observations.select_related("by", "inject", "organisation").order_by("-at", "-pk")
    if about is not None:
        found = found.filter(inject=about)
    began = of.exercise.state != PREPARED
    shown = (form or note_form(of, None, about)) if began else None
    return {"notes": list(found[:MOST]), "note_form": shown, "note_back": back}


def note_form(of: Seat, data: Any = None, about: Inject | None = None) -> NoteForm:
    """About what came, and about those who play."""
    sent = of.exercise.injects.filter(state=Inject.State.SENT).order_by("-sent_at", "-number")
    initial = {"inject": about.code} if about is not None else {}
    return NoteForm(data, injects=sent, houses=houses(of), initial=initial)


def houses(of: Seat) -> list[Organisation]:
    """The organisations that play."""
    players = of.exercise.participants.filter(role=Participant.Role.PLAYER).select_related("organisation")
    found = {one.organisation for one in players if one.organisation is not None}
    return sorted(found, key=lambda one: (one.name, one.pk))


def paused(request: HubRequest, of: Seat) -> dict[str, Any]:
    """That it waits for something real; where that is, only to whoever reads it."""
    alert = of.exercise.paused_for
    if alert is None:
        return {}
    reads = policy.may(request.viewer, alert, request.at) == policy.Answer.BODY
    return {"paused_for": True, "paused_url": kinds.page(alert) if reads else ""}
