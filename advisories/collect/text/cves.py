"""CVE ids in running text."""

from __future__ import annotations

import re

_CVE = re.compile(r"(?<![A-Za-z0-9])CVE-([0-9]{4})-([0-9]{4,19})(?!\d)", re.IGNORECASE)
_FULLWIDTH = range(0xFF0D, 0xFF5B)  # hyphen, digits and letters, as Japanese texts have them
_PLAIN = {char: chr(char - 0xFEE0) for char in _FULLWIDTH} | dict.fromkeys(
    map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"), "-"
)


def cves_in(*texts: str) -> tuple[str, ...]:
    """Every CVE id in the texts: upper case, sorted, unique; typographic dashes count as hyphens, and what is
    written in fullwidth letters as what is not. Digits of other scripts are none."""
    return tuple(
        sorted({f"CVE-{year}-{number}" for text in texts for year, number in _CVE.findall(text.translate(_PLAIN))})
    )


def is_cve(text: str) -> bool:
    """Whether the text is one CVE id as the CVE programme writes it."""
    return re.fullmatch(r"CVE-(1999|2\d{3})-\d{4,19}", text, re.ASCII) is not None
