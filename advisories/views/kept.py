"""A sign-in that ends while somebody writes: what they typed comes back to them in a page, to be sent again.

It goes from their browser to their browser: nothing of who is not known is kept here.
"""

from __future__ import annotations

from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils.functional import Promise
from django.views.csrf import csrf_failure as nothing_sent

from advisories.reportforms import ReportForm, StartForm
from members.views.asking import person_of

KEEPS = {"incidents:new", "incidents:write"}
NOT_TYPED = {"csrfmiddlewaretoken", "act"}
MOST = 200  # fields
VISIBLE = {**StartForm.base_fields, **ReportForm.base_fields}
WRITTEN = ("title", "body", "started_at", "aware_at", "hit", "done", "wanted", "embargo_until", "embargo_reason",
           "indicators")  # fmt: skip


class Typed(NamedTuple):
    """One field as it was sent; without a label it goes along unseen."""

    name: str
    value: str
    label: str | Promise | None
    rows: int


def kept(request: HttpRequest, ref: str = "") -> HttpResponse:
    """All that was typed, in fields, with a button to save it. The same whether there is such a report or not."""
    said = "incidents/kept_note.html" if request.headers.get("HX-Request") else "incidents/kept.html"
    back = reverse("incidents:detail", args=[ref]) if ref else reverse("incidents:new")
    context = {"typed": typed(request), "signed_in": person_of(request) is not None, "back": back,
               "had_file": bool(request.FILES)}  # fmt: skip
    response = render(request, said, context)
    response.headers["Cache-Control"] = "no-store, private"
    return response


def typed(request: HttpRequest) -> list[Typed]:
    found = []
    for name, values in list(request.POST.lists())[:MOST]:
        label = VISIBLE[name].label if name in WRITTEN else None
        rows = 1 + min(12, max(value.count("\n") + len(value) // 60 for value in values)) if values else 1
        found += [Typed(name, value, label, rows) for value in values if name not in NOT_TYPED]
    return found


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Of what was sent by a page of ours whose sign-in has changed since; what came from elsewhere is not shown."""
    try:
        match = resolve(request.path_info)
    except Resolver404:
        return nothing_sent(request, reason)
    if match.view_name in KEEPS and ours(request):
        return kept(request, str(match.kwargs.get("ref", "")))
    return nothing_sent(request, reason)


def ours(request: HttpRequest) -> bool:
    """Whether the browser says that a page of this hub sent it."""
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"
