"""6.1.11–6.1.13, 6.1.25, 6.1.42–6.1.44, 6.1.61: names that others give out: CWE, languages, package URLs, hashes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from packageurl import PackageURL

from advisories.collect.base import gettext_noop
from advisories.collect.csaf.csafcheck import facts, language
from advisories.collect.csaf.csafcheck.finding import Finding, Test
from advisories.collect.csaf.csafcheck.index import Index, Node, numbered

YET_TO_COME = 100  # CWE numbers past the highest that the list here has: MITRE gives out some twenty a year

NO_CWE = gettext_noop("%(id)s at %(path)s in the CSAF document is no weakness of the CWE list (test %(test)s).")
CWE_NAME = gettext_noop("%(path)s in the CSAF document is not the name of %(id)s in the CWE list (test %(test)s).")
NO_LANGUAGE = gettext_noop("“%(tag)s” at %(path)s in the CSAF document is no registered language (test %(test)s).")
NO_PURL = gettext_noop("“%(purl)s” at %(path)s in the CSAF document is no package URL (test %(test)s).")
SAME_HASH = gettext_noop("The CSAF document has, at %(path)s, two hashes by %(algorithm)s of one file (test %(test)s).")
OTHER_PACKAGE = gettext_noop(
    "“%(purl)s” at %(path)s in the CSAF document names another package than the one before it (test %(test)s)."
)
STARS = gettext_noop("%(path)s in the CSAF document has more than one star as a placeholder (test %(test)s).")


def cwe(index: Index) -> Iterator[Finding]:
    """The weakness exists, under that name: in 2.1 in the version of the list that is given, in 2.0 in any."""
    for path, one in _cwes(index):
        names = facts.weaknesses().get(one["id"].removeprefix("CWE-"))
        if names is None:
            # 2.0 does not say that categories and views are no weaknesses, so they pass: they have the numbers between.
            highest = max(map(int, facts.weaknesses()))
            number = int(one["id"].removeprefix("CWE-"))
            if number > highest + YET_TO_COME or (index.of_21 and number <= highest):
                yield Finding(f"{path}/id", NO_CWE, {"id": one["id"]})
        elif one["name"] not in _names(names, one["version"] if index.of_21 else ""):
            yield Finding(f"{path}/name", CWE_NAME, {"id": one["id"]})


def _cwes(index: Index) -> Iterator[tuple[str, Node]]:
    if index.of_21:
        return index.each("cwes")
    return ((f"{path}/cwe", one["cwe"]) for path, one in index.vulnerabilities if "cwe" in one)


def _names(names: dict[str, str | None], version: str) -> set[str | None]:
    """The name in a version of the list; all that there were where we do not have that version."""
    versions = facts.cwe_versions()
    if version not in versions:
        return {*names.values()}
    until = [names[one] for one in versions[: versions.index(version) + 1] if one in names]
    return {*until[-1:]}


def languages(index: Index) -> Iterator[Finding]:
    """The document's languages exist."""
    for key in ("lang", "source_lang"):
        tag = index.document.get(key)
        if tag is not None and not language.exists(tag):
            yield Finding(f"/document/{key}", NO_LANGUAGE, {"tag": tag})


def purl(index: Index) -> Iterator[Finding]:
    """Package URLs are well-formed."""
    return (Finding(path, NO_PURL, {"purl": text}) for path, text in _purls(index) if not _read(text))


def _purls(index: Index) -> Iterator[tuple[str, str]]:
    for path, helper in index.helpers:
        if index.of_21:
            yield from numbered(f"{path}/purls", helper.get("purls", ()))
        elif "purl" in helper:
            yield f"{path}/purl", helper["purl"]


def _read(text: str) -> PackageURL | None:
    try:
        return PackageURL.from_string(text)
    except ValueError:
        return None


def hash_algorithms(index: Index) -> Iterator[Finding]:
    """No file has two hashes by one algorithm."""
    for path, helper in index.helpers:
        for where, file in numbered(f"{path}/hashes", helper.get("hashes", ())):
            seen: set[str] = set()
            for place, one in numbered(f"{where}/file_hashes", file["file_hashes"]):
                if one["algorithm"] in seen:
                    yield Finding(place, SAME_HASH, {"algorithm": one["algorithm"]})
                seen.add(one["algorithm"])


def purl_qualifiers(index: Index) -> Iterator[Finding]:
    """The package URLs of one product differ in their qualifiers only."""
    for path, helper in index.helpers:
        packages = [(where, text, _read(text)) for where, text in numbered(f"{path}/purls", helper.get("purls", ()))]
        for where, text, package in packages[1:]:
            if package and packages[0][2] and package._replace(qualifiers={}) != packages[0][2]._replace(qualifiers={}):
                yield Finding(where, OTHER_PACKAGE, {"purl": text})


def model_stars(index: Index) -> Iterator[Finding]:
    """A model number has one star at most that is not escaped."""
    return _stars(index, "model_numbers")


def serial_stars(index: Index) -> Iterator[Finding]:
    """A serial number has one star at most that is not escaped."""
    return _stars(index, "serial_numbers")


def sku_stars(index: Index) -> Iterator[Finding]:
    """A stock keeping unit has one star at most that is not escaped."""
    return _stars(index, "skus")


def _stars(index: Index, key: str) -> Iterator[Finding]:
    for path, helper in index.helpers:
        for where, text in numbered(f"{path}/{key}", helper.get(key, ())):
            if re.sub(r"\\.", "", text, flags=re.DOTALL).count("*") > 1:
                yield Finding(where, STARS)


TESTS: dict[str, Test] = {"6.1.11": cwe, "6.1.12": languages, "6.1.13": purl, "6.1.25": hash_algorithms}
TESTS_21: dict[str, Test] = {
    "6.1.42": purl_qualifiers,
    "6.1.43": model_stars,
    "6.1.44": serial_stars,
    "6.1.61": sku_stars,
}
