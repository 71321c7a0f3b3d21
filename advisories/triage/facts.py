"""What a source says of a vulnerability beside its words, as a page shows it: each with a name that people know."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from advisories.models import Entry, Score

MOST = 8  # lines of one fact
# In this order. KEV's due date binds agencies of the United States alone, and is said to.
NAMES: dict[str, str | Promise] = {
    "severity": _("Severity, in its own word"),
    "cvss": _("CVSS"),
    "dateAdded": _("Known exploited since (CISA KEV)"),
    "dueDate": _("To be mended by (binds US federal agencies only)"),
    "requiredAction": _("What CISA asks for"),
    "cwes": _("Weakness"),
    "products": _("Affected"),
    "cpes": _("CPE"),
    "purls": _("Packages"),
    "attack": _("ATT&CK"),
    "aliases": _("Also known as"),
    "withdrawn": _("Taken back by its source"),
    "attachments": _("Attachments, not opened"),
}


class Fact(NamedTuple):
    name: str | Promise
    lines: list[str]
    more: int  # lines that are not shown


class Likelihood(NamedTuple):
    """EPSS, in percent: how likely it is to be exploited within a month, and how many are less likely."""

    cve: str
    percent: Decimal
    above: Decimal | None
    at: datetime


def facts_of(entry: Entry) -> list[Fact]:
    told = ((name, str(entry.facts.get(key, "")).splitlines()) for key, name in NAMES.items())
    return [Fact(name, lines[:MOST], max(len(lines) - MOST, 0)) for name, lines in told if lines]


def likelihoods(entries: Iterable[Entry]) -> list[Likelihood]:
    """Of every vulnerability that these entries name, the likeliest first. One statement."""
    cves = {cve for entry in entries for cve in entry.facts.get("cves", [])}
    found = Score.objects.filter(pk__in=sorted(cves)[:500]).order_by("-probability", "cve")
    return [
        Likelihood(
            one.cve, _percent(one.probability), None if one.percentile is None else _percent(one.percentile), one.at
        )
        for one in found[:MOST]
    ]


def _percent(share: Decimal) -> Decimal:
    return (share * 100).quantize(Decimal("0.1"))
