"""What a vulnerability affects, in words that people use, and what CISA decided about it.

CVE records and NVD's pages share these shapes; `span` serves every kind that tells ranges of versions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from advisories.collect.text import html
from advisories.collect.text.record import Record

MOST_SPANS = 20  # ranges of one product in one line
LONGEST_NAME = 200
LONGEST_VERSION = 60
NOTHING = {"", "0", "*", "-", "n/a", "unspecified", "unknown", "0.0.0-0"}  # what stands where no version is meant
SSVC = {  # as CVE records and as NVD's pages call them
    "exploitation": ("Exploitation", "exploitation"),
    "automatable": ("Automatable", "automatable"),
    "technicalImpact": ("Technical Impact", "technicalImpact"),
}


def span(first: str, before: str = "", last: str = "", *, endless: bool = False) -> str:
    """Versions from `first` up to but without `before`, or up to `last`, in words; "" where no version is told."""
    endless = endless or "*" in (first, before, last)
    start, before, last = (_version(text) for text in (first, before, last))
    if before:
        return f"{start} before {before}".strip()
    if last:
        return f"{start} to {last}" if start else f"up to {last}"
    if endless:
        return f"{start} and later" if start else "all versions"
    return start


def product(vendor: str, name: str, spans: Iterable[str] = ()) -> str:
    """Vendor, product and versions; the vendor once (Cisco's "Cisco IOS" is not called "Cisco Cisco IOS")."""
    vendor, name = (
        "" if one.lower() in NOTHING else one
        for one in (html.line(vendor, LONGEST_NAME), html.line(name, LONGEST_NAME))
    )
    if name and f"{name} ".lower().startswith(f"{vendor} ".lower()):
        vendor = ""
    return " ".join(filter(None, [vendor, name, _some(spans)])) if vendor or name else ""


def affected(parts: Iterable[Record]) -> Iterator[tuple[Record, list[str]]]:
    """Those of a CVE record's `affected` that it does call affected, with their versions in words.

    It lists what is known not to be affected there, too.
    """
    for part in parts:
        default = part.text("defaultStatus").lower()
        versions = [(version.text("status").lower() or default, version) for version in part.each("versions")]
        if default == "affected":
            yield part, [_all_but([version for status, version in versions if status == "unaffected"])]
        elif hit := [_span(version) for status, version in versions if status == "affected"]:
            yield part, hit
        elif not versions and default != "unaffected":
            yield part, []


def products(parts: Iterable[Record]) -> list[str]:
    """The affected products of a CVE record, each once with its versions."""
    return lines(
        (part.text("vendor"), part.text("product") or part.text("packageName"), spans)
        for part, spans in affected(parts)
    )


def lines(parts: Iterable[tuple[str, str, Iterable[str]]]) -> list[str]:
    """Vendor, product and versions of several in words, each product once."""
    found: dict[tuple[str, str], list[str]] = {}
    for vendor, name, spans in parts:
        found.setdefault((vendor[:LONGEST_NAME], name[:LONGEST_NAME]), []).extend(spans)
    return [line for (vendor, name), spans in found.items() if (line := product(vendor, name, spans))]


def ssvc(options: Iterable[Record]) -> str:
    """CISA's decision points, one to a line: "exploitation: active"."""
    found: dict[str, str] = {}
    for option in options:
        for ours, theirs in SSVC.items():
            if value := "".join(option.line(name, 40) for name in theirs).lower():
                found[ours] = value
    return "\n".join(f"{name}: {found[name]}" for name in SSVC if name in found)


def english(texts: Iterable[Record]) -> str:
    """The values in English, a blank line between them; in whatever language where none is."""
    values = [(one.text("lang").lower(), one.text("value")[: html.LONGEST_SUMMARY]) for one in texts]
    chosen = [value for lang, value in values if lang.startswith("en") and value] or [value for _, value in values]
    return "\n\n".join(dict.fromkeys(chosen))[: html.LONGEST_SUMMARY]


def _version(text: str) -> str:
    short = html.line(text, LONGEST_VERSION)
    return "" if short.lower() in NOTHING else short


def _span(version: Record) -> str:
    if version.text("versionType") == "git":  # commits say nothing to people
        return ""
    return span(version.text("version"), version.text("lessThan"), version.text("lessThanOrEqual"))


def _all_but(safe: list[Record]) -> str:
    if len(safe) == 1 and safe[0].text("lessThan") == "*" and (first := _version(safe[0].text("version"))):
        return f"before {first}"
    words = _some(map(_span, safe))
    return f"all versions except {words}" if words else "all versions"


def _some(spans: Iterable[str]) -> str:
    versions = list(dict.fromkeys(one for one in spans if one))
    more = [f"… +{len(versions) - MOST_SPANS}"] if len(versions) > MOST_SPANS else []
    return ", ".join([*versions[:MOST_SPANS], *more])
