"""imaplib on the guard's connection: every byte counts, nothing is sent in clear by mistake, nothing is believed.

imaplib names the routines through which it meets the network, to be overridden (open, read, readline, send, shutdown);
so it runs on the stream of guard.py and never sees a socket. In the parent, beside the HTTP client.
"""

from __future__ import annotations

import imaplib
from collections.abc import Iterable
from ipaddress import ip_address

import httpcore2

from advisories.collect.base import CollectError, gettext_noop
from members.web.addresses import Network
from members.web.guard import Budget, GuardedBackend, Resolve

LONGEST_LINE = 1_000_000  # bytes
MOST_LINES = 20_000  # in one run
MOST_TALK = 4_000_000  # bytes of them
CHUNK = 65_536
CLEAR, WITHIN = "imap", "imaps"  # TLS asked for after the greeting, or from the first byte on
PORTS = {CLEAR: 143, WITHIN: 993}

ENDLESS = gettext_noop("%(host)s talks on and on where a mail server says a few lines; it was cut off.")
NOT_ENCRYPTED = gettext_noop(
    "%(host)s offers no encryption (STARTTLS), so the hub does not sign in: the password could be read on the way."
)
SAID_BEFORE = gettext_noop("%(host)s sent more than it should before encryption began: somebody may be in between.")


class Overlong(Exception):
    """The server sends a text of more bytes than were agreed on."""


class Connection(imaplib.IMAP4):
    """A connection that has been encrypted, or leads where the operator allows to go without."""

    def __init__(
        self, scheme: str, host: str, port: int, budget: Budget, allow: Iterable[Network], resolve: Resolve
    ) -> None:
        self._scheme, self._budget, self._allow = scheme, budget, tuple(allow)
        self._backend = GuardedBackend(budget, self._allow, resolve)
        self._stream: httpcore2.NetworkStream | None = None
        self._buffer = bytearray()
        self._lines = self._talk = 0
        self.largest = 0  # bytes of text that the server may send now
        super().__init__(host, port)
        try:
            if scheme == CLEAR:
                self._encrypt()
        except BaseException:
            self.shutdown()
            raise

    def open(self, host: str = "", port: int = 0, timeout: float | None = None) -> None:
        self.host, self.port = host, port
        self._stream = self._backend.connect_tcp(host, port)
        if self._scheme == WITHIN:
            self._stream = self._stream.start_tls(httpcore2.default_ssl_context(), host)

    def read(self, size: int) -> bytes:
        if size > self.largest:
            raise Overlong
        self.largest -= size
        while len(self._buffer) < size:
            self._fill()
        return self._taken(size)

    def readline(self) -> bytes:
        begin = 0
        while (end := self._buffer.find(b"\n", begin)) < 0:
            begin = len(self._buffer)
            if begin > LONGEST_LINE:
                raise CollectError(ENDLESS, refused=True, host=self.host)
            self._fill()
        self._lines, self._talk = self._lines + 1, self._talk + end + 1
        if self._lines > MOST_LINES or self._talk > MOST_TALK:
            raise CollectError(ENDLESS, refused=True, host=self.host)
        return self._taken(end + 1)

    def send(self, data: bytes) -> None:  # type: ignore[override]  # whatever bytes-like: imaplib sends only bytes
        if self._stream is None:
            raise self.abort("closed")
        self._stream.write(data)

    def shutdown(self) -> None:
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    def offers(self, what: str) -> bool:
        return what in self.capabilities

    def _encrypt(self) -> None:
        """STARTTLS (RFC 9051 section 6.2.1). Nothing that came before it is believed after it."""
        stream = self._stream
        if stream is None:
            raise self.abort("closed")
        if not self.offers("STARTTLS"):
            self._excuse(stream)
            return
        answer, _ = self.xatom("STARTTLS")
        if answer != "OK":
            raise self.error("STARTTLS")
        if self._buffer:
            raise CollectError(SAID_BEFORE, refused=True, host=self.host)
        self._stream = stream.start_tls(httpcore2.default_ssl_context(), self.host)
        self.untagged_responses = {}
        _, offered = self.capability()
        self.capabilities = tuple(str(offered[-1], "ascii").upper().split())

    def _excuse(self, stream: httpcore2.NetworkStream) -> None:
        """Without encryption only to an address in a network that the operator has allowed."""
        address = ip_address(stream.get_extra_info("server_addr")[0])
        if not any(address in network for network in self._allow):
            raise CollectError(NOT_ENCRYPTED, refused=True, permanent=True, host=self.host)

    def _fill(self) -> None:
        data = self._stream.read(CHUNK) if self._stream is not None else b""
        if not data:
            raise self.abort("the connection ended")
        self._buffer += data

    def _taken(self, size: int) -> bytes:
        data = bytes(self._buffer[:size])
        del self._buffer[:size]
        return data
