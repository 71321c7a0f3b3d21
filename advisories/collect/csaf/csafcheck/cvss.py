"""6.1.7, 6.1.9, 6.1.10: CVSS scores. That their objects are well-formed (6.1.8) is part of the schema."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from cvss import CVSS2, CVSS3, CVSS4, CVSSError

from advisories.collect.base import gettext_noop
from advisories.collect.csaf.csafcheck.finding import Finding, Test
from advisories.collect.csaf.csafcheck.index import Index, Node, numbered
from advisories.collect.csaf.csafcheck.metrics import WORDS

KEYS = ("cvss_v2", "cvss_v3", "cvss_v4")
READERS = {"2.0": CVSS2, "3.0": CVSS3, "3.1": CVSS3, "4.0": CVSS4}
KINDS = ("base", "temporal", "environmental")
LONGEST = 1_000  # every metric of version 4.0 written out takes 230
BASE_4 = ("AV", "AC", "AT", "PR", "UI", "VC", "VI", "VA", "SC", "SI", "SA")
RATINGS = ((Decimal(9), "CRITICAL"), (Decimal(7), "HIGH"), (Decimal(4), "MEDIUM"), (Decimal("0.1"), "LOW"))

SECOND = gettext_noop(
    "%(path)s in the CSAF document has another CVSS %(version)s score for the same vulnerability (test %(test)s)."
)
NO_VECTOR = gettext_noop("“%(vector)s” at %(path)s in the CSAF document is no CVSS vector (test %(test)s).")
MISCALCULATED = gettext_noop(
    "%(path)s in the CSAF document is %(said)s but its vector makes it %(made)s (test %(test)s)."
)
INCONSISTENT = gettext_noop("%(path)s in the CSAF document is %(said)s but its vector says %(made)s (test %(test)s).")


class Cvss(NamedTuple):
    """A CVSS object. `metrics`: metric -> letter, of its vector."""

    path: str
    node: Node
    version: str
    metrics: dict[str, str]


def _all(index: Index) -> Iterator[Cvss]:
    for score in index.scores:
        for key in KEYS if index.of_21 else KEYS[:2]:
            if key in score.content:
                node = score.content[key]
                pairs = (part.partition(":") for part in node["vectorString"].split("/"))
                metrics = {metric: letter for metric, _, letter in pairs if metric != "CVSS"}
                yield Cvss(f"{score.content_path}/{key}", node, node["version"], metrics)


def one_score(index: Index) -> Iterator[Finding]:
    """Of one vulnerability, a product has one score of a version of CVSS (in 2.1: from one source)."""
    seen: set[tuple[str, ...]] = set()
    for score in index.scores:
        vulnerability = score.path.split("/")[2]
        for key in KEYS if index.of_21 else KEYS[:2]:
            version = score.content[key]["version"] if key in score.content else ""
            for path, product in numbered(f"{score.path}/products", score.products) if version else ():
                of = (vulnerability, version, score.source, product)
                if of in seen:
                    yield Finding(path, SECOND, {"version": version})
                seen.add(of)


def computation(index: Index) -> Iterator[Finding]:
    """Scores and severities are those that the vector makes."""
    for one in _all(index):
        made = _four(one) if one.version == "4.0" else _made(one.version, _vector(one))
        if not made:
            yield Finding(f"{one.path}/vectorString", NO_VECTOR, {"vector": one.node["vectorString"]})
        for kind, scores in made.items():
            yield from _compared(one, kind, scores)


def _compared(one: Cvss, kind: str, scores: tuple[Decimal, ...]) -> Iterator[Finding]:
    said = {
        f"{kind}Score": (one.node.get(f"{kind}Score"), scores),
        f"{kind}Severity": (one.node.get(f"{kind}Severity"), tuple(map(_rating, scores))),
    }
    for key, (value, made) in said.items():
        given = value if value is None or isinstance(value, str) else Decimal(str(value))
        if given is not None and given not in made and (one.version != "2.0" or key.endswith("Score")):
            yield Finding(f"{one.path}/{key}", MISCALCULATED, {"said": str(given), "made": str(made[0])})


def _rating(score: Decimal) -> str:
    return next((word for least, word in RATINGS if score >= least), "NONE")


def _vector(one: Cvss) -> str:
    """The vector; of what it leaves open, what the properties say."""
    whole = dict(one.metrics)
    for metric, (name, words) in WORDS[one.version].items():
        letter = next((letter for letter, word in words.items() if word == one.node.get(name)), "")
        if letter and metric not in whole:
            whole[metric] = letter
    if len(whole) - len(one.metrics):
        return "/".join(f"{metric}:{letter}" for metric, letter in whole.items())
    return str(one.node["vectorString"])


def _four(one: Cvss) -> dict[str, tuple[Decimal, ...]]:
    """Of version 4.0, whose only score may be of the base metrics or of all that the vector has."""
    base = {metric: one.metrics.get(metric, "") for metric in BASE_4}
    full = _made("4.0", one.node["vectorString"])
    alone = _made("4.0", "/".join(f"{metric}:{letter}" for metric, letter in base.items()))
    return {"base": (full["base"][0], alone["base"][0])} if full and alone else {}


@lru_cache(maxsize=4_096)
def _made(version: str, vector: str) -> dict[str, tuple[Decimal, ...]]:
    """Kind -> score; nothing where the vector is none. What is not in the vector changes nothing."""
    prefix = "" if version == "2.0" or vector.startswith("CVSS:") else f"CVSS:{version}/"
    try:
        scores = READERS[version](prefix + vector[:LONGEST]).scores()
    except (CVSSError, LookupError, ValueError, ArithmeticError):
        return {}
    made: dict[str, tuple[Decimal, ...]] = {}
    last = Decimal(0)
    for kind, score in zip(KINDS, scores, strict=False):
        last = last if score is None else Decimal(str(score))
        made[kind] = (last,)
    return made


def consistency(index: Index) -> Iterator[Finding]:
    """Properties say the same as the vector, where it says anything."""
    for one in _all(index):
        for metric, (name, words) in WORDS[one.version].items():
            said, made = one.node.get(name), words.get(one.metrics.get(metric, ""))
            if said is not None and made is not None and said != made:
                yield Finding(f"{one.path}/{name}", INCONSISTENT, {"said": said, "made": made})


TESTS: dict[str, Test] = {"6.1.7": one_score, "6.1.9": computation, "6.1.10": consistency}
