"""Tables that the standard stands on: its JSON schemas, CWE names, language subtags, SPDX ids.

They come out of the package `csaf` as files: the only one that has the OASIS schemas of 2.0 and of every stage of 2.1,
and, month by month, the lists of MITRE, IANA and SPDX. Its code is never imported. Its own tests refuse valid documents
(a `recommended` product in a VEX, a CWE under the name it had when the document was written, CVSS 3.0 beside 3.1), say
so in English only, and importing it sets up logging and loads its network tools.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import orjson
from jsonschema_rs import Registry, Validator, validator_for

# A draft is not marked with its stage: a document is good if it is good by one of them. Newest first.
STAGES = {"2.0": ("v20",), "2.1": ("v21csd04", "v21csd03", "v21csd02")}
DIALECT = "https://json-schema.org/draft/2020-12/schema"  # of which the standard's own dialect is a subset


@cache
def _home() -> Path:
    return Path(str(distribution("csaf").locate_file("csaf")))


def _read(*path: str) -> Any:
    return orjson.loads(_home().joinpath(*path).read_bytes())


def validators(version: str) -> Iterator[Validator]:
    """Of each stage of a version of CSAF, the newest first. Patterns run in linear or bounded time, in Rust."""
    return map(_validator, STAGES[version])


@cache
def _validator(stage: str) -> Validator:
    folder = _home() / "csaf" / stage / "schema"
    parts = {}
    for path in (*folder.glob("*.json"), *folder.glob("referenced/*.json")):
        if not path.stem.endswith("_strict"):
            part = orjson.loads(path.read_bytes())
            if "json-schema.org" not in part["$schema"]:
                part["$schema"] = DIALECT
            parts[part.get("$id", part.get("id")).partition("?")[0]] = part
    main = next(part for uri, part in parts.items() if uri.endswith(("/csaf.json", "/csaf_json_schema.json")))
    return validator_for(main, registry=Registry(list(parts.items())), validate_formats=True, offline=True)


@cache
def weaknesses() -> dict[str, dict[str, str | None]]:
    """CWE number -> the names it has had, by the version of the list that brought them; None: not in it any more."""
    return {number: dict(one["history"]) for number, one in _cwe()["weaknesses"].items()}


@cache
def cwe_versions() -> tuple[str, ...]:
    """Versions of the CWE list, oldest first."""
    return tuple(_cwe()["versions"])


@cache
def _cwe() -> Any:
    return _read("csaf", "v21", "cwe", "catalog.json")


@cache
def subtags() -> Any:
    """IANA's registry: kind ("language", "extlang", "script", "region", "variant", "grandfathered") -> subtag in lower
    case -> what it says of it; and "ranges": kind -> [first, last] of private use.
    """
    return _read("bcp47", "registry.json")
