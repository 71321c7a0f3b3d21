"""Pages of the US National Vulnerability Database's CVE API 2.0. Runs in the worker. (standards.md §6)

Whoever shows what came from here shows the notice of this kind (kinds.py) as well. The database asks its readers to
fetch what was modified in a span of time (`begin`), to follow the pages (`parse`), and to wait between two requests;
waiting is the engine's.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from advisories.collect.base import CollectError, Link, ParseContext, Parsed, Refusal, gettext_noop
from advisories.collect.text import html, jsonbody
from advisories.collect.text.moments import when
from advisories.collect.text.paging import next_by_number, with_query
from advisories.collect.text.record import Record, take
from advisories.collect.vulnerabilities.nvdrecord import entry

SPAN = "span"  # the role of a link that was made here, with the span of time that it asks for
STATE = "last_modified"
LONGEST_SPAN = timedelta(days=120)  # that the API takes
FIRST_SPAN = timedelta(days=30)
NO_SPAN = timedelta(hours=1)  # so little is left to the next time
FIRST_CVE = datetime(1999, 1, 1, tzinfo=UTC)
START, END = "lastModStartDate", "lastModEndDate"
OWN_SPANS = {START, END, "pubStartDate", "pubEndDate"}

NO_PAGE = gettext_noop("This is no page of the NVD's CVE API 2.0: %(name)s is missing or is not what it should be.")
EMPTY_PAGE = gettext_noop("The NVD has %(total)d results but gave none from number %(start)d on. Nothing was taken.")
WRONG_PAGE = gettext_noop("The NVD was asked for results from number %(asked)d on and gave those from %(start)d on.")


def begin(url: str, state: Mapping[str, str], at: datetime) -> tuple[Link, ...]:
    """The address to ask at the time `at`: what was modified since the last time, at first in the last 30 days.

    It asks for 120 days at most; `parse` leads on from there. An address with a span of its own stays as it is.
    """
    if not html.web_address(url) or OWN_SPANS & _query(url).keys():
        return (Link(url),)  # fetching one that is no address will say what is wrong with it
    since = when(state.get(STATE, ""))
    return (_span(url, since if since and FIRST_CVE <= since < at else at - FIRST_SPAN, at),)


def parse(body: bytes, context: ParseContext) -> Parsed:
    """The page's entries and the link to the next page; on the last page of a span the link to the next span, and
    as state the time up to which all changes are known.

    Raises CollectError(refused=True) on what is no such page, or is another than was asked for.
    """
    page, asked = Record(jsonbody.load(body)), _query(context.url)
    rows, start, total = _frame(page)
    _check(asked.get("startIndex", ""), start, total, len(rows))
    entries, refusals = take(rows, "vulnerabilities", context.limits.entries, entry)
    had = start + len(rows)
    further = next_by_number(context.url, had, total, context.role, startIndex=had)
    state: dict[str, str] = {}
    if further is None:
        state, further = _known(page.line("timestamp", 40), asked.get(END, "")), _next_span(context)
    return Parsed(
        entries,
        (*refusals, further) if isinstance(further, Refusal) else refusals,
        links=(further,) if isinstance(further, Link) else (),
        state=state,
    )


def _span(url: str, start: datetime, at: datetime) -> Link:
    first = {"startIndex": 0} if "startIndex" in _query(url) else {}
    end = min(start + LONGEST_SPAN, at)
    return Link(with_query(url, **first, **{START: _iso(start), END: _iso(end)}), SPAN)


def _next_span(context: ParseContext) -> Link | None:
    end = when(_query(context.url).get(END, "")) if context.role == SPAN else None
    return _span(context.url, end, context.fetched_at) if end and context.fetched_at - end > NO_SPAN else None


def _frame(page: Record) -> tuple[list[Any], int, int]:
    """The list of results, the number of its first, and how many there are in all."""
    rows, start, total = page.rows("vulnerabilities"), page.number("startIndex"), page.number("totalResults")
    wrong = {
        "format": page.text("format") != "NVD_CVE",
        "version": not page.text("version").startswith("2."),
        "startIndex": start is None or start < 0,
        "totalResults": total is None or total < 0,
        "vulnerabilities": rows is None,
    }
    for name in (name for name, is_wrong in wrong.items() if is_wrong):
        raise CollectError(NO_PAGE, refused=True, name=name)
    return rows or [], start or 0, total or 0


def _check(asked: str, start: int, total: int, count: int) -> None:
    """A page that does not lead on would be fetched for ever, or its rest be lost."""
    if asked.isascii() and asked.isdigit() and len(asked) < 19 and start < int(asked):
        raise CollectError(WRONG_PAGE, refused=True, asked=int(asked), start=start)
    if not count and start < total:
        raise CollectError(EMPTY_PAGE, refused=True, total=total, start=start)


def _known(timestamp: str, end: str) -> dict[str, str]:
    """Up to when all changes are known: what changed between the end that was asked for and the answer is not."""
    times = [(at, text) for text in (timestamp, end) if (at := when(text))]
    return {STATE: min(times)[1]} if times else {}


def _query(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")
