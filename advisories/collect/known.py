"""Well-known public sources, to be switched on with one click. Facts alone: who, where, as what, on which terms.

All of them publish for everyone, so what comes unmarked from them is TLP:CLEAR.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from advisories.collect.kinds import NVD_NOTICE
from advisories.collect.sources import add_source
from advisories.models import Source
from members import tlp
from members.audit import record
from members.mandate import over_warp
from members.models import Person, Warp

CROWN = _("Open Government Licence v3.0: name the NCSC as the source.")
US_WORK = _("A work of the US government: free to use, no endorsement may be implied.")
ITS_OWN = _("Its publisher’s terms of use: quote briefly and link to it.")


@dataclass(frozen=True, slots=True)
class KnownSource:
    """One of them. `every`: minutes between fetches that suit it. `terms`: what using it asks of the hub."""

    slug: str
    group: str | Promise
    name: str
    kind: str
    url: str
    terms: str | Promise
    every: int = 60


UK, ABROAD, MAKERS, CATALOGUES = _("UK"), _("Other countries"), _("Makers and researchers"), _("Catalogues")
KNOWN: dict[str, KnownSource] = {
    one.slug: one
    for one in (
        KnownSource("ncsc-all", UK, "NCSC: news, guidance and reports", "feed",
                    "https://www.ncsc.gov.uk/api/1/services/v1/all-rss-feed.xml", CROWN),
        KnownSource("ncsc-reports", UK, "NCSC: threat reports", "feed",
                    "https://www.ncsc.gov.uk/api/1/services/v1/report-rss-feed.xml", CROWN),
        KnownSource("cisa", ABROAD, "CISA: cybersecurity advisories", "feed",
                    "https://www.cisa.gov/cybersecurity-advisories/all.xml", US_WORK),
        KnownSource("cert-eu", ABROAD, "CERT-EU: security advisories", "feed",
                    "https://cert.europa.eu/publications/security-advisories-rss", ITS_OWN),
        KnownSource("cert-fr-alerts", ABROAD, "CERT-FR: alertes", "feed",
                    "https://www.cert.ssi.gouv.fr/alerte/feed/", ITS_OWN),
        KnownSource("cert-fr", ABROAD, "CERT-FR: avis", "feed", "https://www.cert.ssi.gouv.fr/avis/feed/", ITS_OWN),
        KnownSource("bsi", ABROAD, "BSI CERT-Bund: advisories", "feed",
                    "https://wid.cert-bund.de/content/public/securityAdvisory/rss", ITS_OWN),
        KnownSource("ncsc-nl", ABROAD, "NCSC-NL: advisories", "feed",
                    "https://advisories.ncsc.nl/rss/advisories", ITS_OWN),
        KnownSource("jpcert", ABROAD, "JPCERT/CC: alerts", "feed",
                    "https://www.jpcert.or.jp/english/rss/jpcert-en.rdf", ITS_OWN),
        KnownSource("jvn", ABROAD, "JVN: vulnerability notes", "feed", "https://jvn.jp/en/rss/jvn.rdf", ITS_OWN),
        KnownSource("msrc", MAKERS, "Microsoft: security update guide", "feed",
                    "https://api.msrc.microsoft.com/update-guide/rss", ITS_OWN),
        KnownSource("sans", MAKERS, "SANS Internet Storm Center", "feed", "https://isc.sans.edu/rssfeed.xml", ITS_OWN),
        KnownSource("cisco-csaf", MAKERS, "Cisco (CSAF)", "csaf",
                    "https://www.cisco.com/.well-known/csaf/provider-metadata.json", ITS_OWN, every=240),
        KnownSource("redhat-csaf", MAKERS, "Red Hat (CSAF)", "csaf",
                    "https://security.access.redhat.com/data/csaf/v2/provider-metadata.json", ITS_OWN, every=240),
        KnownSource("siemens-csaf", MAKERS, "Siemens ProductCERT (CSAF)", "csaf",
                    "https://www.siemens.com/.well-known/csaf/provider-metadata.json", ITS_OWN, every=240),
        KnownSource("kev", CATALOGUES, "CISA: known exploited vulnerabilities", "kev",
                    "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json", US_WORK,
                    every=120),
        KnownSource("nvd", CATALOGUES, "NVD: what has changed", "nvd",
                    "https://services.nvd.nist.gov/rest/json/cves/2.0", NVD_NOTICE, every=240),
        KnownSource("epss", CATALOGUES, "FIRST: EPSS scores", "epss",
                    "https://epss.cyentia.com/epss_scores-current.csv.gz", _("Free to use; name FIRST EPSS."),
                    every=1440),
    )
}  # fmt: skip


def switched_on(warps: Sequence[int]) -> dict[str, Source]:
    """Those that are sources already, for the desks of these WARPs or for every desk, by address."""
    seen = Q(hub_wide=True) | Q(warp__in=warps)
    found = Source.objects.filter(seen, enabled=True, url__in=[one.url for one in KNOWN.values()])
    return {source.url: source for source in found}


@transaction.atomic
def switch_on(slug: str, warp: Warp, at: datetime, *, by: Person) -> Source:
    """Make it a source of this WARP, due at once; of the root WARP, for every desk. One that was switched off is
    switched on again. KeyError on an unknown one; raises Refused, CollectError."""
    one = KNOWN[slug]
    over_warp(by, warp, at)
    before = Source.objects.filter(url=one.url, kind=one.kind, warp=warp).first()
    if before is not None:
        before.enabled, before.due_at = True, at
        before.save(update_fields=["enabled", "due_at"])
        record("switch_on_source", at, by=by, reference=before.slug)
        return before
    return add_source(
        one.kind, one.url, warp, at, name=one.name, label=tlp.CLEAR, every=one.every,
        hub_wide=warp.parent_id is None, by=by,
    )  # fmt: skip


@transaction.atomic
def switch_off(source: Source, at: datetime, *, by: Person) -> None:
    """It is asked no more; what it said stays. Raises Refused."""
    over_warp(by, source.warp, at)
    Source.objects.filter(pk=source.pk).update(enabled=False)
    record("switch_off_source", at, by=by, reference=source.slug)
