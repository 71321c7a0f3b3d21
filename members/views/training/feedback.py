"""Saying how a session was; and what was said, without names, for whoever teaches."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from members.middleware import HubRequest
from members.models import Booking, Feedback
from members.refused import Refused
from members.training import feedback, reading
from members.training.attendanceforms import PACE, USEFUL, FeedbackForm
from members.views.asking import not_found, person_of
from members.views.training.asking import session_taught

SCALE = 100  # of the widest bar


@require_http_methods(["GET", "HEAD", "POST"])
def give(request: HubRequest, ref: str, code: str) -> HttpResponse:
    person = person_of(request)
    session = reading.sessions(request.viewer, request.at).filter(course__item__reference=ref, code=code).first()
    booking = feedback.asked(person, session, request.at) if person and session else None
    if person is None or session is None or booking is None:
        raise not_found(request, f"{ref}/{code}")
    before = _before(booking)
    form = FeedbackForm(request.POST if request.method == "POST" else None, initial=_initial(before))
    if form.is_valid():
        try:
            feedback.give(person, session, request.at, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Thank you. You can change it until two weeks after the session."))
            return redirect("training:mine")
    still = feedback.still_open(session, request.at)
    context = {"form": form, "session": session, "course": session.course, "ref": ref, "before": before, "open": still}
    return render(request, "training/feedback.html", context)


@require_safe
def results(request: HubRequest, ref: str, code: str) -> HttpResponse:
    _person, session = session_taught(request, ref, code)
    found = feedback.results(session)
    context: dict[str, Any] = {"session": session, "course": session.course, "ref": ref, "enough": feedback.ENOUGH}
    if found is not None:
        questions = ((_("How useful it was"), USEFUL, found.useful), (_("Its pace"), PACE, found.pace))
        context |= {
            "count": found.count, "words": found.words,
            "plots": [(heading, _bars(marks, counts)) for heading, marks, counts in questions],
        }  # fmt: skip
    return render(request, "training/feedback_results.html", context)


def _bars(marks: list[tuple[int, Any]], counts: list[int]) -> list[tuple[str, int, int]]:
    """Of each mark its words, how many gave it, and how wide its bar is."""
    most = max(counts) or 1
    pairs = zip(marks, counts, strict=True)
    return [(str(words), count, round(SCALE * count / most)) for (_mark, words), count in pairs]


def _before(booking: Booking) -> Feedback | None:
    try:
        return booking.feedback
    except ObjectDoesNotExist:
        return None


def _initial(before: Feedback | None) -> dict[str, Any]:
    return {"useful": before.useful, "pace": before.pace, "words": before.words} if before else {}
