"""Every way by which something outside can make the hub open a connection: each lays out a site that leads there.

A way gives the kind of a source and its address; what it leads to is asked for by the hub if it may be.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any
from xml.sax.saxutils import quoteattr

import orjson

from tests.advisories.collect.conftest import Site
from tests.advisories.collect.test_csafentry import advisory
from tests.advisories.collect.test_csafindex import feed, named
from tests.advisories.collect.test_csafproof import OWN, public, signature
from tests.advisories.collect.test_csafprovider import metadata

Way = Callable[[Site, str], tuple[str, str]]
KNOWN, SECURITY = "/.well-known/csaf/provider-metadata.json", "/.well-known/security.txt"


def gives(site: Site, path: str, document: Any, **headers: Any) -> str:
    return site.gives(path, document if isinstance(document, bytes) else json.dumps(document).encode(), **headers)


def itself(kind: str, _site: Site, to: str) -> tuple[str, str]:
    return kind, to


def redirect(status: int, site: Site, to: str) -> tuple[str, str]:
    said = to.replace("\r", "%0D").replace("\n", "%0A").encode("utf-8", "surrogateescape").decode("latin-1")
    return "feed", site.gives("/go", status=status, Location=said)


def second_redirect(site: Site, to: str) -> tuple[str, str]:
    redirect(302, site, to)
    return "feed", site.gives("/first", status=301, Location="/go")


def page(site: Site, to: str) -> tuple[str, str]:
    link = f"<link rel=alternate type=application/rss+xml href={quoteattr(to)}>"
    return "feed", site.gives("/", f"<!doctype html><html><head>{link}</head><body>x</body></html>".encode())


def page_with_base(site: Site, to: str) -> tuple[str, str]:
    head = f"<base href={quoteattr(to)}><link rel=alternate type=application/rss+xml href=x>"
    return "feed", site.gives("/", f"<!doctype html><html><head>{head}</head><body>x</body></html>".encode())


def provider(site: Site, **changes: Any) -> tuple[str, str]:
    keys = [{"fingerprint": public(OWN).fingerprint, "url": site.gives("/key.asc", str(public(OWN)).encode())}]
    gives(site, KNOWN, metadata(**{"public_openpgp_keys": keys, **changes}))
    return "csaf", site.url(KNOWN)


def csaf_feed(site: Site, to: str) -> tuple[str, str]:
    return provider(site, distributions=[{"rolie": {"feeds": [{"url": to, "tlp_label": "WHITE"}]}}])


def csaf_directory(site: Site, to: str) -> tuple[str, str]:
    return provider(site, distributions=[{"directory_url": to}])


def csaf_key(site: Site, to: str) -> tuple[str, str]:
    keys = [{"fingerprint": public(OWN).fingerprint, "url": to}]
    ways = [{"rolie": {"feeds": [{"url": _rolie(site, site.url("/ex-1.json"))}]}}]
    return provider(site, public_openpgp_keys=keys, distributions=ways)


def csaf_security(site: Site, to: str) -> tuple[str, str]:
    site.gives(SECURITY, f"Contact: mailto:a@example.org\nCSAF: {to}\n".encode())
    return "csaf", site.url(SECURITY)


def csaf_known_moved(site: Site, to: str) -> tuple[str, str]:
    redirect(302, site, to)
    site.gives(KNOWN, status=307, Location="/go")
    return "csaf", site.url("/")


def csaf_document(site: Site, to: str) -> tuple[str, str]:
    ways = [{"rolie": {"feeds": [{"url": _rolie(site, to)}]}}]
    return provider(site, distributions=ways)


def csaf_content(site: Site, to: str) -> tuple[str, str]:
    entry = named(1, ("alternate", "x"), content={"type": "application/json", "src": to})
    gives(site, "/feed.json", feed(entry))
    return provider(site, distributions=[{"rolie": {"feeds": [{"url": site.url("/feed.json")}]}}])


def csaf_beside(rel: str, site: Site, to: str) -> tuple[str, str]:
    url = _rolie(site, site.url("/ex-1.json"), (rel, to))
    return provider(site, distributions=[{"rolie": {"feeds": [{"url": url}]}}])


def csaf_index(site: Site, to: str) -> tuple[str, str]:
    site.gives("/index.txt", f"{to}\n{to}.json\n".encode())
    return "csaf", site.url("/index.txt")


def csaf_changes(site: Site, to: str) -> tuple[str, str]:
    site.gives("/changes.csv", f'"{to}","2026-01-01T00:00:00Z"\n"{to}.json","2026-01-01T00:00:00Z"\n'.encode())
    return "csaf", site.url("/changes.csv")


def csaf_aggregator(site: Site, to: str) -> tuple[str, str]:
    return "csaf", gives(site, "/all.json", _aggregator({"metadata": {"url": to}}))


def csaf_mirror(site: Site, to: str) -> tuple[str, str]:
    gone = site.gives("/gone.json", status=404)
    return "csaf", gives(site, "/all.json", _aggregator({"metadata": {"url": gone}, "mirrors": [to]}))


def csaf_service(site: Site, to: str) -> tuple[str, str]:
    collection = {"title": "x", "href": to, "categories": {"category": []}}
    return "csaf", gives(
        site, "/service.json", {"service": {"workspace": [{"title": "x", "collection": [collection]}]}}
    )


def taxii(name: str, site: Site, to: str) -> tuple[str, str]:
    told = {"title": "x", "default": to} if name == "default" else {"title": "x", "api_roots": [to]}
    return "taxii", gives(site, "/taxii2/", told, Content_Type="application/taxii+json;version=2.1")


def taxii_collection(site: Site, to: str) -> tuple[str, str]:
    rows = [{"id": to, "title": "x", "can_read": True, "can_write": False}]
    return "taxii", gives(site, "/api/", {"collections": rows}, Content_Type="application/taxii+json;version=2.1")


def taxii_next(site: Site, to: str) -> tuple[str, str]:
    page = {"more": True, "next": to, "objects": []}
    url = "/api/collections/one/objects/"
    return "taxii", gives(site, url, page, Content_Type="application/taxii+json;version=2.1")


def misp(site: Site, to: str) -> tuple[str, str]:
    return "misp", gives(site, "/manifest.json", {to: {"timestamp": "1"}, f"../{to}": {"timestamp": "2"}})


def next_page(kind: str, site: Site, to: str) -> tuple[str, str]:
    said = to.replace("\r", "").replace("\n", "").encode("utf-8", "surrogateescape").decode("latin-1")
    return kind, gives(site, "/page", [], Link=f'<{said}>; rel="next"')


def _rolie(site: Site, document: str, *beside: tuple[str, str]) -> str:
    body = orjson.dumps(advisory("EX-1"))
    site.gives("/ex-1.json", body)
    site.gives("/ex-1.json.asc", signature(body))
    return gives(site, "/feed.json", feed(named(1, ("self", document), *beside)))


def _aggregator(row: dict[str, Any]) -> dict[str, Any]:
    return {"aggregator": {"category": "lister", "name": "x"}, "csaf_providers": [row]}


# Those that lead wherever the document says, and so would lead to the trap; the others can't leave their site at all.
OPEN: dict[str, Way] = {
    **{
        f"the address of a source of {kind}": partial(itself, kind) for kind in ("feed", "csaf", "taxii", "misp", "nvd")
    },
    **{f"a redirect ({status})": partial(redirect, status) for status in (301, 302, 303, 307, 308)},
    "a redirect to a redirect": second_redirect,
    "the feed that a page names": page,
    "a CSAF provider's feed": csaf_feed,
    "a CSAF provider's directory": csaf_directory,
    "a CSAF provider's key": csaf_key,
    "CSAF in a security.txt": csaf_security,
    "CSAF's well-known address, moved": csaf_known_moved,
    "a document of a ROLIE feed": csaf_document,
    "a document of a ROLIE feed, by its content": csaf_content,
    "a document's hash": partial(csaf_beside, "hash"),
    "a document's signature": partial(csaf_beside, "signature"),
    "a provider of a CSAF aggregator": csaf_aggregator,
    "a mirror of a CSAF aggregator": csaf_mirror,
    "a feed of a ROLIE service": csaf_service,
    "an API root of TAXII": partial(taxii, "api_roots"),
    "the default API root of TAXII": partial(taxii, "default"),
}
CLOSED: dict[str, Way] = {
    "the base of a page": page_with_base,
    "a line of a CSAF directory": csaf_index,
    "a change of a CSAF directory": csaf_changes,
    "a collection of TAXII": taxii_collection,
    "the next page of TAXII": taxii_next,
    "an event of MISP": misp,
    "the next page of OSV": partial(next_page, "osv"),
    "the next page of CVE": partial(next_page, "cve"),
}
