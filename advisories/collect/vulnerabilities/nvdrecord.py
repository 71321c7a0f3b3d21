"""One CVE as the NVD tells it, as an entry."""

from __future__ import annotations

import re
from collections.abc import Iterator

from advisories.collect.base import RawEntry, Refusal, gettext_noop
from advisories.collect.text import html
from advisories.collect.text.affected import english, lines, products, span, ssvc
from advisories.collect.text.cves import is_cve
from advisories.collect.text.moments import when
from advisories.collect.text.record import Record
from advisories.collect.text.vulnfacts import cpe, cwes, listed, vector

PAGE = "https://nvd.nist.gov/vuln/detail/"
METRICS = ("cvssMetricV40", "cvssMetricV31", "cvssMetricV30", "cvssMetricV2")
WORDS = 120  # characters of a description that serve as title
_PARTS = re.compile(r"(?<!\\):")
_ESCAPED = re.compile(r"\\(.)")

BAD_ID = gettext_noop("%(place)s is “%(id)s”, which is not a CVE id.")
NO_TIME = gettext_noop("%(id)s is rejected, but lastModified does not say since when.")


def entry(row: Record) -> RawEntry | Refusal:
    """The entry of one of the page's `vulnerabilities`. A rejected one carries the fact "withdrawn"."""
    record = row.inner("cve")
    cve, status = record.text("id"), record.line("vulnStatus", 60)
    if not is_cve(cve):
        short = html.line(cve, 40)
        return Refusal(short, BAD_ID, {"place": f"{record.place}.id", "id": short})
    updated, words = record.read("lastModified", when), english(record.each("descriptions"))
    rejected = status.lower() == "rejected"
    if rejected and updated is None:
        return Refusal(cve, NO_TIME, {"id": cve})
    title = record.line("cisaVulnerabilityName") or html.line(words, WORDS) or cve
    facts = {
        **_facts(record),
        "status": status,
        "withdrawn": updated.isoformat() if rejected and updated else "",
    }
    return RawEntry.of(
        guid=cve,
        title=f"Rejected: {cve}" if rejected else title,
        summary=html.paragraphs(words),
        url=PAGE + cve,
        published=record.read("published", when),
        updated=updated,
        author=record.line("sourceIdentifier", html.LONGEST_AUTHOR),
        cves=(cve,),
        facts={name: value for name, value in {**facts, "unread": record.unread()}.items() if value},
    )


def _facts(record: Record) -> dict[str, str]:
    metrics = record.inner("metrics")
    ratings = [(one, one.inner("cvssData")) for name in METRICS for one in metrics.each(name)]
    ratings.sort(key=lambda pair: pair[0].text("type") != "Primary")
    weaknesses = [one.text("value") for part in record.each("weaknesses") for one in part.each("description")]
    matches = list(_matches(record))
    told = [one for part in record.each("affected") for one in part.each("affectedData")]
    return {
        "cvss": listed(found for _, data in ratings if (found := data.read("vectorString", vector))),
        "severity": next(filter(None, (one.line("baseSeverity", 40) for pair in ratings for one in pair)), ""),
        "cwes": listed(cwes(*weaknesses)),
        "cpes": listed(found for match in matches if (found := match.read("criteria", cpe))),
        "products": listed([*products(told), *lines(map(_named, matches))]),
        "references": listed(
            address for one in record.each("references") if (address := one.read("url", html.web_address))
        ),
        "kev": record.line("cisaExploitAdd", 40),
        "ssvc": ssvc(option for one in metrics.each("ssvcV203") for option in one.inner("ssvcData").each("options")),
        "tags": listed(tag for one in record.each("cveTags") for tag in one.read_each("tags", html.line)),
    }


def _matches(record: Record) -> Iterator[Record]:
    """The match criteria of what is vulnerable; the others name what it has to run on."""
    for part in record.each("configurations"):
        for node in part.each("nodes"):
            if not node.true("negate"):
                yield from (match for match in node.each("cpeMatch") if match.true("vulnerable"))


def _named(match: Record) -> tuple[str, str, list[str]]:
    """Vendor, product and versions in words, as well as a CPE name tells them."""
    parts = _PARTS.split(match.text("criteria")[:1_000])[3:7]
    words = [_ESCAPED.sub(r"\1", one).replace("_", " ") for one in parts]
    vendor, name, version, update = (*words, "", "", "", "")[:4]
    before, last = match.text("versionEndExcluding"), match.text("versionEndIncluding")
    after = match.line("versionStartExcluding", 60)
    first = match.text("versionStartIncluding") or (f"after {after}" if after else "")
    if first or before or last:
        return vendor, name, [span(first, before, last, endless=True)]
    return vendor, name, [span(version if update in {"", "*", "-"} else f"{version} {update}")]
