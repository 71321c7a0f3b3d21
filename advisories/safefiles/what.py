"""What a file really is: by what stands in it, never by its name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from advisories.safefiles import plaintext
from members.web.words import gettext_noop, in_words

HEAD = 64_000  # bytes that are looked at


class Kind(StrEnum):
    EMPTY = "empty"
    TEXT = "text"
    CSV = "csv"
    PNG = "png"
    JPEG = "jpeg"
    GIF = "gif"
    WEBP = "webp"
    PICTURE = "picture"  # of a format that the hub does not read
    PDF = "pdf"
    OFFICE = "office"
    ARCHIVE = "archive"
    PROGRAM = "program"
    EICAR = "eicar"
    HTML = "html"
    SVG = "svg"
    MAIL = "mail"
    RTF = "rtf"
    UNKNOWN = "unknown"


IMAGES = {Kind.PNG, Kind.JPEG, Kind.GIF, Kind.WEBP}


@dataclass(frozen=True, slots=True)
class What:
    """`template`: what it is called. `encoding`: of a text."""

    kind: Kind
    template: str
    encoding: str = ""

    @property
    def words(self) -> str:
        return in_words(self.template, {})


_EICAR = b"EICAR-STANDARD-ANTIVIRUS-" + b"TEST-FILE!"  # in two, so that nobody's scanner takes this file away
_WINDOWS = gettext_noop("a Windows program")
_LINUX = gettext_noop("a Linux program")
_MACOS = gettext_noop("a macOS program")
_SHORTCUT = gettext_noop("a Windows shortcut")
_OFFICE = gettext_noop("an Office document")
_OLD_OFFICE = gettext_noop("an old Office document or installer")
_ZIP = gettext_noop("a ZIP archive")
_ARCHIVE = gettext_noop("an archive")
_OTHER_PICTURE = gettext_noop("a picture in a format that the hub does not read")
_STARTS: tuple[tuple[bytes, Kind, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", Kind.PNG, gettext_noop("a PNG picture")),
    (b"\xff\xd8\xff", Kind.JPEG, gettext_noop("a JPEG picture")),
    (b"GIF87a", Kind.GIF, gettext_noop("a GIF picture")),
    (b"GIF89a", Kind.GIF, gettext_noop("a GIF picture")),
    (b"\x7fELF", Kind.PROGRAM, _LINUX),
    (b"\xfe\xed\xfa\xce", Kind.PROGRAM, _MACOS),
    (b"\xfe\xed\xfa\xcf", Kind.PROGRAM, _MACOS),
    (b"\xce\xfa\xed\xfe", Kind.PROGRAM, _MACOS),
    (b"\xcf\xfa\xed\xfe", Kind.PROGRAM, _MACOS),
    (b"\xca\xfe\xba\xbe", Kind.PROGRAM, gettext_noop("a Java or macOS program")),
    (b"L\0\0\0\x01\x14\x02\0", Kind.PROGRAM, _SHORTCUT),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Kind.OFFICE, _OLD_OFFICE),
    (b"{\\rtf", Kind.RTF, gettext_noop("a rich text document")),
    (b"7z\xbc\xaf\x27\x1c", Kind.ARCHIVE, _ARCHIVE),
    (b"Rar!\x1a\x07", Kind.ARCHIVE, _ARCHIVE),
    (b"\x1f\x8b", Kind.ARCHIVE, _ARCHIVE),
    (b"BZh", Kind.ARCHIVE, _ARCHIVE),
    (b"\xfd7zXZ\0", Kind.ARCHIVE, _ARCHIVE),
    (b"\x28\xb5\x2f\xfd", Kind.ARCHIVE, _ARCHIVE),
    (b"MSCF", Kind.ARCHIVE, _ARCHIVE),
    (b"II*\0", Kind.PICTURE, _OTHER_PICTURE),
    (b"MM\0*", Kind.PICTURE, _OTHER_PICTURE),
)
_OFFICE_PARTS = (b"[Content_Types].xml", b"word/", b"xl/", b"ppt/", b"mimetypeapplication/vnd.oasis.opendocument")
_HEIF = (b"heic", b"heix", b"mif1", b"msf1", b"avif", b"heif")
_MARKUP = re.compile(
    r"\s*(?:<\?xml[^>]{0,500}>\s*|<!--.{0,2000}?-->\s*|<!doctype\s{1,5}(?:html|svg)[^>]{0,500}>\s*)*"
    r"<(html|svg|head|body|script|title|iframe|table|div)[\s>/:]|\s*<!doctype\s{1,5}(html|svg)",
    re.IGNORECASE | re.DOTALL,
)
_MAIL = re.compile(
    r"^(?:received|mime-version|return-path|message-id|delivered-to|x-ms-exchange[\w-]*):\s", re.I | re.M
)


def sniff(head: bytes, size: int) -> What:
    """`head`: the first HEAD bytes, or all. `size` of the whole file."""
    head = head[:HEAD]
    if not size:
        return What(Kind.EMPTY, gettext_noop("an empty file"))
    if _EICAR in head or _EICAR in head.replace(b"\0", b""):
        return What(Kind.EICAR, gettext_noop("the EICAR test file, which virus scanners are tried with"))
    return (
        _by_start(head) or _by_text(head, whole=size <= len(head)) or What(Kind.UNKNOWN, gettext_noop("unknown data"))
    )


def _by_start(head: bytes) -> What | None:
    for start, kind, template in _STARTS:
        if head.startswith(start):
            return What(kind, template)
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return What(Kind.WEBP, gettext_noop("a WebP picture"))
    if (head[4:8] == b"ftyp" and head[8:12] in _HEIF) or (head[:2] == b"BM" and head[6:10] == b"\0\0\0\0"):
        return What(Kind.PICTURE, _OTHER_PICTURE)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        office = any(part in head for part in _OFFICE_PARTS)
        return What(Kind.OFFICE, _OFFICE) if office else What(Kind.ARCHIVE, _ZIP)
    if head.startswith(b"MZ") and b"\0" in head:
        return What(Kind.PROGRAM, _WINDOWS)
    if b"%PDF-" in head[:1024]:
        return What(Kind.PDF, gettext_noop("a PDF document"))
    return None


def _by_text(head: bytes, *, whole: bool) -> What | None:
    encoding = plaintext.encoding_of(head, whole=whole)
    if not encoding:
        return None
    text = plaintext.decoded(head, encoding)
    if markup := _MARKUP.match(text):
        svg = (markup[1] or markup[2]).lower() == "svg"
        return What(Kind.SVG, gettext_noop("an SVG drawing")) if svg else What(Kind.HTML, gettext_noop("a web page"))
    if len(set(_MAIL.findall(text))) > 1:
        return What(Kind.MAIL, gettext_noop("a saved e-mail"))
    if plaintext.delimiter(text, whole=whole):
        return What(Kind.CSV, gettext_noop("a table (CSV)"), encoding)
    return What(Kind.TEXT, gettext_noop("plain text"), encoding)
