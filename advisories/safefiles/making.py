"""A file of an anonymous report, made again from what is seen of it; and what a file of any report is."""

from __future__ import annotations

import base64
import csv
from datetime import UTC, datetime
from typing import NamedTuple, Protocol

from advisories.collect import isolate
from advisories.collect.base import MB, CollectError, Limits, ParseContext, Parsed, gettext_noop
from advisories.safefiles import plaintext, refused
from advisories.safefiles.refused import BROKEN, INSTEAD, TOO_MANY, Refused
from advisories.safefiles.what import HEAD, IMAGES, Kind, What, sniff
from members.web.words import in_words

DRAWER = "advisories.safefiles.image"
LIMITS = Limits(cpu_seconds=20, memory=1_000 * MB)
NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # a picture is the same whenever it is drawn
_TOO_LARGE = gettext_noop("The file has %(size)d MB; at most %(most)d MB are taken. Send a smaller one.")
_TOO_HARD = gettext_noop("The picture took the hub too long or too much memory, so it was put aside.")
_CROOKED = gettext_noop("The table can't be read: %(how)s.")
_SAYS = gettext_noop("says .%(ending)s, is %(what)s")


class Given(Protocol):
    """What Django's files are, as far as it is needed."""

    @property
    def size(self) -> int: ...

    def read(self, most: int = -1, /) -> bytes: ...
    def seek(self, to: int, /) -> object: ...


class Safe(NamedTuple):
    content: bytes
    name: str


def made_safe(file: Given, *, largest: int, number: int = 1) -> Safe:
    """Plain text, a table or a picture with nothing in it but what is seen, named by its number. Raises Refused."""
    body = _read(file, largest)
    what = sniff(body, len(body))
    if what.kind in IMAGES:
        content, ending = _drawn(body, what)
    elif what.kind in {Kind.TEXT, Kind.CSV}:
        content, ending = _written(body, what)
    else:
        raise refused.because(what)
    return Safe(content, f"file-{number}.{ending}")


def looked_at(file: Given, *, largest: int) -> What:
    """What a file of a report with a name is; it is kept as it came. Raises Refused for what nobody may send."""
    if file.size > largest:
        raise _too_large(file.size, largest)
    file.seek(0)
    what = sniff(file.read(HEAD), file.size)
    file.seek(0)
    if what.kind == Kind.EICAR:
        raise refused.because(what)
    return what


def shown_as(name: str, what: What) -> str:
    """What a file is; with what its name says, where that is something else."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    claimed = _ENDINGS.get(ending)
    if claimed is None or what.kind in claimed:
        return what.words
    return in_words(_SAYS, {"ending": ending, "what": what.words})


_SCRIPTS = {Kind.TEXT, Kind.CSV, Kind.EMPTY, Kind.HTML, Kind.SVG}
_BY_KIND: tuple[tuple[str, set[Kind]], ...] = (
    ("txt log csv tsv md json yaml yml ioc", {Kind.TEXT, Kind.CSV, Kind.EMPTY}),
    ("ps1 py sh bat js vbs xml ini conf", _SCRIPTS),
    ("png", {Kind.PNG}),
    ("jpg jpeg", {Kind.JPEG}),
    ("gif", {Kind.GIF}),
    ("webp", {Kind.WEBP}),
    ("heic heif avif tif tiff bmp", {Kind.PICTURE}),
    ("pdf", {Kind.PDF}),
    ("doc docx dot docm xls xlsx xlsm ppt pptx odt ods odp msi msg", {Kind.OFFICE}),
    ("zip 7z rar gz tgz bz2 xz zst cab", {Kind.ARCHIVE}),
    ("exe dll scr com sys lnk elf so dylib", {Kind.PROGRAM}),
    ("htm html xhtml", {Kind.HTML}),
    ("svg", {Kind.SVG}),
    ("eml", {Kind.MAIL}),
    ("rtf", {Kind.RTF}),
)
_ENDINGS = {ending: kinds for endings, kinds in _BY_KIND for ending in endings.split()}


def _read(file: Given, largest: int) -> bytes:
    """All of it. One byte more than is taken tells a size that was not true."""
    if file.size > largest:
        raise _too_large(file.size, largest)
    file.seek(0)
    body = file.read(largest + 1)
    file.seek(0)
    if len(body) > largest:
        raise _too_large(len(body), largest)
    return body


def _too_large(size: int, largest: int) -> Refused:
    return Refused(_TOO_LARGE, {"size": -(-size // 1024**2), "most": largest // 1024**2})


def _drawn(body: bytes, what: What) -> tuple[bytes, str]:
    try:
        parsed: Parsed = isolate.run(DRAWER, body, ParseContext(NEVER, role=what.kind.value, limits=LIMITS))
    except CollectError as error:
        if error.message in {TOO_MANY, BROKEN}:
            raise Refused(error.message, error.params) from error
        raise Refused(_TOO_HARD, instead=INSTEAD) from error
    return base64.b64decode(parsed.state["image"]), parsed.state["ending"]


def _written(body: bytes, what: What) -> tuple[bytes, str]:
    """The encoding is that of the whole, where the head did not tell."""
    encoding = plaintext.encoding_of(body, whole=True)
    if not encoding:
        raise refused.because(What(Kind.UNKNOWN, ""))
    if what.kind == Kind.TEXT:
        return plaintext.text_again(body, encoding), "txt"
    try:
        return plaintext.table_again(body, encoding), "csv"
    except csv.Error as error:
        raise Refused(_CROOKED, {"how": str(error)}, INSTEAD) from error
