"""CSAF 2.0 and 2.1: a provider, from its domain to its documents, or a document alone. Runs in the worker.

CSAF sections 7 and 9.1. The order is the standard's: what came is checked against its hash and its signature, then
against the schema and the mandatory tests, and only then read. What comes has no say in whether it is checked: where
the provider signs, a document without a signature is refused, whatever led to it.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlsplit

from advisories.collect.base import CollectError, ParseContext, Parsed, gettext_noop
from advisories.collect.csaf import csafindex
from advisories.collect.csaf.csafcheck import problem
from advisories.collect.csaf.csafentry import entry, file_name
from advisories.collect.csaf.csafproof import check
from advisories.collect.csaf.csafprovider import Provider, metadata, remembered
from advisories.collect.csaf.csafways import aggregator, begin, is_security, page, security, service
from advisories.collect.text import html, jsonbody
from advisories.collect.text.depth import deeper_than

__all__ = ["begin", "parse"]

DEEPEST = 100  # a product tree takes two levels for each of its own
SHAPES = {  # by a name at the top of the JSON, the roles in which what has it may come
    "document": ("", "document"),
    "feed": ("", "rolie"),
    "service": ("", "rolie"),
    "aggregator": ("",),
    "canonical_url": ("", "metadata", "security.txt"),  # of a provider's metadata
}

NOTHING = gettext_noop(
    "This is nothing of CSAF that the hub knows: no document, no feed, no list and no metadata of a provider."
)
TOO_DEEP = gettext_noop("The CSAF document nests deeper than %(limit)d levels.")
UNEXPECTED = gettext_noop("What is at %(url)s is not what led the hub there (%(role)s). Nothing of it was taken.")
TURNED = gettext_noop(
    "%(url)s was the metadata of the provider %(provider)s and is now a list of others. Nothing was taken. If that is "
    "meant, add it as a new source."
)
BAD_NAME = gettext_noop(
    "The document %(id)s lies under the name %(name)s; the standard has it as %(right)s. Nothing of it was taken."
)


def parse(body: bytes, context: ParseContext) -> Parsed:
    """Whatever of CSAF came: the entry of a document, the links of anything else.

    Raises CollectError(refused=True) on a document that the hub will not take, and on what is nothing of CSAF.
    """
    role, _, name = context.role.partition(" ")
    provider = remembered(context.state, name)
    if role == "document":
        check(body, context.beside, provider)
    start = body[:5_000].removeprefix(b"\xef\xbb\xbf").lstrip()
    if role == "document" or start[:1] == b"{":
        return _json(body, context, role, provider)
    if start[:1] == b"<":
        return page(context, role)
    text = body.decode("utf-8-sig", "replace")
    if role == "security.txt" or is_security(start, context.url):
        return security(text, context, role)
    if role in ("", "changes", "index"):
        return csafindex.listing(text, context, provider)
    raise CollectError(UNEXPECTED, refused=True, url=html.line(context.url, 200), role=role)


def _json(body: bytes, context: ParseContext, role: str, provider: Provider) -> Parsed:
    document = jsonbody.load(body)
    if deeper_than(body, DEEPEST):
        raise CollectError(TOO_DEEP, refused=True, limit=DEEPEST)
    shape = next((name for name in SHAPES if isinstance(document, dict) and name in document), "")
    if not shape:
        raise CollectError(NOTHING, refused=True)
    if role not in SHAPES[shape]:
        raise CollectError(UNEXPECTED, refused=True, url=html.line(context.url, 200), role=role)
    if shape == "document" and not role:
        check(body, context.beside, provider)
    return _read(shape, document, context, provider)


def _read(shape: str, document: dict[str, Any], context: ParseContext, provider: Provider) -> Parsed:
    match shape:
        case "document":
            return _document(document, context, provider)
        case "feed":
            return csafindex.rolie(document, context, provider)
        case "service":
            return service(document, context, provider)
        case "canonical_url":
            return metadata(document, context, provider.name)
    if provider.canonical_url:  # else its keys would be forgotten along with it
        url = html.line(context.url, 200)
        raise CollectError(TURNED, refused=True, url=url, provider=provider.canonical_url)
    return aggregator(document, context)


def _document(document: dict[str, Any], context: ParseContext, provider: Provider) -> Parsed:
    if found := problem(document):
        words: dict[str, Any] = dict(found.params)
        raise CollectError(found.template, refused=True, **words)
    told = entry(document, context.fetched_at, provider.name)
    number, name = document["document"]["tracking"]["id"], unquote(urlsplit(context.url).path.rpartition("/")[2])
    right = file_name(number)
    if name != right and (context.role or name.endswith(csafindex.EXTENSION)):
        number, name, right = (html.line(one, 200) for one in (number, name, right))
        raise CollectError(BAD_NAME, refused=True, id=number, name=name, right=right)
    return Parsed((told,))
