"""The shapes in which EPSS scores come, as rows of texts that are not judged yet."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from advisories.collect.base import CollectError, Limits, Link, ParseContext, Refusal, gettext_noop
from advisories.collect.text import html, jsonbody
from advisories.collect.text.moments import when
from advisories.collect.text.paging import next_by_number
from advisories.collect.text.record import Record
from members.web.decode import CHUNK, Decoder

GZIP = b"\x1f\x8b"
MOST_ROWS = 1_000_000
MOST_COMMENTS = 5  # lines before the column names
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_FILE_DAY = re.compile(r"epss_scores-(\d{4}-\d\d-\d\d)\.csv")

TOO_MANY = gettext_noop("The file of EPSS scores has more than %(limit)d rows. Nothing of it was taken.")
NO_SCORES = gettext_noop("This is no file of EPSS scores: the line with the column names cve and epss is missing.")
NO_TEXT = gettext_noop("The file of EPSS scores is not ASCII text from byte %(byte)d on. Nothing was taken.")
NO_CSV = gettext_noop("The file of EPSS scores is not CSV from line %(line)d on. Nothing was taken.")
NO_ANSWER = gettext_noop("This is JSON, but no answer of the EPSS interface: its list “data” is missing.")
FIELDS = gettext_noop("Row %(row)d has %(count)d fields instead of %(wanted)d.")


@dataclass(frozen=True, slots=True)
class Row:
    """`number`: its line in the file, or its place in the answer from 1 on. `day` only where each row has one."""

    number: int
    cve: str
    score: str
    percentile: str
    day: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """`date` (ISO) and `model` as the document says them, else "". `further`: the API's next page, whose answers may
    be empty: what it was asked for may have no score.
    """

    date: str
    model: str
    rows: Iterator[Row | Refusal]
    further: Link | Refusal | None = None
    may_be_empty: bool = False


def table(body: bytes, context: ParseContext) -> Table:
    """The rows, read one by one; CollectError(refused=True) may come while they are read, too."""
    if body[:2] == GZIP:
        body = _unpacked(body, context.limits)
    start = body[:64].removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if start in {b"{", b"[", b"<", b""}:
        return _answer(Record(jsonbody.load(body)), context.url)
    return _file(body.removeprefix(b"\xef\xbb\xbf"), context.url)


def _unpacked(body: bytes, limits: Limits) -> bytes:
    decoder = Decoder("gzip", limits)
    try:
        for at in range(0, len(body), CHUNK):
            decoder.feed(body[at : at + CHUNK])
        return decoder.document()
    except CollectError as error:  # the decoder doesn't know that the document has come whole
        error.refused = True
        raise


def _answer(answer: Record, url: str) -> Table:
    data = answer.rows("data")
    if data is None:
        raise CollectError(NO_ANSWER, refused=True)
    _limit(len(data))
    rows = [
        Row(number, one.text("cve"), one.text("epss"), one.text("percentile"), one.line("date", 10))
        for number, one in enumerate(answer.each("data"), 1)
    ]
    had, total = (answer.number("offset") or 0) + len(rows), answer.number("total") or 0
    further = next_by_number(url, had, total, offset=had) if rows else None
    return Table(_day(rows[0].day) if rows else "", "", iter(rows), further, may_be_empty=True)


def _file(body: bytes, url: str) -> Table:
    if odd := _NOT_ASCII.search(body):
        raise CollectError(NO_TEXT, refused=True, byte=odd.start())
    _limit(max(body.count(b"\n"), body.count(b"\r")) - MOST_COMMENTS)
    lines = io.TextIOWrapper(io.BytesIO(body), "ascii", newline="")
    comments: list[str] = []
    line = lines.readline()
    while line.startswith("#") and len(comments) < MOST_COMMENTS:
        comments.append(line[:1_000])
        line = lines.readline()
    columns = [name.strip(' "\r\n').lower() for name in line[:1_000].split(",")]
    if not {"cve", "epss"} <= set(columns):
        raise CollectError(NO_SCORES, refused=True)
    pairs = (part.partition(":") for comment in comments for part in comment.strip("#").split(","))
    said = {name.strip(): value.strip() for name, _, value in pairs}
    named = _FILE_DAY.search(url[: html.LONGEST_URL])
    day = _day(said.get("score_date", "")) or (_day(named[1]) if named else "")
    return Table(day, html.line(said.get("model_version", ""), 40), _rows(lines, columns, len(comments) + 1))


def _rows(lines: io.TextIOWrapper, columns: list[str], skipped: int) -> Iterator[Row | Refusal]:
    cve, score = columns.index("cve"), columns.index("epss")
    percentile = columns.index("percentile") if "percentile" in columns else None
    reader = csv.reader(lines, strict=True)
    try:
        for fields in reader:
            number = skipped + reader.line_num
            if len(fields) == len(columns):
                yield Row(number, fields[cve], fields[score], "" if percentile is None else fields[percentile])
            elif fields:
                params = {"row": number, "count": len(fields), "wanted": len(columns)}
                yield Refusal(html.line(fields[0], 40), FIELDS, params)
    except csv.Error as error:
        raise CollectError(NO_CSV, refused=True, line=skipped + reader.line_num) from error


def _limit(count: int) -> None:
    if count > MOST_ROWS:
        raise CollectError(TOO_MANY, refused=True, limit=MOST_ROWS)


def _day(text: str) -> str:
    at = when(text)
    return at.date().isoformat() if at else ""
