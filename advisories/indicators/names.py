"""Host names: which are some, in ASCII and lower case, and which of them are nobody's or somebody's own."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import idna
import publicsuffixlist

LONGEST_NAME = 253  # RFC 1035 section 2.3.4
_EXAMPLES = {"example", "test", "invalid"}  # RFC 2606 and 6761
_EXAMPLE = re.compile(r"(?:^|\.)example\.(?:com|net|org)$")
_OWN = {"localhost", "local", "internal", "lan", "corp", "home", "intranet", "localdomain"}
_OTHERS = {"onion"}  # RFC 7686
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")


@cache
def endings() -> frozenset[str]:
    """Every top-level domain in ASCII, and the endings that no register gives out. From the list as a file in its
    package, in which nothing can be fetched: the list's own code is not run."""
    text = Path(publicsuffixlist.PSLFILE).read_text(encoding="utf-8").partition("===END ICANN DOMAINS===")[0]
    rules = (line.split()[0] for line in text.splitlines() if line.strip() and not line.startswith("//"))
    listed = {rule.rpartition(".")[2].lower() for rule in rules}
    return frozenset({host(one) for one in listed} - {""} | _EXAMPLES | _OWN | _OTHERS)


def host(name: str) -> str:
    """The name as the DNS has it; "" if none can have it."""
    name = name.rstrip(".").lower()
    if not name.isascii():
        try:
            name = idna.encode(name, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError):
            return ""
    fits = 0 < len(name) <= LONGEST_NAME and all(map(_LABEL.fullmatch, name.split(".")))
    return name if fits else ""


def domain(name: str) -> str:
    """The name in its one right form if it ends as domains do; else ""."""
    found = host(name)
    return found if "." in found and found.rpartition(".")[2] in endings() else ""


def is_internal(name: str) -> bool:
    last = name.rpartition(".")[2]
    return "." not in name or last in _OWN or name.endswith(".home.arpa")


def is_example(name: str) -> bool:
    return name.rpartition(".")[2] in _EXAMPLES or _EXAMPLE.search(name) is not None
