"""The Reference Security Incident Taxonomy in the words of others. Only what means the same is translated."""

from __future__ import annotations

from advisories import taxonomy

CLASSES = frozenset(taxonomy.CLASS_TYPES)


def tag(name: str) -> str:
    """As MISP and others tag it: `rsit:malicious-code`; "" for what is no class of it."""
    return f"rsit:{name}" if name in CLASSES else ""


def stix_types(name: str) -> list[str]:
    """The words of STIX's incident extension (event-type-ov) for it, if there are any."""
    return list(taxonomy.CLASS_TYPES.get(name, ()))


def determination(name: str, state: str) -> str:
    """What is known of the outcome. What proves to be nothing is withdrawn, so what goes on after "open" happened."""
    if name == "intrusion-attempts":
        return "failed-attempt"
    return "suspected" if state == "open" or name == "vulnerable" else "confirmed"
