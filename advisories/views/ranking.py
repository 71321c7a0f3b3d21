"""How the entries on a WARP's desk are ranked: a table to read, and to change for whoever coordinates that WARP."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from advisories.rulesform import RulesForm
from advisories.triage import rank
from advisories.triage.rules import DEFAULT, changes
from advisories.triage.ruling import change, rules_for
from members.middleware import HubRequest
from members.models import Office, Person
from members.refused import Refused
from members.views.asking import for_coordinators, not_found

FIXED = {
    "fresh": rank.FRESH, "unproved": rank.UNPROVED, "old": rank.OLD_NEWS, "days": rank.OLD.days,
    "further": rank.PER_SOURCE, "most": rank.MOST_SOURCES,
}  # fmt: skip


@for_coordinators
def rules(request: HubRequest, person: Person, offices: list[Office], slug: str) -> HttpResponse:
    warp = next((office.warp for office in offices if office.warp.slug == slug), None)
    if warp is None:
        raise not_found(request, slug)
    now = rules_for(warp)
    resets = request.method == "POST" and "reset" in request.POST
    form = RulesForm(request.POST if request.method == "POST" and not resets else None, rules=now)
    if resets or form.is_valid():
        try:
            change(warp, DEFAULT if resets else form.rules(), request.at, by=person)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Kept. The desk is ranked by it from now on."))
            return redirect("advisories:ranking", slug)
    context = {"form": form, "rows": form.rows(), "warp": warp, "own": bool(changes(now)), "fixed": FIXED}
    return render(request, "advisories/ranking.html", context)
