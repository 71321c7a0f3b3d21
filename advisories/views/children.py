"""The doors to what belongs to an advisory or an incident: comment, add a file, take one of them back, fetch a file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from advisories import children, files
from advisories.childforms import AttachForm, ChildForm, CommentForm, RemoveForm
from advisories.models import Attachment, Comment
from advisories.narrower import least
from advisories.views.advisories import page_of
from advisories.views.thread import thread
from members import audit, kinds, policy, shows, stand
from members.middleware import HubRequest
from members.models import WRITTEN, Item, Kind, Person
from members.refused import Refused
from members.views.asking import confirmed, guarded, handled, not_found, person_of, to_confirm, unconfirmed

TALKED = (*WRITTEN, Kind.DISCUSSION)
FILED = (*TALKED, Kind.TRAINING)  # what has files
NEVER_RUN = "sandbox; default-src 'none'"  # whatever a browser should make of it all the same


@require_POST
def comment(request: HubRequest, ref: str) -> HttpResponse:
    person, item = handled(request, ref, "comment", TALKED)
    form = CommentForm(request.POST, **_given(request, person, item, "comment"))
    if unconfirmed(request, item):
        return render(request, "advisories/comment.html", {"form": form, "ref": ref, "back": kinds.page(item)})
    if form.is_valid():
        try:
            body = form.cleaned_data["body"]
            said = children.comment(person, item, request.at, body, **form.said(item, request.at))
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            done = [_("Your comment is there.")]
            if form.cleaned_data["mention"].strip():
                done.append(_("Whom it mentions is told of it, if they can read it and have not muted it."))
            messages.success(request, " ".join(done))
            return redirect(kinds.page(said.item))
    return _again(request, item, comment_form=form)


@require_POST
def attach(request: HubRequest, ref: str) -> HttpResponse:
    person, item = handled(request, ref, "attach", FILED)
    if unconfirmed(request, item):
        return to_confirm(request, kinds.page(item))
    sent = int(request.META.get("CONTENT_LENGTH") or 0)
    given = {**_given(request, person, item, "attach"), "too_large": sent > settings.LARGEST_FILE}
    form = AttachForm(request.POST, request.FILES, **given)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            children.attach(person, item, request.at, file.name, file, **form.chosen(item, request.at))
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The file is there."))
            return redirect(f"{kinds.page(item)}#files")
    return _again(request, item, attach_form=form)


def _given(request: HubRequest, person: Person, item: Item, verb: str) -> dict[str, Any]:
    mine = children.may_write(person, verb, item, request.at)
    return {"floor": least(Kind.ATTACHMENT, item, request.at), "mine": mine}


def _again(request: HubRequest, item: Item, **forms: ChildForm) -> HttpResponse:
    """The page once more, with what was typed and what is the matter with it."""
    form = next(iter(forms.values()))
    if item.kind == Kind.DISCUSSION:
        return render(request, "questions/detail.html", {**thread(request, item, **forms), "form": form})
    if item.kind == Kind.TRAINING:
        context = {"form": form, "attach_form": form, "ref": item.reference, "back": kinds.page(item)}
        return render(request, "training/material.html", context)
    context = page_of(request, item, stand.in_force(item, request.at), **forms)
    return render(request, "advisories/detail.html", {**context, "form": form})


def remove(request: HubRequest, ref: str, child: str) -> HttpResponse:
    """Ask why, then take it back."""
    person, item = person_of(request), _child(request, ref, child, Kind.COMMENT, Kind.ATTACHMENT)
    if person is None or not children.may_remove(person, item, request.at):
        raise not_found(request, f"{ref}/{child}")
    if _child_guarded(request, item) and not confirmed(request):
        return to_confirm(request)
    assert item.parent is not None  # found by it
    back = kinds.page(item.parent)
    form = RemoveForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            children.remove(person, item, request.at, form.cleaned_data["reason"])
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Removed."))
            return redirect(back)
    text = (Comment if item.kind == Kind.COMMENT else Attachment).rows.get(item=item)
    context = {"form": form, "ref": ref, "back": back, "text": text, "is_file": item.kind == Kind.ATTACHMENT}
    return render(request, "advisories/remove.html", context)


@require_safe
def attachment(request: HubRequest, ref: str, child: str) -> HttpResponse | FileResponse:
    """The file itself, never to be shown by the browser. It has no time and no tag that could be asked for instead."""
    item = _child(request, ref, child, Kind.ATTACHMENT, beneath=(*FILED, Kind.REPORT))
    if _child_guarded(request, item) and not confirmed(request):
        return to_confirm(request)
    kept = Attachment.rows.get(item=item)
    actor = audit.actor_of(person_of(request), item, request.at, request.viewer)
    audit.record("download", request.at, reference=item.reference, sha256=kept.sha256, **actor)
    answer = FileResponse(
        files.read(kept.stored), as_attachment=True, filename=kept.name, content_type="application/octet-stream"
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "no-store, private"
    answer.headers["Content-Security-Policy"] = NEVER_RUN
    return answer


def _child(request: HubRequest, ref: str, child: str, *of: Kind, beneath: Iterable[Kind] = FILED) -> Item:
    """The child of this item that whoever asks may read; 404 where there is none, in the same statements."""
    mine = policy.visible_to(request.viewer, request.at)
    found = mine.filter(reference=child, kind__in=of, parent__reference=ref, parent__kind__in=beneath)
    item = found.select_related("parent", "affiliation", "office").first()
    if item is None:
        raise not_found(request, f"{ref}/{child}")
    return item


def _child_guarded(request: HubRequest, child: Item) -> bool:
    assert child.parent is not None  # found by it
    return _guarded(request, child.parent) or shows.stands([child], request.at)[child.pk].asks


def _guarded(request: HubRequest, item: Item) -> bool:
    return guarded(item, stand.in_force(item, request.at), request.at)
