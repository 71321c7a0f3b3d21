"""The handlers' pages of an embargo: one that shows how it stands, and one form for each act."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from advisories import embargoforms as forms
from advisories.views.embargoed import standing_of
from members import embargo, handling, kinds
from members.middleware import HubRequest
from members.models import Item, Named, Person
from members.refused import Refused
from members.views.asking import confirmed, handled, not_found, to_confirm, viewed


class Act(NamedTuple):
    """A form of its own: its words, what is typed, what `can` asks, and the verb it does."""

    title: str | Promise
    button: str | Promise
    form: type[Form]
    verb: str
    do: Callable[[Person, Item, datetime, dict[str, Any]], object]
    done: str | Promise
    warns: bool = False


ACTS: dict[str, Act] = {
    "propose": Act(
        gettext_lazy("Put it under an embargo"), gettext_lazy("Propose the embargo"), forms.ProposeForm, "propose",
        lambda person, item, at, typed: embargo.propose(person, item, at, **typed),
        gettext_lazy("Proposed. From now on only those named on it have it; another handler approves it."),
    ),
    "revise": Act(
        gettext_lazy("Change its terms"), gettext_lazy("Change the terms"), forms.ReviseForm, "revise_terms",
        lambda person, item, at, typed: embargo.revise(person, item, at, **typed),
        gettext_lazy("Changed. Whoever had accepted is asked again; another handler approves it."),
    ),
    "extend": Act(
        gettext_lazy("Ask for a later end"), gettext_lazy("Ask for it"), forms.ExtendForm, "extend",
        lambda person, item, at, typed: embargo.extend(person, item, at, **typed),
        gettext_lazy("Asked. Nothing changes until another handler grants it."),
    ),
    "name": Act(
        gettext_lazy("Name more people"), gettext_lazy("Name them"), forms.NameForm, "name",
        lambda person, item, at, typed: embargo.name(person, item, at, typed["people"]),
        gettext_lazy("Named. Each is told that an item awaits them."),
    ),
    "handlers": Act(
        gettext_lazy("Name more handlers"), gettext_lazy("Name them"), forms.NameForm, "name_handler",
        lambda person, item, at, typed: handling.name_handlers(person, item, at, typed["people"]),
        gettext_lazy("Named: they handle it from now on."),
    ),
    "drop": Act(
        gettext_lazy("Take handlers off it"), gettext_lazy("Take them off"), forms.NameForm, "name_handler",
        lambda person, item, at, typed: handling.drop_handlers(person, item, at, typed["people"]),
        gettext_lazy("Done: they handle it no more."), warns=True,
    ),
    "end": Act(
        gettext_lazy("End it now"), gettext_lazy("End the embargo"), forms.EndForm, "end",
        lambda person, item, at, typed: embargo.end(person, item, at, **typed),
        gettext_lazy("Ended. It is not released by that: release it when you are ready."), warns=True,
    ),
    "leak": Act(
        gettext_lazy("Report that it leaked"), gettext_lazy("It leaked"), forms.LeakForm, "leak",
        lambda person, item, at, typed: embargo.leak(person, item, at, **typed),
        gettext_lazy("Frozen. The named people and the source are being told. Release the text when you are ready."),
        warns=True,
    ),
    "decline": Act(
        gettext_lazy("Decline the embargo"), gettext_lazy("Decline it"), forms.DeclineForm, "decline",
        lambda person, item, at, typed: embargo.decline(person, item, at, **typed),
        gettext_lazy("Declined. It stays unreleased, and for those named on it alone."), warns=True,
    ),
}  # fmt: skip
DECISIONS: dict[str, tuple[Callable[[Person, Item, datetime], object], str | Promise]] = {
    "approve": (embargo.approve, gettext_lazy("Approved: the embargo binds.")),
    "grant": (lambda who, item, at: embargo.decide(who, item, at, granted=True), gettext_lazy("Extended.")),
    "refuse": (
        lambda who, item, at: embargo.decide(who, item, at, granted=False),
        gettext_lazy("Refused: its end stays as it is."),
    ),
}


def show(request: HubRequest, ref: str) -> HttpResponse:
    """How it stands: its end, its people, what waits for a second person, who read it."""
    person, item = handled(request, ref, "see_audience")
    if away := _step_up(request):
        return away
    context = standing_of(item, person, request.at)
    if context is None:
        return redirect("advisories:embargo-act", ref, "propose")
    viewed(request, item, "read_embargo", terms=context["embargo"].terms)
    return render(request, "advisories/embargo.html", context)


def act(request: HubRequest, ref: str, name: str) -> HttpResponse:
    """One act's form, and the act."""
    if (one := ACTS.get(name)) is None:
        raise not_found(request, ref)
    person, item = handled(request, ref, one.verb)
    if away := _step_up(request):
        return away
    form = one.form(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            one.do(person, item, request.at, form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, str(one.done))
            return redirect("advisories:embargo", ref)
    context = {"form": form, "ref": ref, "back": kinds.page(item), "act": one, "name": name}
    return render(request, "advisories/embargo_act.html", context)


@require_POST
def decide(request: HubRequest, ref: str, name: str) -> HttpResponse:
    """The second person's word."""
    if name not in DECISIONS:
        raise not_found(request, ref)
    person, item = handled(request, ref, "approve")
    if away := _step_up(request):
        return away
    verb, done = DECISIONS[name]
    return _done(request, ref, lambda: verb(person, item, request.at), str(done))


@require_POST
def remove(request: HubRequest, ref: str, code: str) -> HttpResponse:
    """One named person's access ends."""
    person, item = handled(request, ref, "name")
    if away := _step_up(request):
        return away
    named = Named.objects.at(request.at).filter(embargo__item=item, code=code).select_related("person").first()
    if named is None:
        raise not_found(request, ref)
    return _done(
        request, ref, lambda: embargo.remove(person, item, request.at, named.person),
        _("Removed: they read nothing of it from now on."),
    )  # fmt: skip


def _done(request: HubRequest, ref: str, act: Callable[[], object], said: str) -> HttpResponse:
    try:
        act()
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, said)
    return redirect("advisories:embargo", ref)


def _step_up(request: HubRequest) -> HttpResponse | None:
    """Whoever handles an embargo shows once more who they are, also when it is over: its terms and its people stay."""
    return None if confirmed(request) else to_confirm(request)
