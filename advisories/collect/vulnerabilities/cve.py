"""CVE records, format 5.x, and the CVE list's notes of changes. Runs in the worker. (standards.md §6)

A document is one record, a JSON array of them, or {"cveRecords": […]}. What https://github.com/CVEProject/cvelistV5
keeps of changes (`delta.json`, the last ones; `deltaLog.json`, an array of such for the last month) has no records,
but says where they are: each becomes a link of the role "record".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from advisories.collect.base import CollectError, Link, ParseContext, Parsed, Refusal, gettext_noop
from advisories.collect.text import html, jsonbody
from advisories.collect.text.cves import is_cve
from advisories.collect.text.record import Record, take
from advisories.collect.vulnerabilities.cverecord import entry

RECORD = "record"  # the role of what a list of changes links to

NO_RECORD = gettext_noop("This is JSON, but neither a CVE record of format 5 nor a list of changed ones.")
ONLY_RECORDS = gettext_noop("A CVE record was expected at this address, but it has another list of changes.")
TOO_MANY = gettext_noop("The list of changes names %(count)d records; the hub takes at most %(limit)d.")
NO_LIST = gettext_noop("%(place)s in the list of changes is not what it should be and was not read.")
BAD_CHANGE = gettext_noop("%(place)s names no record: %(name)s is missing or is not what it should be.")


def parse(body: bytes, context: ParseContext) -> Parsed:
    """The records' entries, or the links to the records that have changed.

    Raises CollectError(refused=True) on what is neither. A record that the hub can't take is refused alone.
    """
    document = jsonbody.load(body)
    changes = list(_lists_of_changes(document))
    if changes:
        if context.role == RECORD:
            raise CollectError(ONLY_RECORDS, refused=True)
        return _links(changes, context.limits.entries)
    rows, place = _records(document)
    return Parsed(*take(rows, place, context.limits.entries, entry))


def _records(document: Any) -> tuple[list[Any], str | None]:
    if isinstance(document, dict):
        if isinstance(document.get("cveRecords"), list):
            return document["cveRecords"], "cveRecords"
        if isinstance(document.get("cveMetadata"), dict):
            return [document], None
    if isinstance(document, list):
        return document, ""
    raise CollectError(NO_RECORD, refused=True)


def _lists_of_changes(document: Any) -> Iterator[Record]:
    for number, one in enumerate(document if isinstance(document, list) else [document]):
        if isinstance(one, dict) and "cveMetadata" not in one and ("new" in one or "updated" in one):
            yield Record(one, f"[{number}]" if isinstance(document, list) else "")


def _links(changes: list[Record], limit: int) -> Parsed:
    """One link for each record, to its newest state: the log has the newest changes first. New records come first."""
    links: dict[str, Link] = {}
    refusals: list[Refusal] = []
    for kind in ("new", "updated"):
        for one in (one for change in changes for one in change.each(kind)):
            found = _link(one)
            if isinstance(found, Refusal):
                refusals.append(found)
            elif found.url not in links or found.stamp > links[found.url].stamp:
                links[found.url] = found
    unread = (place for change in changes for place in change.unread().splitlines())
    refusals += [Refusal("", NO_LIST, {"place": place}) for place in unread]
    if len(links) > limit:
        raise CollectError(TOO_MANY, refused=True, count=len(links), limit=limit)
    return Parsed((), tuple(refusals), links=tuple(links.values()))


def _link(change: Record) -> Link | Refusal:
    cve, address = change.line("cveId", 40), html.web_address(change.text("githubLink"))
    if not is_cve(cve):
        return Refusal(cve, BAD_CHANGE, {"place": change.place, "name": "cveId"})
    if not address:
        return Refusal(cve, BAD_CHANGE, {"place": change.place, "name": "githubLink"})
    return Link(address, RECORD, stamp=change.line("dateUpdated", 40))
