"""SPDX license expressions (SPDX annex "SPDX license expressions"), read without recursion."""

from __future__ import annotations

import re

LONGEST = 2_000
_WORD = re.compile(r"\s*([()]|[A-Za-z0-9.:+-]+)")
_ID = re.compile(r"[A-Za-z0-9.-]+")
_REFERENCE = re.compile(r"(?:license|addition|document)ref-", re.IGNORECASE)


def is_expression(text: str) -> bool:
    """Whether the text is an expression of ids, or of references to licences of one's own. SPDX may come to list any
    id, so which it lists is not asked; a document that one would have to find elsewhere is not referred to.
    """
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
    return _is_own(word, "LicenseRef-") or _is_id(word.removesuffix("+"))


def _is_addition(word: str) -> bool:
    return _is_own(word, "AdditionRef-") or _is_id(word)


def _is_own(word: str, kind: str) -> bool:
    return word.startswith(kind) and _ID.fullmatch(word.removeprefix(kind)) is not None


def _is_id(word: str) -> bool:
    return _ID.fullmatch(word) is not None and not _REFERENCE.match(word)
