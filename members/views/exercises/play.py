"""The exercise as those in it see it, one thing that came, its file, and what their organisation does about it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from members.exercises import clock, replying, seen
from members.exercises.playforms import AnswerForm
from members.exercises.seen import Seat, injects, with_replies
from members.middleware import HubRequest
from members.models import Exercise, Inject, Reply
from members.refused import Refused
from members.views.asking import not_found
from members.views.exercises import words
from members.views.exercises.door import context, one_inject, seated
from members.views.exercises.leading import leading
from members.views.exercises.noted import notes, paused

State = Exercise.State
SHOUT = "EXERCISE EXERCISE EXERCISE"
BEGINS = 500  # characters of a file in which it must say so, be it below the first lines of a mail
ACKNOWLEDGED = Reply.What.ACKNOWLEDGED


@require_safe
@login_required
def detail(request: HubRequest, ref: str) -> HttpResponse:
    """Its first page. To htmx, which asks again and again, what has come alone."""
    of = seated(request, ref)
    if of.leads:
        return render(request, "exercises/lead.html", leading(request, of))
    found = with_replies(of, injects(of, request.viewer, request.at)).order_by("-sent_at", "-number")
    came = [_row(one, of) for one in found]
    known = context(
        of, part=words.part(of), came=came, played=clock.reading(of.exercise, request.at), **paused(request, of)
    )
    if request.headers.get("HX-Request"):
        return render(request, "exercises/came.html", known)
    if of.observes:
        known |= notes(request, of, reverse("exercises:detail", args=[ref]))
    return render(request, "exercises/play.html", known)


def _row(one: seen.Replied, of: Seat) -> dict[str, Any]:
    return {
        "code": one.code, "title": one.title, "tier": words.TIER_NAMES[one.tier], "sent_clock": one.sent_clock,
        "to": words.to_whom(one) if of.observes else "", "said": _said(one, one.said, of),
    }  # fmt: skip


def _said(one: Inject, said: list[Reply], of: Seat) -> str:
    """What was done about it, in a few words."""
    acknowledged = sum(1 for reply in said if reply.what == ACKNOWLEDGED)
    answers = len(said) - acknowledged
    answered = ngettext("%(n)d answer", "%(n)d answers", answers) % {"n": answers}
    if of.observes:
        return _("%(n)d acknowledged, %(answered)s") % {"n": acknowledged, "answered": answered}
    if one.asks and not acknowledged:
        return _("To be acknowledged, %(answered)s") % {"answered": answered}
    return _("Acknowledged, %(answered)s") % {"answered": answered} if acknowledged else answered


@require_safe
@login_required
def inject(request: HubRequest, ref: str, child: str) -> HttpResponse:
    """One thing that happens: what it says, and what is done about it."""
    of = seated(request, ref)
    return render(request, "exercises/inject.html", _inject(request, of, one_inject(request, of, child)))


def _inject(request: HubRequest, of: Seat, one: Inject, form: AnswerForm | None = None) -> dict[str, Any]:
    said = one.replies.select_related("person", "organisation").order_by("at", "pk")
    more: dict[str, Any] = {}
    if of.plays and of.participant is not None:
        said = said.filter(organisation=of.participant.organisation_id)
        open_ = of.exercise.state in (State.RUNNING, State.PAUSED)
        acknowledged = next((reply for reply in said if reply.what == ACKNOWLEDGED), None)
        more = {
            "house": of.participant.organisation, "replies_open": open_, "acknowledged": acknowledged,
            "due": one.sent_clock + one.within if one.sent_clock is not None and one.within else None,
            "answer_form": (form or AnswerForm()) if open_ else None,
        }  # fmt: skip
        said_below = [reply for reply in said if reply.what != ACKNOWLEDGED]
    else:
        said_below = list(said)
        more = notes(request, of, request.path, one)
    changes = one.state == Inject.State.WAITING and of.exercise.state != State.ENDED
    return context(
        of, inject=one, to=words.to_whom(one), tier_name=words.TIER_NAMES[one.tier], answers=said_below,
        changes=changes, **more,
    )  # fmt: skip


@require_safe
@login_required
def file(request: HubRequest, ref: str, child: str) -> HttpResponse:
    """The file that came with it, as plain text to keep: it says that it is of an exercise, whatever it is called."""
    of = seated(request, ref)
    one = one_inject(request, of, child)
    if not one.attachment_name:
        raise not_found(request, f"{ref}/{child}")
    text = one.attachment if SHOUT in one.attachment[:BEGINS] else f"{SHOUT}\n\n{one.attachment}"
    said = HttpResponse(text, content_type="text/plain; charset=utf-8")
    said.headers["Content-Disposition"] = f'attachment; filename="EXERCISE-{one.attachment_name}"'
    said.headers["X-Content-Type-Options"] = "nosniff"
    return said


@require_POST
@login_required
def reply(request: HubRequest, ref: str, child: str) -> HttpResponse:
    """Acknowledge it for one's organisation, or answer."""
    of = seated(request, ref)
    one, act = one_inject(request, of, child), request.POST.get("act")
    if not of.plays or act not in ("acknowledge", "answer"):
        raise not_found(request, f"{ref}/{child}")
    form = AnswerForm(request.POST if act == "answer" else None)
    if act == "answer" and not form.is_valid():
        return render(request, "exercises/inject.html", {**_inject(request, of, one, form), "form": form})
    try:
        if act == "answer":
            replying.answer(of.person, one, request.at, form.cleaned_data["words"])
        else:
            replying.acknowledge(of.person, one, request.at)
    except Refused as refused:
        if act != "answer":
            messages.error(request, str(refused))
            return redirect("exercises:inject", ref, child)
        form.add_error(None, str(refused))
        return render(request, "exercises/inject.html", {**_inject(request, of, one, form), "form": form})
    messages.success(request, _("Your answer is there.") if act == "answer" else _("Acknowledged. Thank you."))
    return redirect("exercises:inject", ref, child)
