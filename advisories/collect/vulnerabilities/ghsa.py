"""One of GitHub's advisories as its REST interface tells it: another shape for the same as osv.py reads."""

from __future__ import annotations

import re

from advisories.collect.base import RawEntry, Refusal, gettext_noop
from advisories.collect.text import html
from advisories.collect.text.affected import lines
from advisories.collect.text.cves import is_cve
from advisories.collect.text.moments import when
from advisories.collect.text.record import Record
from advisories.collect.text.vulnfacts import cwe, listed, package_url, vector

KEY = "ghsa_id"  # tells this shape from OSV's
PAGE = "https://github.com/advisories/"
WORDS = 120
_ID = re.compile(r"GHSA(?:-[0-9a-z]{4}){3}", re.IGNORECASE | re.ASCII)

BAD_ID = gettext_noop("%(place)s is “%(id)s”, which is not an id of a GitHub advisory.")


def entry(record: Record) -> RawEntry | Refusal:
    """The advisory's entry, under its GHSA id."""
    name = record.text(KEY)[:40]
    if not _ID.fullmatch(name):
        short = html.line(name, 40)
        return Refusal(short, BAD_ID, {"place": f"{record.place}.{KEY}".lstrip("."), "id": short})
    updated, words = record.read("updated_at", when), record.text("description")[: html.LONGEST_SUMMARY]
    since = record.read("withdrawn_at", when) or (updated if record.given("withdrawn_at") else None)
    url = record.read("html_url", html.web_address) or PAGE + name
    identifiers = {one.line("value", 100).upper() for one in record.each("identifiers")} | {record.line("cve_id", 40)}
    packages = [(one, one.inner("package")) for one in record.each("vulnerabilities")]
    facts = {
        "aliases": listed(sorted(one for one in identifiers - {name.upper()} if not is_cve(one))),
        "cvss": listed(_vectors(record)),
        "cwes": listed(sorted({found for one in record.each("cwes") if (found := one.read("cwe_id", cwe))})),
        "products": listed(
            lines(
                (package.text("ecosystem"), package.text("name"), [one.line("vulnerable_version_range", 200)])
                for one, package in packages
            )
        ),
        "purls": listed(package_url(package.text("ecosystem"), package.text("name")) for _, package in packages),
        "references": listed([url, *record.read_each("references", html.web_address)]),
        "severity": record.line("severity", 40),
        "withdrawn": since.isoformat() if since else "",
    }
    return RawEntry.of(
        guid=name,
        title=record.line("summary") or html.line(words, WORDS) or name,
        summary=html.rich(words),
        url=url,
        published=record.read("published_at", when),
        updated=updated,
        cves=tuple(sorted(one for one in identifiers if is_cve(one))),
        facts={key: value for key, value in {**facts, "unread": record.unread()}.items() if value},
    )


def _vectors(record: Record) -> list[str]:
    severities = record.inner("cvss_severities")
    rated = (severities.inner("cvss_v4"), severities.inner("cvss_v3"), record.inner("cvss"))
    return [found for one in rated if (found := one.read("vector_string", vector))]
