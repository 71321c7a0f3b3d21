"""CISA's catalogue of known exploited vulnerabilities (KEV), as JSON. Runs in the worker.

Shape after CISA's published schema. The catalogue is complete: what is not in it any more was removed, so a
file that may be only part of one is refused whole.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from advisories.collect.base import CollectError, ParseContext, Parsed, RawEntry, Refusal, gettext_noop
from advisories.collect.text import html, jsonbody
from advisories.collect.text.cves import cves_in, is_cve

PAGE = "https://nvd.nist.gov/vuln/detail/"
REQUIRED = (
    "cveID", "vendorProject", "product", "vulnerabilityName", "dateAdded", "shortDescription", "requiredAction",
    "dueDate",
)  # fmt: skip
OPTIONAL = ("knownRansomwareCampaignUse", "notes")
FACTS = ("vendorProject", "product", "dateAdded", "dueDate", "requiredAction", *OPTIONAL)
LONGEST_FACT = 4_000

NO_CATALOGUE = gettext_noop("This is not a KEV catalogue: %(missing)s is missing or of the wrong kind.")
MISCOUNT = gettext_noop(
    "The KEV catalogue says that it has %(said)d entries but has %(count)d. Nothing of it was taken."
)
EMPTY = gettext_noop("The KEV catalogue is empty, which would remove every entry. Nothing of it was taken.")
TOO_MANY = gettext_noop("The KEV catalogue has %(count)d entries; the hub takes at most %(limit)d.")
BAD_ID = gettext_noop("%(id)s is not a CVE id.")
BAD_FIELD = gettext_noop("The field %(name)s is missing or is not text.")
BAD_DATE = gettext_noop("The field %(name)s is not a date.")
TWICE = gettext_noop("%(id)s stands in the catalogue twice; the first was taken.")


def parse(body: bytes, context: ParseContext) -> Parsed:
    """The catalogue's entries in its order, all TLP:CLEAR; `complete` is True.

    Raises CollectError(refused=True) on a file that is not one whole catalogue.
    """
    rows = _rows(body, context.limits.entries)
    entries: dict[str, RawEntry] = {}
    refusals: list[Refusal] = []
    for row in rows:
        if problem := _problem(row, entries):
            refusals.append(problem)
        else:
            entries[row["cveID"]] = _entry(row)
    return Parsed(tuple(entries.values()), tuple(refusals), complete=True)


def _rows(body: bytes, limit: int) -> list[Any]:
    catalogue = jsonbody.load(body)
    kinds: dict[str, type] = {"catalogVersion": str, "dateReleased": str, "count": int, "vulnerabilities": list}
    for name, kind in kinds.items():
        if not isinstance(catalogue, dict) or type(catalogue.get(name)) is not kind:
            raise CollectError(NO_CATALOGUE, refused=True, missing=name)
    rows: list[Any] = catalogue["vulnerabilities"]
    if catalogue["count"] != len(rows):
        raise CollectError(MISCOUNT, refused=True, said=catalogue["count"], count=len(rows))
    if not rows:
        raise CollectError(EMPTY, refused=True)
    if len(rows) > limit:
        raise CollectError(TOO_MANY, refused=True, count=len(rows), limit=limit)
    return rows


def _problem(row: Any, taken: dict[str, RawEntry]) -> Refusal | None:
    if not isinstance(row, dict) or not isinstance(row.get("cveID"), str):
        return Refusal("", BAD_FIELD, {"name": "cveID"})
    cve = html.line(row["cveID"], 40)
    if not is_cve(row["cveID"]):
        return Refusal(cve, BAD_ID, {"id": cve})
    if cve in taken:
        return Refusal(cve, TWICE, {"id": cve})
    for name in (*REQUIRED, *OPTIONAL):
        if not isinstance(row.get(name, "" if name in OPTIONAL else None), str):
            return Refusal(cve, BAD_FIELD, {"name": name})
    for name in ("dateAdded", "dueDate"):
        if _day(row[name]) is None:
            return Refusal(cve, BAD_DATE, {"name": name})
    return None


def _entry(row: dict[str, Any]) -> RawEntry:
    cve = row["cveID"]
    title = html.line(row["vulnerabilityName"]) or cve
    facts = {name: html.line(row.get(name, ""), LONGEST_FACT) for name in FACTS}
    cwes = row.get("cwes")
    facts["cwes"] = ", ".join(html.line(str(cwe), 20) for cwe in cwes[:50]) if isinstance(cwes, list) else ""
    return RawEntry.of(
        guid=cve,
        title=title,
        summary=html.paragraphs(row["shortDescription"]),
        url=PAGE + cve,
        published=_day(row["dateAdded"]),
        cves=cves_in(cve, title, row["shortDescription"][: html.LONGEST_SUMMARY], facts["notes"]),
        label="CLEAR",
        facts={name: value for name, value in facts.items() if value},
    )


def _day(text: str) -> datetime | None:
    """Midnight UTC of an ISO date."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
