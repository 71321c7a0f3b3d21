"""F12: 100,000 pasted indicators, beside iocextract and ioc-finder.

Lines as people paste them: plain, made harmless, in a sentence, a list, a CSV row, JSON. iocextract is asked for what
the hub reads alone (no phone numbers, no YARA), with its refanging; ioc-finder for the same kinds, with its own
refanging on, as it is by default. Both read a hundredth: iocextract takes five minutes for 10,000 of these lines, and
grows by more than their number. The second line of each says how many of the indicators that stand there it gave in
their plain form: iocextract looks for no domain that is not made harmless.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain
from random import Random
from statistics import median
from sys import stderr
from time import perf_counter
from typing import NoReturn

import iocextract
from ioc_finder import find_iocs
from tqdm import tqdm

from advisories.indicators import MOST_FOUND, defanged, parse
from benchmarks.measure import Figure, emit
from benchmarks.texts import SYLLABLES

COUNT, PART = MOST_FOUND, 1_000
PEER, OTHER = f"iocextract, of {PART:,} lines", f"ioc-finder, of {PART:,} lines"
ROUNDS = 3
KINDS = ["urls", "ipv4s", "ipv6s", "domains", "email_addresses", "md5s", "sha1s", "sha256s", "cves"]
AROUND = ["{}", "- {}", "* `{}`", "seen at {} on Monday.", '"{}",malware,high', '{{"value": "{}", "n": 1}}', "<{}>;"]


def indicators(count: int) -> Iterator[str]:
    r = Random(12)
    for number in range(count):
        name = f"{''.join(r.choices(SYLLABLES, k=3))}{number}.{r.choice(('com', 'net', 'co.uk', 'example'))}"
        digest = hashlib.sha256(name.encode()).hexdigest()
        yield (
            f"https://{name}/{digest[:8]}/login?id={number}",
            f"{20 + number % 80}.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}",
            name,
            f"billing@{name}",
            digest,
            digest[:32],
        )[number % 6]


def pasted(said: list[str]) -> str:
    r = Random(13)
    return "\r\n".join(r.choice(AROUND).format(defanged(one) if r.random() < 0.6 else one) for one in said)


def by_iocextract(text: str) -> set[str]:
    return set(
        chain(
            iocextract.extract_urls(text, refang=True, strip=True),
            iocextract.extract_ips(text, refang=True),
            iocextract.extract_emails(text, refang=True),
            iocextract.extract_hashes(text),
        )
    )


def by_ioc_finder(text: str) -> set[str]:
    return set(chain.from_iterable(find_iocs(text, included_ioc_types=KINDS).values()))


def by_us(text: str, bar: tqdm[NoReturn]) -> set[str]:
    bar.reset(total=len(text))
    return {one.value for one in parse(text, lambda done, _all: bar.update(done - bar.n))}


def timed(name: str, way: Callable[[], set[str]]) -> tuple[float, set[str]]:
    """Median seconds, and what it gave."""
    taken = []
    for _round in tqdm(range(ROUNDS), desc=name, unit=" rounds", disable=None, file=stderr, leave=False):
        begun = perf_counter()
        given = way()
        taken.append(perf_counter() - begun)
    return median(taken), given


def figures(said: list[str], part: list[str], bar: tqdm[NoReturn]) -> Iterator[Figure]:
    whole, little = pasted(said), pasted(part)
    ways: dict[str, tuple[Callable[[str], set[str]], str, list[str]]] = {
        PEER: (by_iocextract, little, part),
        OTHER: (by_ioc_finder, little, part),
        "ours, of the same lines": (partial(by_us, bar=bar), little, part),
        f"ours, of {COUNT:,} lines": (partial(by_us, bar=bar), whole, said),
    }
    speed = 0.0
    for name, (way, text, there) in ways.items():
        seconds, given = timed(name, partial(way, text))
        found = len(given & set(there)) / len(there) * 100
        rate = len(there) / seconds
        speed = speed or rate
        goal = ">=10" if name.startswith("ours") else ""
        yield Figure("F12 pasted indicators", "none", name, rate, rate / speed, goal, "/s")
        yield Figure("F12 of them found, in plain form", "none", name, found, 1.0, "", "%")


def main() -> None:
    said = list(indicators(COUNT))
    with tqdm(unit=" characters", unit_scale=True, desc="indicators", disable=None, file=stderr) as bar:
        emit([*figures(said, said[:PART], bar)])


if __name__ == "__main__":
    main()
