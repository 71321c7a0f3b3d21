"""Why entries lie in one story, in words: what they share. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from advisories.collect.words import gettext_noop
from advisories.triage.rank import Reason

MOST = 6
CVE = gettext_noop("%(count)d entries name %(what)s")
ADDRESS = gettext_noop("%(count)d entries lead to %(what)s")
TITLE = gettext_noop("%(count)d entries have the same title on the same day")
NEAR = gettext_noop("%(count)d entries have nearly the same text")
AT_ONCE = gettext_noop("%(count)d entries came at once")
BY_HAND = gettext_noop("Put together by hand")
SET_APART = gettext_noop("Set apart by hand")
WORDS = {
    "cve": CVE, "url": ADDRESS, "title": TITLE, "near": NEAR, "flood": AT_ONCE, "hand": BY_HAND, "apart": SET_APART,
}  # fmt: skip


def evidence(keys: Iterable[tuple[int, str]]) -> list[str]:
    """From (entry, key): each thing that two or more of them share, or that a person decided, once, the plainest kind
    first."""
    held: dict[str, set[int]] = defaultdict(set)
    for entry, key in keys:
        held[key].add(entry)
    told: dict[str, int] = {}
    for key, entries in sorted(held.items(), key=lambda one: (list(WORDS).index(one[0].partition(":")[0]), one[0])):
        kind, _, what = key.partition(":")
        if len(entries) > 1 or kind == "apart":
            named = what if kind in ("cve", "url") and not what.startswith("sha256:") else ""
            words = Reason(WORDS[kind], {"count": len(entries), "what": named}).words
            told[words] = len(entries)
    return list(told)[:MOST]
