"""The doors to what organisations answer to an alert: their own answer, and for its handlers who has and who hasn't."""

from __future__ import annotations

import csv
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from advisories.answerforms import AnswerForm
from advisories.views.advisories import page_of, text_context
from advisories.views.curve import curve
from advisories.views.versions import standing_text
from members import kinds, stand
from members.cells import cell
from members.middleware import HubRequest
from members.models import Item, Person, Response
from members.refused import Refused
from members.response import answer, ringing
from members.response.board import Row, board
from members.views.asking import handled, to_confirm, unconfirmed

CONFIRM, SAY, CLOSE, REOPEN = "confirm", "say", "close", "reopen"
SAID = {
    CONFIRM: gettext_lazy("Confirmed. Thank you."),
    SAY: gettext_lazy("Your answer is there."),
    CLOSE: gettext_lazy("Closed."),
    REOPEN: gettext_lazy("Open again."),
}
RUNG, RING, LET_GO = "rung", "ring", "let-go"
CALLED = {
    RUNG: gettext_lazy("Noted: they have it."),
    RING: gettext_lazy("They are yours to ring, for a quarter of an hour."),
    LET_GO: gettext_lazy("Let go: somebody else may ring them."),
    "no-answer": gettext_lazy("Noted: no answer."),
    "ring-back": gettext_lazy("Noted: they will ring back."),
}
STEPS = {1: gettext_lazy("told once more"), 2: gettext_lazy("coordinator told to ring")}
DELIVERY = {
    "due": gettext_lazy("on its way"),
    "sent": gettext_lazy("sent"),
    "cancelled": gettext_lazy("not sent"),
    "dead": gettext_lazy("given up"),
}
STATES = {
    "late": gettext_lazy("not confirmed: to be rung"),
    "awaited": gettext_lazy("not confirmed yet"),
    "confirmed": gettext_lazy("confirmed"),
    "closed": gettext_lazy("closed"),
    "let go": gettext_lazy("need not confirm any more"),
}


@require_POST
def respond(request: HubRequest, ref: str) -> HttpResponse:
    """Confirm, say, close or reopen, for one's own organisations."""
    person, item = handled(request, ref, "respond")
    if unconfirmed(request, item):
        return to_confirm(request, kinds.page(item))
    form = AnswerForm(request.POST, mine=list(answer.asked(person, item, request.at)))
    act = request.POST.get("act", "")
    if form.is_valid():
        try:
            _act(act, form, person, item, request)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, SAID.get(act, SAID[SAY]))
            return redirect(kinds.page(item))
    context = page_of(request, item, stand.in_force(item, request.at), form)
    return render(request, "advisories/detail.html", {**context, "form": form})


@transaction.atomic
def _act(act: str, form: AnswerForm, person: Person, item: Item, request: HubRequest) -> None:
    """What was typed is said, whichever button was pressed."""
    verbs: dict[str, Callable[..., Any]] = {CONFIRM: answer.acknowledge, CLOSE: answer.close, REOPEN: answer.reopen}
    whose = (person, item, request.at, form.organisations(), form.cleaned_data["to"])
    said = {name: form.cleaned_data[name] for name in ("applies", "words")}
    if act not in verbs or any(said.values()):
        answer.respond(*whose, **said)
    if act in verbs:
        verbs[act](*whose)


@require_safe
def show(request: HubRequest, ref: str) -> HttpResponse:
    """Who has confirmed, who is to be rung, and how fast it went. To htmx, which asks again and again, the board
    alone."""
    person, item = handled(request, ref, "see_responses")
    if unconfirmed(request, item):
        return to_confirm(request)
    answers = board(item, request.at, request.viewer)
    context = {
        "ref": ref,
        "back": kinds.page(item),
        "board": answers,
        "at": request.at,
        "rows": [_shown(row, person) for row in answers.rows],
        "curve": curve(answers),
    }
    if request.headers.get("HX-Request"):
        return render(request, "advisories/board.html", context)
    standing = stand.in_force(item, request.at)
    text = text_context(standing_text(item, standing))
    label = standing.label if standing else item.marking
    return render(request, "advisories/responses.html", {**text, **context, "page_label": label, "page_ref": ref})


def _shown(row: Row, person: Person) -> dict[str, Any]:
    """One row as the board has it: in words, and with what came of each try."""
    told = [(STEPS[one.step], one, DELIVERY.get(one.state, one.state)) for one in row.tries]
    calls = [note for note in row.notes if note.what in ringing.NOTES]
    return {
        "row": row, "state": STATES[row.state.value], "applies": Response.Applies(row.applies).label, "tries": told,
        "calls": calls, "mine": row.ringing == person,
    }  # fmt: skip


@require_POST
def rung(request: HubRequest, ref: str) -> HttpResponse:
    """Ring an organisation, and say what came of it: they have it, no answer, they will ring back."""
    person, item = handled(request, ref, "note_call")
    if unconfirmed(request, item):
        return to_confirm(request, reverse("advisories:responses", args=[ref]))
    slug, to, act = (request.POST.get(name, "").replace("\0", "") for name in ("organisation", "to", "act"))
    try:
        _called(act, person, item, request, slug, to)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, CALLED.get(act, CALLED[RUNG]))
    return redirect("advisories:responses", ref)


def _called(act: str, person: Person, item: Item, request: HubRequest, slug: str, to: str) -> None:
    if act == RING:
        ringing.take(person, item, request.at, slug)
    elif act == LET_GO:
        ringing.let_go(person, item, request.at, slug)
    elif act in ringing.NOTES:
        ringing.note(person, item, request.at, slug, act)
    else:
        answer.note_call(person, item, request.at, [slug], to)


@require_safe
def export(request: HubRequest, ref: str) -> HttpResponse:
    """The same as a table for a spreadsheet."""
    _person, item = handled(request, ref, "see_responses")
    if unconfirmed(request, item):
        return to_confirm(request)
    answers = board(item, request.at)
    said = HttpResponse(content_type="text/csv; charset=utf-8")
    standing = stand.in_force(item, request.at)
    label = (standing.label if standing else item.marking).replace("+", "-")
    said.headers["Content-Disposition"] = f'attachment; filename="TLP-{label}-responses-{item.reference}.csv"'
    rows = csv.writer(said)
    rows.writerow(["organisation", "state", "asked", "due", "confirmed", "by", "means", "applies", "last update"])
    rows.writerows([cell(value) for value in _line(row)] for row in answers.rows)
    return said


def _line(row: Row) -> list[str]:
    last = next((note.words for note in reversed(row.notes) if note.words), "")
    times = [at.isoformat() if at else "" for at in (row.asked_at, row.due_at, row.confirmed_at)]
    return [row.organisation.name, row.state.value, *times, row.by, row.means, row.applies, last]
