"""The field's own terms, each explained once."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from members import tlp
from members.templatetags.hub import TIERS

TERMS = [
    (_("WARP"), _("A Warning, Advice and Reporting Point: organisations of a region that warn and help one another.")),
    (_("Advisory"), _("A warning in the WARP’s own words: what to do, who it hits, what is known.")),
    (_("Coordinator"), _("Runs a WARP’s desk: reads what the sources say, writes advisories and releases them.")),
    (_("Desk"), _("Where a coordinator reads what came in, drops what does not matter and drafts the rest.")),
    (_("Embargo"), _("A time until which only named people may read something, agreed with whoever found it.")),
    (_("Known exploited"), _("Attackers use it already; CISA or a source of the same standing says so.")),
    (_("CVE"), _("The public number of one vulnerability, for example CVE-2026-0001.")),
    (_("TLP"), _("The Traffic Light Protocol of FIRST: a label that says how far a text may travel.")),
]


def glossary(request: HttpRequest) -> HttpResponse:
    labels = [(label, tlp.MEANING[label]) for label in tlp.LABELS]
    tiers = [(name, meaning) for name, (_word, meaning) in TIERS.items()]
    return render(request, "members/glossary.html", {"terms": TERMS, "labels": labels, "tiers": tiers})
