"""FIRST's EPSS: how probable it is that a CVE will be exploited within 30 days. Runs in the worker.

Shapes: the daily CSV, plain or gzip, with or without its comment line, and the answers of the API as JSON.
(standards.md §6; https://www.first.org/epss) The numbers stay decimal texts: no binary fraction comes in between, and
a score that is missing is not 0.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from advisories.collect.base import CollectError, Link, ParseContext, Parsed, Refusal, gettext_noop
from advisories.collect.text import html
from advisories.collect.text.cves import is_cve
from advisories.collect.vulnerabilities.epsstable import Row, Table, table

MOST_TOLD = 20  # refused rows that are told one by one
_PLAIN = re.compile(r"0(?:\.\d{1,20})?|1(?:\.0{1,20})?", re.ASCII)
_SCIENTIFIC = re.compile(r"\d(?:\.\d{1,20})?[eE]-\d{1,2}", re.ASCII)  # 7e-05: so stand small ones in some files

EMPTY = gettext_noop("The file of EPSS scores has no score that can be read.")
BAD_ID = gettext_noop("Row %(row)d: “%(id)s” is not a CVE id.")
NO_SCORE = gettext_noop("Row %(row)d: %(id)s has no score as text. That does not mean 0.")
BAD_SCORE = gettext_noop("Row %(row)d: %(id)s has “%(score)s”, which is not a decimal number from 0 to 1.")
TWICE = gettext_noop("Row %(row)d: %(id)s stands in the file before; the first was taken.")
OTHER_DAY = gettext_noop("Row %(row)d: %(id)s is of another day than the first row.")
MORE = gettext_noop("%(count)d more rows could not be taken either.")


@dataclass(frozen=True, slots=True)
class Scores:
    """`date`: the ISO day that the scores are of, `model`: the version of EPSS; "" where they are not said.

    `rows`: CVE id, probability, percentile ("" where there is none); the numbers are decimal texts from 0 to 1.
    """

    date: str
    model: str
    rows: tuple[tuple[str, str, str], ...]


def parse(body: bytes, context: ParseContext) -> Parsed:
    """No entries, but the scores, which rows were refused and why, and the link to the API's next page.

    Raises CollectError(refused=True) on a file without any scores; an answer of the API may have none.
    """
    document = table(body, context)
    (scores, refusals), further = _judged(document), document.further
    return Parsed(
        (),
        (*refusals, further) if isinstance(further, Refusal) else refusals,
        links=(further,) if isinstance(further, Link) else (),
        scores=scores.rows,
    )


def read(body: bytes, context: ParseContext) -> Scores:
    """The scores with their day and model; refusals as `parse` has them are left out."""
    return _judged(table(body, context))[0]


def _judged(document: Table) -> tuple[Scores, tuple[Refusal, ...]]:
    rows: dict[str, tuple[str, str, str]] = {}
    refusals: list[Refusal] = []
    refused = 0
    for row in document.rows:
        score = row if isinstance(row, Refusal) else _score(row, rows, document.date)
        if isinstance(score, Refusal):
            refused += 1
            refusals += [score] if refused <= MOST_TOLD else []
        else:
            rows[score[0]] = score
    if not rows and (refused or not document.may_be_empty):
        raise CollectError(EMPTY, refused=True)
    if refused > MOST_TOLD:
        refusals.append(Refusal("", MORE, {"count": refused - MOST_TOLD}))
    return Scores(document.date, document.model, tuple(rows.values())), tuple(refusals)


def _score(row: Row, taken: dict[str, tuple[str, str, str]], day: str) -> tuple[str, str, str] | Refusal:
    cve = row.cve.strip()
    if not is_cve(cve):
        return _refusal(BAD_ID, row)
    if cve in taken:
        return _refusal(TWICE, row)
    if day and row.day and row.day != day:
        return _refusal(OTHER_DAY, row)
    if not row.score.strip():
        return _refusal(NO_SCORE, row)
    score, percentile = decimal(row.score), decimal(row.percentile)
    if not score or (row.percentile.strip() and not percentile):
        return _refusal(BAD_SCORE, row, row.percentile if score else row.score)
    return cve, score, percentile


def decimal(text: str) -> str:
    """The text as a plain decimal number from 0 to 1, digit for digit; "" where it is none."""
    bare = text[:40].strip()
    if _PLAIN.fullmatch(bare):
        return bare
    if _SCIENTIFIC.fullmatch(bare) and Decimal(bare) <= 1:
        return format(Decimal(bare), "f")
    return ""


def _refusal(template: str, row: Row, score: str = "") -> Refusal:
    cve = html.line(row.cve, 40)
    more = {"score": html.line(score, 40)} if score else {}
    return Refusal(cve, template, {"row": row.number, "id": cve, **more})
