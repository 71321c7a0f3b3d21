"""The attributes of a MISP event, and how far each of them may go. Runs in the worker.

A value is an attacker's address as often as not: in a text it stands so that nothing makes a link of it.
"""

from __future__ import annotations

import html as escaping
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from advisories.collect.text import html
from advisories.collect.text.markings import LABELS, label_in, strictest
from advisories.collect.text.record import Record

STRICT = "AMBER+STRICT"
NARROW = {"0", "4"}  # distribution: to one's own organisation, to a sharing group
TLP = {"clear": "CLEAR", "white": "CLEAR", "green": "GREEN", "amber": "AMBER", "amber+strict": STRICT, "red": "RED"}
LONGEST_TAG = 300
LONGEST_VALUE = 500  # characters
MOST_VALUES = 50
MOST_KINDS = 100  # of category and type
_TLP = re.compile(r"\s*tlp(?![a-z0-9])", re.IGNORECASE)
_DOT = re.compile(r"(?<=[^\s.])\.(?=[^\s.])")
_HTTP = re.compile(r"\bhttp(?=s?://)", re.IGNORECASE)


class Attribute(NamedTuple):
    """`thing`: the whole of it. `within`: the name of the object it belongs to, "" for none. `label`: its own."""

    thing: Record
    category: str
    type: str
    value: str
    within: str
    label: str | None


def of_event(event: Record, label: str | None) -> tuple[list[Attribute], list[Attribute]]:
    """Those that may be seen where the event may, and those that are marked more strictly; none that was deleted."""
    shown: list[Attribute] = []
    hidden: list[Attribute] = []
    for one in _all(event):
        (shown if may_show(label, one.label) else hidden).append(one)
    return shown, hidden


def tags(thing: Record) -> Iterator[str | None]:
    """The names of its tags; None where there is something that cannot be read as one."""
    rows = thing.rows("Tag")
    if rows is None and thing.given("Tag"):
        yield thing.text("Tag") or thing.inner("Tag").text("name") or None
    for row in rows or ():
        name = row.get("name") if isinstance(row, dict) else row
        yield name if isinstance(name, str) else None


def own_label(thing: Record, event: Record | None = None) -> str | None:
    """The strictest label among its tags.

    What goes to one organisation or one sharing group only is AMBER+STRICT: an event where no tag says otherwise, a
    part of an `event` where that itself goes further.
    """
    label = strictest(map(_label, tags(thing)))
    narrow = thing.text("distribution") in NARROW
    if event is not None:
        return strictest((label, STRICT if narrow and event.text("distribution") not in NARROW else None))
    return label or (STRICT if narrow else None)


def may_show(label: str | None, other: str | None) -> bool:
    """Whether what is marked `other` may be seen where an event of this label may."""
    if other is None or other == LABELS[0]:
        return True
    return label is not None and LABELS.index(other) <= LABELS.index(label)


def deleted(thing: Record) -> bool:
    return thing.given("deleted") and thing.text("deleted").lower() not in ("0", "false")


def summary(attributes: list[Attribute]) -> str:
    """Safe HTML: how many there are by category and type, and the first values."""
    counts = Counter((one.category, one.type) for one in attributes)
    values: dict[tuple[str, str], list[str]] = {}
    for one in attributes[:MOST_VALUES]:
        values.setdefault((one.category, one.type), []).append(f"<code>{_shown(one.value)}</code>")
    by_category: dict[str, list[str]] = {}
    for (category, kind), count in islice(counts.items(), MOST_KINDS):
        words = ", ".join(values.get((category, kind), ()))
        by_category.setdefault(category, []).append(f"<li>{_escaped(kind)} ({count}){words and ': '}{words}</li>")
    parts = [f"<h4>{_escaped(category)}</h4><ul>{''.join(lines)}</ul>" for category, lines in by_category.items()]
    return "".join([*parts, *_left_out(counts, len(attributes))])


def _left_out(counts: Counter[tuple[str, str]], total: int) -> Iterable[str]:
    if len(counts) > MOST_KINDS:
        yield f"<p>… +{len(counts) - MOST_KINDS}</p>"
    if total > MOST_VALUES:
        yield f"<p>The first {MOST_VALUES} of {total} values are shown.</p>"


def _all(event: Record) -> Iterator[Attribute]:
    yield from _inside(event, event, "", None)
    for thing in event.each("Object"):
        if not deleted(thing):
            yield from _inside(thing, event, thing.line("name", 60), own_label(thing, event))


def _inside(holder: Record, event: Record, within: str, label: str | None) -> Iterator[Attribute]:
    for one in holder.each("Attribute"):
        if not deleted(one):
            words = one.line("category", 60) or "?", one.line("type", 60) or "?"
            marked = strictest((label, own_label(one, event)))
            yield Attribute(one, *words, one.line("value", LONGEST_VALUE * 4), within, marked)


def _label(tag: str | None) -> str | None:
    """A tag's label. A tag of TLP's that is none of its labels (tlp:ex:chr) may be as strict as any but RED."""
    if tag is None or len(tag) > LONGEST_TAG:
        return strictest((STRICT, label_in((tag or "")[:LONGEST_TAG])))
    head, _, word = tag.strip().lower().partition(":")
    if head == "tlp" and word in TLP:
        return TLP[word]
    loose = label_in(tag)
    if _TLP.match(tag):
        return strictest((STRICT, loose))
    return loose if loose != LABELS[0] else None


def _shown(value: str) -> str:
    text = html.line(value, LONGEST_VALUE) + ("…" if len(value) > LONGEST_VALUE else "")
    unlinked = _DOT.sub("[.]", _HTTP.sub("hxxp", text)).replace("://", "[://]").replace("@", "[@]")
    return _escaped(unlinked)


def _escaped(text: str) -> str:
    return escaping.escape(text, quote=False)
