"""Who takes part in an exercise: players by their addresses, the responders of an organisation, observers."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from members.exercises import enrolling
from members.exercises.peopleforms import HouseForm, Peopled, PlayersForm, WatchersForm
from members.exercises.players import taking_part
from members.exercises.seen import Seat
from members.middleware import HubRequest
from members.refused import Refused
from members.views.exercises.door import ENDED, context, led


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def people(request: HubRequest, ref: str) -> HttpResponse:
    of, act = led(request, ref), request.POST.get("act", "")
    forms_ = _forms(request, of, act)
    if act == "leave":
        return _left(request, of)
    if act in forms_ and (form := forms_[act]) is not None and form.is_valid():
        try:
            count = form.enrol(of.person, of.exercise, request.at)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Added: %(n)d.") % {"n": count})
            return redirect("exercises:people", ref)
    taking = of.exercise.participants.select_related("person", "organisation", "team")
    taking = taking.order_by("role", "team__slug", "organisation__name", "person__name", "pk")
    still = set(taking_part(of.exercise, request.at).values_list("pk", flat=True))
    known = context(
        of, taking=list(taking), still=still, changes=of.exercise.state != ENDED, person_form=forms_["player"],
        house_form=forms_["house"], watcher_form=forms_["observer"], form=forms_.get(act),
    )  # fmt: skip
    return render(request, "exercises/people.html", known)


def _forms(request: HubRequest, of: Seat, act: str) -> dict[str, Peopled | None]:
    teams = list(of.exercise.teams.order_by("slug"))

    def data(mine: str) -> Any:
        return request.POST if act == mine else None

    return {
        "player": PlayersForm(data("player"), prefix="player", teams=teams, at=request.at) if teams else None,
        "house": HouseForm(data("house"), prefix="house", teams=teams, at=request.at) if teams else None,
        "observer": WatchersForm(data("observer"), prefix="observer", at=request.at),
    }


def _left(request: HubRequest, of: Seat) -> HttpResponse:
    address = request.POST.get("email", "").replace("\0", "").strip().lower()
    enrolled = of.exercise.participants.filter(person__email=address).first()
    try:
        if enrolled is not None:
            enrolling.leave(of.person, enrolled, request.at)
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("exercises:people", of.item.reference)
