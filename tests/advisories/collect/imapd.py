"""A small IMAP server on loopback (RFC 3501, as much as a reader needs), which can be told to misbehave."""

from __future__ import annotations

import re
import ssl
import threading
import time
from base64 import b64decode
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from socketserver import StreamRequestHandler, ThreadingTCPServer

USER, PASSWORD = "warp@example.org", 'pass "word" \\ £5'
PLAIN_PASSWORD = "pass word 5"
Odd = Callable[["Session", str], None]


@dataclass
class Imapd:
    """`letters`: mails by UID, in `folder`. `within`: TLS from the first byte; `starttls`: TLS when asked for.

    `odd`: what to do in place of answering a command, by name; the greeting is a command, "GREETING", and a FETCH is
    SIZE or TEXT. It gets the session and the tag.
    """

    letters: dict[int, bytes] = field(default_factory=dict)
    folder: str = "INBOX"
    validity: int = 7
    offers: str = "AUTH=PLAIN"
    within: ssl.SSLContext | None = None
    starttls: ssl.SSLContext | None = None
    odd: dict[str, Odd | bytes] = field(default_factory=dict)
    sizes: dict[int, int] = field(default_factory=dict)  # said instead of the true ones
    seen: list[str] = field(default_factory=list)
    connections: int = 0

    def __post_init__(self) -> None:
        daemon = self

        class Handler(StreamRequestHandler):
            def handle(self) -> None:
                daemon.connections += 1
                with suppress(OSError, ValueError):  # the hub hangs up on some of this
                    Session(daemon, self).serve()

        self.server = ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class Session:
    """One connection."""

    def __init__(self, daemon: Imapd, handler: StreamRequestHandler) -> None:
        self.daemon, self.encrypted = daemon, daemon.within is not None
        self.sock = daemon.within.wrap_socket(handler.request, server_side=True) if daemon.within else handler.request
        self.input = self.sock.makefile("rb")

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def serve(self) -> None:
        self._do("GREETING", "*", "")
        while line := self.input.readline().decode().rstrip("\r\n"):
            tag, _, rest = line.partition(" ")
            name, _, words = rest.partition(" ")
            if name == "UID":
                name, _, words = words.partition(" ")
            if name == "FETCH":
                name = "SIZE" if "RFC822.SIZE" in words else "TEXT"
            self.daemon.seen.append(rest)
            self._do(name.upper(), tag, words)
            if name.upper() == "LOGOUT":
                break

    def _do(self, name: str, tag: str, words: str) -> None:
        odd = self.daemon.odd.get(name)
        if isinstance(odd, bytes):
            self.send(odd.replace(b"TAG", tag.encode()))
        elif odd is not None:
            odd(self, tag)
        else:
            getattr(self, f"do_{name}")(tag, words)

    def _ok(self, tag: str, *untagged: str) -> None:
        self.send("".join(f"* {line}\r\n" for line in untagged).encode() + f"{tag} OK done\r\n".encode())

    def do_GREETING(self, tag: str, words: str) -> None:
        self.send(b"* OK ready\r\n")

    def do_CAPABILITY(self, tag: str, words: str) -> None:
        tls = "STARTTLS " if self.daemon.starttls and not self.encrypted else ""
        self._ok(tag, f"CAPABILITY IMAP4rev1 {tls}{self.daemon.offers}".rstrip())

    def do_STARTTLS(self, tag: str, words: str) -> None:
        assert self.daemon.starttls
        self._ok(tag)
        self.sock = self.daemon.starttls.wrap_socket(self.sock, server_side=True)
        self.input, self.encrypted = self.sock.makefile("rb"), True

    def do_AUTHENTICATE(self, tag: str, words: str) -> None:
        self.send(b"+ \r\n")
        _, user, password = b64decode(self.input.readline()).decode().split("\0")
        self._admit(tag, user, password)

    def do_LOGIN(self, tag: str, words: str) -> None:
        user, password = (re.sub(r"\\(.)", r"\1", word) for word in re.findall(r'"((?:[^"\\]|\\.)*)"', words))
        self._admit(tag, user, password)

    def _admit(self, tag: str, user: str, password: str) -> None:
        if user == USER and password in (PASSWORD, PLAIN_PASSWORD):
            self._ok(tag)
        else:
            self.send(f"{tag} NO [AUTHENTICATIONFAILED] not with {password}\r\n".encode())

    def do_EXAMINE(self, tag: str, words: str) -> None:
        if words.strip('"') != self.daemon.folder:
            self.send(f"{tag} NO [NONEXISTENT] no such folder\r\n".encode())
            return
        self._ok(tag, f"{len(self.daemon.letters)} EXISTS", f"OK [UIDVALIDITY {self.daemon.validity}] valid")

    def do_SEARCH(self, tag: str, words: str) -> None:
        first = int(words.split()[1].split(":")[0])
        uids = sorted(self.daemon.letters)
        found = [uid for uid in uids if uid >= first] or uids[-1:]  # "*" is the last, however old
        self._ok(tag, " ".join(["SEARCH", *map(str, found)]))

    def do_SIZE(self, tag: str, words: str) -> None:
        uids = [int(uid) for uid in words.split()[0].split(",")]
        sizes = {uid: self.daemon.sizes.get(uid, len(self.daemon.letters[uid])) for uid in uids}
        self._ok(tag, *(f"{uid} FETCH (UID {uid} RFC822.SIZE {size})" for uid, size in sizes.items()))

    def do_TEXT(self, tag: str, words: str) -> None:
        uid = words.split()[0]
        body = self.daemon.letters[int(uid)]
        self.send(f"* 9 EXISTS\r\n* {uid} FETCH (UID {uid} BODY[] {{{len(body)}}}\r\n".encode() + body + b")\r\n")
        self._ok(tag)

    def do_LOGOUT(self, tag: str, words: str) -> None:
        self.send(b"* BYE\r\n")
        self._ok(tag)


def endless(data: bytes) -> Odd:
    """Sends it again and again."""

    def send(session: Session, tag: str) -> None:
        while True:
            session.send(data)

    return send


def silent(session: Session, tag: str) -> None:
    time.sleep(5)


def dripping(session: Session, tag: str) -> None:
    for _ in range(500):
        session.send(b"*")
        time.sleep(0.01)
