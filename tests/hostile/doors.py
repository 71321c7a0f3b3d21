"""Every door through which a source's words come in to be shown: documents that say what they are given, everywhere."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any
from uuid import NAMESPACE_DNS, uuid5
from xml.sax.saxutils import escape

from tests.advisories.collect import test_cve, test_kev, test_misp, test_nvd, test_osv, test_stix
from tests.advisories.collect.letters import letter, markup, multipart
from tests.advisories.collect.test_csafentry import advisory
from tests.advisories.collect.test_csafentry import tracking as csaf_tracking

CVE = "CVE-2026-4711"  # makes one story of them all
Door = Callable[[Sequence[str]], list[bytes]]


def json_of(document: Any) -> bytes:
    return json.dumps(document).encode()


def xml(text: str) -> str:
    """What XML can hold of a text, escaped."""
    return escape(
        "".join(one for one in text if one in "\t\n\r" or " " <= one < "\ud800" or "\ue000" <= one < "\ufffe")
    )


def rss(words: Sequence[str]) -> list[bytes]:
    items = "".join(
        f"<item><guid>urn:rss:{n}</guid><title>{CVE} {n} {xml(w)}</title><author>{xml(w)}</author>"
        f"<link>{xml(w)}</link><category>{xml(w)}</category><description>{xml(w)}</description></item>"
        for n, w in enumerate(words)
    )
    head = '<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>'
    return [f"{head}{items}</channel></rss>".encode()]


def encoded(words: Sequence[str]) -> list[bytes]:
    """RSS whose texts stand in `content:encoded`, as they are."""
    items = "".join(
        f"<item><guid>urn:enc:{n}</guid><title>{CVE} enc {n}</title><content:encoded>{xml(w)}</content:encoded></item>"
        for n, w in enumerate(words)
    )
    head = '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>News</title>'
    return [f"{head}{items}</channel></rss>".encode()]


def atom(words: Sequence[str]) -> list[bytes]:
    entries = "".join(
        f'<entry><id>urn:atom:{n}</id><title type="html">{CVE} atom {n} {xml(w)}</title><author><name>{xml(w)}</name>'
        f'</author><content type="html">{xml(w)}</content></entry>'
        for n, w in enumerate(words)
    )
    return [f'<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title>{entries}</feed>'.encode()]


def jsonfeed(words: Sequence[str]) -> list[bytes]:
    items = [
        {"id": f"urn:json:{n}", "title": f"{CVE} json {n} {w}", "url": w, "tags": [w],
         "authors": [{"name": w, "url": w}],
         **({"content_html": w} if n % 3 else {"content_text": w})}
        for n, w in enumerate(words)
    ]  # fmt: skip
    return [json_of({"version": "https://jsonfeed.org/version/1.1", "title": "News", "items": items})]


def stix(words: Sequence[str]) -> list[bytes]:
    return [json_of({"type": "bundle", "id": test_stix.ident("bundle", "hostile"), "objects": _objects(words)})]


def taxii(words: Sequence[str]) -> list[bytes]:
    return [json_of({"more": False, "objects": _objects(words)})]


def _objects(words: Sequence[str]) -> list[Any]:
    references = [{"source_name": "cve", "external_id": CVE}]
    return [
        test_stix.thing("malware", f"m{n}", name=f"stix {n} {w}", description=w, is_family=False, malware_types=[w],
                        aliases=[w], external_references=[*references, {"source_name": w, "url": w, "description": w}])
        for n, w in enumerate(words)
    ]  # fmt: skip


def csaf(words: Sequence[str]) -> list[bytes]:
    return [json_of(_csaf(n, word)) for n, word in enumerate(words)]


def _csaf(number: int, word: str) -> Any:
    told = word or "x"
    notes = [{"category": category, "text": told, "title": told} for category in ("summary", "description", "details")]
    publisher = {"category": "vendor", "name": told, "namespace": "https://cert.example.org"}
    tracking = csaf_tracking(f"EX-{number}", aliases=[told, CVE])
    return advisory(f"EX-{number}", title=told, notes=notes, publisher=publisher, tracking=tracking)


def misp(words: Sequence[str]) -> list[bytes]:
    return [
        json_of([
            test_misp.event(
                test_misp.attribute(w, "comment", "Other", comment=w), test_misp.attribute(CVE, "vulnerability"),
                tag=(w,), info=f"misp {n} {w}", uuid=str(uuid5(NAMESPACE_DNS, str(n))), Orgc={"name": w},
            ) for n, w in enumerate(words)
        ])
    ]  # fmt: skip


def osv(words: Sequence[str]) -> list[bytes]:
    references = [{"type": "WEB", "url": "https://example.org/"}]
    return [
        json_of([
            test_osv.advisory(f"EX-{n}", summary=f"osv {n} {w}", details=w, aliases=[CVE], references=references,
                              affected=[test_osv.package("npm", w)], database_specific={"severity": w})
            for n, w in enumerate(words)
        ])
    ]  # fmt: skip


def cve(words: Sequence[str]) -> list[bytes]:
    return [
        json_of([
            test_cve.record(10_000 + n, cna={
                "title": f"cve {n} {w}", "descriptions": [{"lang": "en", "value": w, "supportingMedia": [
                    {"type": "text/html", "base64": False, "value": w}]}],
                "affected": [{"vendor": w, "product": w}], "references": [{"url": w, "name": w}],
            }, meta={"assignerShortName": w})
            for n, w in enumerate(words)
        ])
    ]  # fmt: skip


def nvd(words: Sequence[str]) -> list[bytes]:
    rows = [
        test_nvd.item(20_000 + n, descriptions=[{"lang": "en", "value": w}], sourceIdentifier=w)
        for n, w in enumerate(words)
    ]
    return [test_nvd.page(*rows)]


def kev(words: Sequence[str]) -> list[bytes]:
    rows = [
        test_kev.row(n, vendorProject=w[:200], product=w[:200], vulnerabilityName=f"kev {n} {w}", shortDescription=w,
                     requiredAction=w, notes=w)
        for n, w in enumerate(words)
    ]  # fmt: skip
    return [json_of({**json.loads(test_kev.catalogue()), "count": len(rows), "vulnerabilities": rows})]


def mailbox(words: Sequence[str]) -> list[bytes]:
    return [
        multipart(markup(w), kind="alternative", Subject=f"{CVE} {_header(w)}", From=f'"{_header(w)}" <a@example.org>',
                  Message_ID=f"<{n}@example.org>")
        if n % 2 else letter(w, Subject=f"{CVE} {_header(w)}", Message_ID=f"<{n}@example.org>")
        for n, w in enumerate(words)
    ]  # fmt: skip


def _header(text: str) -> str:
    return " ".join(text.replace('"', "'").split())[:900]


DOORS: dict[str, tuple[str, Door]] = {
    "RSS": ("feed", rss), "RSS with whole texts": ("feed", encoded), "Atom": ("feed", atom),
    "JSON Feed": ("feed", jsonfeed), "STIX": ("stix", stix), "TAXII": ("taxii", taxii), "CSAF": ("csaf", csaf),
    "MISP": ("misp", misp), "OSV": ("osv", osv), "CVE": ("cve", cve), "NVD": ("nvd", nvd), "KEV": ("kev", kev),
    "mail": ("mailbox", mailbox),
}  # fmt: skip
