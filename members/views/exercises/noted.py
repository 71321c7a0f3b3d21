"""Parts that several pages of an exercise share: notes of who watches, and for what it waits."""

from __future__ import annotations

from typing import Any

from members import kinds, policy
from members.exercises import telling
from members.exercises.playforms import NoteForm
from members.exercises.seen import Seat
from members.middleware import HubRequest
from members.models import Exercise, Inject, Organisation, Participant
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
    """That it is paused, in the same words whatever for: that it is for something real, and where that is, only to
    whoever reads it. In as many statements for everybody else."""
    if of.exercise.state != Exercise.State.PAUSED:
        return {}
    alert = policy.visible_to(request.viewer, request.at).filter(pk=of.exercise.paused_for_id or 0).first()
    return {"paused": telling.said(telling.Word.PAUSED), "paused_url": kinds.page(alert) if alert else ""}
