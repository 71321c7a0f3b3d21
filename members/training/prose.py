"""The text of a lesson as HTML. Its form is tiny: a blank line ends a paragraph, "## " begins a heading, "- " a line of
a list, and an address that begins with https:// is a link. All else is words, and is escaped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from urllib.parse import urlsplit

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

HEADING, ITEM = "## ", "- "
LINK = re.compile(r"https://[^\s<>\"“”]+")
AFTER = ".,;:!?'’"  # ends the sentence, not the address


def html(text: str) -> SafeString:
    """The text, safe to show."""
    return format_html_join("\n", "{}", ((_block(kind, lines),) for kind, lines in blocks(text)))


def blocks(text: str) -> Iterator[tuple[str, list[str]]]:
    """What it is made of: ("heading" | "list" | "paragraph", its lines without their marks)."""
    told = ((_kind(line.strip()), line.strip()) for line in text.splitlines())
    for kind, lines in groupby(told, key=lambda one: one[0]):
        found = [line for _kind, line in lines]
        if kind == "heading":
            yield from (("heading", [line.removeprefix(HEADING).strip()]) for line in found)
        elif kind == "list":
            yield "list", [line.removeprefix(ITEM).strip() for line in found]
        elif kind:
            yield "paragraph", found


def _kind(line: str) -> str:
    if not line:
        return ""
    if line.startswith(HEADING):
        return "heading"
    return "list" if line.startswith(ITEM) else "paragraph"


def _block(kind: str, lines: list[str]) -> SafeString:
    if kind == "heading":
        return format_html('<h2 class="govuk-heading-m">{}</h2>', _linked(lines[0]))
    if kind == "list":
        items = format_html_join("", "<li>{}</li>", ((_linked(line),) for line in lines))
        return format_html('<ul class="govuk-list govuk-list--bullet">{}</ul>', items)
    return format_html("<p>{}</p>", format_html_join(SafeString("<br>"), "{}", ((_linked(line),) for line in lines)))


def _linked(line: str) -> SafeString:
    """The line with its addresses as links."""
    parts: list[SafeString | str] = []
    end = 0
    for found in LINK.finditer(line):
        address = _address(found[0])
        if address:
            parts += [line[end : found.start()], _link(address)]
            end = found.start() + len(address)
    return format_html_join("", "{}", ((part,) for part in [*parts, line[end:]]))


def _link(address: str) -> SafeString:
    return format_html('<a class="govuk-link" href="{}" rel="noreferrer nofollow">{}</a>', address, address)


def _address(found: str) -> str:
    """As much of it as is an address; "" where nothing is."""
    while found and (found[-1] in AFTER or (found[-1] == ")" and found.count(")") > found.count("("))):
        found = found[:-1]
    try:
        return found if urlsplit(found).hostname else ""
    except ValueError:  # brackets that are no IPv6 address
        return ""
