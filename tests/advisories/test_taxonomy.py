"""The incident taxonomy as data."""

from __future__ import annotations

import pytest

from advisories import taxonomy
from advisories.serve.exchange import rsit

# Of event-type-ov, the vocabulary of STIX's incident core extension, what rows here may name.
INCIDENT_TYPES = {
    "compromised-system", "denial-of-service", "destruction", "equipment-loss", "equipment-theft",
    "unauthorized-access-information",
    "unauthorized-access-system", "unauthorized-release", "unauthorized-use",
}  # fmt: skip
KEYS = [key for _name, kinds in taxonomy.choices() for key, _kind in kinds]


def test_it_has_the_eleven_classes_and_each_type_once() -> None:
    assert [one.slug for one in taxonomy.TAXONOMY] == [
        "abusive-content", "malicious-code", "information-gathering", "intrusion-attempts", "intrusions",
        "availability", "information-content-security", "fraud", "vulnerable", "other", "test",
    ]  # fmt: skip
    assert len(KEYS) == len(set(KEYS)) == 39


@pytest.mark.parametrize("key", KEYS)
def test_each_type_has_words_a_tag_and_only_what_stix_knows(key: str) -> None:
    kind = taxonomy.type_of(key)
    assert str(kind.name) and str(kind.help).endswith(".")
    first, second = key.split("/")
    assert taxonomy.machinetag(key) == f'rsit:{first}="{second}"'
    assert set(taxonomy.incident_types(key)) <= INCIDENT_TYPES


@pytest.mark.parametrize("one", taxonomy.TAXONOMY, ids=lambda one: one.slug)
def test_what_is_exported_of_a_class_is_what_its_rows_say(one: taxonomy.Class) -> None:
    assert rsit.stix_types(one.slug) == list(one.stix) and set(one.stix) <= INCIDENT_TYPES
    said = [set(kind.stix) for kind in one.types if kind.slug not in ("burglary", "sabotage")]
    assert all(set(one.stix) <= words for words in said)


@pytest.mark.parametrize("key", ["", "fraud", "fraud/spam", "spam"])
def test_what_is_no_type_is_refused(key: str) -> None:
    with pytest.raises(LookupError, match=r"Take one of choices\(\)"):
        taxonomy.machinetag(key)
