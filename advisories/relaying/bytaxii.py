"""Into a collection of a TAXII 2.1 server (section 5.5): an envelope goes by POST, and the status that the server
answers is the receipt. While it is pending, the status is asked for again (section 4.3)."""

from __future__ import annotations

import re
from typing import Any

import orjson
from django.conf import settings
from django.utils.translation import gettext as _

from advisories.collect.signin import header
from advisories.models import Destination, Relay
from advisories.relaying.outcome import Outcome, State
from advisories.relaying.parcel import Parcel
from advisories.relaying.secret import Secret, Unopenable, opened
from members.delivery.channels.byweb import BUSY
from members.refused import Refused
from members.web.failure import Failure, Limits
from members.web.http import fetch
from members.web.post import post

MEDIA = "application/taxii+json;version=2.1"
AGENT = "WARP-hub"
NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,99}")  # an id: of a collection, of a status
SECONDS, MOST = 20.0, 1_000_000  # of a request, and bytes of a status
ASK_AGAIN = 30  # seconds
WORDS = 200  # of the other side, that are kept
PLACE = "…"


def send(relay: Relay, parcel: Parcel) -> Outcome:
    """Hand it over. Nothing is kept of the address but its host."""
    try:
        secret = opened(relay.destination)
    except Unopenable:
        return Outcome(State.FAILED, _unopenable())
    told = {**_headers(secret), "Content-Type": MEDIA}
    try:
        answer = post(f"{secret.url}objects/", parcel.envelope(), told, seconds=SECONDS, read=MOST,
                      allow=settings.SEND_ALLOW)  # fmt: skip
    except Failure as failure:
        return Outcome(State.FAILED if failure.permanent else State.DUE, str(failure))
    if 200 <= answer.status < 300:
        return _status(answer.body, answer.host, secret)
    busy = answer.status in BUSY or answer.status >= 500
    said = f"{answer.host}: {answer.status} {_title(answer.body, secret)} {_why(answer.status)}"
    return Outcome(State.DUE if busy else State.FAILED, " ".join(said.split()), wait=answer.retry_after or 0)


def receipt(relay: Relay) -> Outcome:
    """What became of what it took over."""
    try:
        secret = opened(relay.destination)
        got = fetch(f"{secret.root}status/{relay.status}/", user_agent=AGENT, accept=MEDIA, headers=_headers(secret),
                    limits=Limits(seconds=SECONDS, wire=MOST, decoded=MOST), allow=settings.SEND_ALLOW)  # fmt: skip
    except (Failure, Unopenable) as failure:
        said = str(failure) if isinstance(failure, Failure) else _unopenable()
        return Outcome(State.TAKEN, said, relay.status, ASK_AGAIN)
    return _status(got.body, relay.destination.value.partition("/")[0], secret, relay.status)


def ask(to: Destination) -> None:
    """Raises Refused unless the collection says that the hub may write to it."""
    try:
        secret = opened(to)
        got = fetch(secret.url, user_agent=AGENT, accept=MEDIA, headers=_headers(secret),
                    limits=Limits(seconds=SECONDS, wire=MOST, decoded=MOST), allow=settings.SEND_ALLOW)  # fmt: skip
    except Failure as failure:
        raise Refused(str(failure)) from failure
    except Unopenable:
        raise Refused(_unopenable()) from None
    if _read(got.body).get("can_write") is not True:
        raise Refused(_("It does not say that the hub may write to it. Ask them for the right to."))


def _headers(secret: Secret) -> dict[str, str]:
    told = {"Accept": MEDIA, "User-Agent": AGENT}
    return {**told, "Authorization": header(secret.sign_in)} if secret.sign_in else told


def _status(body: bytes, host: str, secret: Secret, known: str = "") -> Outcome:
    """A status in words. A server that took it and says nothing that can be read has taken it."""
    told = _read(body)
    name, state = told.get("id"), told.get("status")
    status = name if isinstance(name, str) and NAME.fullmatch(name) else known
    took, failed, total = (_count(told, f"{one}_count") for one in ("success", "failure", "total"))
    if state == "pending" and status:
        return Outcome(State.TAKEN, _("%(host)s has it, and is still at work.") % {"host": host}, status, ASK_AGAIN)
    if state != "complete" or not (total or took or failed):
        return Outcome(State.DONE, _("%(host)s has it, and said no more.") % {"host": host}, status)
    if failed:
        said = _("%(host)s took %(took)d of %(total)d objects. %(why)s")
        why = _first(told.get("failures"), secret)
        return Outcome(State.FAILED, said % {"host": host, "took": took, "total": total, "why": why}, status)
    said = _("%(host)s took all %(total)d objects.")
    return Outcome(State.DONE, said % {"host": host, "total": total or took}, status)


def _read(body: bytes) -> dict[str, Any]:
    try:
        told = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return told if isinstance(told, dict) else {}


def _count(told: dict[str, Any], name: str) -> int:
    value = told.get(name)
    return value if isinstance(value, int) and 0 <= value < 10**6 else 0


def _first(failures: Any, secret: Secret) -> str:
    one = failures[0] if isinstance(failures, list) and failures else {}
    return _words(one.get("message") if isinstance(one, dict) else "", secret)


def _title(body: bytes, secret: Secret) -> str:
    return _words(_read(body).get("title"), secret)


def _words(text: Any, secret: Secret) -> str:
    """Of the other side, in a line; never the hub's own token, which it may quote."""
    line = " ".join(text.split()) if isinstance(text, str) else ""
    if secret.sign_in:
        line = line.replace(secret.sign_in, PLACE).replace(_headers(secret)["Authorization"].split()[1], PLACE)
    return "".join(char for char in line if char.isprintable())[:WORDS]


def _why(status: int) -> str:
    return {
        401: _("Look at how the hub signs in there."),
        403: _("It lets the hub write nothing there."),
        404: _("There is no such collection, or none for the hub."),
        413: _("It is too large for it."),
    }.get(status, "")


def _unopenable() -> str:
    return _("How to sign in there can't be read any more: the hub's SECRET_KEY was changed. Add it anew.")
