"""Whether a document is of the shape that the OASIS schema of its version demands."""

from __future__ import annotations

import re
from typing import Any

from jsonschema_rs import ValidationError, Validator

from advisories.collect.base import gettext_noop
from advisories.collect.csaf.csafcheck import facts
from advisories.collect.csaf.csafcheck.finding import Finding

SCHEMA = "schema"

NOT_CSAF = gettext_noop("This is not a CSAF document of version 2.0 or 2.1: %(path)s does not say so.")
MISSING = gettext_noop("The CSAF document lacks %(path)s, which the schema of CSAF %(version)s demands.")
NOT_KNOWN = gettext_noop("The CSAF document has %(names)s at %(path)s, which CSAF %(version)s does not know.")
WRONG_KIND = gettext_noop("%(path)s in the CSAF document is of the wrong kind of JSON value.")
NOT_ALLOWED = gettext_noop("%(path)s in the CSAF document is none of the values that CSAF %(version)s allows there.")
MALFORMED = gettext_noop("%(path)s in the CSAF document is not of the form that CSAF %(version)s demands.")
EMPTY = gettext_noop("%(path)s in the CSAF document is empty or too short for CSAF %(version)s.")
TWICE = gettext_noop("%(path)s in the CSAF document has the same item twice.")
OTHERWISE = gettext_noop("%(path)s in the CSAF document breaks the rule “%(rule)s” of the schema of CSAF %(version)s.")
UNREADABLE = gettext_noop("The CSAF document nests too deep or has text that is not Unicode. Nothing of it was taken.")

TEMPLATES = {
    "required": MISSING, "additionalProperties": NOT_KNOWN, "type": WRONG_KIND, "enum": NOT_ALLOWED,
    "const": NOT_ALLOWED, "pattern": MALFORMED, "format": MALFORMED, "minLength": EMPTY, "minItems": EMPTY,
    "minProperties": EMPTY, "uniqueItems": TWICE,
}  # fmt: skip

# Objects that have a schema, and so a test, of their own.
_CVSS = re.compile(r"/vulnerabilities/\d+/(scores/\d+|metrics/\d+/content)/cvss_")
_SSVC = re.compile(r"/vulnerabilities/\d+/metrics/\d+/content/ssvc_")


def version_of(document: Any) -> str:
    """ "2.0" or "2.1"; "" where the document says neither."""
    head = document.get("document") if isinstance(document, dict) else None
    version = head.get("csaf_version") if isinstance(head, dict) else None
    return version if isinstance(version, str) and version in facts.STAGES else ""


def check(document: Any, version: str) -> tuple[str, Finding] | None:
    """The first place that breaks the schema, and the test: "schema", "6.1.8" (CVSS) or "6.1.46" (SSVC)."""
    try:
        if any(stage.is_valid(document) for stage in facts.validators(version)):
            return None
        errors = [error for stage in facts.validators(version) if (error := _first(stage, document))]
        # A property that one stage does not know is no mistake in a document written for another.
        error = min(errors, key=lambda one: one.kind.name == "additionalProperties")
    except ValueError:  # of the library, for what is no JSON in UTF-8 or nests past its bound
        return SCHEMA, Finding("", UNREADABLE)
    found = _finding(_innermost(error), version)
    return "6.1.8" if _CVSS.match(found.path) else "6.1.46" if _SSVC.match(found.path) else SCHEMA, found


def _first(validator: Validator, document: Any) -> ValidationError | None:
    try:
        validator.validate(document)  # `iter_errors` collects them all: minutes for a document made to have many
    except ValidationError as error:
        return error
    return None


def _finding(error: ValidationError, version: str) -> Finding:
    said = error.kind.as_dict()
    path = "".join(f"/{step}" for step in error.instance_path)
    if error.kind.name == "required":
        path += f"/{said['property']}"
    names = ", ".join(map(str, said.get("unexpected", ())))
    template = TEMPLATES.get(error.kind.name, OTHERWISE)
    return Finding(path, template, {"version": version, "rule": error.kind.name, "names": names})


def _innermost(error: ValidationError) -> ValidationError:
    """The error within the alternative that the value comes nearest to."""
    while branches := [branch for branch in getattr(error.kind, "context", ()) if branch]:
        error = min(branches, key=len)[0]
    return error
