"""An organisation's list of what it runs: for its own people, changed by its leads and responders."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from members.kit import lists
from members.middleware import HubRequest
from members.models import Organisation, Person
from members.refused import Refused
from members.toldforms import LinesForm, ProductForm
from members.views.asking import not_found, person_of


@login_required
def show(request: HubRequest, slug: str) -> HttpResponse:
    """The list, and for its keepers the boxes to add one or many."""
    person, house, keeps = _asked(request, slug)
    if request.method == "POST" and not keeps:
        raise not_found(request, slug)
    many = "lines" in request.POST
    typed = request.POST if request.method == "POST" else None
    form = ProductForm(None if many else typed)
    lines = LinesForm(typed if many else None)
    if request.method == "POST" and (added := _added(request, person, house, lines if many else form)) is not None:
        messages.success(request, ngettext("%(n)d product is new.", "%(n)d products are new.", added) % {"n": added})
        return redirect("kit", slug)
    context = {"house": house, "keeps": keeps, "products": lists.products(house), "form": form, "lines": lines}
    return render(request, "members/kit.html", context)


@require_POST
@login_required
def remove(request: HubRequest, slug: str) -> HttpResponse:
    person, house, keeps = _asked(request, slug)
    if not keeps:
        raise not_found(request, slug)
    lists.remove(person, house, request.POST.get("name", "").replace("\0", ""), request.at)
    messages.success(request, _("Taken off the list."))
    return redirect("kit", slug)


def _added(request: HubRequest, person: Person, house: Organisation, form: Any) -> int | None:
    """How many products were new; None where what was typed is refused, and says why."""
    if not form.is_valid():
        return None
    try:
        if isinstance(form, LinesForm):
            return lists.add_lines(person, house, form.cleaned_data["lines"], request.at)
        return lists.add(person, house, form.cleaned_data["name"], form.cleaned_data["known_as"], request.at)
    except Refused as refused:
        form.add_error("lines" if isinstance(form, LinesForm) else "name", str(refused))
        return None


def _asked(request: HubRequest, slug: str) -> tuple[Person, Organisation, bool]:
    """Who asks, their organisation of this slug, and whether they keep its list; 404 where it is another's, or none."""
    person = person_of(request)
    house = lists.read_by(person, request.at).filter(slug=slug).first() if person else None
    if person is None or house is None:
        raise not_found(request, slug)
    return person, house, lists.kept_by(person, request.at).filter(pk=house.pk).exists()
