"""Two pages of an incident's own, for those who tend it: its end with what was learned, and what it is known by."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from advisories import incidents, indicating
from advisories.incidentforms import CloseForm, IndicatorsForm
from advisories.indicators import Found, defanged
from advisories.models import Indicator, Version
from members import kinds, policy, stand, tlp
from members.middleware import HubRequest
from members.models import Item, Kind, Person
from members.refused import Refused
from members.views.asking import confirmed, guarded, handled, to_confirm, viewed

HERE = "#tend"
SHOWN = 5


def close(request: HubRequest, ref: str) -> HttpResponse:
    person, item, last, secret = _opened(request, ref)
    if secret and not confirmed(request):
        return to_confirm(request)
    form = CloseForm(request.POST if request.method == "POST" else None, initial={"lessons": last.lessons})
    if form.is_valid():
        try:
            incidents.close(person, item, request.at, form.cleaned_data["lessons"])
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(
                request, _("It is closed. Readers see what was learned once you release the next version.")
            )
            return redirect(kinds.page(item) + HERE)
    return _page(request, item, last, secret, "incidents/close.html", form)


def indicators(request: HubRequest, ref: str) -> HttpResponse:
    person, item, last, secret = _opened(request, ref)
    if secret and not confirmed(request):
        return to_confirm(request)
    named = [defanged(value, kind) for kind, value in indicating.named(last)]
    form = IndicatorsForm(request.POST if request.method == "POST" else None, initial={"typed": "\n".join(named)})
    if form.is_valid():
        try:
            found = indicating.set_indicators(person, item, request.at, form.cleaned_data["typed"])
        except Refused as refused:
            form.add_error("typed", str(refused))
        else:
            messages.success(request, _said(found))
            if said := _internal(found):
                messages.warning(request, said)
            return redirect(kinds.page(item) + HERE)
    return _page(request, item, last, secret, "incidents/indicators_edit.html", form, reported=_reported(request, item))


def _reported(request: HubRequest, item: Item) -> list[str]:
    """What the reports that it came of name, as far as whoever asks reads them; of an anonymous one, whose page asks
    once more who they are, only when they have shown that."""
    reports = policy.visible_to(request.viewer, request.at).filter(derivatives__item=item, kind=Kind.REPORT)
    open_ones = [report for report in reports.order_by("pk") if not report.anonymous or confirmed(request)]
    rows = Indicator.objects.filter(item__in=open_ones, version=None).order_by("item", "position", "pk")
    found = [(one.item_id, defanged(one.value, one.kind)) for one in rows]
    for report in open_ones:
        if report.anonymous and any(of == report.pk for of, _value in found):
            viewed(request, report)
    return [value for _of, value in found]


def _opened(request: HubRequest, ref: str) -> tuple[Person, Item, Version, bool]:
    """Who asks, the incident, its newest version, and whether that, or what stands, is shown after a step-up alone."""
    person, item = handled(request, ref, "tend", (Kind.INCIDENT,))
    last = Version.objects.filter(advisory=item.pk).order_by("-number")[0]
    red = last.label == tlp.RED
    return person, item, last, red or guarded(item, stand.in_force(item, request.at), request.at)


def _page(
    request: HubRequest, item: Item, last: Version, secret: bool, template: str, form: forms.Form, **more: Any
) -> HttpResponse:  # fmt: skip
    if secret:
        viewed(request, item, "read_draft", version=last.number)
    page: dict[str, Any] = {"form": form, "ref": item.reference, "title": last.title, "back": kinds.page(item) + HERE}
    return render(request, template, {**page, **more})


def _said(found: tuple[Found, ...]) -> str:
    if not found:
        return _("It names no indicator. Readers see that once you release the next version.")
    said = ngettext("It names %(n)d indicator.", "It names %(n)d indicators.", len(found)) % {"n": len(found)}
    return f"{said} {_('Readers see them once you release the next version.')}"


def _internal(found: tuple[Found, ...]) -> str:
    """That some may tell whose network it is, with the first of them."""
    inside = [one.value for one in found if one.internal]
    if not inside:
        return ""
    said = _("Some name machines of somebody’s own network, which may tell whose: %(some)s. Take them out if that must"
             " not be known.")  # fmt: skip
    more = [*inside[:SHOWN], "…"] if len(inside) > SHOWN else inside
    return said % {"some": ", ".join(more)}
