"""Questions to the WARP: their list, asking one, its page, accepting an answer; and following anything."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from advisories import following, questions
from advisories.childforms import RemoveForm
from advisories.questionforms import QuestionForm, QuestionsForm
from advisories.views.questionlist import answers, listed
from advisories.views.thread import thread
from members import kinds, policy
from members.middleware import HubRequest
from members.models import WRITTEN, Item, Kind, Person
from members.refused import Refused
from members.views.asking import handled, not_found, person_of, readable, withdrawn

FOLLOWED = (*WRITTEN, Kind.DISCUSSION)


def index(request: HubRequest) -> HttpResponse:
    form = QuestionsForm(request.GET) if request.GET else QuestionsForm()
    chosen, person = form.chosen(), person_of(request)
    context = {
        "form": form,
        "page": listed(request, chosen),
        "answers": answers(request, chosen["q"]) if chosen.get("q") and "before" not in request.GET else [],
        "narrowed": bool(chosen),
        "filtering": bool(chosen.keys() - {"q"}),
        "asks": person is not None and bool(questions.asks_at(person, request.at)),
    }
    return render(request, "questions/list.html", context)


@login_required
def new(request: HubRequest) -> HttpResponse:
    person = person_of(request)
    assert person is not None  # login_required
    mine = questions.asks_at(person, request.at)
    if not mine:
        return render(request, "questions/new.html", {"form": None})
    groups = questions.groups_of(person, request.at)
    form = QuestionForm(request.POST if request.method == "POST" else None, mine=mine, groups=groups)
    if form.is_valid():
        asked = form.asked()
        try:
            question = questions.ask(person, asked.pop("warp"), request.at, **asked)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Your question is there."))
            return redirect(kinds.page(question.item))
    return render(request, "questions/new.html", {"form": form})


def detail(request: HubRequest, ref: str) -> HttpResponse:
    item = readable(request, ref, Kind.DISCUSSION)
    if item is None:
        if (gone := withdrawn(request, ref, Kind.DISCUSSION)) is None:
            raise not_found(request, ref)
        return render(request, "advisories/withdrawn_notice.html", {"ref": gone.reference})
    return render(request, "questions/detail.html", thread(request, item))


@require_POST
def accept(request: HubRequest, ref: str, child: str) -> HttpResponse:
    person, item = _tended(request, ref)
    mine = policy.visible_to(request.viewer, request.at)
    answer = mine.filter(reference=child, parent=item, kind=Kind.COMMENT).first()
    if answer is None:
        raise not_found(request, f"{ref}/{child}")
    try:
        questions.accept(person, item, answer, request.at)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("That is the accepted answer."))
    return redirect(kinds.page(item))


def hide(request: HubRequest, ref: str) -> HttpResponse:
    person, item = _tended(request, ref)
    form = RemoveForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            questions.hide(person, item, request.at, form.cleaned_data["reason"])
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Removed."))
            return redirect("questions:list")
    return render(request, "questions/hide.html", {"form": form, "ref": ref, "back": kinds.page(item)})


@require_POST
def follow(request: HubRequest, ref: str) -> HttpResponse:
    person, item = handled(request, ref, "follow", FOLLOWED)
    try:
        following.follow(person, item, request.at, request.POST.get("how", ""))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect(f"{kinds.page(item)}#talk")


def _tended(request: HubRequest, ref: str) -> tuple[Person, Item]:
    """Whoever asked it or handles it; 404 for everybody else, and where there is none."""
    person, item = person_of(request), readable(request, ref, Kind.DISCUSSION)
    if person is None or item is None or not questions.may_tend(person, item, request.at):
        raise not_found(request, ref)
    return person, item
