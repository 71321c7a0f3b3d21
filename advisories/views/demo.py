"""The demonstration's own doors: sign in as anyone with one click, confirm with one click. On this machine alone."""

from __future__ import annotations

from allauth.account.internal.flows.login import record_authentication
from django.contrib.auth import REDIRECT_FIELD_NAME, login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from advisories.demo.people import sign_in_groups
from members.middleware import DEMO_FLAG, demonstrates, in_demonstration
from members.models import Person

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    """Signs in as the demonstration person whose key is posted."""
    if not demonstrates(request):
        raise Http404
    offered = {person["key"] for group in sign_in_groups() for person in group["people"]}
    key = request.POST.get("person", "")
    if key not in offered:
        raise Http404
    login(request, get_object_or_404(Person, email=key), backend=BACKEND)
    request.session[DEMO_FLAG] = True
    return redirect(_next(request))


@never_cache
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """Stands in for the code that a guarded page asks for."""
    if not in_demonstration(request) or not request.user.is_authenticated:
        raise Http404
    if request.method == "GET":
        return render(request, "advisories/demo_confirm.html", {"redirect_field_value": _next(request)})
    record_authentication(request, request.user, method="demo", reauthenticated=True)
    return redirect(_next(request))


def _next(request: HttpRequest) -> str:
    """Where they were going, if that is a page of ours."""
    wanted = request.POST.get(REDIRECT_FIELD_NAME) or request.GET.get(REDIRECT_FIELD_NAME) or "/"
    return wanted if url_has_allowed_host_and_scheme(wanted, {request.get_host()}) else "/"
