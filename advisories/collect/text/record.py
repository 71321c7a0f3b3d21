"""JSON objects read field by field, each in its place. Runs in the worker.

A field of another kind than was asked for counts as absent, and its place is kept: an entry says what of it could
not be read (`unread`), instead of losing it in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, TypeVar

from advisories.collect.base import CollectError, RawEntry, Refusal, gettext_noop
from advisories.collect.text import html

Value = TypeVar("Value")

MOST_UNREAD = 20  # places that an entry names

TOO_MANY = gettext_noop("The document has %(count)d records; the hub takes at most %(limit)d.")
NO_OBJECT = gettext_noop("%(place)s is no JSON object.")
TWICE = gettext_noop("%(id)s stands in the document twice with different contents; the newer was taken.")


class Record:
    """One JSON object. Absent fields and null read as empty. `place`: its JSON path, "" for the whole document."""

    __slots__ = ("_unread", "_values", "place")

    def __init__(self, values: Any, place: str = "", unread: dict[str, None] | None = None) -> None:
        self.place = place
        self._unread: dict[str, None] = {} if unread is None else unread
        self._values: dict[str, Any] = values if isinstance(values, dict) else {}

    def text(self, name: str) -> str:
        """The text as it came: not cleaned, of any length."""
        return self._of(name, str) or ""

    def line(self, name: str, longest: int = html.LONGEST_TITLE) -> str:
        return html.line(self.text(name), longest)

    def number(self, name: str) -> int | None:
        value = self._of(name, int)
        return None if isinstance(value, bool) else value

    def rows(self, name: str) -> list[Any] | None:
        """The list under the name, whatever is in it."""
        return self._of(name, list)

    def true(self, name: str) -> bool:
        return bool(self._of(name, bool))

    def given(self, name: str) -> bool:
        """Whether there is something under the name, of whatever kind."""
        return self._values.get(name) not in (None, "", False)

    def has(self, name: str) -> bool:
        """Whether there is an object of the name with anything in it."""
        return bool(self._of(name, dict))

    def inner(self, name: str) -> Record:
        return Record(self._of(name, dict), self._at(name), self._unread)

    def each(self, name: str) -> Iterator[Record]:
        """The objects of the list."""
        for number, one in enumerate(self._of(name, list) or ()):
            place = f"{self._at(name)}[{number}]"
            if isinstance(one, dict):
                yield Record(one, place, self._unread)
            else:
                self._unread[place] = None

    def read(self, name: str, reader: Callable[[str], Value]) -> Value | None:
        """What the reader makes of the text: a false value where it is not of the reader's form."""
        text = self.text(name)
        return self._read(text, self._at(name), reader) if text else None

    def read_each(self, name: str, reader: Callable[[str], Value]) -> list[Value]:
        """What the reader makes of every text in the list, without those that are not of its form."""
        places = ((one, f"{self._at(name)}[{number}]") for number, one in enumerate(self._of(name, list) or ()))
        return [value for one, place in places if (value := self._read(one, place, reader))]

    def unread(self) -> str:
        """The places of this document that could not be read so far, one to a line, the first of them."""
        more = len(self._unread) - MOST_UNREAD
        return "\n".join([*islice(self._unread, MOST_UNREAD), *([f"… +{more}"] if more > 0 else [])])

    def _of(self, name: str, kind: type[Value]) -> Value | None:
        value = self._values.get(name)
        if value is None or isinstance(value, kind):
            return value
        self._unread[self._at(name)] = None
        return None

    def _at(self, name: str) -> str:
        return f"{self.place}.{name}" if self.place else name

    def _read(self, text: Any, place: str, reader: Callable[[str], Value]) -> Value | None:
        value = reader(text) if isinstance(text, str) else None
        if not value:
            self._unread[place] = None
        return value


def take(
    rows: list[Any], place: str | None, limit: int, read: Callable[[Record], RawEntry | Refusal]
) -> tuple[tuple[RawEntry, ...], tuple[Refusal, ...]]:
    """The entries of a document's records, each guid once, and its refusals.

    `place`: where the list stands ("" where it is the document); None where the document is its only record.

    Raises CollectError(refused=True) on more than `limit` records.
    """
    if len(rows) > limit:
        raise CollectError(TOO_MANY, refused=True, count=len(rows), limit=limit)
    entries: dict[str, RawEntry] = {}
    refusals: list[Refusal] = []
    for number, row in enumerate(rows):
        at = "" if place is None else f"{place}[{number}]"
        one = read(Record(row, at)) if isinstance(row, dict) else Refusal("", NO_OBJECT, {"place": at})
        if isinstance(one, Refusal):
            refusals.append(one)
            continue
        former = entries.get(one.guid)
        if former and former.content_hash != one.content_hash:
            refusals.append(Refusal(one.guid, TWICE, {"id": one.guid}))
        if not former or _stamp(one) > _stamp(former):
            entries[one.guid] = one
    return tuple(entries.values()), tuple(refusals)


def _stamp(entry: RawEntry) -> str:
    return entry.updated.isoformat() if entry.updated else ""
