"""New mails of a mailbox, by IMAP (RFC 9051, and RFC 3501 as most servers speak it). Runs in the parent.

Looks only: the folder is opened read-only and texts are fetched by BODY.PEEK[], so nothing is marked, moved or deleted.
Written on the standard library's imaplib, which needs no socket of its own (mailwire.py); imapclient would bring a
second layer of parsing whose connections are sockets.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from advisories.collect.base import CollectError, Limits, gettext_noop
from advisories.collect.mail.mailplace import failures_in_words, place_of
from advisories.collect.mail.mailsignin import open_folder, said, sign_in
from advisories.collect.mail.mailwire import MOST_TALK, Connection, Overlong
from members.web.addresses import Network
from members.web.guard import Budget, Resolve, system_addresses

MOST_LETTERS = 200  # in one run
MOST_BYTES = 100_000_000  # of texts in one run
ENOUGH = 0.75  # of the seconds: no further letter is begun

TOO_LARGE = gettext_noop(
    "Mail %(uid)d has %(size)d bytes; the hub takes at most %(limit)d. It was passed over and still lies there."
)
UNTRUE = gettext_noop("Mail %(uid)d is larger than the server said. It was passed over and still lies there.")
NOT_GIVEN = gettext_noop("The server named mail %(uid)d and did not give it; it was passed over.")

_UID = re.compile(rb"\bUID (\d{1,10})\b", re.IGNORECASE)
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d{1,19})\b", re.IGNORECASE)
_CURSOR = re.compile(r"(\d{1,10}):(\d{1,10})")


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail under its number in the folder; for one that the hub will not take, the error in place of its bytes.
    `cursor`: what to hand in to go on after it.
    """

    uid: int
    body: bytes | CollectError
    cursor: str


def messages(
    url: str,
    *,
    credentials: tuple[str, str],
    cursor: str = "",
    limits: Limits | None = None,
    most: int = MOST_LETTERS,
    allow: Iterable[Network] = (),
    resolve: Resolve = system_addresses,
) -> Iterator[Letter]:
    """What came after `cursor` into the folder of `url` (imaps://host/folder), oldest first, at most `most`.

    `credentials`: name and password. `limits.wire` bytes for one mail, `limits.seconds` for the whole run, in which
    no mail is begun near its end. A folder that was numbered anew (UIDVALIDITY) is read from its beginning. Raises
    CollectError and nothing else.
    """
    limits, place = limits or Limits(), place_of(url)
    budget, begun = Budget(limits.seconds, max(MOST_BYTES, limits.wire) + MOST_TALK), time.monotonic()
    with failures_in_words(place, budget):
        connection = Connection(place.scheme, place.host, place.port, budget, allow, resolve)
    try:
        with failures_in_words(place, budget):
            sign_in(connection, place, *credentials)
            validity = open_folder(connection, place)
            sizes = _new(connection, _after(cursor, validity), most)
        for number, (uid, size) in enumerate(sizes.items()):
            over = (
                budget.received + (size or limits.wire) > MOST_BYTES
                or time.monotonic() - begun > ENOUGH * limits.seconds
            )
            if number and over:
                break
            with failures_in_words(place, budget):
                body = _letter(connection, uid, size, limits.wire)
            yield Letter(uid, body, f"{validity}:{uid}")
            if isinstance(body, CollectError) and body.message == UNTRUE:
                return  # the rest of it is still on the line
        with suppress(Exception):
            connection.logout()
    finally:
        connection.shutdown()


def _after(cursor: str, validity: int) -> int:
    known = _CURSOR.fullmatch(cursor)
    return int(known[2]) if known and int(known[1]) == validity else 0


def _new(connection: Connection, last: int, most: int) -> dict[int, int | None]:
    """The oldest mails after `last`: number -> bytes, None where the server does not say."""
    found = _answer(connection, "SEARCH", "UID", f"{last + 1}:*")  # which names the last one even where it is older
    uids = sorted({uid for line in found for uid in map(int, bytes(line).split()) if uid > last})[:most]
    if not uids:
        return {}
    sizes: dict[int, int] = {}
    for line in _answer(connection, "FETCH", ",".join(map(str, uids)), "(RFC822.SIZE)"):
        if (uid := _UID.search(line)) and (size := _SIZE.search(line)):
            sizes[int(uid[1])] = int(size[1])
    return {uid: sizes.get(uid) for uid in uids}


def _letter(connection: Connection, uid: int, size: int | None, largest: int) -> bytes | CollectError:
    if size is not None and size > largest:
        return CollectError(TOO_LARGE, refused=True, uid=uid, size=size, limit=largest)
    connection.largest = largest
    try:
        found = _answer(connection, "FETCH", str(uid), "(BODY.PEEK[])")
    except Overlong:
        return CollectError(UNTRUE, refused=True, uid=uid)
    except connection.abort:
        raise
    except connection.error:
        return CollectError(NOT_GIVEN, uid=uid)
    finally:
        connection.largest = 0
    for part in found:
        if isinstance(part, tuple) and b"BODY[]" in part[0].upper():
            return bytes(part[1])
    return CollectError(NOT_GIVEN, uid=uid)


def _answer(connection: Connection, command: str, *words: str) -> list[Any]:
    answer, found = connection.uid(command, *words)
    if answer != "OK":
        raise connection.error(said(tuple(found)))
    return [one for one in found if one is not None]
