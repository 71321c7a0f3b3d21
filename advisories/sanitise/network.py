"""Addresses of an inside, hosts, tenants, tickets: what a network's own people would recognise."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import AddressValueError, IPv6Address

from advisories.sanitise.hit import GUESSED, LIKELY, SURE, Hit
from advisories.sanitise.lists import DESKS, PUBLIC, WORN
from advisories.sanitise.view import View, squeezed
from advisories.sanitise.words import Kind

DOT = r"(?:\.|\[\.\]|\(\.\)|\[dot\])"
_FOUR = re.compile(
    rf"(?<![\w.])(10|172|192|169|100){DOT}(\d{{1,3}}){DOT}(\d{{1,3}}){DOT}(?:(\d{{1,3}})|[x*])(?:/\d{{1,2}})?(?![\w])"
)
_SIX = re.compile(r"(?<![\w:])(f[cd][0-9a-f]{2}|fe[89ab][0-9a-f])(:[0-9a-f:]{1,40})(?:%\w{1,20})?(?:/\d{1,3})?")
_CARD = re.compile(
    r"(?<![\w:-])(?:[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}(?![:-]?\w)|(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}(?![.\w]))"
)
_TENANT = re.compile(
    r"(?<![\w-])([a-z0-9][a-z0-9-]{0,62})(?:\.(?:mail|in|my))?"
    rf"{DOT}(?:onmicrosoft|sharepoint|atlassian|zendesk|service-now|okta|freshservice|lightning\.force)"
    rf"{DOT}(?:com|net)\b|\btenant(?:[ _-]?id)?[\s:=]{{1,3}}([0-9a-f]{{8}}-[0-9a-f-]{{27}})"
)  # fmt: skip
_TICKET = re.compile(r"\b([a-z]{2,6})[-_ #:]{0,2}\d{3,}[\w-]{0,20}")
_HASH = re.compile(r"(?<![\w&#/])#\d{3,}\b")
_REFERENCE = re.compile(
    r"\b(?:ref(?:erence)?|ticket|case|job|call|crime|incident)(?:\s(?:number|no\.?|id|ref(?:erence)?))?"
    r"(?:\sis)?[:#\s]{1,3}(?=[\w/-]{0,20}\d)([a-z0-9][\w/-]{2,40})"
)  # fmt: skip
_PROJECT = re.compile(r"(?<![\w-])([A-Z]{2,10})(?:-\d{2,6}|\d{6,14})(?![\w-])")
_SHARE = re.compile(r"(?<![\\\w])\\\\([\w.-]{1,255})(?:\\[\w$.-]+)*+")
_LABEL = re.compile(r"(?<![\w@.\\-])[^\W_][\w-]*+")
_INSIDE_NAME = re.compile(
    r"(?<![\w.-])[a-z0-9][\w.-]*(?<=[\w-])\.(?:local|localdomain|lan|corp|internal|intranet|ad|home\.arpa)(?![\w-])"
)
_PART_OF_ADDRESS = re.compile(r":[0-9a-f]{1,4}\Z")


def found(view: View) -> Iterator[Hit]:
    plain, low = view.plain, view.low
    yield from _addresses(low)
    for match in _TENANT.finditer(low):
        yield Hit(match.start(), match.end(), Kind.TENANT, match[1] or match[2], SURE)
    for match in _TICKET.finditer(low):
        if match[1] in DESKS:
            yield _hit(match, 0, Kind.TICKET)
    for match in _HASH.finditer(low):
        yield _hit(match, 0, Kind.TICKET)
    for match in _REFERENCE.finditer(low):
        if not match[1].startswith(("cve-", "http")):
            yield _hit(match, 1, Kind.TICKET)
    for match in _PROJECT.finditer(plain):
        if match[1] not in PUBLIC:
            yield _hit(match, 0, Kind.TICKET, GUESSED)
    for match in _SHARE.finditer(plain):
        yield Hit(match.start(), match.end(), Kind.HOST, squeezed(match[1]))
    for match in _INSIDE_NAME.finditer(low):
        yield Hit(match.start(), match.end(), Kind.HOST, squeezed(match[0].partition(".")[0]))
    for match in _LABEL.finditer(plain):
        if (
            len(match[0]) <= 63
            and _is_host(match[0])
            and not _PART_OF_ADDRESS.search(low, max(0, match.start() - 1), match.end())
        ):
            yield Hit(match.start(), match.end(), Kind.HOST, squeezed(match[0]))


def _addresses(plain: str) -> Iterator[Hit]:
    for match in _FOUR.finditer(plain):
        first, second, *rest = (int(part) for part in match.groups("0"))
        if _is_inside(first, second) and max(second, *rest) < 256:
            key = ".".join(match.groups("x"))
            yield Hit(match.start(), match.end(), Kind.ADDRESS, key, SURE)
    for match in _SIX.finditer(plain):
        bare = (match[1] + match[2]).rstrip(":") if not match[2].endswith("::") else match[1] + match[2]
        try:
            key = str(IPv6Address(bare))
        except AddressValueError:
            continue
        yield Hit(match.start(), match.end(), Kind.ADDRESS, key, SURE)
    for match in _CARD.finditer(plain):
        yield Hit(match.start(), match.end(), Kind.ADDRESS, re.sub(r"\W", "", match[0]).casefold(), SURE)


def _is_inside(first: int, second: int) -> bool:
    """RFC 1918, link-local, and what carriers and tunnels use (RFC 6598)."""
    return (
        first == 10
        or (first == 172 and 16 <= second < 32)
        or (first, second) in {(192, 168), (169, 254)}
        or (first == 100 and 64 <= second < 128)
    )


def _is_host(label: str) -> bool:
    """SRV-FIN-01, DC01, LAPTOP-8F3K2A, FIN-LDN-02; not CVE-2026-1234, SHA-256 or web-app."""
    parts = label.upper().replace("_", "-").split("-")
    digits, bare = any(char.isdigit() for char in label), [part.rstrip("0123456789") for part in parts]
    if parts[0].rstrip("0123456789") in PUBLIC or not any(bare):
        return False
    worn = any(part.casefold() in WORN for part in bare)
    if worn and (digits or (len(parts) > 1 and label.isupper())):
        return True
    if label.isupper() and len(parts) > 1 and digits and len(bare[0]) > 1 and label[-1].isdigit():
        return True
    return digits and len(parts) == 1 and any(bare[0].casefold().endswith(word) for word in WORN if len(word) > 2)


def _hit(match: re.Match[str], group: int, kind: Kind, certain: int = LIKELY) -> Hit:
    return Hit(match.start(group), match.end(group), kind, match[group].casefold(), certain)
