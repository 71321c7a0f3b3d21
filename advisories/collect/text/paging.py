"""The next page of an answer that comes in several: by its `Link` header, or by a number in the address."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote, urlsplit

from advisories.collect.base import Link, Refusal, gettext_noop
from advisories.collect.text import html

PAGE = "page"  # the role of a link to one; a parser may tell it from the source's own address
LONGEST_HEADER = 8_000

ELSEWHERE = gettext_noop("The next page is said to be at %(address)s, which is not at the same site. It was not read.")
NOWHERE = gettext_noop("This is only a part (%(there)d of %(total)d): the address of the rest is not known.")

_TARGET = re.compile(r'<([^<>]*)>((?:[^<>,"]|"[^"]*")*)')  # RFC 8288 section 3
_NEXT = re.compile(r';\s*rel\s*=\s*(?:"[^"]*(?<![^"\s])next(?![^"\s])[^"]*"|next(?![^;\s]))', re.IGNORECASE)


def next_by_header(headers: Mapping[str, str], url: str) -> Link | Refusal | None:
    """Where the header says that the answer goes on; refused where that is at another site than `url`."""
    for target, parameters in _TARGET.findall(headers.get("link", "")[:LONGEST_HEADER]):
        if _NEXT.search(parameters):
            address = html.web_address(target, url)
            if not address or (url and urlsplit(address)[:2] != urlsplit(html.web_address(url))[:2]):
                return Refusal("", ELSEWHERE, {"address": html.line(target, 200)})
            return Link(address, PAGE)
    return None


def next_by_number(url: str, there: int, total: int, role: str = "", **query: int | str) -> Link | Refusal | None:
    """The same address with another place to start, while `there` (what has been had) is less than `total`."""
    if there >= total:
        return None
    if not url:
        return Refusal("", NOWHERE, {"there": there, "total": total})
    return Link(with_query(url, **query), role or PAGE)


def with_query(url: str, **values: int | str) -> str:
    """The address with these in its query instead of what it has of them; the rest stays as it is written."""
    parts = urlsplit(url)
    kept = [one for one in parts.query.split("&") if one and one.partition("=")[0] not in values]
    new = [f"{name}={quote(str(value), safe=':')}" for name, value in values.items()]
    return parts._replace(query="&".join([*kept, *new])).geturl()
