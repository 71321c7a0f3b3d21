"""What documents on vulnerabilities say in forms of their own: CVSS, CWE, CPE and package URLs. Runs in the worker.

Each reader takes one text and gives it back where it is of the form, else "". Lists become one fact with `listed`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache

from cvss import CVSS2, CVSS3, CVSS4, CVSSError
from packageurl import PackageURL

from advisories.collect.text import html

MOST = 3_000  # lines of one fact; the longest list of CPE names seen in a CVE record has 2,458
LONGEST = 200_000  # characters of one fact
LONGEST_ITEM = 1_000
LONGEST_VECTOR = 400  # every metric of version 4.0 written out takes 230

# Package types by ecosystem, as OSV and as GitHub's REST interface call it. Only those whose names map without doubt:
# distributions are left out, since a package URL has to say whether it means the source package.
PACKAGE_TYPES = {
    "crates.io": "cargo", "go": "golang", "hackage": "hackage", "hex": "hex", "maven": "maven", "npm": "npm",
    "nuget": "nuget", "packagist": "composer", "pub": "pub", "pypi": "pypi", "rubygems": "gem", "swifturl": "swift",
    "composer": "composer", "erlang": "hex", "pip": "pypi", "rust": "cargo",
}  # fmt: skip

_CWE = re.compile(r"(?<![A-Za-z0-9-])CWE-0*([1-9][0-9]{0,5})(?!\d)", re.IGNORECASE)
# NISTIR 7695: 6.2.3 (formatted string) and 6.1.3 (URI). The next character always tells the branch: no backtracking.
_CPE_23 = re.compile(r"cpe:2\.3:[aho*-](?::(?:\*|(?:\*|\?+)?(?:[\w.-]|\\[!-/:-@\[-`{-~])+(?:\*|\?+)?)){10}", re.ASCII)
_CPE_22 = re.compile(r"cpe:/[aho]?(?::[\w.~%-]*){0,6}", re.ASCII | re.IGNORECASE)
_PURL = re.compile(r"pkg:[!-~]+")


def listed(items: Iterable[str]) -> str:
    """A fact that is a list: one to a line, each once, in order. What the caps keep out is counted on a last line."""
    unique = list(dict.fromkeys(line for item in items if (line := html.line(item, LONGEST_ITEM))))
    kept, length = [], 0
    for line in unique[:MOST]:
        length += len(line) + 1
        if length > LONGEST:
            break
        kept.append(line)
    return "\n".join([*kept, f"… +{len(unique) - len(kept)}"] if len(kept) < len(unique) else kept)


def vector(text: str) -> str:
    """The text where it is one CVSS vector of version 2, 3.0, 3.1 or 4.0, as written."""
    bare = text[: LONGEST_VECTOR + 1].strip()
    return bare if _score(bare) else ""


def vectors(*texts: str) -> tuple[str, ...]:
    """Those of the texts that are CVSS vectors, once each, in order."""
    return tuple(dict.fromkeys(found for text in texts if (found := vector(text))))


def worst(vectors: Iterable[str]) -> tuple[Decimal, str] | None:
    """The highest base score among the vectors and its version ("2.0" to "4.0"), the newer of two that are alike."""
    return max((score for one in vectors if (score := _score(one.strip()))), default=None)


@lru_cache(maxsize=4_096)
def _score(text: str) -> tuple[Decimal, str] | None:
    if len(text) > LONGEST_VECTOR:
        return None
    prefix = text[:9]
    reader = {"CVSS:4.0/": CVSS4, "CVSS:3.1/": CVSS3, "CVSS:3.0/": CVSS3}.get(prefix, CVSS2)
    try:
        return Decimal(str(reader(text).scores()[0])), "2.0" if reader is CVSS2 else prefix[5:8]
    except (CVSSError, LookupError, ValueError, ArithmeticError):
        return None


def cwe(text: str) -> str:
    """The first CWE id in the text ("CWE-79: …"), without leading zeros."""
    found = _CWE.search(text[:LONGEST_ITEM])
    return f"CWE-{found[1]}" if found else ""


def cwes(*texts: str) -> tuple[str, ...]:
    """Every CWE id in the texts: upper case, sorted, unique."""
    return tuple(sorted({f"CWE-{number}" for text in texts for number in _CWE.findall(text[:LONGEST])}))


def cpe(text: str) -> str:
    """The text where it is a CPE name: a formatted string of version 2.3 or a URI of 2.2."""
    return _whole(text, _CPE_23) or _whole(text, _CPE_22)


def purl(text: str) -> str:
    """The text where it is a package URL, as written."""
    try:
        PackageURL.from_string(whole := _whole(text, _PURL))
    except ValueError:
        return ""
    return whole


def package_url(ecosystem: str, name: str) -> str:
    """The package URL of a package of an ecosystem ("PyPI", "npm", GitHub's "pip"); "" where it is not certain."""
    kind = PACKAGE_TYPES.get(ecosystem[:40].lower(), "")
    parts = html.line(name, LONGEST_ITEM).rpartition(":" if kind == "maven" else "/")
    if not kind or (kind == "maven" and not parts[0]):
        return ""
    try:
        return PackageURL(kind, parts[0], parts[2]).to_string()
    except ValueError:
        return ""


def _whole(text: str, form: re.Pattern[str]) -> str:
    bare = text[: LONGEST_ITEM + 1].strip()
    return bare if len(bare) <= LONGEST_ITEM and form.fullmatch(bare) else ""
