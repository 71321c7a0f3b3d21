"""One CVE record (format 5.x) as an entry: what its authority says, and what others have added (CISA)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from advisories.collect.base import RawEntry, Refusal, gettext_noop
from advisories.collect.text import html
from advisories.collect.text.affected import affected, english, products, ssvc
from advisories.collect.text.cves import is_cve
from advisories.collect.text.moments import when
from advisories.collect.text.record import Record
from advisories.collect.text.vulnfacts import cpe, cwe, cwes, listed, vector

PAGE = "https://www.cve.org/CVERecord?id="
METRICS = ("cvssV4_0", "cvssV3_1", "cvssV3_0", "cvssV2_0")
WORDS = 120  # characters of a description that serve as title

BAD_ID = gettext_noop("%(place)s is “%(id)s”, which is not a CVE id.")
BAD_VERSION = gettext_noop("%(id)s is in version %(version)s of the CVE record format; the hub reads 5.x.")
BAD_STATE = gettext_noop("%(id)s has the state “%(state)s”; the hub takes PUBLISHED and REJECTED records.")
NO_AUTHORITY = gettext_noop("%(id)s says nothing: containers.cna is missing or is not an object.")
NO_TIME = gettext_noop("%(id)s is rejected, but says nowhere since when.")


def entry(record: Record) -> RawEntry | Refusal:
    """The record's entry, TLP:CLEAR as all records are public. A rejected one carries the fact "withdrawn"."""
    meta = record.inner("cveMetadata")
    cve, state, version = meta.text("cveId"), meta.line("state", 20), record.line("dataVersion", 20)
    if not is_cve(cve):
        short = html.line(cve, 40)
        return Refusal(short, BAD_ID, {"place": f"{meta.place}.cveId", "id": short})
    if version and version.partition(".")[0] != "5":
        return Refusal(cve, BAD_VERSION, {"id": cve, "version": version})
    if state not in {"PUBLISHED", "REJECTED"}:
        return Refusal(cve, BAD_STATE, {"id": cve, "state": state})
    if not record.inner("containers").has("cna"):
        return Refusal(cve, NO_AUTHORITY, {"id": cve})
    return _published(record, meta, cve) if state == "PUBLISHED" else _rejected(record, meta, cve)


def _published(record: Record, meta: Record, cve: str) -> RawEntry:
    cna, all_of_them = _containers(record)
    words = english(cna.each("descriptions"))
    facts = {
        "cvss": listed(one for metric in _metrics(all_of_them) if (one := metric.read("vectorString", vector))),
        "severity": next((word for metric in _metrics(all_of_them) if (word := metric.line("baseSeverity", 40))), ""),
        "cwes": listed(sorted(set(_weaknesses(all_of_them)))),
        "products": listed(products(cna.each("affected")) or _products_by_others(all_of_them)),
        "cpes": listed(_cpes(all_of_them)),
        "references": listed(_references(all_of_them)),
        **_decisions(all_of_them[1:]),
    }
    return _entry(record, meta, cve, cna.line("title") or html.line(words, WORDS) or cve, words, facts)


def _rejected(record: Record, meta: Record, cve: str) -> RawEntry | Refusal:
    cna = record.inner("containers").inner("cna")
    since = meta.read("dateRejected", when) or meta.read("dateUpdated", when)
    if since is None:
        return Refusal(cve, NO_TIME, {"id": cve})
    reasons = english(cna.each("rejectedReasons"))
    return _entry(record, meta, cve, f"Rejected: {cve}", reasons, {"withdrawn": since.isoformat()})


def _entry(record: Record, meta: Record, cve: str, title: str, words: str, facts: dict[str, str]) -> RawEntry:
    published: datetime | None = meta.read("datePublished", when)
    updated: datetime | None = meta.read("dateUpdated", when)
    author = meta.line("assignerShortName", html.LONGEST_AUTHOR)
    facts["unread"] = record.unread()
    return RawEntry.of(
        guid=cve,
        title=title,
        summary=html.paragraphs(words),
        url=PAGE + cve,
        published=published,
        updated=updated,
        author=author,
        cves=(cve,),
        label="CLEAR",
        facts={name: value for name, value in facts.items() if value},
    )


def _containers(record: Record) -> tuple[Record, list[Record]]:
    """The authority's container, and all of them, its own first."""
    containers = record.inner("containers")
    cna = containers.inner("cna")
    return cna, [cna, *containers.each("adp")]


def _metrics(containers: Iterable[Record]) -> Iterator[Record]:
    for container in containers:
        for metric in container.each("metrics"):
            yield from (metric.inner(name) for name in METRICS if metric.has(name))


def _weaknesses(containers: Iterable[Record]) -> Iterator[str]:
    for container in containers:
        for problem in container.each("problemTypes"):
            for one in problem.each("descriptions"):
                named = one.read("cweId", cwe)
                yield from [named] if named else cwes(one.text("description"))


def _cpes(containers: Iterable[Record]) -> Iterator[str]:
    for container in containers:
        for part, _ in affected(container.each("affected")):
            yield from part.read_each("cpes", cpe)


def _products_by_others(containers: Iterable[Record]) -> list[str]:
    return [line for container in containers for line in products(container.each("affected"))]


def _references(containers: Iterable[Record]) -> list[str]:
    """The addresses, the vendor's advisory first."""
    found = [
        ("vendor-advisory" not in one.read_each("tags", str), address)
        for container in containers
        for one in container.each("references")
        if (address := one.read("url", html.web_address))
    ]
    return [address for _, address in sorted(found, key=lambda pair: pair[0])]


def _decisions(containers: Iterable[Record]) -> dict[str, str]:
    """What CISA adds: its decision points (SSVC), and since when the catalogue of exploited ones (KEV) has it."""
    facts: dict[str, str] = {}
    for container in containers:
        for metric in container.each("metrics"):
            other = metric.inner("other")
            content, kind = other.inner("content"), other.text("type")
            if kind == "ssvc":
                facts["ssvc"] = ssvc(content.each("options"))
            elif kind == "kev":
                facts["kev"] = content.line("dateAdded", 40) or "true"
    return facts
