"""What a test says of the first place that breaks it, and what the judge hands on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from advisories.collect.text import html
from members.web.words import Params, in_words

if TYPE_CHECKING:
    from advisories.collect.csaf.csafcheck.index import Index

LONGEST_WORD = 120  # characters of a text from the document, within a sentence
LONGEST_PATH = 1_000
NOTHING: Params = MappingProxyType({})


class Finding(NamedTuple):
    """`path`: JSON pointer of the place. `template` may name %(path)s and %(test)s besides its own `params`."""

    path: str
    template: str
    params: Params = NOTHING


Test = Callable[["Index"], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a document is not valid CSAF. `test`: number of the mandatory test ("6.1.8"), or "schema"."""

    path: str
    template: str
    params: Params
    test: str

    @classmethod
    def of(cls, test: str, found: Finding) -> Problem:
        """The finding with its texts made safe and short."""
        path = html.line(found.path or "/", LONGEST_PATH)
        told = {key: html.line(value, LONGEST_WORD) if isinstance(value, str) else value for key, value in
                found.params.items()}  # fmt: skip
        return cls(path, found.template, {**told, "path": path, "test": test}, test)

    @property
    def reason(self) -> str:
        """The sentence in the reader's language."""
        return in_words(self.template, self.params)
