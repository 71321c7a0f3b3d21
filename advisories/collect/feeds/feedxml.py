"""The XML of a feed, held to what the hub wants, and what feedparser makes of it. Runs in the worker.

feedparser gets bytes as a stream and never text or a name, since it would open those; its own sanitiser is off and
nh3 comes after it. What stands before the root element is cut off, and with it every entity that the document
defines: none is expanded, no file is named.
"""

from __future__ import annotations

import io
import re
import xml.sax.expatreader  # noqa: F401  else feedparser loads it anew in the child of each document
from typing import Any

import feedparser.api
import feedparser.encodings
import feedparser.mixin

from advisories.collect.base import CollectError, gettext_noop
from advisories.collect.text import sniff
from advisories.collect.text.html import LONGEST_AUTHOR

DAMAGED = gettext_noop("The feed is damaged where its reader cannot go on (%(how)s); nothing of it was taken.")
MOST_SKIPPED = 100  # hours or days; a feed may repeat itself
WIDE = {  # how a document begins, in encodings of which feedparser believes only a declaration
    b"\xff\xfe\0\0": "utf-32-le", b"\0\0\xfe\xff": "utf-32-be", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be",
    b"<\0\0\0": "utf-32-le", b"\0\0\0<": "utf-32-be", b"<\0": "utf-16-le", b"\0<": "utf-16-be",
}  # fmt: skip
DECLARATION = b"<?xml version='1.0' encoding='utf-8'?>\n"

_CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
# Before an XML declaration nothing may stand, and yet there are line ends. Programs that write to a string declare
# UTF-16 and send something else: where the declaration can be read as bytes, it is untrue.
_UNTRUE = re.compile(
    rb"\s*(?:<\?xml[^>]{0,200}?\sencoding\s*=\s*[\"'](?:utf|ucs)[_-]?(?:2|4|16|32)[^>]{0,200}>)?", re.IGNORECASE
)
_OVERLONG = re.compile(r"([A-Za-z0-9_.+-]{64})[A-Za-z0-9_.+-]+")  # no half of a mail address has more (RFC 5321)
_PROLOG = re.compile(
    rb"(?:\s|\xef\xbb\xbf|<\?.*?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>)*+", re.DOTALL | re.IGNORECASE
)


def from_root(body: bytes, content_type: str) -> bytes:
    """The document in UTF-8 from its root element on. Raises CollectError(refused=True) where that cannot be."""
    wide = next((encoding for start, encoding in WIDE.items() if body.startswith(start)), None)
    utf8 = body.decode(wide, "replace").encode() if wide else _utf8(_UNTRUE.sub(b"", body, count=1), content_type)
    prolog = _PROLOG.match(utf8)
    return utf8[prolog.end() :] if prolog else utf8


def _utf8(body: bytes, content_type: str) -> bytes:
    """By the document's own declaration, by HTTP's word or by trial."""
    try:
        utf8: bytes = feedparser.encodings.convert_to_utf8(_charset_hint(body, content_type), body, {})
    except MemoryError:
        raise
    except Exception as error:  # declared encodings are words from outside
        raise CollectError(DAMAGED, refused=True, how=type(error).__name__) from error
    return utf8


def read(from_root: bytes) -> Any:
    """What feedparser makes of the document. It is not told the feed's address: it would join ids to it, and they
    would change when the feed moves.
    """
    document = io.BytesIO(DECLARATION + from_root)
    try:
        return feedparser.api.parse(document, sanitize_html=False, resolve_relative_uris=False)
    except MemoryError:
        raise
    except Exception as error:  # it raises almost anything on damaged input, such as half a character
        raise CollectError(DAMAGED, refused=True, how=type(error).__name__) from error


def _charset_hint(body: bytes, content_type: str) -> dict[str, str]:
    """A charset from HTTP, where the bytes themselves do not tell: servers' words on it are often wrong."""
    charset = _CHARSET.search(content_type)
    if charset is None or sniff.tells_encoding(body):
        return {}
    return {"content-type": f"application/xml; charset={charset[1]}"}


_Parser: Any = feedparser.mixin._FeedParserMixin


class _Held(_Parser):  # type: ignore[misc]
    """Shows authors without their overlong words to feedparser's pattern for mail addresses, which takes quadratic
    time (its issue 562), and keeps every skipped hour and day, of which feedparser keeps the last.
    """

    def _sync_author_detail(self, key: str = "author") -> None:
        context = self._get_context()
        said = context.get(key)
        if isinstance(said, str):
            said = said[:LONGEST_AUTHOR]
            shown = context[key] = _OVERLONG.sub(r"\1", said)
        super()._sync_author_detail(key)
        if isinstance(said, str) and context.get(key) == shown:
            context[key] = said

    def _end_hour(self) -> None:
        self._skip("skip_hours", self.pop("hour"))

    def _end_day(self) -> None:
        self._skip("skip_days", self.pop("day"))

    def _skip(self, name: str, said: Any) -> None:
        told = self.feeddata.setdefault(name, [])
        if isinstance(said, str) and not self.inentry and len(told) < MOST_SKIPPED:
            told.append(said)


for _name in ("StrictFeedParser", "LooseFeedParser"):  # feedparser looks these up each time it parses
    setattr(feedparser.api, _name, type(_name, (_Held, getattr(feedparser.api, _name)), {}))
