"""The live board of an exercise: its clock, what comes next, what came. Its state lies with the hub alone, so whoever
leads may open it in another browser, or after theirs died, and go on."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members.exercises import clock, preparing, running
from members.exercises.checks import checks
from members.exercises.figures import against
from members.exercises.gathered import came
from members.exercises.players import manned
from members.exercises.seen import Seat, injects
from members.exercises.spelling import in_words
from members.middleware import HubRequest
from members.models import Exercise, Inject
from members.refused import Refused
from members.views.asking import not_found
from members.views.exercises import words
from members.views.exercises.door import PREPARED, context, led, one_inject
from members.views.exercises.noted import notes, paused

State = Exercise.State
PRIMARY, SECONDARY = "", "govuk-button--secondary"
ACTS: dict[str, list[tuple[str, Any, str]]] = {
    State.PREPARED: [("start", gettext_lazy("Start the exercise"), PRIMARY)],
    State.RUNNING: [("pause", gettext_lazy("Pause"), SECONDARY)],
    State.PAUSED: [("resume", gettext_lazy("Go on"), PRIMARY)],
    State.ENDED: [],
}
VERBS = {"start": running.start, "pause": running.pause, "resume": running.resume, "invite": preparing.invite}


@require_safe
@login_required
def show(request: HubRequest, ref: str) -> HttpResponse:
    """To htmx, which asks again and again, what is live alone."""
    of = led(request, ref)
    known = _live(request, of)
    if request.headers.get("HX-Request"):
        return render(request, "exercises/live.html", known)
    if of.exercise.state != PREPARED:
        known |= notes(request, of, request.path)
    return render(request, "exercises/board.html", known)


def _live(request: HubRequest, of: Seat) -> dict[str, Any]:
    exercise, whole = of.exercise, came(of.exercise)
    played = clock.reading(exercise, request.at)
    waiting = [one for one in injects(of, request.viewer, request.at) if one.state != Inject.State.SENT]
    sent = list(reversed(against(whole)))
    missing = []
    if exercise.state == PREPARED:
        invited = preparing.invited(exercise, request.at)
        teams, still = exercise.teams.order_by("slug"), manned(exercise, request.at)
        missing = checks(exercise, teams, whole, still, invited=invited)
    return context(
        of, at=request.at, played=played, pace=exercise.pace, acts=ACTS[exercise.state], checks=missing,
        sends=exercise.state == State.RUNNING, skips=exercise.state != State.ENDED, sent=sent,
        waiting=[_waiting(one, played, exercise) for one in waiting], **paused(request, of),
    )  # fmt: skip


def _waiting(one: Inject, played: float, exercise: Exercise) -> dict[str, Any]:
    left = (one.offset - played) / exercise.pace
    said = ""
    if one.state == Inject.State.SKIPPED:
        said = _("skipped")
    elif exercise.state == State.RUNNING:
        said = _("in %(time)s") % {"time": in_words(left)} if left > 0 else _("due now")
    return {
        "code": one.code, "number": one.number, "title": one.title, "offset": one.offset, "to": words.to_whom(one),
        "said": said, "due": exercise.state == State.RUNNING and left <= 60 and one.state == Inject.State.WAITING,
        "skipped": one.state == Inject.State.SKIPPED,
    }  # fmt: skip


@require_POST
@login_required
def act(request: HubRequest, ref: str) -> HttpResponse:
    """Invite, start, pause, go on: what the exercise is left in, the verb looks at itself."""
    of, name = led(request, ref), request.POST.get("act", "")
    if name not in VERBS:
        raise not_found(request, ref)
    try:
        VERBS[name](of.person, of.exercise, request.at)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        if name == "invite":
            messages.success(request, _("They are invited, and find it under Exercises."))
    return redirect("exercises:detail" if name == "invite" else "exercises:board", ref)


@require_POST
@login_required
def act_on_inject(request: HubRequest, ref: str, child: str) -> HttpResponse:
    """Send it now, or skip it."""
    of, name = led(request, ref), request.POST.get("act")
    one = one_inject(request, of, child)
    if name not in ("send", "skip"):
        raise not_found(request, f"{ref}/{child}")
    try:
        (running.send_now if name == "send" else running.skip)(of.person, one, request.at)
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("exercises:board", ref)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def end(request: HubRequest, ref: str) -> HttpResponse:
    """It can't begin again, so it is asked once more."""
    of = led(request, ref)
    if request.method == "POST":
        try:
            running.end(of.person, of.exercise, request.at)
        except Refused as refused:
            messages.error(request, str(refused))
            return redirect("exercises:board", ref)
        messages.success(request, _("The exercise is over. Thank everybody, and note what is to be better."))
        return redirect("exercises:report", ref)
    waiting = of.exercise.injects.filter(state=Inject.State.WAITING).count()
    return render(request, "exercises/end.html", context(of, waiting=waiting))
