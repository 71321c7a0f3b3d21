"""Addresses with a secret in them, by which a program gets what its owner may have: made, shown once, and ended. One
page for each use of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members import credentials
from members.middleware import HubRequest
from members.models import Credential, Person
from members.refused import Refused
from members.views.asking import confirmed, not_found, person_of, to_confirm


class NameForm(forms.Form):
    """What an address is for, in its owner's words."""

    name = forms.CharField(max_length=100, help_text=gettext_lazy("So that you know later which one to end."))


@dataclass(frozen=True)
class Use:
    """`page`, `ending`: its routes; `path(token)`: where such an address leads; `asks`: what its owner names."""

    use: Credential.Use
    page: str
    ending: str
    template: str
    path: Callable[[str], str]
    asks: Promise

    def form(self, data: Any = None) -> NameForm:
        form = NameForm(data)
        form.fields["name"].label = str(self.asks)
        return form


def show(request: HubRequest, of: Use, **more: Any) -> HttpResponse:
    """Theirs; and with a POST one more. Whoever makes one says once more who they are: it opens more than this page."""
    person = _person(request)
    if not confirmed(request):
        return to_confirm(request, reverse(of.page))
    form, made = of.form(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        try:
            token = credentials.issue(person, of.use, form.cleaned_data["name"], request.at, person)[1]
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            made, form = f"{settings.BASE_URL}{of.path(token)}", of.form()
    mine = [(one, credentials.handle(one)) for one in credentials.of_person(person, of.use, request.at)]
    said = render(request, of.template, {"form": form, "made": made, "mine": mine, "end": of.ending, **more})
    said.headers["Cache-Control"] = "no-store, private"  # the new address is shown this once
    return said


def end(request: HubRequest, of: Use, code: str) -> HttpResponse:
    """It opens nothing any more, from the next question on. Nobody is asked anything for ending one."""
    person = _person(request)
    mine = credentials.of_person(person, of.use, request.at)
    one = next((one for one in mine if credentials.handle(one) == code), None)
    if one is None:
        raise not_found(request, code)
    credentials.revoke(one, request.at, person)
    messages.success(request, _("“%(name)s” has ended: its address opens nothing any more.") % {"name": one.name})
    return redirect(of.page if confirmed(request) else "mfa_index")


def _person(request: HubRequest) -> Person:
    person = person_of(request)
    assert person is not None  # login_required
    return person
