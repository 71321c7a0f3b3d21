"""Hand something to a server: POST, guarded as GET is. No redirect is followed, and of the answer only the beginning
is read: whoever is told decides what it says, and may say it without end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass

import httpcore2

from members.web.addresses import Network
from members.web.failure import Failure
from members.web.guard import FORBIDDEN, UNKNOWN, Budget, GuardedBackend, Resolve, system_addresses
from members.web.http import failures_in_words, raw_url
from members.web.request import seconds_to_wait, target_of
from members.web.words import gettext_noop

READ = 4_000  # bytes of an answer
WIRE = 200_000  # bytes with all that comes before it, and with what lies in the socket when reading ends
SECONDS = 5.0  # for all of it
# One sentence for a name that nobody knows and for one of an inner network: which of them it is, and where it leads, is
# no affair of whoever may have the hub try addresses.
NOWHERE = gettext_noop("The hub finds no public server at %(host)s, and sends nothing there. Check the address.")


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` as it came, whatever it is. `body`: its first bytes. `retry_after`: seconds."""

    status: int
    body: bytes
    retry_after: int | None
    host: str


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    seconds: float = SECONDS,
    read: int = READ,
    allow: Iterable[Network] = (),
    resolve: Resolve = system_addresses,
) -> Answer:
    """Raises Failure where no answer began to come; its words name the host and never the address whole.

    `read`: how many bytes of the answer, at most."""
    target, budget = target_of(url), Budget(seconds, WIRE + read)
    sent = {"Host": target.netloc.decode("ascii"), "Content-Length": str(len(body)), "Connection": "close", **headers}
    raw = [(name.encode(), value.encode()) for name, value in sent.items()]
    try:
        with (
            httpcore2.ConnectionPool(network_backend=GuardedBackend(budget, allow, resolve)) as pool,
            failures_in_words(target, budget),
            pool.stream("POST", raw_url(target), headers=raw, content=body) as response,
        ):
            told = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
            wait = seconds_to_wait(told.get("retry-after", ""))
            return Answer(response.status, _beginning(response, read), wait, target.host)
    except Failure as failure:
        if failure.message in (FORBIDDEN, UNKNOWN):
            raise Failure(NOWHERE, permanent=failure.permanent, refused=failure.refused, host=target.host) from None
        raise


def _beginning(response: httpcore2.Response, most: int) -> bytes:
    """What of the body comes in time: with the status it is decided already what became of it."""
    read = b""
    with suppress(Failure, httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProtocolError):
        for chunk in response.iter_stream():
            read += chunk
            if len(read) >= most:
                break
    return read[:most]
