"""Indicators as STIX has them: an observable where the value is one by the standard's schema, a pattern always.

A pattern holds any text, so what is written oddly is still an indicator, and nothing that was pasted is lost.
"""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Any

import idna
from stix2 import v21

from advisories.serve.exchange.facts import HASHES, is_hash

TYPES = {
    "ipv4": v21.IPv4Address,
    "ipv6": v21.IPv6Address,
    "domain": v21.DomainName,
    "url": v21.URL,
    "email": v21.EmailAddress,
    **dict.fromkeys((*HASHES, "file"), v21.File),
}
ALGORITHMS = {"md5": "MD5", "sha1": "SHA-1", "sha256": "SHA-256", "sha512": "SHA-512"}

_EMAIL = re.compile(r"[\w.+-]+@[a-zA-Z0-9-]+\.[a-zA-Z0-9.-]+", re.ASCII)
_CVE = re.compile(r"CVE-\d{4}-(?:0\d{3}|[1-9]\d{3,})", re.ASCII)
_CHARACTER = r"(?:[\w.~!$&'()*+,;=:-]|%[0-9A-Fa-f]{2})"  # of RFC 3986, in any part of an address
_URL = re.compile(
    rf"[a-zA-Z][a-zA-Z0-9+.-]*://(?:{_CHARACTER}*@)?(?:\[(?P<six>[0-9a-fA-F:.]+)\]|(?:(?!:){_CHARACTER})+)(?::\d*)?"
    rf"(?:/(?:{_CHARACTER}|[@/])*)?(?:\?(?:{_CHARACTER}|[@/?])*)?(?:#(?:{_CHARACTER}|[@/?])*)?",
    re.ASCII,
)


def pattern(kind: str, value: str) -> str:
    """In STIX patterning: `[domain-name:value = 'example.org']`."""
    where = f"hashes.'{ALGORITHMS[kind]}'" if kind in ALGORITHMS else "name" if kind == "file" else "value"
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"[{TYPES[kind]._type}:{where} = '{escaped}']"


def observable(kind: str, value: str, **said: Any) -> Any:
    """The cyber-observable, whose id is the same from whoever saw it; None where its schema would refuse the value."""
    if not fits(kind, value):
        return None
    if kind in ALGORITHMS:
        return v21.File(hashes={ALGORITHMS[kind]: value}, **said)
    return v21.File(name=value, **said) if kind == "file" else TYPES[kind](value=value, **said)


def fits(kind: str, value: str) -> bool:
    """Whether the value is what its kind says, by the standard's schema."""
    match kind:
        case "ipv4" | "ipv6":
            return _is_address(kind, value)
        case "domain":
            return _is_domain(value)
        case "url":
            return is_url(value)
        case "email":
            return _EMAIL.fullmatch(value) is not None
        case "cve":
            return _CVE.fullmatch(value) is not None
        case "file":
            return True
    return is_hash(kind, value)


def is_url(value: str) -> bool:
    """By RFC 3986, with a host."""
    found = _URL.fullmatch(value)
    return found is not None and (found["six"] is None or _is_address("ipv6", found["six"]))


def _is_address(kind: str, value: str) -> bool:
    try:
        return "%" not in str(IPv4Address(value) if kind == "ipv4" else IPv6Address(value))
    except AddressValueError:
        return False


def _is_domain(value: str) -> bool:
    try:
        return bool(idna.encode(value))
    except UnicodeError:  # which IDNAError is one of
        return False
