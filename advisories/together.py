"""Two pages that hold one draft: two tabs, the Back button, a page that was kept while the sign-in ended.

Each sends with what is typed what it was given, by field. So what a page did not change stays as it is stored, and what
two of them changed is not overwritten: what is stored stays, and what was typed stays in its page until they have seen
both. What a page wrote itself it may write again, however many of its answers got lost on the way.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db import transaction

from advisories import reporting
from advisories.models import Notified, Report
from advisories.reporting import Changes, Told
from members import chance, reports
from members.models import Item, Person

FIELDS = tuple(Changes.__annotations__)
TOLD = "told-"
LONGEST = 12  # characters of a page's name


class Given(NamedTuple):
    """A page's own name, and a stamp of each field as the page showed it: `stored`, or `stored/typed` where it showed
    both, since both were changed."""

    page: str = ""
    stamps: Mapping[str, str] = {}

    def __str__(self) -> str:
        return " ".join([self.page, *(f"{name}:{one}" for name, one in sorted(self.stamps.items()))])


class Kept(NamedTuple):
    """The report as it is stored now, and the names of what both changed: that is not saved. `seen`: of those, what
    their page showed both of, and nobody has touched there since."""

    report: Report
    clashing: frozenset[str]
    seen: frozenset[str] = frozenset()


def given(stored: Mapping[str, Any], page: str = "") -> Given:
    return Given(page or chance.code(LONGEST), {name: stamp(value) for name, value in stored.items()})


def read(text: str) -> Given:
    """What a page sent back of it; of one that sends nothing, everything counts as changed."""
    page, *rest = text.split(" ")
    if not (page.isascii() and page.isalnum()):
        return Given()
    return Given(page[:LONGEST], dict(one.partition(":")[::2] for one in rest))


def stamp(value: Any) -> str:
    """The same for what reads the same: browsers end lines as they like, and a time is typed to the minute."""
    return hashlib.sha256(_plain(value).encode()).hexdigest()[:16]


def _plain(value: Any) -> str:
    if isinstance(value, Told):
        return "|".join(map(_plain, value)).strip("|")
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M")
    if isinstance(value, (list, tuple)):
        return json.dumps(sorted(list(one) for one in value)) if value else ""
    return "" if value is None else str(value).replace("\r\n", "\n").strip()


def typed(changes: Changes, told: Mapping[str, Told]) -> dict[str, Any]:
    """What was typed, under the names of what is stored."""
    return {**changes, **{f"{TOLD}{slug}": one for slug, one in told.items()}}


def stored(report: Report) -> dict[str, Any]:
    """What stands in each field, as a page shows it; of the statutory checklist where there is something."""
    told = {f"{TOLD}{one.body}": Told(one.done_at, one.reference) for one in Notified.objects.filter(report=report)}
    return {**{name: getattr(report, name) for name in FIELDS}, **told}


@transaction.atomic
def keep(
    person: Person, item: Item, at: datetime, page: Given, typed: Mapping[str, Any], *, typing: bool
) -> Kept:  # fmt: skip
    """Save what this page alone changed; where it showed both, what they then press a button for, and nothing by
    `typing` elsewhere. Raises Refused, as `reporting.save` and `tell` do."""
    item, _origin = reports.own(person, item, at)
    report = Report.rows.select_for_update(of=("self",)).get(item=item)
    there = stored(report)
    shown = {name for name in typed if typing and _untouched(page, name, typed[name], there.get(name))}
    asked = {name: value for name, value in typed.items() if name not in shown}
    fresh, clashing = _parted(page, asked, there, report.writers)
    if item.submitted_at is None:
        words: Any = {name: typed[name] for name in fresh if not name.startswith(TOLD)}
        report = reporting.save(person, item, at, **words)
    told = {name.removeprefix(TOLD): typed[name] for name in fresh if name.startswith(TOLD)}
    reporting.tell(person, item, at, told)
    if fresh:
        report.writers = {**report.writers, **dict.fromkeys(fresh, page.page)}
        report.save(update_fields=["writers"])
    return Kept(report, frozenset(clashing | shown), frozenset(shown))


def _untouched(page: Given, name: str, value: Any, stands: Any) -> bool:
    """Whether the page shows both, what is stored and this, and nobody has decided between them yet."""
    mine = stamp(value)
    return page.stamps.get(name, "").endswith(f"/{mine}") and mine != stamp(stands)


def _parted(
    page: Given, typed: Mapping[str, Any], there: Mapping[str, Any], writers: Mapping[str, str]
) -> tuple[set[str], set[str]]:
    """The names of what is to be saved, and of what both changed."""
    fresh, clashing = set(), set()
    for name, value in typed.items():
        mine, stands = stamp(value), stamp(there.get(name))
        was = page.stamps.get(name, stamp(None)).partition("/")[0]
        if mine == stands:
            continue
        if not page.page or writers.get(name) == page.page or stands == was:
            fresh.add(name)
        elif mine != was:
            clashing.add(name)
    return fresh, clashing
