"""The coordinators' desk: stories left, the opened one right, below it what is being written."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from advisories.collect.health import source_health, unread
from advisories.collect.kinds import KINDS
from advisories.models import Story
from advisories.triage import desk
from advisories.triage.desk import DeskStory, Telling
from advisories.triage.facts import facts_of, likelihoods
from advisories.views.byhand import alike
from advisories.views.difference import difference, plain
from advisories.views.embargoed import embargoes
from advisories.views.rows import HIDDEN, drafts
from members import audit, clock, tlp
from members.middleware import HubRequest
from members.models import Office, Person
from members.views.asking import confirmed, for_coordinators, not_found, to_confirm, typed

STORIES = 50


@for_coordinators
def index(request: HubRequest, person: Person, offices: list[Office]) -> HttpResponse:
    return render(request, "advisories/desk.html", _page(request, person, offices))


@for_coordinators
def story(request: HubRequest, person: Person, offices: list[Office], code: str) -> HttpResponse:
    found = desk.story(request.viewer, code, request.at)
    if found is None:
        raise not_found(request, code)
    opened, tellings = found
    if opened.label == tlp.RED:
        if not confirmed(request):
            return to_confirm(request)
        audit.record("read_story", request.at, by=person, reference=opened.code)
    more = {
        "opened": _row(opened, confirmed=True),
        "story": opened,
        "tellings": [_told(one) for one in tellings],
        "together": desk.why_together([one.entry for one in tellings]),
        "likelihoods": likelihoods(one.entry for one in tellings),
        "notices": {KINDS[one.entry.source.kind].notice for one in tellings} - {""},
        "offices": offices,
        **alike(request, opened),
    }
    return render(request, "advisories/desk.html", _page(request, person, offices, opened.code) | more)


def _page(request: HubRequest, person: Person, offices: list[Office], opened: str = "") -> dict[str, Any]:
    """What every page of the desk shows: the stories, the drafts and how the sources are."""
    query, dismissed = typed(request, "q"), "dismissed" in request.GET
    before, done = typed(request, "before"), typed(request, "done")
    found = desk.stories(request.viewer, request.at, query=query, limit=STORIES + 1, before=before, dismissed=dismissed)
    kept = {"q": query, "dismissed": "1" if dismissed else ""}
    more = {k: v for k, v in kept.items() if v} | (
        {"before": found[STORIES - 1].cursor} if len(found) > STORIES else {}
    )
    health, sure = source_health(person, request.at), confirmed(request)
    return {
        "stories": [_row(one, confirmed=sure) | {"current": one.code == opened} for one in found[:STORIES]],
        "more": f"?{urlencode(more)}" if "before" in more else "",
        "query": query,
        "dismissed": dismissed,
        "embargoes": embargoes(request.viewer, request.at),
        "drafts": drafts(request.viewer, request.at, confirmed=sure),
        "sources": len(health),
        "ill": [one.source for one in health if one.ill],
        "unread": unread(health),
        "desks": sorted({office.warp for office in offices}, key=lambda warp: warp.name),
        "undo": reverse("advisories:restore", args=[done]) if done and "/" not in done else "",
    }


def _row(one: DeskStory, *, confirmed: bool) -> dict[str, Any]:
    """A story as `components/story_row.html` takes it. What came RED says nothing until `confirmed`."""
    hidden = one.label == tlp.RED and not confirmed
    reasons = one.reasons[:-1] if one.sources > 1 else one.reasons  # the last says how many sources: the row does
    seen = urlencode({"newest": clock.micro(one.newest)})
    act = "advisories:restore" if one.dismissed else "advisories:dismiss"
    return {
        "code": one.code,
        "url": f"{reverse('advisories:story', args=[one.code])}#story",
        "title": HIDDEN if hidden else one.title,
        "label": one.label,
        "sources": one.sources,
        "newest": one.newest,
        "why": "" if hidden else " · ".join(reasons[:2]),
        "exploited": one.known_exploited and not hidden,
        "draft_url": f"{reverse('advisories:draft-new')}?{urlencode({'story': one.code})}",
        "act_url": f"{reverse(act, args=[one.code])}?{seen}",
        "dismiss_url": "" if one.dismissed else f"{reverse(act, args=[one.code])}?{seen}",
    }


def _told(one: Telling) -> dict[str, Any]:
    """What a source says today, and how that differs from what it said before."""
    entry, before = one.entry, one.earlier[0] if one.earlier else None
    changed = ""
    if before is not None:
        texts = [f"{text.title}. {plain(text.summary)}" for text in (before, entry)]
        changed = difference(*texts)
    link = entry.url if entry.url.startswith(("https://", "http://")) else ""
    return {"entry": entry, "link": link, "changed": changed, "before": before, "facts": facts_of(entry)}


@require_POST
@for_coordinators
def dismiss(request: HubRequest, person: Person, offices: list[Office], code: str) -> HttpResponse:
    """Off every desk of theirs that it lies on, until something newer than what they saw."""
    seen = _seen(request)
    _for_each(request, code, offices, lambda office: desk.dismiss(person, code, office.warp, request.at, newest=seen))
    return redirect(f"{reverse('advisories:desk')}?{urlencode({'done': code})}")


@require_POST
@for_coordinators
def restore(request: HubRequest, person: Person, offices: list[Office], code: str) -> HttpResponse:
    _for_each(request, code, offices, lambda office: desk.restore(person, code, office.warp, request.at))
    messages.success(request, _("It is back on the desk."))
    return redirect("advisories:desk")


def _for_each(request: HubRequest, code: str, offices: list[Office], act: Any) -> None:
    """`act` for each office on whose desk the story lies; 404 where it lies on none."""
    done = 0
    for office in offices:
        try:
            act(office)
            done += 1
        except Story.DoesNotExist:
            continue
    if not done:
        raise not_found(request, code)


def _seen(request: HubRequest) -> datetime | None:
    """The newest that the page showed when they dismissed it."""
    try:
        return clock.moment(int(request.GET["newest"]))
    except (KeyError, ValueError, OverflowError):
        return None
