"""The hub's one way out by HTTP: here GET, guarded; POST stands beside it (post.py).

Looks a name up once and connects to the address it checked (guard.py); follows at most three redirects, each
checked like the first; forgets credentials when the origin changes; knows no proxy and no cookie.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import httpcore2
import httpx2

from members.web.addresses import Network
from members.web.decode import Decoder
from members.web.failure import Failure, Limits
from members.web.guard import TOO_SLOW, Budget, GuardedBackend, Resolve, system_addresses
from members.web.request import (
    next_target,
    origin,
    private_headers,
    public_headers,
    seconds_to_wait,
    target_of,
    whole,
)
from members.web.words import gettext_noop

REDIRECTS = {301, 302, 303, 307, 308}
PERMANENT = {301, 308}
MOST_REDIRECTS = 3
KEPT = ("cache-control", "content-type", "link", "x-taxii-date-added-first", "x-taxii-date-added-last")

ANSWERS = {
    401: gettext_noop("%(host)s asks for a sign-in (%(status)d)."),
    403: gettext_noop("%(host)s forbids this (%(status)d)."),
    404: gettext_noop("%(host)s has nothing at this address (%(status)d)."),
    410: gettext_noop("%(host)s has removed this for good (%(status)d). Take the source off the list."),
    429: gettext_noop("%(host)s asks the hub to come less often (%(status)d)."),
}
UNTRUSTED = gettext_noop("%(host)s could not prove who it is (TLS: %(why)s); nothing was fetched.")
OTHER_ANSWER = gettext_noop("%(host)s answered %(status)d.")
OWN_FAULT = gettext_noop("%(host)s has a fault of its own (%(status)d). Try again later.")


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came back. `status` is 200 or 304 (then `body` is empty); `url` is where it was found.

    `moved_permanently`: every redirect on the way was a 301 or 308, and there was one. `headers`: those of KEPT that
    it had, names in lower case.
    """

    status: int
    body: bytes
    etag: str
    last_modified: str
    url: str
    content_type: str
    retry_after: int | None
    moved_permanently: bool
    headers: Mapping[str, str]


def fetch(
    url: str,
    *,
    user_agent: str,
    etag: str = "",
    last_modified: str = "",
    limits: Limits | None = None,
    allow: Iterable[Network] = (),
    accept: str = "",
    headers: Mapping[str, str] | None = None,
    credentials: tuple[str, str] | None = None,
    resolve: Resolve = system_addresses,
) -> Fetched:
    """GETs a document, conditionally where validators are given. Raises Failure and nothing else.

    `credentials`: name and password for Basic. They, `headers` and the validators go to the first
    origin only.
    """
    limits = limits or Limits()
    budget = Budget(limits.seconds, limits.wire)
    target = target_of(url)
    private = private_headers(etag, last_modified, headers or {}, credentials)
    permanent_so_far = True
    with httpcore2.ConnectionPool(network_backend=GuardedBackend(budget, allow, resolve)) as pool:
        for hop in range(MOST_REDIRECTS + 1):
            with failures_in_words(target, budget):
                reply = _get(pool, target, {**public_headers(target, user_agent, accept), **private}, limits)
            if reply.status not in REDIRECTS:
                if reply.status == 304 and not (etag or last_modified):
                    raise Failure(OTHER_ANSWER, host=target.host, status=304)  # nobody asked for that
                return _fetched(reply, target, moved=hop > 0 and permanent_so_far)
            permanent_so_far = permanent_so_far and reply.status in PERMANENT
            target, former = next_target(target, reply.headers.get("location", "")), target
            if origin(target) != origin(former):
                private = {}
    raise Failure(
        gettext_noop("%(host)s redirects more than %(most)d times."),
        host=target_of(url).host,
        most=MOST_REDIRECTS,
    )


@dataclass(frozen=True, slots=True)
class _Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes


def raw_url(target: httpx2.URL) -> httpcore2.URL:
    return httpcore2.URL(scheme=target.raw_scheme, host=target.raw_host, port=target.port, target=target.raw_path)


def _get(pool: httpcore2.ConnectionPool, target: httpx2.URL, headers: Mapping[str, str], limits: Limits) -> _Reply:
    with pool.stream(
        "GET", raw_url(target), headers=[(k.encode(), v.encode()) for k, v in headers.items()]
    ) as response:
        received = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in response.headers}
        if response.status != 200:
            return _Reply(response.status, received, b"")
        decoder = Decoder(received.get("content-encoding", ""), limits)
        for chunk in response.iter_stream():
            decoder.feed(chunk)
        return _Reply(200, received, decoder.document())


def _fetched(reply: _Reply, target: httpx2.URL, *, moved: bool) -> Fetched:
    wait = seconds_to_wait(reply.headers.get("retry-after", ""))
    if reply.status not in (200, 304):
        words = ANSWERS.get(reply.status, OWN_FAULT if reply.status >= 500 else OTHER_ANSWER)
        raise Failure(words, permanent=reply.status == 410, retry_after=wait, host=target.host, status=reply.status)
    return Fetched(
        status=reply.status,
        body=reply.body,
        etag=whole(reply.headers.get("etag", "")),
        last_modified=whole(reply.headers.get("last-modified", "")),
        url=str(target),
        content_type=whole(reply.headers.get("content-type", "")),
        retry_after=wait,
        moved_permanently=moved,
        headers={name: whole(reply.headers[name]) for name in KEPT if name in reply.headers},
    )


@contextmanager
def failures_in_words(target: httpx2.URL, budget: Budget) -> Iterator[None]:
    host = target.host
    try:
        yield
    except httpcore2.TimeoutException as error:
        raise Failure(TOO_SLOW, host=host, seconds=budget.seconds) from error
    except httpcore2.ConnectError as error:
        reason = error.args[0] if error.args else None  # the pool cuts the chain of causes
        if isinstance(reason, ssl.SSLError):
            why = getattr(reason, "verify_message", "") or str(reason.reason)
            raise Failure(UNTRUSTED, host=host, why=why) from error
        raise Failure(gettext_noop("%(host)s could not be reached."), host=host) from error
    except httpcore2.RemoteProtocolError as error:
        raise Failure(gettext_noop("%(host)s stopped in the middle, or does not speak HTTP."), host=host) from error
    except httpcore2.NetworkError as error:
        raise Failure(gettext_noop("The connection to %(host)s broke."), host=host) from error
    except (httpcore2.LocalProtocolError, UnicodeError) as error:
        raise Failure(
            gettext_noop("The request to %(host)s could not be written; look at its settings."),
            host=host,
        ) from error
