"""What the page of a question shows to whom the rule gave it: the question, the accepted answer, all that was said."""

from __future__ import annotations

from typing import Any

from django.http import Http404

from advisories import questions
from advisories.childforms import ChildForm
from advisories.models import Discussion
from advisories.views.talk import said, talk
from members import permits, stand
from members.authorship import name_of
from members.middleware import HubRequest
from members.models import Item, Standing
from members.views.asking import person_of


def thread(request: HubRequest, item: Item, /, **forms: ChildForm) -> dict[str, Any]:
    """`forms`: what was typed on it already. Http404 where it has no text."""
    asked = Discussion.rows.select_related("item__author", "item__affiliation__organisation", "item__office__warp",
                                           "item__origin").filter(item=item).first()  # fmt: skip
    standing = stand.in_force(item, request.at)
    if asked is None or standing is None:
        raise Http404
    person = person_of(request)
    handles = person is not None and permits.can(person, "moderate", item, request.at)
    tends = person is not None and questions.may_tend(person, item, request.at)
    shown = talk(request, item, standing.label, handles=handles, **forms)
    origin = getattr(asked.item, "origin", None)
    answer = asked.accepted_id
    accepted = next((one for one in shown["comments"] if one.text.item_id == answer), None)
    if accepted is None and answer and shown["more_comments"]:
        accepted = said(request, item, answer, standing.label, handles=handles)
    if accepted and accepted.removed:
        accepted = None
    return {
        **shown,
        "text": asked,
        "named": origin is None,
        "by": asked.item.author.name if asked.item.author else origin.label if origin else "",
        "of": name_of(asked.item.affiliation or asked.item.office),
        "label": standing.label,
        "page_label": standing.label,
        "page_ref": item.reference,
        "ref": item.reference,
        "warp": item.warp.name,
        "removed": standing.state == Standing.State.WITHDRAWN,
        "tends": tends,
        "accepted": accepted,
        "acceptable": _acceptable(shown, accepted, tends=tends),
    }


def _acceptable(shown: dict[str, Any], accepted: Any, *, tends: bool) -> set[str]:
    """The answers that may be accepted: those for everyone who reads the question."""
    if not tends:
        return set()
    return {one.ref for one in shown["comments"] if one is not accepted and not one.label and not one.removed}
