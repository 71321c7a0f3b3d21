"""What a person is told, on a page of their own: their addresses, the list of each, and their hours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from members.kit.lists import read_by
from members.middleware import HubRequest
from members.models import Address, Channel, Frequency, Person, Subscription, Tier
from members.refused import Refused
from members.telling import ticks
from members.telling.month import Month, Told, month, told
from members.telling.rhythm import rhythm_of, set_rhythm
from members.telling.ticks import Tick
from members.toldforms import DAYS, ZONES, RhythmForm, TickForm, about
from members.views.asking import confirmed, not_found, person_of

NEW = Tick(Tier.ADVISORY, Frequency.DAILY)
OFTEN = {
    Frequency.AT_ONCE: gettext_lazy("At once"),
    Frequency.DAILY: gettext_lazy("Once a day"),
    Frequency.WEEKLY: gettext_lazy("Once a week"),
}


@dataclass(frozen=True)
class Line:
    """One line of a list: what, how often, and the handle of its row."""

    often: Any
    about: str
    handle: str


@dataclass(frozen=True)
class Listed:
    """One address of theirs with its list. `trouble`: why nothing is sent there, where nothing is."""

    channel: str
    value: str
    handle: str
    trouble: str
    lines: Sequence[Line]
    month: Told


@require_safe
@login_required
def show(request: HubRequest) -> HttpResponse:
    person = _person(request)
    rows, heard = list(ticks.ticks(person)), _month(request, person)
    listed = [_listed(one, [row for row in rows if row.address_id == one.pk], heard) for one in ticks.addresses(person)]
    context = {
        "listed": listed,
        "heard": heard,
        "houses": list(read_by(person, request.at)),
        **_hours(person),
    }
    return render(request, "members/told.html", context)


@login_required
def add(request: HubRequest, address: str) -> HttpResponse:
    person = _person(request)
    if (own := ticks.own_address(person, address)) is None:
        raise not_found(request, address)
    return _edit(request, person, own, None)


@login_required
def change(request: HubRequest, tick: str) -> HttpResponse:
    person = _person(request)
    if (row := ticks.own_tick(person, tick)) is None:
        raise not_found(request, tick)
    return _edit(request, person, row.address, row)


@require_POST
@login_required
def remove(request: HubRequest, tick: str) -> HttpResponse:
    person = _person(request)
    if (row := ticks.own_tick(person, tick)) is None:
        raise not_found(request, tick)
    ticks.remove(person, row, request.at)
    messages.success(request, _("Taken off your list."))
    return redirect("told")


@login_required
def times(request: HubRequest) -> HttpResponse:
    person = _person(request)
    form = RhythmForm(request.POST if request.method == "POST" else None, rhythm=rhythm_of(person))
    if form.is_valid():
        try:
            set_rhythm(person, form.rhythm(), request.at)
        except Refused as refused:
            form.add_error("quiet_from", str(refused))
        else:
            messages.success(request, _("Kept. It holds from now on."))
            return redirect("told")
    return render(request, "members/told_times.html", {"form": form})


def _edit(request: HubRequest, person: Person, address: Address, row: Subscription | None) -> HttpResponse:
    """A line of the list of `address`, or a new one; before it is kept, what it would have told."""
    now = ticks.of(row) if row else NEW
    form = TickForm(
        request.POST if request.method == "POST" else None, tick=now, warps=ticks.warps_of(person, request.at)
    )
    looks = "look" in request.POST
    if form.is_valid() and not looks:
        try:
            _keep(request, person, address, row, form.tick())
        except Refused as refused:
            form.add_error("category", str(refused))
        else:
            messages.success(request, _("Kept. It holds from now on."))
            return redirect("told")
    context: dict[str, Any] = {"form": form, "address": address, "new": row is None}
    if looks and form.is_valid():
        others = [ticks.of(one) for one in ticks.ticks(person) if one.address_id == address.pk and one != row]
        heard = _month(request, person)
        context |= {"month": told([*others, form.tick()], heard), "heard": heard}
    return render(request, "members/told_line.html", context)


def _month(request: HubRequest, person: Person) -> Month:
    return month(person, request.viewer, request.at, confirmed=confirmed(request))


def _keep(request: HubRequest, person: Person, address: Address, row: Subscription | None, tick: Tick) -> None:
    if row is None:
        ticks.add(person, address, tick, request.at)
    else:
        ticks.change(person, row, tick, request.at)


def _listed(address: Address, rows: Sequence[Subscription], heard: Month) -> Listed:
    names = {row.warp.slug: row.warp.name for row in rows if row.warp}
    lines = [Line(OFTEN[Frequency(row.frequency)], about(ticks.of(row), names), ticks.tick_handle(row)) for row in rows]
    return Listed(
        str(Channel(address.channel).label), address.value, ticks.address_handle(address), _trouble(address), lines,
        told((ticks.of(row) for row in rows), heard),
    )  # fmt: skip


def _trouble(address: Address) -> str:
    if address.bad_since is not None:
        return _("What was sent here came back, so nothing is sent any more. Ask your WARP’s coordinator.")
    return "" if address.verified_at is not None else _("Nobody has confirmed this address: nothing is sent here.")


def _hours(person: Person) -> dict[str, Any]:
    hour = "{:02}:00".format
    quiet = ""
    if person.quiet_from is not None and person.quiet_until is not None:
        said = _("From %(begins)s until %(ends)s")
        quiet = said % {"begins": hour(person.quiet_from), "ends": hour(person.quiet_until)}
    return {
        "hour": hour(person.digest_hour),
        "weekday": dict(DAYS)[person.digest_weekday],
        "zone": dict(ZONES).get(person.time_zone, person.time_zone),
        "quiet": quiet,
    }


def _person(request: HubRequest) -> Person:
    """Whoever is signed in; login_required has seen to it."""
    person = person_of(request)
    assert person is not None
    return person
