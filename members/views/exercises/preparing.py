"""Preparing an exercise: its texts, its teams and what happens in it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from members.exercises import preparing
from members.exercises.exerciseforms import TeamForm, TextsForm
from members.exercises.injectforms import InjectForm
from members.exercises.seen import Seat
from members.exercises.spelling import spelled
from members.middleware import HubRequest
from members.models import Inject
from members.refused import Refused
from members.views.asking import not_found
from members.views.exercises.door import context, led, one_inject
from members.views.exercises.leading import leading
from members.views.exercises.stale import stale, stamp

TEXTS = ("title", "aims", "briefing", "pace")
FIELDS = ("offset", "title", "text", "expects", "channel", "tier", "asks", "within", "attachment_name", "attachment")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit(request: HubRequest, ref: str) -> HttpResponse:
    of = led(request, ref)
    was = {name: getattr(of.exercise, name) for name in TEXTS} | {"label": of.label}
    labelled = not preparing.invited(of.exercise, request.at)
    form = TextsForm(request.POST if request.method == "POST" else None, initial=was, labelled=labelled)
    if form.is_valid() and not stale(request, form, was):
        try:
            preparing.edit(of.person, of.exercise, request.at, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Saved."))
            return redirect("exercises:detail", ref)
    return render(request, "exercises/edit.html", context(of, form=form, was=stamp(was)))


@require_POST
@login_required
def teams(request: HubRequest, ref: str) -> HttpResponse:
    """One more team, or one less."""
    of, act = led(request, ref), request.POST.get("act")
    form = TeamForm(request.POST if act == "add" else None)
    if act == "add" and not form.is_valid():
        return render(request, "exercises/lead.html", {**leading(request, of, form), "form": form})
    try:
        if act == "add":
            preparing.add_team(of.person, of.exercise, request.at, form.cleaned_data["name"])
        else:
            preparing.remove_team(of.person, _team(request, of), request.at)
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect(reverse("exercises:detail", args=[ref]) + "#teams")


def _team(request: HubRequest, of: Seat) -> Any:
    slug = request.POST.get("team", "").replace("\0", "")
    team = of.exercise.teams.filter(slug=slug).first()
    if team is None:
        raise not_found(request, of.item.reference)
    return team


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new_inject(request: HubRequest, ref: str) -> HttpResponse:
    of = led(request, ref)
    return _inject_page(request, of, None)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit_inject(request: HubRequest, ref: str, child: str) -> HttpResponse:
    """Change what has not come yet, or take it away."""
    of = led(request, ref)
    one = one_inject(request, of, child)
    if request.POST.get("act") != "remove":
        return _inject_page(request, of, one)
    try:
        preparing.remove_inject(of.person, one, request.at)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("exercises:inject", ref, child)
    messages.success(request, _("The inject is taken away."))
    return redirect(reverse("exercises:detail", args=[ref]) + "#injects")


def _inject_page(request: HubRequest, of: Seat, one: Inject | None) -> HttpResponse:
    teams = list(of.exercise.teams.order_by("slug"))
    was = _initial(one)
    form = InjectForm(request.POST if request.method == "POST" else None, teams=teams, initial=was)
    if form.is_valid() and not stale(request, form, was):
        typed = dict(form.cleaned_data)
        typed["teams"] = [team for team in teams if team.slug in typed["teams"]]
        try:
            if one is None:
                preparing.add_inject(of.person, of.exercise, request.at, **typed)
            else:
                preparing.edit_inject(of.person, one, request.at, **typed)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Saved."))
            return redirect(reverse("exercises:detail", args=[of.item.reference]) + "#injects")
    return render(request, "exercises/inject_edit.html", context(of, form=form, inject=one, was=stamp(was)))


def _initial(one: Inject | None) -> dict[str, Any]:
    if one is None:
        return {}
    was = {name: getattr(one, name) for name in FIELDS}
    times = {name: spelled(was[name], "") if was[name] is not None else "" for name in ("offset", "within")}
    return {**was, **times, "teams": sorted(team.slug for team in one.teams.all())}
