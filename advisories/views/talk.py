"""What a reader of an item may read beneath it: its files and its comments, and the boxes to add some."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from advisories.childforms import AttachForm, ChildForm, CommentForm
from advisories.children import in_capacity, may_write
from advisories.following import state
from advisories.models import Attachment, Comment
from advisories.narrower import least
from members import policy, shows
from members.authorship import name_of
from members.middleware import HubRequest
from members.models import Item, Kind, Origin
from members.nameless import opens
from members.shows import Stand
from members.views.asking import confirmed, person_of

SHOWN = 100
OF = ("item__origin", "item__author", "item__affiliation__organisation", "item__office__warp")
Text = Comment | Attachment


@dataclass(frozen=True)
class Child:
    """One comment or file as its readers see it. `label` only where it has one of its own, for fewer than the parent's.

    `named`: not under a pseudonym, of which the day is all that is said.
    """

    text: Text
    ref: str
    by: str
    of: str
    label: str
    removed: bool
    removable: bool
    named: bool


def talk(request: HubRequest, item: Item, label: str, *, handles: bool, **forms: ChildForm) -> dict[str, Any]:
    """The files and comments that whoever asks may read, of each the latest; `label` is the parent's.

    `forms`: what was typed already, where it has to be said again.
    """
    texts, stands = _shown(
        request, _latest(request, Attachment.rows.all(), item), _latest(request, Comment.rows.all(), item)
    )
    files, comments = (
        [_child(request, text, stands[text.item_id], label, handles) for text in some[:SHOWN][::-1]] for some in texts
    )
    return {
        "files": files,
        "comments": comments,
        "more_files": len(texts[0]) > SHOWN,
        "more_comments": len(texts[1]) > SHOWN,
        "follows": state(person, item) if (person := person_of(request)) else "",
        **_forms(request, item, forms),
    }


def filed(request: HubRequest, item: Item, label: str) -> dict[str, Any]:
    """The files alone, beneath what nobody comments on, and the box to add one."""
    texts, stands = _shown(request, _latest(request, Attachment.rows.all(), item))
    person = person_of(request)
    mine = may_write(person, "attach", item, request.at) if person else []
    handles = bool(mine)  # who adds them takes them away
    found = {
        "files": [_child(request, text, stands[text.item_id], label, handles) for text in texts[0][:SHOWN][::-1]],
        "more_files": len(texts[0]) > SHOWN,
    }
    floor = least(Kind.ATTACHMENT, item, request.at) if mine else ""
    return {**found, "attach_form": AttachForm(floor=floor, mine=mine)} if mine else found


def said(request: HubRequest, item: Item, comment: int, label: str, *, handles: bool) -> Child | None:
    """One comment beneath `item`, however old, where whoever asks may read it."""
    texts, stands = _shown(request, _latest(request, Comment.rows.filter(item=comment), item))
    return next((_child(request, text, stands[text.item_id], label, handles) for text in texts[0]), None)


def _shown(request: HubRequest, *texts: Sequence[Text]) -> tuple[list[Sequence[Text]], dict[int, Stand]]:
    """Without what whoever asks is to say again who they are for, and how each stands."""
    stands = shows.stands([text.item for some in texts for text in some], request.at)
    if confirmed(request):
        return list(texts), stands
    # one may be guarded where its parent is not
    return [[text for text in some if not stands[text.item_id].asks] for some in texts], stands


def _latest(request: HubRequest, texts: QuerySet[Any], item: Item) -> Sequence[Text]:
    """Newest first, one more than are shown. Each knows its parent, which is not asked for again."""
    mine = policy.readable(request.viewer, request.at, "item_id")
    found = list(texts.filter(mine, item__parent=item).select_related(*OF).order_by("-item__pos")[: SHOWN + 1])
    for text in found:
        text.item.parent = item
    return found


def _child(request: HubRequest, text: Text, stand: Stand, label: str, handles: bool) -> Child:
    item = text.item
    removed = stand.withdrawn and stand.version > 0
    reader = request.viewer.person
    origin: Origin | None = getattr(item, "origin", None)
    mine = reader is not None and item.author_id == reader and in_capacity(item, request.at)
    mine = mine or (origin is not None and opens(reader, origin, request.at, request.viewer))
    return Child(
        text=text,
        ref=item.reference,
        by=item.author.name if item.author else origin.label if origin else "",
        of=name_of(item.affiliation or item.office),
        label=stand.label if stand.label != label or (stand.version and not stand.withdrawn) else "",
        removed=removed,
        removable=not removed and (handles or mine),
        named=origin is None,
    )


def _forms(request: HubRequest, item: Item, typed: dict[str, ChildForm]) -> dict[str, ChildForm]:
    """The boxes, for whoever may write here."""
    person = person_of(request)
    mine = may_write(person, "comment", item, request.at) if person else []
    if not mine:
        return {}
    floor = least(Kind.ATTACHMENT, item, request.at)
    return {
        "comment_form": typed.get("comment_form") or CommentForm(floor=floor, mine=mine),
        "attach_form": typed.get("attach_form") or AttachForm(floor=floor, mine=mine),
    }
