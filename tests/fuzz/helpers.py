"""The readers of single texts: HTML, addresses, times, labels, headers, scores, names of products, lists of feeds."""

from __future__ import annotations

import re
from datetime import timedelta
from ipaddress import ip_address
from typing import Any

from advisories.collect.base import CollectError
from advisories.collect.feeds import opml
from advisories.collect.mail import mailheader, mailmessage
from advisories.collect.text import affected, html, markings, moments, vulnfacts
from advisories.collect.text.cves import cves_in
from advisories.collect.text.record import Record
from advisories.indicators import defanged, parse
from members.web.addresses import refuse_address
from tests.advisories.collect.conftest import NOW
from tests.advisories.collect.letters import HEAD
from tests.fuzz import texts
from tests.fuzz.judge import ID, storable
from tests.fuzz.mutate import mutated, worded
from tests.hostile.clean import unclean


def hypertext(example: tuple[str, str]) -> None:
    text, base = example
    once = html.safe(text, base)
    assert html.safe(once, base) == once
    for made in (once, html.rich(text, base), html.paragraphs(text)):
        assert not unclean(made) and storable(made)
    for line in (html.plain(text), html.line(text), html.first_words(html.plain(text))):
        assert storable(line) and "\n" not in line and html.scrub(line, len(line)) == line


def address(example: tuple[str, str]) -> None:
    url, base = example
    found = html.web_address(url, base)
    assert not found or (html.web_address(found) == found and storable(found))
    assert not found or re.match(r"https?://[^/?#@\s]+", found), found


def numbers(text: str) -> None:
    """An address of a machine is refused, or is one that the standard library reads as public too."""
    if refuse_address(text) is None:
        ip = ip_address(text)
        assert ip.is_global and not ip.is_multicast and not getattr(ip, "ipv4_mapped", None), ip


def time(text: str) -> None:
    for at in (moments.moment(text), moments.when(text), moments.likely(moments.moment(text), NOW)):
        assert at is None or at.utcoffset() == timedelta(0)
        assert at is None or moments.moment(at.isoformat()) == at


def marking(example: tuple[str, Any]) -> None:
    text, value = example
    label = markings.label_in(text)
    assert label is None or label in markings.LABELS
    assert markings.pinned(text) in (None, *markings.LABELS)
    for claimed in (
        {"definition": value},
        {"extensions": value, "name": text},
        {"definition_type": "tlp", "definition": {"tlp": value}},
    ):
        assert markings.forgery(claimed) in (True, False)


def header(body: bytes) -> None:
    try:
        message = mailmessage.read(body)
    except CollectError as error:
        assert error.refused and storable(str(error))
        return
    found = [
        one
        for name in HEAD
        for one in (*mailheader.texts(message, name.lower()), *mailheader.written(message, name.lower()))
    ]
    for text in (
        *found,
        *mailheader.author(message),
        html.line(mailheader.file_name(message)),
        html.line(mailheader.parameter(message, "charset")),
    ):
        assert storable(text) and "\n" not in text and "\r" not in text
    at = mailheader.moment(message, NOW)
    assert at is None or at.utcoffset() == timedelta(0)


def fact(text: str) -> None:
    for read in (vulnfacts.vector, vulnfacts.cwe, vulnfacts.cpe, vulnfacts.purl):
        found = read(text)
        assert len(found) <= vulnfacts.LONGEST_ITEM and storable(found) and read(found) == found, read
    worst = vulnfacts.worst([text])
    assert worst is None or 0 <= worst[0] <= 10
    assert storable(vulnfacts.package_url("npm", text)) and storable(vulnfacts.package_url(text, "x"))
    assert all(ID.fullmatch(found) for found in (*cves_in(text), *vulnfacts.cwes(text)))


def product(value: Any) -> None:
    record = Record({"affected": value, "x": [value]})
    for line in (*affected.products(record.each("affected")), *affected.products(record.each("x"))):
        assert storable(line) and len(line) < 5_000 and "\n" not in line
    assert storable(affected.english(record.each("x"))) and storable(affected.ssvc(record.each("x")))


def feeds(body: bytes) -> None:
    try:
        found = opml.parse(body)
    except CollectError as error:
        assert error.refused and storable(str(error))
    else:
        assert found == opml.parse(body) and all(storable(one.name) and storable(one.url) for one in found)


def indicators(text: str) -> None:
    """Whatever is pasted is read; each thing once, and as it is shown it is read again."""
    found = parse(text)
    assert len({(one.kind, one.value) for one in found}) == len(found)
    for one in found:
        assert storable(one.value) and storable(one.as_typed) and one.as_typed in text
        again = parse(defanged(one.value, one.kind))
        assert one.kind == "url" or [(found.kind, found.value) for found in again] == [(one.kind, one.value)]


TARGETS: dict[str, tuple[Any, Any]] = {
    "HTML": (texts.TEXTS, hypertext), "addresses of pages": (texts.URLS, address),
    "addresses of machines": (texts.MACHINES, numbers),
    "times": (texts.TIMES, time), "labels": (texts.LABELS, marking), "mail headers": (mutated(texts.LETTERS), header),
    "CVSS, CWE, CPE and package URLs": (worded([*texts.VECTORS, *texts.NAMES]), fact),
    "products": (texts.PARTS, product),
    "OPML": (mutated([texts.OPML]), feeds), "indicators": (worded(texts.PASTED), indicators),
}  # fmt: skip
