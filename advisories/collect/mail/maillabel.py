"""The TLP label of a mail, from its subject and its text (TLP 2.0, "usage in messaging"; standards.md, section 2).

A mail that writes about a label is not marked with it. So in the subject every label counts; in the text, only a line
that is nothing but a label, and near the beginning and the end, where headers and footers stand, a label set off from
the words beside it or one that a sentence gives to "this" mail. The strictest of what counts is the label: the lists
of all labels that some bodies put below their mails make those RED.

CLEAR, which widens, counts only where a subject has it set off or a line begins with it, and not in what is quoted or
forwarded: that label is not of the words around it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from advisories.collect.text.markings import LABELS, label_in, strictest

HEADER = 2_000  # characters of a text where its header is looked for
FOOTER = 1_000
LONGEST_LINE = 200

_KNOWN = r"TLP[ :_-]{1,3}(?:CLEAR|WHITE|GREEN|AMBER|RED)(?:[ +_-]{0,3}STRICT)?(?![\w+])"
_MARK = rf"(?<!\w)(?:{_KNOWN}|TLP:[A-Z][\w+]*)"
_AROUND = " \t*_=#~|<>[](){}\"'.,;:!–—•-"
_ANYWHERE = re.compile(_MARK, re.IGNORECASE)
_ALONE = re.compile(rf"(?:[^:.!?]{{1,40}}:[ \t*_]*)?({_MARK})", re.IGNORECASE)
_FIRST = re.compile(rf"({_MARK})[ \t]*(?:[\]}}|*_:/.;(–—-]|$)", re.IGNORECASE)
_SET_OFF = re.compile(rf"(?:^|[:|\[({{*_–—-])[ \t]*({_MARK})", re.IGNORECASE)
_LAST = re.compile(rf"[:|\[({{*_–—-][ \t]*({_MARK})[\])}}|*_ \t]*$", re.IGNORECASE)
_SAID = re.compile(
    r"\b(?:this|these|treat|handle|share)\b([^.!?]{0,80}?)\b"
    rf"(?:is|are|as|be|been|was|were|marked|classified|labell?ed|designated|under)\s+[\"'(\[*]*({_MARK})",
    re.IGNORECASE,
)
_NOT = re.compile(r"\b(?:not|never|no longer)\b|n['’]t\b", re.IGNORECASE)


def label(subjects: Iterable[str], texts: Iterable[str], forwarded: Iterable[str] = ()) -> str | None:
    """The strictest label that the mail is marked with; None where it is not. Line ends of texts are \\n.

    `forwarded`: subjects and texts of the mails inside it. A label that TLP does not know ("TLP:ORANGE") is RED where
    a known one would count.
    """
    inner = (_narrowing(found) for text in forwarded for found in _in_text(text))
    return strictest([*_in_subjects(subjects), *(found for text in texts for found in _in_text(text)), *inner])


def _in_subjects(subjects: Iterable[str]) -> Iterator[str | None]:
    for subject in subjects:
        yield from (_narrowing(_named(found)) for found in _ANYWHERE.findall(subject))
        yield from (_named(found) for found in _SET_OFF.findall(subject))


def _in_text(text: str) -> Iterator[str | None]:
    for line in text.split("\n"):
        if (short := line.strip(_AROUND)) and len(short) <= LONGEST_LINE and (found := _ALONE.fullmatch(short)):
            yield _unquoted(line, _named(found[1]))
    zones = (text,) if len(text) <= HEADER + FOOTER else (text[:HEADER], text[len(text) - FOOTER :])
    for zone in zones:
        yield from _set_off(zone)
        for between, mark in _SAID.findall(" ".join(zone.split())):
            yield None if _NOT.search(between) else _narrowing(_named(mark))


def _set_off(zone: str) -> Iterator[str | None]:
    for line in zone.split("\n"):
        if found := _FIRST.match(line.lstrip(_AROUND)[:LONGEST_LINE]):
            yield _unquoted(line, _named(found[1]))
        if found := _LAST.search(line[-LONGEST_LINE:]):
            yield _narrowing(_named(found[1]))


def _named(mark: str) -> str | None:
    """The label; RED for a word that is none, None for one that would widen and is written wrongly."""
    return label_in(mark) if re.fullmatch(_KNOWN, mark, re.IGNORECASE) else LABELS[-1]


def _unquoted(line: str, found: str | None) -> str | None:
    return _narrowing(found) if line.lstrip().startswith(">") else found


def _narrowing(found: str | None) -> str | None:
    return None if found == LABELS[0] else found
