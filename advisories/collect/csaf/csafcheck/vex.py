"""6.1.27.7–6.1.27.10: what a VEX document has to say of every vulnerability."""

from __future__ import annotations

from collections.abc import Iterator

from advisories.collect.base import gettext_noop
from advisories.collect.csaf.csafcheck.finding import Finding, Test
from advisories.collect.csaf.csafcheck.index import Index, Node, numbered
from advisories.collect.csaf.csafcheck.profiles import LACKS, LACKS_ONE, VEX, of_profile

STATUS = ("fixed", "known_affected", "known_not_affected", "under_investigation")

NO_IMPACT = gettext_noop(
    "The CSAF document does not say why the product “%(id)s” at %(path)s is not affected (test %(test)s)."
)
NO_ACTION = gettext_noop(
    "The CSAF document does not say what to do about the affected product “%(id)s” at %(path)s (test %(test)s)."
)


@of_profile(VEX)
def vex_status(index: Index, profile: str) -> Iterator[Finding]:
    """Every vulnerability has a product that is fixed, affected, not affected or under investigation."""
    for path, one in index.vulnerabilities:
        if not any(status in one.get("product_status", {}) for status in STATUS):
            yield Finding(f"{path}/product_status", LACKS_ONE, {"profile": profile, "wanted": " / ".join(STATUS)})


@of_profile(VEX)
def vulnerability_id(index: Index, profile: str) -> Iterator[Finding]:
    """Every vulnerability has a CVE or another id."""
    for path, one in index.vulnerabilities:
        if "cve" not in one and "ids" not in one:
            yield Finding(f"{path}/cve", LACKS, {"profile": profile})


@of_profile(VEX)
def impact_statement(index: Index, _profile: str) -> Iterator[Finding]:
    """Of every product that is not affected a flag or a threat “impact” says why."""
    for path, one in index.vulnerabilities:
        threats = [threat for threat in one.get("threats", ()) if threat["category"] == "impact"]
        if all("product_ids" in threat or "group_ids" in threat for threat in threats):  # one that names none: of all
            told = [*one.get("flags", ()), *threats]
            yield from _unsaid(index, path, one, "known_not_affected", told, NO_IMPACT)


@of_profile(VEX)
def action_statement(index: Index, _profile: str) -> Iterator[Finding]:
    """Of every affected product a remediation says what to do."""
    for path, one in index.vulnerabilities:
        yield from _unsaid(index, path, one, "known_affected", one.get("remediations", []), NO_ACTION)


def _unsaid(
    index: Index, path: str, vulnerability: Node, status: str, told: list[Node], template: str
) -> Iterator[Finding]:
    """Products of the status that nothing of what is told is about."""
    about = set().union(*map(index.products_of, told))
    products = vulnerability.get("product_status", {}).get(status, ())
    for where, product in numbered(f"{path}/product_status/{status}", products):
        if product not in about:
            yield Finding(where, template, {"id": product})


TESTS: dict[str, Test] = {
    "6.1.27.7": vex_status,
    "6.1.27.8": vulnerability_id,
    "6.1.27.9": impact_statement,
    "6.1.27.10": action_statement,
}
