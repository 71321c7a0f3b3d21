"""The sign-in list of a session, for whoever teaches it; and the code alone, to be shown to the room."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from members.middleware import HubRequest
from members.models import Booking, Person, Session
from members.refused import Refused
from members.training import attendance, certifying, walkingin
from members.training.attendanceforms import NOTED, WalkInForm
from members.views.training.asking import session_taught
from members.views.training.qr import qr


@require_http_methods(["GET", "HEAD", "POST"])
def sheet(request: HubRequest, ref: str, code: str) -> HttpResponse:
    """Who is to come and who came. To htmx, which asks again and again, the list alone."""
    person, session = session_taught(request, ref, code)
    form = WalkInForm()
    if request.method == "POST":
        if request.POST.get("act") != "walk-in":
            _said(request, person, session)
            return redirect("training:attendance", ref, code)
        form = WalkInForm(request.POST)
        if form.is_valid():
            form = _walked_in(request, person, session, form)
            if not form.errors:
                return redirect("training:attendance", ref, code)
    template = "training/attendance_list.html" if request.headers.get("HX-Request") else "training/attendance.html"
    return render(request, template, {**_listed(request, session), "ref": ref, "form": form})


@require_safe
def code(request: HubRequest, ref: str, code: str) -> HttpResponse:
    """To be projected: no name of anybody stands on it."""
    _person, session = session_taught(request, ref, code)
    if not session.sign_in_code or not attendance.is_open(session, request.at):
        return redirect("training:attendance", ref, code)
    address = f"{settings.BASE_URL}{reverse('training:in')}"
    context = {
        "ref": ref, "session": session, "address": address.partition("://")[2], "shown": _spaced(session.sign_in_code),
        "qr": qr(f"{address}?{urlencode({'code': session.sign_in_code})}"),
    }  # fmt: skip
    return render(request, "training/attendance_code.html", context)


def _listed(request: HubRequest, session: Session) -> dict[str, Any]:
    held = {one.person_id: one for one in session.certificates.order_by("issued_at", "pk")}
    listed = [(one, held.get(one.person_id)) for one in attendance.on_the_list(session)]
    placed = [one for one, _certificate in listed if one.state == Booking.State.PLACED]
    over = request.at >= session.ends_at
    return {
        "session": session, "course": session.course, "listed": listed, "placed": len(placed),
        "came": sum(one.attended == Booking.Attended.YES for one in placed),
        "unsaid": sum(one.attended == Booking.Attended.UNKNOWN for one in placed),
        "open": attendance.is_open(session, request.at), "notes": attendance.may_note(session, request.at),
        "over": over, "shown": _spaced(session.sign_in_code), "at": request.at,
        "owed": sum(
            one.attended == Booking.Attended.YES and certificate is None for one, certificate in listed
        ) if over and session.cancelled_at is None else 0,
    }  # fmt: skip


def _said(request: HubRequest, person: Person, session: Session) -> None:
    try:
        _act(request.POST.get("act", ""), request, person, session)
    except Refused as refused:
        messages.error(request, str(refused))


def _act(act: str, request: HubRequest, person: Person, session: Session) -> None:
    at, booking = request.at, request.POST.get("booking", "").replace("\0", "")
    if act in NOTED:
        attendance.note(person, session, at, booking, NOTED[act])
    elif act in ("code", "anew"):
        attendance.show_code(person, session, at, anew=act == "anew")
    elif act == "absent":
        count = attendance.note_absent(person, session, at)
        said = ngettext("Noted: %d did not come.", "Noted: %d did not come.", count) % count
        messages.success(request, said)
    elif act == "certificates":
        count = certifying.issue_all(person, session, at)
        said = ngettext("%d certificate is issued.", "%d certificates are issued.", count) % count
        messages.success(request, said if count else _("Everybody who was there has one already."))
    elif act == "again":
        certifying.issue_again(person, session, at, booking)
        messages.success(request, _("A new certificate is issued."))


def _walked_in(request: HubRequest, person: Person, session: Session, form: WalkInForm) -> WalkInForm:
    """The form once more, with what is wrong; without errors they are on the list."""
    house = request.POST.get("house", "").replace("\0", "")
    try:
        booking, over = walkingin.walk_in(person, session, request.at, form.cleaned_data["email"], house)
    except walkingin.Several as several:
        form = WalkInForm(request.POST, houses=several.houses)
        form.add_error("house", str(several))
    except Refused as refused:
        form.add_error("email", str(refused))
    else:
        said = {"name": booking.person.name, "over": over}
        full = _("%(name)s is on the list. It is full: with them %(over)d more are there than it has places.")
        messages.success(request, (full if over else _("%(name)s is on the list, and came.")) % said)
    return form


def _spaced(letters: str) -> str:
    """In two groups, as it is read out."""
    return f"{letters[:3]} {letters[3:]}".strip()
