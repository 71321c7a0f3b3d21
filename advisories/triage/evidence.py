"""Why entries lie in one story, in words: what they share. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from advisories.triage import near
from advisories.triage.rank import Reason
from members.web.words import gettext_noop

MOST = 6
CVE = gettext_noop("%(count)d entries name %(what)s")
ADDRESS = gettext_noop("%(count)d entries lead to %(what)s")
TITLE = gettext_noop("%(count)d entries have the same title on the same day")
NEAR = gettext_noop("%(count)d entries have nearly the same text")
AT_ONCE = gettext_noop("%(count)d entries came at once")
BY_HAND = gettext_noop("Put together by hand: %(what)s, %(day)s")
SET_APART = gettext_noop("Set apart by hand: %(what)s, %(day)s")
WORDS = {
    "hand": BY_HAND, "apart": SET_APART,  # first: what a person decided is never cut off
    "cve": CVE, "url": ADDRESS, "title": TITLE, "near": NEAR, "flood": AT_ONCE,
}  # fmt: skip
BY_A_PERSON = ("hand", "apart")


def evidence(keys: Iterable[tuple[int, str]]) -> list[str]:
    """From (entry, key): what a person decided, then each thing that two or more share, the plainest kind first. Each
    once."""
    held: dict[str, set[int]] = defaultdict(set)
    for entry, key in keys:
        held[f"near:{near.of_any_week(key)}" if key.startswith(near.KIND) else key].add(entry)
    told: dict[str, int] = {}
    for key, entries in sorted(held.items(), key=lambda one: (list(WORDS).index(one[0].partition(":")[0]), one[0])):
        kind, _, what = key.partition(":")
        if len(entries) > 1 or kind in BY_A_PERSON:
            words = Reason(WORDS[kind], _named(kind, what) | {"count": len(entries)}).words
            told[words] = len(entries)
    return list(told)[:MOST]


def _named(kind: str, what: str) -> dict[str, str]:
    """What was shared, or who decided and on which day (byhand.py writes `code:day:name of the WARP`)."""
    if kind in BY_A_PERSON:
        _code, _, decided = what.partition(":")
        day, _, warp = decided.partition(":")
        return {"what": warp, "day": day}
    return {"what": what if kind in ("cve", "url") and not what.startswith("sha256:") else ""}
