"""6.1.15, 6.1.23, 6.1.24, 6.1.28, 6.1.38–6.1.41, 6.1.54: languages, sharing, licence; CVEs and parties."""

from __future__ import annotations

from collections.abc import Iterator

from advisories.collect.base import gettext_noop
from advisories.collect.csaf.csafcheck import licence
from advisories.collect.csaf.csafcheck.finding import Finding, Test
from advisories.collect.csaf.csafcheck.history import instant
from advisories.collect.csaf.csafcheck.index import Index, Node, numbered

NIL = "00000000-0000-0000-0000-000000000000"
MAX = "ffffffff-ffff-ffff-ffff-ffffffffffff"
GROUP = "/document/distribution/sharing_group"
NAMES = {MAX: "Public", NIL: "No sharing allowed"}

NO_SOURCE = gettext_noop(
    "The CSAF document comes from a translator, but %(path)s does not say from which language (test %(test)s)."
)
SAME_LANGUAGE = gettext_noop("The CSAF document says that it was translated from its own language (test %(test)s).")
CVE_TWICE = gettext_noop("The CSAF document has %(cve)s a second time at %(path)s (test %(test)s).")
PARTY_TWICE = gettext_noop("%(path)s in the CSAF document has the same party on the same date again (test %(test)s).")
NOT_PUBLIC = gettext_noop(
    "The CSAF document is marked TLP:%(label)s, but %(path)s is the group of everybody (test %(test)s)."
)
PUBLIC = gettext_noop(
    "The CSAF document is marked TLP:CLEAR, but %(path)s is not the group of everybody (test %(test)s)."
)
NAME_TAKEN = gettext_noop("“%(name)s” at %(path)s in the CSAF document is kept for another group (test %(test)s).")
NAME_NEEDED = gettext_noop("%(path)s in the CSAF document has to be “%(name)s” (test %(test)s).")
NO_LICENCE = gettext_noop("“%(text)s” at %(path)s in the CSAF document is no SPDX expression (test %(test)s).")


def translator(index: Index) -> Iterator[Finding]:
    """A translator says from which language."""
    if index.document["publisher"]["category"] == "translator" and "source_lang" not in index.document:
        yield Finding("/document/source_lang", NO_SOURCE)


def unique_cve(index: Index) -> Iterator[Finding]:
    """No CVE has two vulnerabilities."""
    seen: set[str] = set()
    for path, one in index.vulnerabilities:
        cve = one.get("cve", "")
        if cve in seen:
            yield Finding(f"{path}/cve", CVE_TWICE, {"cve": cve})
        seen |= {cve} if cve else set()


def unique_involvement(index: Index) -> Iterator[Finding]:
    """Of one vulnerability, no party is involved twice on one date (in 2.1: for the same products)."""
    for path, one in index.vulnerabilities:
        seen: set[object] = set()
        for where, involved in numbered(f"{path}/involvements", one.get("involvements", ())):
            key = (
                (involved["party"], instant(involved["date"]), _scope(index, involved)) if "date" in involved else None
            )
            if key in seen:
                yield Finding(where, PARTY_TWICE)
            seen |= {key} if key else set()


def _scope(index: Index, involved: Node) -> frozenset[str]:
    return frozenset(index.products_of(involved)) if index.of_21 else frozenset()


def translation(index: Index) -> Iterator[Finding]:
    """The language translated from is another."""
    document = index.document
    if "lang" in document and document["lang"].lower() == document.get("source_lang", "").lower():
        yield Finding("/document/source_lang", SAME_LANGUAGE)


def _sharing(index: Index) -> tuple[str, str, str | None]:
    """TLP label, sharing group and its name; "" for the group where there is none."""
    distribution = index.document["distribution"]
    group = distribution.get("sharing_group", {})
    return distribution["tlp"]["label"], group.get("id", ""), group.get("name")


def restricted_group(index: Index) -> Iterator[Finding]:
    """The group of everybody (the Max UUID) goes with TLP:CLEAR only."""
    label, group, _ = _sharing(index)
    if label != "CLEAR" and group == MAX:
        yield Finding(f"{GROUP}/id", NOT_PUBLIC, {"label": label})


def public_group(index: Index) -> Iterator[Finding]:
    """TLP:CLEAR goes with no group but that of everybody; in a draft with that of nobody (the Nil UUID) too."""
    label, group, _ = _sharing(index)
    if label == "CLEAR" and group and group not in ((MAX, NIL) if index.history.draft else (MAX,)):
        yield Finding(f"{GROUP}/id", PUBLIC)


def group_name(index: Index) -> Iterator[Finding]:
    """The names of the groups of everybody and of nobody are theirs alone."""
    _, group, name = _sharing(index)
    if name in NAMES.values() and NAMES.get(group) != name:
        yield Finding(f"{GROUP}/name", NAME_TAKEN, {"name": str(name)})


def missing_group_name(index: Index) -> Iterator[Finding]:
    """The groups of everybody and of nobody have their names."""
    _, group, name = _sharing(index)
    if group in NAMES and name != NAMES[group]:
        yield Finding(f"{GROUP}/name", NAME_NEEDED, {"name": NAMES[group]})


def licence_expression(index: Index) -> Iterator[Finding]:
    """The licence is an SPDX expression."""
    text = index.document.get("license_expression")
    if text is not None and not licence.is_expression(text):
        yield Finding("/document/license_expression", NO_LICENCE, {"text": text})


TESTS: dict[str, Test] = {
    "6.1.15": translator,
    "6.1.23": unique_cve,
    "6.1.24": unique_involvement,
    "6.1.28": translation,
}
TESTS_21: dict[str, Test] = {
    "6.1.38": restricted_group,
    "6.1.39": public_group,
    "6.1.40": group_name,
    "6.1.41": missing_group_name,
    "6.1.54": licence_expression,
}
