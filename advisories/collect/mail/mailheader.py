"""What the headers of a mail or of a part say (RFC 5322, RFC 2047, RFC 2231), however it is written. In the worker."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.errors import ObsoleteHeaderDefect
from email.header import decode_header, make_header
from email.message import Message
from email.utils import collapse_rfc2231_value, parsedate_to_datetime
from functools import partial
from typing import Any

from advisories.collect.mail.mailmessage import LONGEST_HEADER, LONGEST_NAME, tried, unfolded
from advisories.collect.text import html
from advisories.collect.text.moments import likely

_FILE_NAME = re.compile(r"\b(?:file)?name\s*=\s*\"?([^\";]+)", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"<([^<>]+)>")


def text(message: Message, name: str, longest: int = html.LONGEST_TITLE) -> str:
    """The first header of the name, decoded, on one line; "" where there is none."""
    return next(iter(texts(message, name, longest)), "")


def texts(message: Message, name: str, longest: int = html.LONGEST_TITLE) -> list[str]:
    """Every header of the name, decoded: RFC 2047, UTF-8 or whatever 8-bit letters; what can't be is left as it is."""
    return [html.line(_decoded(message, name, value), longest) for value in _raw(message, name)]


def written(message: Message, name: str) -> list[str]:
    """Every header of the name as it stands there, on one line."""
    return [html.line(unfolded(value), LONGEST_HEADER) for value in _raw(message, name)]


def first(message: Message, name: str) -> str:
    return next(iter(written(message, name)), "")


def author(message: Message) -> tuple[str, str]:
    """Who the mail says that it is from, as "Name <address>", and the address in lower case. What is written against
    the rules ("one@example.org <other@example.org>") is shown as it is written.
    """
    said = first(message, "from")
    field: Any = tried(lambda: message.policy.header_fetch_parse("from", said), None)
    people: list[tuple[str, str]] = tried(lambda: [(one.display_name, one.addr_spec) for one in field.addresses], [])
    shown = ", ".join(f"{name} <{address}>" if name else address for name, address in people)
    if not people or any(not isinstance(one, ObsoleteHeaderDefect) for one in field.defects):
        shown = tried(lambda: str(make_header(decode_header(said))), said)
    addresses = [one for one in (*_IN_BRACKETS.findall(shown), *(one for _, one in people)) if "@" in one]
    return html.line(shown, html.LONGEST_AUTHOR), html.line(next(iter(addresses), ""), LONGEST_NAME).lower()


def parameter(part: Message, name: str) -> str:
    """A parameter of its Content-Type, in lower case; "" where there is none."""
    return tried(lambda: collapse_rfc2231_value(part.get_param(name, "")), "").lower()


def file_name(part: Message) -> str:
    """The name that is given to the part, decoded; "" where there is none."""
    name = tried(lambda: part.get_filename() or "", "")
    if name and "\ufffd" not in name:
        return name
    for key in ("content-disposition", "content-type"):  # some write what the rules don't allow
        if found := _FILE_NAME.search(first(part, key)):
            return tried(partial(_words, found[1]), found[1])
    return name


def _words(raw: str) -> str:
    return str(make_header(decode_header(raw)))


def moment(message: Message, now: datetime) -> datetime | None:
    """When it was sent: its Date; where that is none, when the last server received it."""
    received = first(message, "received").rpartition(";")[2]
    return _moment(first(message, "date"), now) or _moment(received, now)


def _moment(said: str, now: datetime) -> datetime | None:
    found = tried(lambda: parsedate_to_datetime(said), None)
    if found is not None and found.tzinfo is None:
        found = found.replace(tzinfo=UTC)
    return tried(lambda: likely(found.astimezone(UTC) if found else None, now), None)


def _decoded(message: Message, name: str, raw: str) -> str:
    """As the library decodes it; where letters are lost on the way, as others would."""
    usual = tried(lambda: str(message.policy.header_fetch_parse(name, raw)), "\ufffd")
    if "\ufffd" not in usual:
        return usual
    whole = tried(lambda: _words(unfolded(raw)), "\ufffd")  # letters cut between two words
    return whole if "\ufffd" not in whole else unfolded(raw)


def _raw(message: Message, name: str) -> list[str]:
    return [value for key, value in message.raw_items() if key.lower() == name]
