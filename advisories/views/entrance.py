"""The sign-in page: it leads back to where somebody came from, and on a demonstration offers its people."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit

from allauth.account.views import LoginView
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from advisories.demo.people import sign_in_groups
from members.middleware import demonstrates


class Entrance(LoginView):  # type: ignore[misc]  # allauth brings no types
    """allauth's, with what is ours."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if REDIRECT_FIELD_NAME not in request.GET and (path := came_from(request)):
            return redirect(f"{request.path}?{urlencode({REDIRECT_FIELD_NAME: path})}")
        answer: HttpResponse = super().get(request, *args, **kwargs)
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        if demonstrates(self.request):
            context["demo_people"] = sign_in_groups()
        return context


def came_from(request: HttpRequest) -> str:
    """The advisory whose address they opened from a mail before they signed in; "" where it was another page.

    The page that said "not found" can't name it itself: it is the same for every address, byte for byte.
    """
    page = urlsplit(request.headers.get("Referer", ""))
    return page.path if page.netloc == request.get_host() and page.path.startswith("/advisories/") else ""
