"""The named person's side of an embargo: its terms, their answer, and leaving it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from members import audit, embargo, kinds, policy
from members.embargo.people import offer as offer_of
from members.middleware import HubRequest
from members.models import WRITTEN, Embargo, Named
from members.refused import Refused
from members.views.asking import confirmed, not_found, person_of, readable, to_confirm


@login_required
def offer(request: HubRequest, code: str) -> HttpResponse:
    """Its terms, and nothing of the item. Only for the person whom the offer names."""
    person = person_of(request)
    named = offer_of(person, code, request.at) if person else None
    if person is None or named is None:
        raise not_found(request, code)
    if not confirmed(request):
        return to_confirm(request)
    if request.method == "POST":
        return _answer(request, named)
    terms = named.embargo.all_terms.order_by("-number").first()
    reference, number = named.embargo.item.reference, named.embargo.terms
    audit.record("read_terms", request.at, by=person, reference=reference, terms=number)
    return render(request, "advisories/offer.html", {"embargo": named.embargo, "terms": terms, "code": code})


def _answer(request: HubRequest, named: Named) -> HttpResponse:
    try:
        if "decline" in request.POST:
            embargo.refuse(named.person, named.code, request.at)
            messages.success(request, _("Declined. You hear no more of it."))
            return redirect("home")
        terms = request.POST.get("terms", "")
        item = embargo.accept(named.person, named.code, request.at, int(terms) if terms.isdecimal() else 0)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("offer", named.code)
    messages.success(request, _("Accepted. What you read here is logged."))
    return redirect(kinds.page(item))


@login_required
def leave(request: HubRequest, ref: str) -> HttpResponse:
    """A named person leaves it: asked once, then done."""
    person, item = person_of(request), readable(request, ref, *WRITTEN)
    mine = person is not None and item is not None and is_named(request, item.pk)
    if person is None or item is None or not mine:
        raise not_found(request, ref)
    if not confirmed(request):
        return to_confirm(request)
    if request.method != "POST":
        return render(request, "advisories/leave.html", {"ref": ref, "back": kinds.page(item)})
    try:
        embargo.leave(person, item, request.at)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(kinds.page(item))
    messages.success(request, _("You have left it, and read nothing of it from now on."))
    return redirect("home")


def is_named(request: HubRequest, item: int) -> bool:
    """Whether whoever looks reads the item by having accepted its terms."""
    mine = Named.objects.at(request.at).filter(person=request.viewer.person, answer=Named.Answer.ACCEPTED)
    return request.viewer.person is not None and mine.filter(embargo__item=item).exists()


def offered(request: HubRequest) -> list[str]:
    """The addresses of the offers that wait for whoever looks, the oldest first."""
    if request.viewer.person is None:
        return []
    waiting = policy.offers_to(request.viewer, request.at).order_by().values("pk")
    mine = Named.objects.at(request.at).filter(person=request.viewer.person, embargo__item__in=waiting)
    return list(mine.exclude(embargo__state=Embargo.State.LEAKED).order_by("pk").values_list("code", flat=True))
