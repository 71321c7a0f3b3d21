"""What the keeper of a report asked whoever made it, and what they answered: a page for these two, and nobody else."""

from __future__ import annotations

from typing import NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from advisories.models import Word
from advisories.sharing import relay
from advisories.sharingforms import SayForm
from advisories.views.report import is_theirs
from members import kinds, permits
from members.middleware import HubRequest
from members.models import Item, Kind, Person
from members.refused import Refused
from members.views.asking import confirmed, not_found, person_of, readable, to_confirm, unconfirmed, viewed

SHORT = 4  # letters of a pseudonym that tell two reports apart


class Said(NamedTuple):
    """One of them. `day`: the time is no more than the day."""

    who: str
    mine: bool
    day: bool
    word: Word


@login_required
def words(request: HubRequest, ref: str) -> HttpResponse:
    person, item, theirs = _opened(request, ref)
    if unconfirmed(request, item):
        return to_confirm(request)
    form = SayForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        say = relay.answer if theirs else relay.ask
        try:
            say(person, item, request.at, form.cleaned_data["body"])
        except Refused as refused:
            form.add_error("body", str(refused))
        else:
            said = _("Said. Those who asked see it here.") if theirs else _("Said. They are told that it awaits them.")
            messages.success(request, said)
            return redirect("incidents:words", ref)
    if confirmed(request) and item.anonymous:
        viewed(request, item)
    page = {"ref": ref, "back": kinds.page(item), "form": form, "theirs": theirs, "anonymous": item.anonymous,
            "said": [_said(one, item, theirs) for one in relay.words_of(item)]}  # fmt: skip
    return render(request, "incidents/words.html", page)


def _opened(request: HubRequest, ref: str) -> tuple[Person, Item, bool]:
    """Who asks, the report, and whether they made it; 404 for everybody who neither made nor keeps it."""
    person, item = person_of(request), readable(request, ref, Kind.REPORT)
    if person is not None and item is not None and item.submitted_at is not None:
        theirs = is_theirs(person, item)
        if theirs or permits.can(person, "ask_reporter", item, request.at):
            return person, item, theirs
    raise not_found(request, ref)


def _said(word: Word, item: Item, theirs: bool) -> Said:
    """By name, or of whoever made an anonymous report by its pseudonym: the same all through it."""
    if word.from_keeper:
        who = word.person.name if word.person else _("Whoever keeps the report")
    elif item.anonymous:
        who = _("Reporter %(pseudonym)s") % {"pseudonym": item.origin.pseudonym[:SHORT]}
    else:
        who = item.author.name if item.author else _("Whoever reported it")
    return Said(who, word.from_keeper != theirs, item.anonymous and not word.from_keeper, word)
