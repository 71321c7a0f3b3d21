"""How a page asks for one item: through the rule, and so that what is hidden and what is not there look alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from members import audit, permits, policy, shows, stand, tlp
from members.middleware import HubRequest, in_demonstration
from members.models import WRITTEN, Embargo, Item, Kind, Office, Person, Standing

P = ParamSpec("P")
LONGEST = 40  # characters of a reference as it was typed that the audit keeps


def readable(request: HubRequest, ref: str, *kinds: Kind) -> Item | None:
    """The item of these kinds where it is `body` to whoever asks, else None. The same statements either way."""
    items = policy.visible_to(request.viewer, request.at).filter(reference=ref, kind__in=kinds)
    return items.select_related("warp").first()


def withdrawn(request: HubRequest, ref: str, *kinds: Kind) -> Item | None:
    """The item where all that is left of it for whoever asks is that it was withdrawn."""
    return policy.withdrawals_to(request.viewer, request.at).filter(reference=ref, kind__in=kinds).first()


def not_found(request: HubRequest, ref: str) -> Http404:
    """Raise what this returns. The asking is recorded as typed, without looking whether there is such an item."""
    asked_for(request, ref)
    return Http404()


def asked_for(request: HubRequest, ref: str, **detail: int) -> None:
    """Record that whoever asks named something that they were not given, whether there is such a thing or not."""
    person = person_of(request)
    said: dict[str, Any] = {"signed_in": person is not None, **detail}
    audit.record("asked for", request.at, reference=ref[:LONGEST], **audit.asker_of(person, ref), **said)


def viewed(request: HubRequest, item: Item, verb: str = "read", **detail: int | str) -> None:
    """Record that whoever asks was shown a text of what is guarded: one line at each door that shows one."""
    said: dict[str, Any] = {**_reader(request, item), **detail}
    audit.record(verb, request.at, reference=item.reference, **said)


def viewed_by_reporter(request: HubRequest, item: Item, person: Person, verb: str, **detail: int | str) -> None:
    """The same of a page that nobody sees but who reported what `item` derives from."""
    said: dict[str, Any] = {**audit.reporter_of(person, item), **detail}
    audit.record(verb, request.at, reference=item.reference, **said)


def viewed_below(request: HubRequest, item: Item, references: Iterable[str]) -> None:
    """The same of what is guarded beneath `item`, where that itself may not be: each has a row of its own, for its own
    handlers."""
    if every := list(references):
        audit.record_each("read", request.at, every, **_reader(request, item))


def _reader(request: HubRequest, item: Item) -> audit.Actor:
    return audit.actor_of(person_of(request), item, request.at, request.viewer)


def typed(request: HttpRequest, name: str) -> str:
    """What the address says under this name, without the one character that PostgreSQL takes in no text."""
    return request.GET.get(name, "").replace("\0", "")


class ReferenceConverter:
    """References and codes in addresses: anything without a slash that a database can be asked for."""

    regex = r"[^/\x00]+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


def person_of(request: HttpRequest) -> Person | None:
    """Who is signed in."""
    return request.user if isinstance(request.user, Person) else None


def handled(request: HubRequest, ref: str, verb: str, kinds: Iterable[Kind] = WRITTEN) -> tuple[Person, Item]:
    """Who asks, and the item that they may do `verb` to; 404 for everyone else, and where there is none."""
    person, item = person_of(request), readable(request, ref, *kinds)
    if person is None or item is None or not permits.can(person, verb, item, request.at):
        raise not_found(request, ref)
    return person, item


View = Callable[Concatenate[HubRequest, P], HttpResponse]
Plain = Callable[Concatenate[HttpRequest, P], HttpResponse]


def for_coordinators(view: Callable[Concatenate[HubRequest, Person, list[Office], P], HttpResponse]) -> Plain[P]:
    """A page of the desk, given the person and the offices under which they coordinate; 404 for everybody else."""

    @login_required
    @wraps(view)
    def wrapped(request: HubRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        person = person_of(request)
        offices = list(permits.coordinates(person, request.at)) if person else []
        if person is None or not offices:
            raise not_found(request, str(next(iter(kwargs.values()), request.path)))
        return view(request, person, offices, *args, **kwargs)

    return wrapped  # type: ignore[return-value]  # our middleware makes every request a HubRequest


def guarded(item: Item, standing: Standing | None, at: Any) -> bool:
    """Whether the page asks who it is once more: RED, embargoed, and an anonymous report (policy.md, By which channel).

    `standing` is the one in force at `at`; without one, what counts is the label that the draft is meant to carry.
    """
    label = standing.label if standing else item.marking
    if label == tlp.RED or item.anonymous or (item.parent_id and shows.stands([item], at)[item.pk].asks):
        return True
    embargo = Embargo.objects.filter(item=item).first()
    return embargo is not None and (standing is None or at < embargo.ends_at)


def unconfirmed(request: HubRequest, item: Item) -> bool:
    """Whether whoever asks must say once more who they are before they act on `item`."""
    return guarded(item, stand.in_force(item, request.at), request.at) and not confirmed(request)


def unguarded(at: datetime) -> Q:
    """Of items: that their page asks nothing more at `at`, as `guarded` has it. Never of one that takes its standing
    from what it belongs to: those are looked up one by one.
    """
    standing = Standing.objects.at(at).filter(item=OuterRef("pk")).order_by()
    embargo = Embargo.objects.filter(item=OuterRef("pk"))
    itself = Q(parent=None) | Q(Exists(Standing.objects.filter(item=OuterRef("pk")).order_by())) | Q(Exists(embargo))
    stands = Q(Exists(standing)) | ~Q(marking=tlp.RED) & ~Q(Exists(embargo))
    secret = Q(anonymous=True) | Q(Exists(standing.filter(label=tlp.RED))) | Q(Exists(embargo.filter(ends_at__gt=at)))
    return itself & stands & ~secret


def confirmed(request: HttpRequest) -> bool:
    """Whether they showed within the last minutes, after signing in, that it is still they."""
    if person_of(request) is None:
        return False
    kinds = {"mfa", "demo"} if in_demonstration(request) else {"mfa"}
    times = [
        record["at"]
        for record in get_authentication_records(request, request.user)
        if record.get("reauthenticated") and record["method"] in kinds
    ]
    return bool(times) and time.time() - max(times) < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def to_confirm(request: HttpRequest, back: str = "") -> HttpResponse:
    """The way to the step-up, and back to this page, or to another where this one only takes what is sent."""
    name = "demo-confirm" if in_demonstration(request) else "mfa_reauthenticate"
    return redirect(f"{reverse(name)}?{urlencode({'next': back or request.get_full_path()})}")
