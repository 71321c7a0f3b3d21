"""The page of a session, for whoever reads its course; and the doors to scheduling, changing and cancelling it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from members import stand
from members.middleware import HubRequest
from members.models import Standing
from members.refused import Refused
from members.training import attendance, booking, own, reading, scheduling
from members.training.places import State
from members.training.sessionforms import CancelForm, OtherForm, OwnForm, ScheduleForm, SessionForm, as_typed
from members.views.asking import not_found, person_of
from members.views.training.asking import session_taught, taught, teaches
from members.views.training.rows import rows


@require_safe
def show(request: HubRequest, ref: str, code: str) -> HttpResponse:
    found = reading.sessions(request.viewer, request.at).filter(course__item__reference=ref, code=code)
    session = reading.counted(found).first()
    if session is None:
        raise not_found(request, f"{ref}/{code}")
    return render(request, "training/session.html", page(request, session))


def page(request: HubRequest, session: reading.Counted, other: OtherForm | OwnForm | None = None) -> dict[str, Any]:
    """What the page says of a session that the rule gave. `other`: what was typed of whom to book."""
    person, teacher = person_of(request), teaches(request, session.course)
    standing = stand.in_force(session.course.item, request.at)
    released = standing is not None and standing.state == Standing.State.RELEASED  # else nobody can book it
    row = rows(request, [session])[0]
    open_still = session.cancelled_at is None and session.starts_at > request.at
    shut = open_still and released and session.books_until <= request.at
    bookable = open_still and released and not shut
    mates = own.own_people(person, session, request.at) if person and not teacher else []
    if other is None and bookable:
        other = OtherForm() if teacher else OwnForm(people=mates) if mates else None
    houses = booking.comes_as(person, request.at) if person else []
    return {
        "ref": session.course.item.reference,
        "course": session.course,
        "page_label": standing.label if standing else "",
        "page_ref": session.course.item.reference,
        "session": session,
        "row": row,
        "price": f"£{session.pence / 100:.2f}",
        "teaches": teacher,
        "open": open_still,
        "bookable": bookable,
        "shut": shut,
        "signs_in": teacher and attendance.is_open(session, request.at),
        "houses": houses,
        "queue": own.place_in_queue(row.mine) if row.mine and row.mine.state == State.WAITING else 0,
        "joins": session.link and (teacher or (row.mine is not None and row.mine.state == State.PLACED)),
        "booked": list(own.seen(person, session, request.at, teaches=teacher)),
        "other_form": other,
        "form": other,
    }


@require_http_methods(["GET", "HEAD", "POST"])
def schedule(request: HubRequest, ref: str) -> HttpResponse:
    person, course = taught(request, ref)
    form = ScheduleForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made = scheduling.schedule(person, course, request.at, form.when(), form.details(), form.series())
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            said = ngettext("%(n)d session is scheduled.", "%(n)d sessions are scheduled.", len(made))
            messages.success(request, said % {"n": len(made)})
            return redirect("training:course", ref)
    return render(request, "training/schedule.html", {"form": form, "course": course, "ref": ref})


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HubRequest, ref: str, code: str) -> HttpResponse:
    person, session = session_taught(request, ref, code)
    form = SessionForm(request.POST if request.method == "POST" else None, initial=as_typed(session))
    if form.is_valid():
        try:
            changed = scheduling.change(person, session, request.at, form.when(), form.details())
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            told = changed.sequence != session.sequence
            messages.success(request, _("Saved. Everybody who booked is told.") if told else _("Saved."))
            return redirect("training:session", ref, code)
    context = {"form": form, "course": session.course, "session": session, "ref": ref}
    return render(request, "training/change.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HubRequest, ref: str, code: str) -> HttpResponse:
    person, session = session_taught(request, ref, code)
    form = CancelForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            scheduling.cancel(person, session, request.at, form.cleaned_data["reason"])
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Cancelled. Everybody who booked is told."))
            return redirect("training:session", ref, code)
    context = {"form": form, "course": session.course, "session": session, "ref": ref}
    return render(request, "training/cancel.html", context)
