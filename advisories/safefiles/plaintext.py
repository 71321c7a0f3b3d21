"""Text and tables: in which encoding, and written again with nothing in them but what is seen."""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NEVER = re.compile(rb"[\x00-\x06\x0e-\x1a\x1c-\x1f]")  # in a text of single bytes; ESC colours logs
_ROWS = 50  # looked at, to tell a table from a text
LARGEST_CELL = 1_000_000
_FORMULA = re.compile(r"[\s'\"]*[=+\-@＝＋－＠]|[\t\r\n]")
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")


def encoding_of(head: bytes, *, whole: bool) -> str:
    """ "" for what is no text. `whole`: the last character is not cut off."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding if _reads(head, encoding, whole=whole) else ""
    if b"\0" in head:
        return next((one for one in ("utf-16-le", "utf-16-be") if _is_wide(head, one, whole=whole)), "")
    if _NEVER.search(head):
        return ""
    return next((one for one in ("utf-8", "cp1252") if _reads(head, one, whole=whole)), "latin-1")


def _reads(head: bytes, encoding: str, *, whole: bool) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)().decode(head, final=whole)
    except UnicodeError:
        return False
    return True


def _is_wide(head: bytes, encoding: str, *, whole: bool) -> bool:
    """Without a mark: mostly Latin, so that every second byte is nil, and nothing that no text has."""
    if not _reads(head, encoding, whole=whole):
        return False
    text = decoded(head, encoding)
    latin = sum(char < "\u0250" for char in text)
    return latin > 0.7 * len(text) and not any(char < " " and char not in "\t\n\v\f\r\x1b" for char in text)


def decoded(body: bytes, encoding: str) -> str:
    return body.decode(encoding, "replace").removeprefix("\ufeff")


def text_again(body: bytes, encoding: str) -> bytes:
    """UTF-8 without a mark, with no control characters, overrides of the reading order or characters of no width."""
    return visible(decoded(body, encoding)).encode()


def visible(text: str) -> str:
    """Without what tells two copies apart that look alike: what has no width, joiners of letters among it, blanks of
    another width or at a line's end, and letters put together otherwise than usual."""
    text = _LINE_ENDS.sub("\n", text)
    seen = {ord(char): _as_seen(char) for char in set(text) if char not in "\n\t"}
    return unicodedata.normalize("NFC", _BEFORE_END.sub("", text.translate(seen)))


def _as_seen(char: str) -> str:
    category = unicodedata.category(char)
    if category in _UNSEEN or _SELECTORS.match(char) or char in _FILLERS:
        return ""
    return " " if category == "Zs" or char == _BRAILLE_BLANK else char


_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn"}
_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")  # letters and marks without a shape
_SELECTORS = re.compile("[\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_BRAILLE_BLANK = "\u2800"
_BEFORE_END = re.compile(r"[ \t]+$", re.MULTILINE)


def delimiter(text: str, *, whole: bool = True) -> str:
    """What separates the cells of a table; "" for a text that is none."""
    lines = text.splitlines()[: _ROWS + 1]
    if not whole or len(lines) > _ROWS:
        lines = lines[:-1]
    for one in ("\t", ",", ";", "|"):
        if _is_table(lines, one):
            return one
    return ""


def _is_table(lines: list[str], one: str) -> bool:
    """Nearly every row has the same number of cells. Commas of prose have a blank behind them."""
    try:
        widths = [len(row) for row in csv.reader((line[:10_000] for line in lines), delimiter=one) if row]
    except csv.Error:
        return False
    if len(widths) < 2:
        return False
    width, often = Counter(widths).most_common(1)[0]
    joined = "\n".join(lines)
    prose = width == 2 and joined.count(f"{one} ") * 2 > joined.count(one)
    return width > 1 and often >= 0.8 * len(widths) and not prose


def table_again(body: bytes, encoding: str) -> bytes:
    """The same, every cell in quotes, and none that a spreadsheet would take for a formula. Raises csv.Error."""
    text = _LINE_ENDS.sub("\n", decoded(body, encoding))
    written = io.StringIO()
    out = csv.writer(
        written, delimiter=delimiter(text[:1_000_000]) or ",", quoting=csv.QUOTE_ALL, lineterminator="\r\n"
    )
    out.writerows([_harmless(cell) for cell in row] for row in _rows(text))
    return written.getvalue().encode()


def _rows(text: str) -> Iterator[list[str]]:
    before = csv.field_size_limit(LARGEST_CELL)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter(text[:1_000_000]) or ",")
    finally:
        csv.field_size_limit(before)


def _harmless(cell: str) -> str:
    return f"'{visible(cell)}" if _FORMULA.match(visible(cell)) or _FORMULA.match(cell) else visible(cell)
