"""One CSAF document (2.0 or 2.1) as an entry. Runs in the worker."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from advisories.collect.base import CollectError, RawEntry, gettext_noop
from advisories.collect.csaf.csaffacts import of_flaws, of_products
from advisories.collect.text import html
from advisories.collect.text.cves import is_cve
from advisories.collect.text.markings import LABELS, label_in, strictest
from advisories.collect.text.moments import when
from advisories.collect.text.record import Record
from advisories.collect.text.vulnfacts import listed

LONGEST_ID, LONGEST_NAMESPACE = 200, 700
TLP = {**{label: label for label in LABELS}, "WHITE": "CLEAR"}
NOBODY = "00000000-0000-0000-0000-000000000000"  # of a sharing group (2.1): no sharing allowed
TOLD = ("summary", "description")  # categories of the notes that make the summary
_NO_NAME = re.compile(r"[^+\-a-z0-9]+", re.ASCII)

BAD_ID = gettext_noop("%(place)s is missing or longer than %(limit)d characters, so the document can't be told apart.")
BAD_LABEL = gettext_noop(
    "document.distribution.tlp.label is “%(label)s”, which is no label of the Traffic Light Protocol. Nothing of the "
    "document was taken."
)


def entry(document: dict[str, Any], at: datetime, owner: str = "") -> RawEntry:
    """The document's entry; `owner`: who alone gives new versions of it, its publisher unless somebody is named.

    Its id is the publisher's namespace and tracking id (section 9.1.5 of 2.0). Marked at least AMBER+STRICT, with the
    fact `embargo`, while one of its vulnerabilities is to be disclosed after `at`.
    Raises CollectError(refused=True) where the id is none or the TLP label is unknown.
    """
    record = Record(document)
    head, flaws = record.inner("document"), list(record.each("vulnerabilities"))
    tracking, publisher = head.inner("tracking"), head.inner("publisher")
    namespace = _identity(publisher, "namespace", LONGEST_NAMESPACE)
    number = _identity(tracking, "id", LONGEST_ID)
    addresses = _addresses(head, flaws)
    disclosed = max((day for one in flaws if (day := one.read("disclosure_date", when))), default=None)
    updated = tracking.read("current_release_date", when)
    category = head.line("category", 100)
    facts = {
        **of_flaws(flaws),
        **of_products(record.inner("product_tree"), flaws),
        "aliases": listed(sorted({one.upper() for one in _names(tracking, number) if not is_cve(one.upper())})),
        "references": listed(addresses),
        "severity": head.inner("aggregate_severity").line("text", 100),
        "withdrawn": updated.isoformat() if updated and category == "csaf_withdrawn" else "",
        "owner": owner or namespace,
        "status": tracking.line("status", 40),
        "version": tracking.line("version", 100),
        "category": category,
        "csaf_version": head.line("csaf_version", 10),
        "disclosure_date": disclosed.isoformat() if disclosed else "",
        "embargo": disclosed.isoformat() if disclosed and disclosed > at else "",
    }
    return RawEntry.of(
        guid=f"{namespace} {number}",
        title=head.line("title") or number,
        summary=_summary(head, flaws),
        url=next(iter(addresses), ""),
        published=tracking.read("initial_release_date", when),
        updated=updated,
        author=publisher.line("name", html.LONGEST_AUTHOR),
        cves=tuple(sorted({found for one in flaws if (found := one.read("cve", _cve))})),
        label=strictest([_label(head), "AMBER+STRICT" if facts["embargo"] else None]),
        facts={key: value for key, value in {**facts, "unread": record.unread()}.items() if value},
    )


def file_name(number: str) -> str:
    """The name of the file of a document with this tracking id (section 5.1)."""
    return f"{_NO_NAME.sub('_', number.lower())}.json"


def _identity(record: Record, name: str, longest: int) -> str:
    found = record.line(name, longest + 1)
    if not found or len(found) > longest:
        raise CollectError(BAD_ID, refused=True, place=f"{record.place}.{name}", limit=longest)
    return found


def _label(head: Record) -> str | None:
    """As distribution.tlp has it; its text and its sharing group may narrow it, and never widen."""
    if not head.given("distribution"):
        return None
    distribution = head.inner("distribution")
    label = None
    if distribution.given("tlp") or not head.has("distribution"):
        word = distribution.inner("tlp").text("label")
        if word not in TLP:
            raise CollectError(BAD_LABEL, refused=True, label=html.line(word, 40))
        label = TLP[word]
    told = label_in(distribution.text("text")[: html.LONGEST_SUMMARY])
    nobody = distribution.inner("sharing_group").text("id") == NOBODY
    return strictest([label, told if told != LABELS[0] else None, LABELS[-1] if nobody else None])


def _summary(head: Record, flaws: list[Record]) -> str:
    """The notes that tell what it is about, else the names of the vulnerabilities, else their notes. Markdown stays as
    it is written.
    """
    titles = "\n".join(filter(None, (one.line("title") for one in flaws)))
    texts = _notes([head]) or ([titles] if titles else _notes(flaws))
    parts, left = [], html.LONGEST_SUMMARY
    for text in texts:
        parts.append(html.rich(text[:left]))
        left -= min(left, len(text))
    return "".join(parts)


def _notes(parts: list[Record]) -> list[str]:
    return [note.text("text") for part in parts for note in part.each("notes") if note.text("category") in TOLD]


def _addresses(head: Record, flaws: list[Record]) -> list[str]:
    """The references: the document's own page, its other addresses, the rest."""
    found: dict[str, int] = {}
    for part in (head, *flaws):
        for one in part.each("references"):
            if address := one.read("url", html.web_address):
                own = part is head and one.text("category") == "self"
                found.setdefault(address, 2 if not own else 1 if address.endswith(".json") else 0)
    return sorted(found, key=found.__getitem__)


def _names(tracking: Record, number: str) -> Iterator[str]:
    yield number
    yield from tracking.read_each("aliases", html.line)


def _cve(text: str) -> str:
    return text if is_cve(text) else ""
