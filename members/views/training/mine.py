"""What whoever looks attended and completed, and each certificate as a page that prints."""

from __future__ import annotations

import csv

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from members import permits, shows, tlp
from members.cells import cell
from members.middleware import HubRequest
from members.models import Organisation, Person
from members.training import certifying, mine
from members.training.checking import spaced, tidy
from members.training.had import hours
from members.training.leading import led
from members.views.asking import not_found, person_of
from members.views.training.qr import qr


@login_required
@require_safe
def show(request: HubRequest) -> HttpResponse:
    person = _person(request)
    found = mine.own(person, request.viewer, request.at)
    context = {
        "found": found, "years": mine.by_year(found), "to_say": mine.to_say(person, request.viewer, request.at),
        "to_sign_in": mine.to_sign_in(person, request.viewer, request.at), "led": list(led(person, request.at)),
        "at": request.at, "offices": list(permits.coordinates(person, request.at)),
    }  # fmt: skip
    return render(request, "training/mine.html", context)


@login_required
@require_safe
def export(request: HubRequest) -> HttpResponse:
    said = HttpResponse(content_type="text/csv; charset=utf-8")
    said.headers["Content-Disposition"] = 'attachment; filename="training.csv"'
    rows = csv.writer(said)
    rows.writerow(["completed", "course", "cpd hours", "certificate", "revoked"])
    for one in mine.own(_person(request), request.viewer, request.at):
        counted = hours(one.minutes if one.number and not one.revoked else 0)
        line = [one.on.isoformat(), one.title or _("A course"), counted, spaced(one.number), one.because]
        rows.writerow([cell(value) for value in line])
    return said


@login_required
@require_safe
def certificate(request: HubRequest, number: str) -> HttpResponse:
    """For its owner alone, and theirs whatever became of the course."""
    found = certifying.of(_person(request), tidy(number))
    if found is None:
        raise not_found(request, number)
    item = found.course.item
    address = f"{settings.BASE_URL}{reverse('training:check-one', args=[spaced(found.number)])}"
    row = shows.stands([item], request.at)[item.pk]
    house: Organisation | None = found.organisation
    context = {
        "one": found, "number": spaced(found.number), "warp": item.warp, "house": house,
        "address": address.partition("://")[2], "qr": qr(address),
        "label": "" if row.label == tlp.CLEAR else row.label,
    }  # fmt: skip
    return render(request, "training/certificate.html", context)


def _person(request: HubRequest) -> Person:
    person = person_of(request)
    assert person is not None  # login_required
    return person
