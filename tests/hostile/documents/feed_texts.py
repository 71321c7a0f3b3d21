"""Feeds whose bytes are not what they say: encodings, declarations, compression; and those cut short."""

from __future__ import annotations

import codecs
import gzip
import zlib

from tests.hostile.documents.case import Case, Cases, refused, tenths, whole
from tests.hostile.documents.feed_entities import rss

CUT, NO_FEED, DAMAGED, EMPTY = "ends in the middle", "not a feed", "damaged", "document is empty"
BOMB, LARGE = "a bomb", "too large"
FEED = rss("Größe")
CODECS = (
    "zlib", "bz2", "hex", "rot13", "base64", "uu", "idna", "punycode", "unicode_escape", "utf-7", "mbcs", "charmap",
    "../../etc/passwd", "x" * 10_000, "%s%n", "mac_arabic",
)  # fmt: skip


def declared(encoding: str, document: bytes = FEED) -> bytes:
    """With a declaration of that encoding in ASCII."""
    return document.replace(b'version="1.0"', f'version="1.0" encoding="{encoding}"'.encode(), 1)


def packed(body: bytes, encoding: str = "gzip") -> Case:
    """Refused before all of it is there: nothing is kept."""
    return refused(body, BOMB, kept=False).sent(Content_Encoding=encoding)


def nothing(megabytes: int, level: int = 9) -> bytes:
    return gzip.compress(b"\0" * megabytes * 1_000_000, level)


CASES: Cases = {
    **{f"cut after {tenth} tenths": refused(cut, "") for tenth, cut in tenths(FEED)},
    **{f"declared as {codec[:20]!r}": whole(declared(codec), 1) for codec in CODECS},
    "declared as an encoding that always fails": refused(declared("undefined"), DAMAGED),
    "declared as an encoding with a null byte": refused(declared("utf-8\0"), DAMAGED),
    "declared as EBCDIC": refused(declared("cp037"), NO_FEED),
    "in UTF-16 that is declared UTF-8": whole(declared("utf-8").decode().encode("utf-16"), 1),
    "in UTF-8 that is declared UTF-16": whole(declared("utf-16"), 1, says="Größe"),
    "in Latin 1 that is declared UTF-8": whole(declared("utf-8", FEED.decode().encode("latin-1")), 1),
    "in UTF-32": whole(FEED.decode().encode("utf-32"), 1, says="Größe"),
    "in UTF-32 without a mark": whole(FEED.decode().encode("utf-32-be"), 1, says="Größe"),
    "in UTF-16 with half a letter": whole(FEED.decode().encode("utf-16") + b"\xd8", 1),
    "in two encodings": whole(FEED.replace("Größe".encode(), "Größe".encode() + "Größe".encode("latin-1")), 1),
    "with a mark of another order": refused(codecs.BOM_UTF16_BE + FEED, NO_FEED),
    "with three marks": whole(codecs.BOM_UTF8 * 3 + FEED, 1),
    "with null bytes": whole(FEED.replace(b"<title>", b"<title>\0\0"), 1),
    "with half a letter in bytes": whole(FEED.replace(b"<title>", b"<title>\xed\xa0\x80"), 1),
    "with half a letter by number": refused(FEED.replace(b"<title>", b"<title>&#xd800;&#x110000;&#0;"), DAMAGED),
    "with overlong letters": whole(FEED.replace(b"<title>", b"<title>\xc0\xbcscript\xc0\xbe"), 1),
    "of null bytes": refused(b"\0" * 10_000, EMPTY),
    "of rubbish": refused(bytes(range(256)) * 40, NO_FEED),
    "with another after it": whole(FEED + FEED, 1),
    "packed and not said so": refused(gzip.compress(FEED), NO_FEED),
    "packed, and something else is said": whole(zlib.compress(FEED), 1).sent(Content_Encoding="gzip"),
    "packed, and damaged": refused(gzip.compress(FEED)[:20] + FEED, "compression is damaged", kept=False)
    .sent(Content_Encoding="gzip"),
    "packed in a way that nobody asked for": refused(FEED, "did not ask for", kept=False).sent(Content_Encoding="br"),
    "packed twice, once said": refused(gzip.compress(gzip.compress(FEED)), NO_FEED)
    .sent(Content_Encoding="gzip"),
    "a bomb": packed(nothing(60)),
    "a bomb in a bomb": packed(gzip.compress(nothing(60) * 500)),
    "a bomb in zlib": packed(zlib.compress(b"\0" * 60_000_000, 9), "deflate"),
    "a thousand members": packed(nothing(1) * 60),
    "sixty megabytes": refused(lambda: rss("x" * 60_000_000), LARGE, kept=False),
}  # fmt: skip
