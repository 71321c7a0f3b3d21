"""The certificates of a course, for whoever teaches it; and revoking one, or issuing another after that."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from members.middleware import HubRequest
from members.models import Course, Person
from members.refused import Refused
from members.training import certifying
from members.training.attendanceforms import RevokeForm
from members.training.checking import spaced, tidy
from members.views.asking import not_found, typed
from members.views.training.asking import taught

PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HubRequest, ref: str) -> HttpResponse:
    """All of them; what is posted names one of lessons that was revoked, for which there is to be another."""
    person, course = taught(request, ref)
    if request.method == "POST":
        return _issued_anew(request, person, course)
    found = list(certifying.of_course(course, tidy(typed(request, "before"))[:20])[: PAGE + 1])
    older = f"?{urlencode({'before': found[PAGE - 1].number})}" if len(found) > PAGE else ""
    without = certifying.without(course, found[:PAGE])
    rows = [(one, spaced(one.number), one.pk in without) for one in found[:PAGE]]
    return render(request, "training/certificates.html", {"course": course, "ref": ref, "rows": rows, "older": older})


def _issued_anew(request: HubRequest, person: Person, course: Course) -> HttpResponse:
    ref, number = course.item.reference, request.POST.get("number", "").replace("\0", "")
    found = certifying.of_course(course).filter(number=tidy(number)).first()
    if found is None:
        raise not_found(request, f"{ref}/{number}")
    try:
        certifying.issue_anew(person, found, request.at)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("A new certificate is issued."))
    return redirect("training:certificates", ref)


@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: HubRequest, ref: str, number: str) -> HttpResponse:
    person, course = taught(request, ref)
    found = certifying.of_course(course).filter(number=tidy(number)).first()
    if found is None:
        raise not_found(request, f"{ref}/{number}")
    form = RevokeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            certifying.revoke(person, found, request.at, form.cleaned_data["reason"])
        except Refused as refused:
            form.add_error("reason", str(refused))
        else:
            messages.success(request, _("The certificate is revoked."))
            return redirect("training:certificates", ref)
    context = {"form": form, "one": found, "number": spaced(found.number), "course": course, "ref": ref}
    return render(request, "training/revoke.html", context)
