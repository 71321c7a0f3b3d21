"""Open source vulnerabilities: the OSV schema (1.x), and GitHub's REST answers on its advisories. Runs in the worker.

A document is one advisory, a JSON array of them, or {"vulns": […]}. (standards.md §6; https://ossf.github.io/osv-schema)
Of the ids that an advisory names only `aliases` are the same vulnerability; `related` and `upstream` ones are others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from advisories.collect.base import CollectError, Link, ParseContext, Parsed, RawEntry, Refusal, gettext_noop
from advisories.collect.text import html, jsonbody
from advisories.collect.text.affected import lines, span
from advisories.collect.text.cves import is_cve
from advisories.collect.text.moments import when
from advisories.collect.text.paging import next_by_header
from advisories.collect.text.record import Record, take
from advisories.collect.text.vulnfacts import cwe, listed, package_url, purl, vector
from advisories.collect.vulnerabilities import ghsa

PAGE = "https://osv.dev/vulnerability/"
WORDS = 120  # characters of the details that serve as title
_ID = re.compile(r"[A-Za-z0-9]+-[A-Za-z0-9._:+~-]{1,200}")
_YAML = re.compile(rb"(?:---|[a-z_]+:)\s")

NO_OSV = gettext_noop("This is JSON, but no advisory of the OSV schema or of GitHub.")
YAML = gettext_noop("This is YAML. Advisories of the OSV schema are exchanged as JSON only: ask the source for that.")
BAD_ID = gettext_noop("%(place)s is “%(id)s”, which is not an id of the OSV schema.")
BAD_VERSION = gettext_noop("%(id)s is in version %(version)s of the OSV schema; the hub reads 1.x.")
NO_TIME = gettext_noop("%(id)s does not say when it was modified, which the OSV schema demands.")


def parse(body: bytes, context: ParseContext) -> Parsed:
    """The advisories' entries, and the link to GitHub's next page where the answer has one.

    Raises CollectError(refused=True) on what has no advisories. One that the hub can't take is refused alone.
    """
    if _YAML.match(body[:100].removeprefix(b"\xef\xbb\xbf").lstrip()):
        raise CollectError(YAML, refused=True)
    rows, place = _rows(jsonbody.load(body))
    entries, refusals = take(rows, place, context.limits.entries, _either)
    further = next_by_header(context.headers, context.url)
    return Parsed(
        entries,
        (*refusals, further) if isinstance(further, Refusal) else refusals,
        links=(further,) if isinstance(further, Link) else (),
    )


def _rows(document: Any) -> tuple[list[Any], str | None]:
    if isinstance(document, list):
        return document, ""
    if isinstance(document, dict):
        if isinstance(document.get("vulns"), list):
            return document["vulns"], "vulns"
        if ghsa.KEY in document or ("id" in document and ("modified" in document or "affected" in document)):
            return [document], None
    raise CollectError(NO_OSV, refused=True)


def _either(record: Record) -> RawEntry | Refusal:
    return ghsa.entry(record) if record.given(ghsa.KEY) else _entry(record)


def _entry(record: Record) -> RawEntry | Refusal:
    name, version = record.text("id")[:300], record.line("schema_version", 20)
    if not _ID.fullmatch(name):
        short = html.line(name, 100)
        return Refusal(short, BAD_ID, {"place": f"{record.place}.id".lstrip("."), "id": short})
    if version and version.partition(".")[0] != "1":
        return Refusal(name, BAD_VERSION, {"id": name, "version": version})
    if not record.text("modified"):
        return Refusal(name, NO_TIME, {"id": name})
    updated, details = record.read("modified", when), record.text("details")[: html.LONGEST_SUMMARY]
    since = record.read("withdrawn", when) or (updated if record.given("withdrawn") else None)
    aliases = {one.upper() for one in record.read_each("aliases", html.line)}
    addresses = _addresses(record, name)
    facts = {
        **_facts(record),
        "aliases": listed(sorted(one for one in aliases if not is_cve(one))),
        "references": listed(addresses),
        "withdrawn": since.isoformat() if since else "",
    }
    return RawEntry.of(
        guid=name,
        title=record.line("summary") or html.line(details, WORDS) or name,
        summary=html.rich(details),
        url=next((one for one in addresses if name.lower() in one.lower()), PAGE + quote(name, safe=":")),
        published=record.read("published", when),
        updated=updated,
        cves=tuple(sorted(one for one in aliases | {name} if is_cve(one))),
        facts={key: value for key, value in {**facts, "unread": record.unread()}.items() if value},
    )


def _facts(record: Record) -> dict[str, str]:
    packages = list(record.each("affected"))
    ratings = [one for part in (record, *packages) for one in part.each("severity")]
    other = record.inner("database_specific")
    words = [one.line("score", 40) for one in ratings if not one.text("type").startswith("CVSS")]
    return {
        "cvss": listed(
            found for one in ratings if one.text("type").startswith("CVSS") and (found := one.read("score", vector))
        ),
        "severity": next(filter(None, [other.line("severity", 40), *words]), ""),
        "cwes": listed(sorted(set(other.read_each("cwe_ids", cwe)))),
        "products": listed(lines(map(_product, packages))),
        "purls": listed(map(_purl, packages)),
        "related": listed(record.read_each("related", html.line)),
        "upstream": listed(record.read_each("upstream", html.line)),
    }


def _addresses(record: Record, name: str) -> list[str]:
    """The references, the advisory's own page first: the one that has its id in the address."""
    own = record.inner("database_specific").read("url", html.web_address)
    found = [own, *(one.read("url", html.web_address) for one in record.each("references"))]
    return sorted(filter(None, found), key=lambda address: name.lower() not in address.lower())


def _product(part: Record) -> tuple[str, str, list[str]]:
    package = part.inner("package")
    name = package.text("name") or next((one.text("repo") for one in part.each("ranges")), "")
    spans = [words for one in part.each("ranges") if one.text("type") != "GIT" for words in _spans(one)]
    return package.text("ecosystem").replace(":", " "), name, spans or part.read_each("versions", span)


def _purl(part: Record) -> str:
    package = part.inner("package")
    return package.read("purl", purl) or package_url(package.text("ecosystem"), package.text("name"))


def _spans(versions: Record) -> Iterator[str]:
    """What lies between the events of a range, in words."""
    start: str | None = None
    for event in versions.each("events"):
        first, fixed, last = (event.text(name) for name in ("introduced", "fixed", "last_affected"))
        if fixed or last:
            yield span(start or "", fixed, last)
            start = None
        elif first:
            if start is not None:
                yield span(start, endless=True)
            start = first
    if start is not None:
        yield span(start, endless=True)
