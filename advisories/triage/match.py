"""Which entries tell the same story? Pure: keys of an entry, and groups of those that share one.

A key is a CVE, an address, a title on its day, or a sketch of a text (near.py). A roundup of many CVEs is no story of
any one of them, and two vulnerabilities of one product are two stories although their titles are alike.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl, urlencode, urlsplit

from advisories.collect.base import RawEntry
from advisories.triage import near

MOST_CVES = 5  # an entry that names more is a roundup
MOST_AT_ONE_ADDRESS = 5  # entries of one document; more, and the address is that of a list
SHORTEST_TITLE = 16  # characters; "Weekly summary" tells nothing apart
LONGEST_KEY = 200
HAND, APART = "hand:", "apart:"  # given by a person, and inherited by the later texts of the same id

_TRACKING = re.compile(r"utm_|mc_[ce]id|(?:fb|g|y|ms)clid$|ref$|ref_src$|source$|cmpid$|at_medium|at_campaign|hsa_|_hs")
_NO_WORD = re.compile(r"[\W_]+")


def keys(entry: RawEntry) -> frozenset[str]:
    """What tells the story of `entry` from others: `cve:…`, `url:…`, `title:…`, `near:…`; each at most 200 long."""
    told = {f"cve:{cve}" for cve in entry.cves} if len(entry.cves) <= MOST_CVES else set()
    if not told and (day := entry.published or entry.updated):
        told |= _title(entry.title, day)
    told |= near.keys(entry)
    return frozenset(map(_fitting, told | _address(entry.url)))


def sought(key: str) -> tuple[str, ...]:
    """The keys by which the story of `key` is found: itself, and where it is of a week those of the weeks beside it."""
    return (key, *near.beside(key)) if key.startswith(near.KIND) else (key,)


def kept(own: frozenset[str], decided: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
    """The keys by which a later text joins others, and those that only find it: `decided` are the keys that a person
    gave to the earlier text (`hand:…`, `apart:…`). What was set apart joins nothing by itself.
    """
    if any(key.startswith(APART) for key in decided):
        return decided, own
    return own | decided, frozenset()


def keys_of_document(entries: Sequence[RawEntry]) -> list[frozenset[str]]:
    """The keys of each entry, without addresses that so many share that they are the address of a list."""
    found = [keys(entry) for entry in entries]
    counted = Counter(key for one in found for key in one if key.startswith("url:"))
    common = {key for key, count in counted.items() if count > MOST_AT_ONE_ADDRESS}
    return [one - common for one in found]


def _title(title: str, day: datetime) -> set[str]:
    words = _NO_WORD.sub(" ", unicodedata.normalize("NFKC", title).casefold()).strip()
    return {f"title:{day:%Y-%m-%d}:{words}"} if len(words) >= SHORTEST_TITLE else set()


def _address(url: str) -> set[str]:
    """An address without what differs from reader to reader; none where it is only a site's front page."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return set()
    host = (parts.netloc or "").lower().removeprefix("www.")
    query = urlencode([(name, value) for name, value in parse_qsl(parts.query, True) if not _TRACKING.match(name)])
    path = parts.path.rstrip("/")
    if not host or not (path or query):
        return set()
    return {f"url:{host}{path}" + (f"?{query}" if query else "")}


def _fitting(key: str) -> str:
    if len(key) <= LONGEST_KEY:
        return key
    kind = key.partition(":")[0]
    return f"{kind}:sha256:{hashlib.sha256(key.encode()).hexdigest()}"


@dataclass(frozen=True, slots=True)
class Group:
    """Entries (by their place in what was asked) and stories that lie together."""

    members: tuple[int, ...]
    stories: tuple[int, ...]  # the oldest first


def groups(told: Sequence[frozenset[str]], known: Mapping[str, Iterable[int]]) -> list[Group]:
    """Join entries that share a key with one another, or with a story of `known` (key to stories).

    In the order of each group's first entry. The same answer whatever the order of keys.
    """
    forest = _Forest(len(told))
    held: dict[str, list[int]] = defaultdict(list)
    for place, own in enumerate(told):
        for key in own:
            held[key].append(place)
    story_at: dict[int, int] = {}  # a story takes part through one of the entries that met it
    for key, places in held.items():
        for other in sought(key):
            forest.join([places[0], *held.get(other, ())])
            for story in known.get(other, ()):
                forest.join([story_at.setdefault(story, places[0]), places[0]])
    members: dict[int, list[int]] = defaultdict(list)
    for place in range(len(told)):
        members[forest.root(place)].append(place)
    stories: dict[int, set[int]] = defaultdict(set)
    for story, place in story_at.items():
        stories[forest.root(place)].add(story)
    return [Group(tuple(own), tuple(sorted(stories[root]))) for root, own in members.items()]


class _Forest:
    """Union and find."""

    def __init__(self, size: int) -> None:
        self._above = list(range(size))

    def root(self, place: int) -> int:
        while self._above[place] != place:
            self._above[place] = self._above[self._above[place]]
            place = self._above[place]
        return place

    def join(self, places: Sequence[int]) -> None:
        first = self.root(places[0])
        for place in places[1:]:
            other = self.root(place)
            first, other = min(first, other), max(first, other)
            self._above[other] = first
