"""The public check of a certificate: by its number, as the QR code has it, or typed."""

from __future__ import annotations

from typing import Any

from allauth.core.internal import ratelimit
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from members.middleware import HubRequest
from members.training.attendanceforms import CheckForm
from members.training.checking import check, tidy


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HubRequest) -> HttpResponse:
    """A name is sent in the body alone: it stands in no address and no log."""
    if request.method != "POST":
        return _page(request, {"form": CheckForm()})
    form = CheckForm(request.POST)
    if not form.is_valid():
        return _page(request, {"form": form})
    return _checked(request, form, form.cleaned_data["number"], form.cleaned_data["name"])


@require_http_methods(["GET", "HEAD"])
def one(request: HubRequest, number: str) -> HttpResponse:
    return _checked(request, CheckForm(initial={"number": number[:30]}), number)


def _checked(request: HubRequest, form: CheckForm, number: str, name: str = "") -> HttpResponse:
    """A certificate that there is not, is one that was found and says so: the same page, the same status."""
    if not _allowed(request, "certificate_check") or (name and not _allowed(request, "certificate_name", tidy(number))):
        return render(request, "429.html", status=429)
    return _page(request, {"form": form, "asked": True, "found": check(number, request.at, name)})


def _allowed(request: HubRequest, action: str, key: str | None = None) -> bool:
    """Asked of allauth's inner module: the public one lets every GET through, and a number stands in an address."""
    used = ratelimit.consume(request, app="allauth.account", action=action, key=key, limit_get=True)
    return used is not None


def _page(request: HubRequest, context: dict[str, Any]) -> HttpResponse:
    said = render(request, "training/check.html", context)
    said.headers["Cache-Control"] = "no-store, private"  # a number stands in the address
    said.headers["X-Robots-Tag"] = "noindex"
    return said
