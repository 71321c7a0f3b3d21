"""What the hub sent to whoever is signed in. An item is named as far as they may read it now, and no further."""

from __future__ import annotations

from typing import NamedTuple

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from advisories.serve.entries import titles
from members import kinds, policy
from members.delivery.mine import Message, messages
from members.middleware import HubRequest
from members.models import Announcement, Item
from members.views.asking import confirmed, person_of, unguarded

STATES: dict[str, Promise] = {
    "due": gettext_lazy("on its way"),
    "held": gettext_lazy("held: the hub was restored from a backup"),
    "sent": gettext_lazy("sent"),
    "cancelled": gettext_lazy("not sent"),
    "dead": gettext_lazy("given up"),
}


class Row(NamedTuple):
    message: Message
    what: str
    url: str  # "" where it leads nowhere
    state: str


@login_required
@require_safe
def index(request: HubRequest) -> HttpResponse:
    person = person_of(request)
    assert person is not None  # login_required
    found = messages(person, request.at)
    named = _named({one.item for one in found if one.item is not None}, request)
    rows = [_row(one, named) for one in found]
    return render(request, "advisories/messages.html", {"rows": rows})


def _named(pks: set[int], request: HubRequest) -> dict[int, tuple[str, str]]:
    """(title, address) of those of the items that they may read now; of what is for named people only where they have
    just said once more who they are."""
    items = policy.visible_to(request.viewer, request.at).filter(pk__in=pks)
    if not confirmed(request):
        items = items.filter(unguarded(request.at))
    readable: list[Item] = list(items)
    said = titles(readable, request.at)
    return {item.pk: (said[item.pk], kinds.of(item).url(item)) for item in readable if item.pk in said}


def _row(one: Message, named: dict[int, tuple[str, str]]) -> Row:
    state = str(STATES.get(one.state, one.state))
    if one.event == Announcement.Event.DIGEST:
        said = ngettext("Digest of %(n)d item", "Digest of %(n)d items", one.lines) % {"n": one.lines}
        return Row(one, said if one.lines else _("Digest"), "", state)
    if one.item is None:
        return Row(one, _("About your account or your office"), "", state)
    title, url = named.get(one.item, ("", ""))
    return Row(one, title or _("An item that is not named here"), url, state)
