"""What is new in a document, beside what its source said before. Pure.

An entry's identity is source + id + content hash. What came RED and what did not are two tellings: neither takes
the other's place, since not everyone who reads the one may know of the other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from advisories.collect.base import Parsed, RawEntry, Refusal, gettext_noop
from members import tlp

OWNED = gettext_noop("%(id)s belongs to %(owner)s; the version of it by %(other)s was not taken.")
NOBODY = gettext_noop("nobody")
OLDER = gettext_noop("%(id)s is of %(at)s, older than what this source has said of it already (%(before)s).")


class Known(NamedTuple):
    """One entry that the hub has: `current` until its source says it otherwise, `gone` when a catalogue drops it.

    `updated` and `owner` are read for kinds whose objects have versions and owners, and are empty for others.
    """

    pk: int
    guid: str
    content_hash: str
    story: int
    marking: str
    current: bool
    gone: bool
    updated: datetime | None = None
    owner: str = ""

    @property
    def red(self) -> bool:
        return self.marking == tlp.RED


@dataclass(frozen=True, slots=True)
class Fresh:
    """An entry to be inserted, under which label, and the telling that it follows."""

    raw: RawEntry
    marking: str
    former: Known | None = None


@dataclass(slots=True)
class Changes:
    """`revived`: an earlier text that holds again. Lists of ids except `fresh`; numbers as a fetch counts them."""

    fresh: list[Fresh] = field(default_factory=list)
    revived: list[int] = field(default_factory=list)
    superseded: list[int] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    same: int = 0
    flooded: bool = False  # so much is new that it is one card

    @property
    def nothing(self) -> bool:
        return not (self.fresh or self.revived or self.superseded or self.gone)

    @property
    def new(self) -> int:
        return sum(1 for one in self.fresh if one.former is None)

    @property
    def changed(self) -> int:
        return len(self.fresh) - self.new + len(self.revived)


def compare(parsed: Parsed, known: Iterable[Known], default_label: str, *, versioned: bool = False) -> Changes:
    """What `parsed` changes in `known` (every entry of the source under the ids that `parsed` has, or all).

    `default_label`: for what comes unmarked; "" is AMBER+STRICT. A text that was marked and comes unmarked keeps
    the label, where that is the stricter one. `versioned`: its objects have an owner, who alone gives new versions,
    and an older version never takes the place of a newer one (STIX 2.1 section 3.6, CSAF 2.0 section 9.1).
    """
    by_guid: dict[str, list[Known]] = defaultdict(list)
    for row in known:
        by_guid[row.guid].append(row)
    changes = Changes()
    for raw in parsed.entries:
        if versioned and (refusal := _unfit(raw, by_guid[raw.guid])):
            changes.refused.append(refusal)
        else:
            _compare_one(changes, raw, by_guid[raw.guid], default_label or tlp.STRICT)
    if parsed.complete:
        listed = {raw.guid for raw in parsed.entries} | {refusal.guid for refusal in parsed.refusals}
        changes.gone = [
            row.pk
            for guid, rows in by_guid.items()
            if guid not in listed
            for row in rows
            if row.current and not row.gone
        ]
    return changes


def _unfit(raw: RawEntry, told: list[Known]) -> Refusal | None:
    """Why `raw` is no later version of what was `told` under its id; None where it is, or is the first."""
    for former in (row for row in told if row.current):
        owner, other = former.owner, raw.facts.get("owner", "")
        if owner != other:
            return Refusal(raw.guid, OWNED, {"id": raw.guid, "owner": owner or NOBODY, "other": other or NOBODY})
        if former.updated and (raw.updated is None or raw.updated < former.updated):
            at = raw.updated.isoformat() if raw.updated else "?"
            return Refusal(raw.guid, OLDER, {"id": raw.guid, "at": at, "before": former.updated.isoformat()})
    return None


def _compare_one(changes: Changes, raw: RawEntry, told: list[Known], default_label: str) -> None:
    match = next((row for row in told if row.content_hash == raw.content_hash), None)
    if match is not None and match.current and not match.gone:
        changes.same += 1
        return
    marking = match.marking if match else _marking(raw, told, default_label)
    former = [row for row in told if row.current and row.red == (marking == tlp.RED)]
    changes.superseded += [row.pk for row in former if row is not match]
    if match is not None:
        changes.revived.append(match.pk)
    else:
        before = former or [row for row in told if row.red == (marking == tlp.RED)]
        changes.fresh.append(Fresh(raw, marking, before[-1] if before else None))


def _marking(raw: RawEntry, told: list[Known], default_label: str) -> str:
    if raw.label:
        return raw.label
    return tlp.strictest([default_label, *(row.marking for row in told if row.current)])
