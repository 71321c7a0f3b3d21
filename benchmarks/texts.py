"""Titles and texts for a hub that is measured: made-up words, some of them often and most of them seldom, as in a
language, and the words that the search is asked for."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import accumulate
from random import Random
from typing import NamedTuple

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
WORDS, LONG = 20_000, 60  # of the language; of a text
IN_TITLES, IN_TEXTS, AT_TIMES = "gateway", "credential", "invoice"  # each of two in a third; in one of fifty texts
RARE, RARE_ONES, ABSENT = "widgetron", 40, "nowhere"
SYLLABLES = [a + b for a in "bcdfglmnprstv" for b in ("a", "e", "i", "o", "u", "an", "er", "in", "or", "us")]


class Text(NamedTuple):
    title: str
    body: str


class Writer:
    """Writes the texts of `count` advisories, one after another."""

    def __init__(self, count: int) -> None:
        self.r = Random(3)
        self.count = count
        self.language = sorted({"".join(self.r.choices(SYLLABLES, k=self.r.randint(2, 5))) for _ in range(WORDS)})
        self.r.shuffle(self.language)
        self.often = list(accumulate(1 / (rank + 10) for rank in range(len(self.language))))

    def text(self, number: int) -> Text:
        title = self.r.choices(self.language, cum_weights=self.often, k=5)
        body = self.r.choices(self.language, cum_weights=self.often, k=LONG)
        if self.r.random() < 1 / 3:
            title[2] = self.r.choice((IN_TITLES, IN_TITLES, f"{IN_TITLES}s"))
        if self.r.random() < 1 / 3:
            body[LONG // 2] = self.r.choice((IN_TEXTS, IN_TEXTS, f"{IN_TEXTS}s"))
        if self.r.random() < 1 / 50:
            body[LONG // 3] = AT_TIMES
        if number % -(-self.count // RARE_ONES) == 0:
            title[4] = RARE
        return Text(" ".join(title).capitalize(), " ".join(body).capitalize() + ".")
