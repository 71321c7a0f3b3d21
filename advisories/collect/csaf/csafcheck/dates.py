"""6.1.37, 6.1.45, 6.1.49, 6.1.51–6.1.53 (CSAF 2.1): dates, and that none tells of what came after the document."""

from __future__ import annotations

from collections.abc import Iterator

from advisories.collect.base import gettext_noop
from advisories.collect.csaf.csafcheck.finding import Finding, Test
from advisories.collect.csaf.csafcheck.history import instant
from advisories.collect.csaf.csafcheck.index import Index, Node

KNOWN = "first_known_exploitation_dates"

SMALL_LETTER = gettext_noop("The date at %(path)s in the CSAF document needs a capital T and Z (test %(test)s).")
LATER = gettext_noop("The date at %(path)s in the CSAF document is later than its newest revision (test %(test)s).")
BEFORE = gettext_noop("The exploitation at %(path)s in the CSAF document was known before it happened (test %(test)s).")


def date_and_time(index: Index) -> Iterator[Finding]:
    """T and Z in a date are capital letters."""
    return (Finding(path, SMALL_LETTER) for path, text in _dates(index.whole) if text != text.upper())


def _dates(whole: Node) -> Iterator[tuple[str, str]]:
    """Every date of a document of 2.1, which has none but by these names; extensions say what they like."""
    stack: list[tuple[str, object]] = [("", whole)]
    while stack:
        path, value = stack.pop()
        pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for key, below in pairs:
            named = str(key)
            if isinstance(below, str) and (named in ("date", "timestamp") or named.endswith("_date")):
                yield f"{path}/{key}", below
            elif isinstance(below, dict | list) and named != "x_extensions":
                stack.append((f"{path}/{key}", below))


def disclosure_date(index: Index) -> Iterator[Finding]:
    """A published TLP:CLEAR document is not older than a disclosure that it tells of."""
    if index.document["distribution"]["tlp"]["label"] == "CLEAR":
        pairs = ((f"{path}/disclosure_date", one.get("disclosure_date")) for path, one in index.vulnerabilities)
        yield from _later(index, pairs)


def ssvc_timestamp(index: Index) -> Iterator[Finding]:
    """A published document is not older than an SSVC assessment in it."""
    return _timestamps(index, "ssvc_v2")


def epss_timestamp(index: Index) -> Iterator[Finding]:
    """A published document is not older than an EPSS score in it."""
    return _timestamps(index, "epss")


def _timestamps(index: Index, key: str) -> Iterator[Finding]:
    pairs = (
        (f"{one.content_path}/{key}/timestamp", one.content[key].get("timestamp"))
        for one in index.scores
        if key in one.content
    )
    return _later(index, pairs)


def exploitation_record(index: Index) -> Iterator[Finding]:
    """A published document is not older than what it says of an exploitation."""
    return _later(index, ((f"{path}/date", item["date"]) for path, item in index.each(KNOWN)))


def _later(index: Index, dates: Iterator[tuple[str, str | None]]) -> Iterator[Finding]:
    """Those that are later than the newest revision, unless the document is a draft."""
    for path, date in dates:
        if date and not index.history.draft and instant(date) > index.history.newest:
            yield Finding(path, LATER)


def exploitation_date(index: Index) -> Iterator[Finding]:
    """No exploitation was known before it took place."""
    for path, item in index.each(KNOWN):
        if instant(item["exploitation_date"]) > instant(item["date"]):
            yield Finding(f"{path}/exploitation_date", BEFORE)


TESTS_21: dict[str, Test] = {
    "6.1.37": date_and_time,
    "6.1.45": disclosure_date,
    "6.1.49": ssvc_timestamp,
    "6.1.51": epss_timestamp,
    "6.1.52": exploitation_record,
    "6.1.53": exploitation_date,
}
