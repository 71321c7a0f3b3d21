"""Pages of a TAXII 2.1 collection's objects: what is in one, and where it goes on. Runs in the worker.

(TAXII 2.1 sections 3.4, 3.7 and 5.4.) Objects come in the order in which they were added. A page goes on at a word of
the server's (`next`), or else after the time at which its last object was added; that time is also where the hub asks
on the next time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from advisories.collect.base import CollectError, Link, ParseContext, Parsed, Refusal, gettext_noop
from advisories.collect.exchange import stix
from advisories.collect.text import html
from advisories.collect.text.moments import moment
from advisories.collect.text.paging import with_query

Thing = dict[str, Any]

MOST_PAGES = 1_000  # of one collection in one go
STATE = "added_after "  # and the address of the objects, without its query
TICK = timedelta(microseconds=1)  # TAXII's times are no finer
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

NO_PAGE = gettext_noop("This is JSON, but no page of objects and nothing else that the hub reads of a TAXII server.")
GOES_ROUND = gettext_noop(
    "The TAXII server leads the hub round in circles: page %(number)d names one as its next that was read before. "
    "The rest of the collection was not read. Tell its operator."
)
NO_WAY_ON = gettext_noop(
    "The TAXII server says that the collection goes on after page %(number)d, but not where. The rest was not read. "
    "Tell its operator."
)
MANY_PAGES = gettext_noop("The collection has more than %(limit)d pages; the hub read so many in one go.")
CROWDED = gettext_noop(
    "More objects were added to the collection at one moment (%(at)s) than fit on one page, and the TAXII server names "
    "no next page. Some of them may be missing. Make the address of the collection's objects the source, with a larger "
    "limit."
)


def since(address: str, state: Mapping[str, str]) -> str:
    """The address of a collection's objects that asks only for those added since the last time."""
    known = state.get(STATE + _bare(address), "")
    return with_query(address, added_after=known) if moment(known) else address


def page(body: bytes, document: Thing, context: ParseContext) -> Parsed:
    """The page's entries, the link to the next one, and as state when the last object was added.

    The role holds a mark of each page that led here, so that going round in circles is noticed.
    Raises CollectError(refused=True) on what is no page, or has objects that stix.py refuses whole.
    """
    if "type" in document or (document and not document.keys() & {"objects", "more", "next"}):
        raise CollectError(NO_PAGE, refused=True)
    objects = document.get("objects", [])
    if not isinstance(objects, list):
        raise CollectError(NO_PAGE, refused=True)
    parsed = stix.parse(body, context) if objects else Parsed(())
    more = bool(document.get("more"))
    onward = _onward(document.get("next"), context) if more else ()
    return replace(
        parsed,
        refusals=(*parsed.refusals, *(one for one in onward if isinstance(one, Refusal))),
        links=tuple(one for one in onward if isinstance(one, Link)),
        state=_state(context, more),
    )


def _onward(following: Any, context: ParseContext) -> tuple[Link | Refusal, ...]:
    read = [*context.role.split()[1:], _mark(context.url)]
    number = len(read)
    if number >= MOST_PAGES:
        return (Refusal("", MANY_PAGES, {"limit": MOST_PAGES}),)
    ways = _ways(following, context)
    ahead = [url for url in ways if _mark(url) not in read]
    if not ahead:
        return (Refusal("", GOES_ROUND if ways else NO_WAY_ON, {"number": number}),)
    link = Link(ahead[0], " ".join(["objects", *read]))
    return (link,) if ahead == ways else (link, Refusal("", CROWDED, {"at": _iso(_last(context) or EPOCH)}))


def _ways(following: Any, context: ParseContext) -> list[str]:
    """Addresses of the next page, the best first.

    Without a `next`, one from just before the last object's time on: others of that time may not have been on the page.
    """
    last = _last(context)
    if isinstance(following, str | int) and not isinstance(following, bool) and following != "":
        ways = [with_query(context.url, next=following)]
    else:
        ways = [with_query(context.url, added_after=_iso(at)) for at in (last - TICK, last)] if last else []
    return [url for url in ways if html.web_address(url)]


def _state(context: ParseContext, more: bool) -> dict[str, str]:
    """From when on to ask the next time. What a server dates in the future is asked for until that has come."""
    last = _last(context)
    if last is None or not context.url:
        return {}
    return {STATE + _bare(context.url): _iso(min(last, context.fetched_at) - more * TICK)}


def _last(context: ParseContext) -> datetime | None:
    at = moment(context.headers.get("x-taxii-date-added-last", "").strip())
    return at if at and at > EPOCH else None


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _bare(url: str) -> str:
    return urlsplit(url)._replace(query="", fragment="").geturl()


def _mark(url: str) -> str:
    return sha256(url.encode("utf-8", "replace")).hexdigest()[:12]
