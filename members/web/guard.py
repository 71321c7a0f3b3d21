"""The network under the HTTP client: one look-up, every address checked, one deadline for everything.

The address that was checked is the address that is dialled, so a name that answers differently the second
time gains nothing. TLS still verifies the name.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from queue import Empty, SimpleQueue
from typing import Any

import httpcore2

from members.web.addresses import Network, refuse_address
from members.web.failure import Failure
from members.web.words import gettext_noop, in_words

Resolve = Callable[[str, int], list[str]]
TOO_SLOW = gettext_noop("%(host)s was too slow: not done after %(seconds)d seconds.")
UNKNOWN = gettext_noop("The name %(host)s could not be looked up. Check the address, or try again later.")
FORBIDDEN = gettext_noop(
    "%(host)s leads to %(address)s, which is %(kind)s; the hub does not collect from there. An operator "
    "may allow it with COLLECT_ALLOW."
)
MOST_ATTEMPTS = 4  # addresses of one name that are dialled in turn


def system_addresses(host: str, port: int) -> list[str]:
    """Every address that the system's resolver knows for the host, without repeats."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


class Budget:
    """What one fetch may still spend: seconds and bytes on the wire, over all its redirects."""

    def __init__(self, seconds: float, wire: int) -> None:
        self.seconds = seconds
        self.wire = wire
        self.received = 0
        self._end = time.monotonic() + seconds

    def left(self, host: str) -> float:
        """Seconds left; raises Failure when there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise Failure(TOO_SLOW, host=host, seconds=self.seconds)
        return left

    def take(self, count: int) -> None:
        self.received += count
        if self.received > self.wire:
            raise Failure(
                gettext_noop("The document is too large: more than %(limit)d bytes."),
                refused=True,
                limit=self.wire,
            )


class GuardedStream(httpcore2.NetworkStream):
    """A connection on which every read and write counts against the budget."""

    def __init__(self, inner: httpcore2.NetworkStream, host: str, budget: Budget) -> None:
        self._inner, self._host, self._budget = inner, host, budget

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = self._inner.read(max_bytes, self._budget.left(self._host))
        self._budget.take(len(data))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._budget.left(self._host))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        inner = self._inner.start_tls(ssl_context, server_hostname, self._budget.left(self._host))
        return GuardedStream(inner, self._host, self._budget)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class GuardedBackend(httpcore2.NetworkBackend):
    """Dials only addresses that it has looked up and checked itself."""

    def __init__(self, budget: Budget, allow: Iterable[Network], resolve: Resolve) -> None:
        self._budget, self._allow, self._resolve = budget, tuple(allow), resolve
        self._system = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        addresses = self._look_up(host, port)
        for address in addresses:
            self._check(host, address)
        failure: Exception | None = None
        for address in addresses[:MOST_ATTEMPTS]:
            try:
                inner = self._system.connect_tcp(address, port, self._budget.left(host), None, socket_options)
                return GuardedStream(inner, host, self._budget)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        raise failure or Failure(UNKNOWN, host=host)

    def _check(self, host: str, address: str) -> None:
        if kind := refuse_address(address, self._allow):
            raise Failure(FORBIDDEN, permanent=True, refused=True, host=host, address=address, kind=in_words(kind, {}))

    def _look_up(self, host: str, port: int) -> list[str]:
        """The system's resolver knows no deadline of ours, so it runs where it may be left behind."""
        answer: SimpleQueue[list[str] | Exception] = SimpleQueue()

        def ask() -> None:
            try:
                answer.put(self._resolve(host, port))
            except Exception as error:  # whatever it is, nobody must wait for an answer in vain
                answer.put(error)

        threading.Thread(target=ask, daemon=True, name="collect-resolve").start()
        try:
            found = answer.get(timeout=self._budget.left(host))
        except Empty:
            raise Failure(TOO_SLOW, host=host, seconds=self._budget.seconds) from None
        if isinstance(found, Exception) and not isinstance(found, OSError | UnicodeError):
            raise found
        if isinstance(found, Exception) or not found:
            raise Failure(UNKNOWN, host=host)
        return found
