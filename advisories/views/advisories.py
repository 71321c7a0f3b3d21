"""The list of advisories, and one advisory; of incidents, which are written alike, the same."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from advisories.answerforms import AnswerForm
from advisories.childforms import ChildForm
from advisories.forms import ListForm
from advisories.models import Version
from advisories.views.beneath import said_beneath
from advisories.views.handling import handling
from advisories.views.life import life
from advisories.views.lists import list_of, listed
from advisories.views.offer import is_named
from advisories.views.rows import TIER_NAMES
from advisories.views.seen import seen
from advisories.views.talk import talk
from advisories.views.tending import tending
from advisories.views.versions import earlier, standing_text
from members import kinds, permits, stand, tlp
from members.middleware import HubRequest
from members.models import Embargo, Item, Kind, Person, Response, Standing, Tier
from members.response.answer import asked
from members.templatetags.hub import moment_zone
from members.views.asking import (
    confirmed,
    guarded,
    not_found,
    person_of,
    readable,
    to_confirm,
    viewed,
    viewed_below,
    withdrawn,
)


def index(request: HubRequest) -> HttpResponse:
    return list_page(request, Kind.ADVISORY, feeds=True)


def detail(request: HubRequest, ref: str) -> HttpResponse:
    return page_or_gone(request, ref, readable(request, ref, Kind.ADVISORY), Kind.ADVISORY)


def list_page(request: HubRequest, kind: Kind, **more: Any) -> HttpResponse:
    form = ListForm(request.GET) if request.GET else ListForm()
    chosen = form.chosen()
    page = listed(request, kind, chosen)
    context = {
        **list_of(kind),
        **more,
        "form": form,
        "page": page,
        "narrowed": bool(chosen),
        "filtering": bool(chosen.keys() - {"q"}),
        "beneath": said_beneath(request, kind, chosen["q"]) if chosen.keys() == {"q"} and not _turned(request) else [],
    }
    if chosen.get("q") and person_of(request) and not confirmed(request):
        context["confirm_url"] = to_confirm(request).headers["Location"]
    return render(request, "advisories/list.html", context)


def _turned(request: HubRequest) -> bool:
    """Whether it is a later page of a list."""
    return bool({"before", "after"} & request.GET.keys())


def page_or_gone(request: HubRequest, ref: str, item: Item | None, kind: Kind) -> HttpResponse:
    """The page of what the rule gave; of nothing, that it was withdrawn, or that there is none."""
    if item is None:
        if (gone := withdrawn(request, ref, kind)) is None:
            raise not_found(request, ref)
        return render(request, "advisories/withdrawn_notice.html", {"ref": gone.reference})
    standing = stand.in_force(item, request.at)
    if guarded(item, standing, request.at) and not confirmed(request):
        return to_confirm(request)
    return render(request, "advisories/detail.html", page_of(request, item, standing))


def page_of(
    request: HubRequest, item: Item, standing: Standing | None, answer_form: AnswerForm | None = None,
    tend_form: BaseForm | None = None, /, **forms: ChildForm,
) -> dict[str, Any]:  # fmt: skip
    """What the page of one item shows to whom the rule gave its body. `forms`: what was typed on it already."""
    person = person_of(request)
    handles = person is not None and permits.can(person, "see_trail", item, request.at)
    now = standing_text(item, standing)
    others = earlier(request, item, now, handles=handles)
    asked = request.GET.get("version", "")
    text = next((version for version in others if str(version.number) == asked), now)
    label = standing.label if standing else item.marking
    band = _band(request, item, standing)
    if band or item.anonymous or text.label == tlp.RED:
        viewed(request, item, version=text.number)
    shown = {
        **text_context(text),
        **list_of(item.kind),
        **life(request, item, text),
        "label": label,
        "ref": item.reference,
        "page_url": kinds.page(item),
        "page_label": label,
        "page_ref": item.reference,
        "at": text.released_at or text.written_at,
        "warp": item.warp,
        "band": band,
        "state": standing.state if standing else "draft",
        "current": now,
        "others": others,
        "leaves": band and person is not None and is_named(request, item.pk),
        **(answering(person, item, request.at, answer_form) if person else {}),
        **talk(request, item, label, handles=handles, **forms),
    }
    shown |= seen(request, item, text, shown)
    below = (child.ref for child in (*shown["files"], *shown["comments"]) if child.label == tlp.RED)
    viewed_below(request, item, below)
    if person is None:
        return shown
    shown |= tending(request, person, item, shown, tend_form, handles=handles)
    return {**shown, **(handling(request, person, item, standing) if handles else {})}


def answering(person: Person, item: Item, at: datetime, form: AnswerForm | None = None) -> dict[str, Any]:
    """Where the organisations of whoever asks stand with it, and the form to answer by."""
    mine = list(asked(person, item, at))
    done = (Response.Applies.AFFECTED, Response.Applies.NOT_AFFECTED)
    return {
        "answers": mine,
        "awaited": any(one.acknowledged_at is None and one.closed_at is None for one in mine),
        "closable": any(one.closed_at is None and one.applies in done for one in mine),
        "closed": any(one.closed_at and one.acknowledged_at for one in mine),
        "answer_form": form or AnswerForm(mine=mine),
        "duty_telephone": item.warp.duty_telephone,
    }


def text_context(text: Version) -> dict[str, Any]:
    """One version as every page shows it: read by members, previewed by its drafter."""
    return {
        "text": text,
        "tier": TIER_NAMES[Tier(text.tier)],
        "steps": [line for line in text.what_to_do.splitlines() if line.strip()],
        "references": list(text.references.all()),
    }


def _band(request: HubRequest, item: Item, standing: Standing | None) -> str:
    """How the page is guarded, in words."""
    embargo = Embargo.objects.filter(item=item).first()
    if embargo is not None and (standing is None or request.at < embargo.ends_at):
        until = moment_zone(embargo.ends_at)
        return _("Embargoed until %(until)s · named people only · reading is logged") % {"until": until}
    if (standing.label if standing else item.marking) == tlp.RED:
        return _("For the people named on it, and nobody else. Not to be passed on.")
    return ""
