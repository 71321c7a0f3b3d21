"""feedparser's own corpus: what it expects of an entry's fields, and what the hub makes of the same document.

FEEDPARSER_TESTS names the folder `tests` of feedparser's source package. What the hub means otherwise stands in
otherwise.tsv, with the reason; everything else is equal.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from advisories.collect.base import Limits, ParseContext, RawEntry
from advisories.collect.feeds import feedxml, xmlitem
from advisories.collect.text import html

TABLE = Path(__file__).with_name("otherwise.tsv")
CONTEXT = ParseContext(fetched_at=datetime(2026, 11, 26, tzinfo=UTC), limits=Limits(), url="http://127.0.0.1:8097/")
TEXT, TITLE = "summary", "title"
UNTITLED = "-"
FIELDS = {
    "description": TEXT, "summary": TEXT, "content[0].value": TEXT, "title": TITLE, "title_detail.value": TITLE,
    "link": "url", "id": "guid", "guid": "guid", "author": "author",
    "updated_parsed": "updated", "published_parsed": "published",
}  # fmt: skip
_EXPECTED = re.compile(rb"Expect:(.*?)(?:\n[^\n:]*:[^\n]*)?\n?\s*-->", re.DOTALL)
_OF_AN_ANSWER = re.compile(rb"^Header:", re.MULTILINE)  # of headers that the hub doesn't hand to its parsers


class Found(NamedTuple):
    """One field of a document's first entry."""

    file: str
    field: str
    wanted: Any
    got: Any

    @property
    def equal(self) -> bool:
        if self.field == TEXT:
            return html.plain(html.safe(self.wanted)) == html.plain(self.got)
        if self.field == TITLE:
            return self.got in (html.line(self.wanted), html.plain(self.wanted, html.LONGEST_TITLE) or UNTITLED)
        if self.field == "url":
            return bool(self.got == html.web_address(self.wanted))
        if isinstance(self.got, datetime):
            return self.got.timetuple()[:6] == self.wanted[:6]
        return bool(self.got == (html.line(self.wanted) if isinstance(self.wanted, str) else None))


def stated() -> dict[tuple[str, str], str]:
    """Why a field (file, field) is otherwise."""
    rows = (line.split("\t") for line in TABLE.read_text().splitlines())
    return {(file, field): why for file, field, why in rows}


def found(home: Path) -> Iterator[Found]:
    """Every field that feedparser states and the hub has, in the order of the files."""
    for path in sorted((home / "wellformed").rglob("*.xml")):
        body, file = path.read_bytes(), str(path.relative_to(home))
        wanted = [] if _OF_AN_ANSWER.search(body) else list(_wanted(body))
        got = _entry(body) if wanted else None
        for field, value in wanted:
            yield Found(file, field, value, getattr(got, field))


def _wanted(body: bytes) -> Iterator[tuple[str, Any]]:
    """The equations with a plain value among what a file expects."""
    if not (said := _EXPECTED.search(body)):
        return
    try:
        told = ast.parse(" ".join(said[1].decode().split("\n")).strip(), mode="eval").body
    except (SyntaxError, ValueError):
        return
    for one in told.values if isinstance(told, ast.BoolOp) else [told]:
        if isinstance(one, ast.Compare) and isinstance(one.ops[0], ast.Eq):
            name = re.sub(r"\['(\w+)'\]", r".\1", ast.unparse(one.left)).removeprefix("entries[0].")
            if name in FIELDS and isinstance(one.comparators[0], ast.Constant | ast.Tuple):
                yield FIELDS[name], ast.literal_eval(one.comparators[0])


def _entry(body: bytes) -> RawEntry:
    """What the hub makes of the first item. It takes none in which there is nothing to read: so each has a title."""
    document = feedxml.read(feedxml.from_root(body, ""))
    item = document.entries[0]
    if not html.plain(item.get("title") or ""):
        item["title"], item["title_detail"] = UNTITLED, {}
    made = xmlitem.entry(item, document.feed, None, CONTEXT)
    assert isinstance(made, RawEntry), made
    return made
