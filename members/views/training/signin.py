"""Signing in on the day, on one's own telephone."""

from __future__ import annotations

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from members.middleware import HubRequest
from members.refused import Refused
from members.training import attendance
from members.training.attendanceforms import SignInForm
from members.views.asking import person_of, typed


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HubRequest) -> HttpResponse:
    """The QR code leads here with the code filled in: opening it changes nothing."""
    person = person_of(request)
    assert person is not None  # login_required
    if request.method != "POST":
        return _page(request, SignInForm(initial={"code": typed(request, "code")[:20]}))
    form = SignInForm(request.POST)
    if not ratelimit.consume(request, action="training_sign_in"):
        form.add_error("code", _("You tried too often. Ask whoever teaches to note that you came."))
        return _page(request, form, 429)
    if form.is_valid():
        try:
            booking = attendance.sign_in(person, form.cleaned_data["code"], request.at)
        except Refused as refused:
            form.add_error("code", str(refused))
        else:
            said = _("You are signed in to “%(title)s”.") % {"title": booking.session.course.title}
            messages.success(request, said)
            return redirect("training:mine")
    return _page(request, form)


def _page(request: HubRequest, form: SignInForm, status: int = 200) -> HttpResponse:
    return render(request, "training/sign_in.html", {"form": form}, status=status)
