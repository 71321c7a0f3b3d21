"""What RSS, Atom and JSON Feed have in common: one item as an entry, and each entry once. Runs in the worker."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import islice

from advisories.collect.base import NOTHING, RawEntry, Refusal, gettext_noop
from advisories.collect.text import html
from advisories.collect.text.cves import cves_in
from advisories.collect.text.markings import label_in

LONGEST_WORD = 200  # a category, a language, one of several authors
MOST_NAMED = 50  # categories, references or authors of one entry

TWICE = gettext_noop("The feed gives two different entries under this id; the first was taken.")
BLANK = gettext_noop("The entry has neither title nor text nor link.")


def entry(
    *,
    raw_id: str,
    link: str,
    title: str,
    summary: str,
    published: datetime | None,
    updated: datetime | None,
    author: str,
    categories: str = "",
    facts: Mapping[str, str] = NOTHING,
    feed_label: str | None = None,
) -> RawEntry | Refusal:
    """The entry of one item, or why there is none. `title`, `author` and `categories` (one to a line) are plain text,
    `summary` safe HTML, `link` an http(s) address or "". Facts without a text are left out.
    """
    words = html.line(html.words(summary), html.LONGEST_SUMMARY)
    title = title or html.first_words(words) or link
    if not title:
        return Refusal("", BLANK)
    facts = {"categories": categories, **facts}
    return RawEntry.of(
        guid=_guid(raw_id.strip(), link, title, summary),
        title=title,
        summary=summary,
        url=link,
        published=published,
        updated=updated,
        author=author,
        cves=cves_in(title, words, raw_id[: html.LONGEST_GUID], link, categories, facts.get("references", "")),
        label=label_in(title) or label_in(categories) or feed_label,
        facts={name: text for name, text in facts.items() if text},
    )


def once(items: Iterable[RawEntry | Refusal]) -> tuple[tuple[RawEntry, ...], tuple[Refusal, ...]]:
    """One entry for each id. The same entry twice is one; two different ones under one id are not."""
    taken: dict[str, RawEntry] = {}
    refusals: list[Refusal] = []
    for item in items:
        if isinstance(item, Refusal):
            refusals.append(item)
        elif item.guid not in taken:
            taken[item.guid] = item
        elif item.content_hash != taken[item.guid].content_hash:
            refusals.append(Refusal(item.guid, TWICE))
    return tuple(taken.values()), tuple(refusals)


def lines(texts: Iterable[str], longest: int = LONGEST_WORD) -> str:
    """The texts that say something, each once, one to a line."""
    told = (html.line(text, longest) for text in islice(texts, MOST_NAMED))
    return "\n".join(dict.fromkeys(text for text in told if text))


def references(link: str, addresses: Iterable[str]) -> str:
    """The http(s) addresses among these, the entry's own first; "" where there is none besides it."""
    others = [address for address in islice(addresses, MOST_NAMED) if address and address != link]
    return lines([link, *others], html.LONGEST_URL) if others else ""


def _guid(raw_id: str, link: str, title: str, summary: str) -> str:
    """The feed's own id; else the link; else a hash of the text. A very long id is hashed as well."""
    chosen = html.scrub(raw_id, html.LONGEST_GUID + 1) or link
    if chosen and len(chosen) <= html.LONGEST_GUID:
        return chosen
    return "sha256:" + hashlib.sha256((raw_id or f"{title}\n{summary}").encode("utf-8", "replace")).hexdigest()
