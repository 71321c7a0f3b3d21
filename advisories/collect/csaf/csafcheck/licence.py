"""SPDX license expressions (SPDX annex "SPDX license expressions"), read without recursion."""

from __future__ import annotations

import re

from advisories.collect.csaf.csafcheck import facts

LONGEST = 2_000
_WORD = re.compile(r"\s*([()]|[A-Za-z0-9.:+-]+)")
_OWN_LICENCE = re.compile(r"(?:DocumentRef-[A-Za-z0-9.-]+:)?LicenseRef-[A-Za-z0-9.-]+", re.IGNORECASE)
_OWN_ADDITION = re.compile(r"(?:DocumentRef-[A-Za-z0-9.-]+:)?AdditionRef-[A-Za-z0-9.-]+", re.IGNORECASE)


def is_expression(text: str) -> bool:
    """Whether the text is an expression of ids that SPDX lists, or of references to licences of one's own."""
    wanted, depth = "licence", 0  # what the next word has to be
    for word in _words(text) or ("",):
        if wanted == "licence" and word == "(":
            depth += 1
        elif wanted == "licence" and _is_licence(word):
            wanted = "joint"
        elif wanted == "addition" and _is_addition(word):
            wanted = "end"
        elif wanted in ("joint", "end") and word == ")" and depth:
            depth, wanted = depth - 1, "end"
        elif wanted in ("joint", "end") and word.upper() in ("AND", "OR"):
            wanted = "licence"
        elif wanted == "joint" and word.upper() == "WITH":
            wanted = "addition"
        else:
            return False
    return wanted in ("joint", "end") and not depth


def _words(text: str) -> list[str]:
    """The words and brackets, or none where something else stands between them."""
    whole = text[: LONGEST + 1].rstrip()
    found = list(_WORD.finditer(whole))
    covered = sum(len(one[0]) for one in found) == len(whole) <= LONGEST
    return [one[1] for one in found] if covered else []


def _is_licence(word: str) -> bool:
    return word.lower().removesuffix("+") in facts.licences()[0] or _OWN_LICENCE.fullmatch(word) is not None


def _is_addition(word: str) -> bool:
    return word.lower() in facts.licences()[1] or _OWN_ADDITION.fullmatch(word) is not None
