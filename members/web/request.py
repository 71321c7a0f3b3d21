"""What a request of the hub says, and where it may go: addresses, headers, waiting times."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx2

from members.web.failure import Failure
from members.web.words import gettext_noop

LONGEST_WAIT = 24 * 3600  # seconds; a longer Retry-After is cut to this
LONGEST_HEADER = 1_000  # characters; a longer validator is not kept, a cut one would be wrong
ACCEPT = "application/atom+xml, application/rss+xml, application/json;q=0.9, application/xml;q=0.8, */*;q=0.5"


def whole(value: str) -> str:
    return value if len(value) <= LONGEST_HEADER else ""


def target_of(url: str | httpx2.URL) -> httpx2.URL:
    """The address, understood; raises Failure where the hub will not even try."""
    try:
        target = httpx2.URL(url)
    except (httpx2.InvalidURL, UnicodeError, ValueError) as error:
        raise Failure(
            gettext_noop("This is not a web address: %(url)s."), permanent=True, url=str(url)[:200]
        ) from error
    if target.scheme not in ("http", "https") or not target.host or not 0 <= (target.port or 0) < 65_536:
        raise Failure(
            gettext_noop("Only http and https addresses are collected, not %(url)s."),
            permanent=True,
            url=str(url)[:200],
        )
    if target.userinfo:
        raise Failure(
            gettext_noop("The address of %(host)s carries a name or password; give them apart from it."),
            permanent=True,
            host=target.host,
        )
    return target.copy_with(fragment=None)


def next_target(target: httpx2.URL, location: str) -> httpx2.URL:
    """Where a redirect leads; raises Failure where the hub does not follow."""
    if not location:
        raise Failure(gettext_noop("%(host)s redirects, but does not say where to."), host=target.host)
    try:
        following = target_of(target.join(location))
    except (httpx2.InvalidURL, UnicodeError, ValueError) as error:
        raise Failure(
            gettext_noop("%(host)s redirects to something that is not a web address."), host=target.host
        ) from error
    if target.scheme == "https" and following.scheme == "http":
        raise Failure(
            gettext_noop("%(host)s redirects from https to http, where anyone could change what is sent."),
            permanent=True,
            refused=True,
            host=target.host,
        )
    return following


def origin(url: httpx2.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def public_headers(target: httpx2.URL, user_agent: str, accept: str = "") -> dict[str, str]:
    return {
        "Host": target.netloc.decode("ascii"),
        "User-Agent": user_agent,
        "Accept": accept or ACCEPT,
        "Accept-Encoding": "gzip, deflate",
        "Connection": "close",
    }


def private_headers(
    etag: str, last_modified: str, extra: Mapping[str, str], credentials: tuple[str, str] | None
) -> dict[str, str]:
    headers = dict(extra)
    if etag:
        headers["If-None-Match"] = etag
    if last_modified:
        headers["If-Modified-Since"] = last_modified
    if credentials:
        token = base64.b64encode(":".join(credentials).encode()).decode()
        headers["Authorization"] = f"Basic {token}"
    return headers


def seconds_to_wait(value: str) -> int | None:
    """Seconds to wait, from a number or an HTTP date; None where there is none that can be read."""
    value = value.strip()
    if value.isascii() and value.isdigit():
        return min(int(value[:9]), LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError):
        return None
    moment = moment.replace(tzinfo=moment.tzinfo or UTC)
    return max(0, min(int((moment - datetime.now(UTC)).total_seconds()), LONGEST_WAIT))
