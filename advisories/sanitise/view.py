"""A text as its reader sees it, with the way back: every character knows where it stood in the original.

`plain`: coded characters read (&#66; &amp; %41), what can't be seen left out (zero width, soft hyphens, combining
marks), compatibility forms and look-alike letters made Latin; case and separators kept. `squeezed`: letters and digits
of that alone, in one case, in which "B i r m i n g h a m", "Birming-ham" and "birmingham" are the same.
"""

from __future__ import annotations

import html
import re
import unicodedata
from array import array
from functools import cache
from typing import NamedTuple

_CODED = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});|%[2-7][0-9a-fA-F]")
_ALIKE = str.maketrans(
    "АВЕЅІЈКМНОРСТХУаеіјорсухѕһԁԛԝ" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαικνορτυχ" + "ıƖɡ" + "‐‒–—―−’‘ʼ‛“”。․",
    "ABESIJKMHOPCTXYaeijopcyxshdqw" + "ABEZHIKMNOPTYXaikvoptux" + "iIg" + "------''''\"\"..",
)
_UNSEEN = {"Cc", "Cf", "Mn", "Me"}


class View(NamedTuple):
    text: str
    plain: str
    low: str  # `plain` in small letters, of the same length
    starts: array[int]  # of each character of `plain`, in the original
    ends: array[int]
    squeezed: str
    at: array[int]  # of each character of `squeezed`, in `plain`

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Where plain[start:end] stood, with the marks that hang on its last letter."""
        stop = self.ends[end - 1]
        while stop < len(self.text) and unicodedata.category(self.text[stop]) in {"Mn", "Me"}:
            stop += 1
        return self.starts[start], stop


def view(text: str) -> View:
    plain: list[str] = []
    starts, ends, at = array("L"), array("L"), array("L")
    squeezed: list[str] = []
    position = 0
    for coded in _CODED.finditer(text):
        _add(text[position : coded.start()], position, 1, plain, starts, ends, squeezed, at)
        _add(_decoded(coded[0]), coded.start(), 0, plain, starts, ends, squeezed, at, coded.end())
        position = coded.end()
    _add(text[position:], position, 1, plain, starts, ends, squeezed, at)
    shown = "".join(plain)
    return View(text, shown, _small(shown), starts, ends, "".join(squeezed), at)


def _small(plain: str) -> str:
    small = plain.lower()
    return small if len(small) == len(plain) else "".join(char.lower()[0] for char in plain)


def squeezed(text: str) -> str:
    """As names are looked for."""
    return view(text).squeezed


def _decoded(coded: str) -> str:
    return chr(int(coded[1:], 16)) if coded[0] == "%" else html.unescape(coded)


def _add(
    piece: str,
    position: int,
    step: int,
    plain: list[str],
    starts: array[int],
    ends: array[int],
    squeezed: list[str],
    at: array[int],
    end: int = 0,
) -> None:
    """`step` is 0 where all of the piece stands for one thing, from `position` to `end`."""
    for char in piece:
        for shown, bare in _read(char):
            for letter in bare:
                squeezed.append(letter)
                at.append(len(plain))
            plain.append(shown)
            starts.append(position)
            ends.append(end or position + 1)
        position += step


@cache
def _read(char: str) -> tuple[tuple[str, str], ...]:
    """What a character is read as: as it is shown, and as letters and digits of one case."""
    if char in "\n\r\t\x0b\x0c\x85\u2028\u2029":
        return (("\n" if char not in "\t\x0b" else " ", ""),)
    return tuple((shown, _bare(shown)) for shown in _shown(char))


def _shown(char: str) -> str:
    even = unicodedata.normalize("NFKC", char.translate(_ALIKE)).translate(_ALIKE)
    seen = (one for one in even if unicodedata.category(one) not in _UNSEEN)
    return "".join(" " if one.isspace() else one for one in seen)


def _bare(char: str) -> str:
    apart = unicodedata.normalize("NFKD", char.casefold())
    kept = (one for one in apart.translate(_ALIKE) if one.isalnum())
    return "".join(kept)
