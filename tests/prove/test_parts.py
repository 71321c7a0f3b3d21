"""In which order a leak meets the proof: another for each file, and always the whole of it."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from tests.prove.__main__ import pieces
from tests.prove.mutants import MUTANTS
from tests.prove.parts import PROOFS, likest, nearest

ROOT = Path(__file__).parent.parent.parent


def test_whatever_file_was_changed_the_whole_proof_is_asked() -> None:
    for changed in {mutant.file for mutant in MUTANTS}:
        assert sorted(nearest(changed)) == sorted(PROOFS), changed
        for proof in PROOFS:
            assert sorted(likest(proof.targets, changed, ROOT)) == sorted(likest(proof.targets, "", ROOT)), changed


def test_every_file_that_a_part_names_is_there() -> None:
    for proof in PROOFS:
        files = likest(proof.targets, "", ROOT)
        assert files and all((ROOT / file).is_file() for file in files), proof.name


def test_a_leak_of_a_room_meets_the_tests_of_that_room_and_of_its_file_first() -> None:
    assert nearest("members/delivery/returned.py")[0].name == "addresses, keys and what comes back"
    versions = "advisories/views/versions.py"
    pages = nearest(versions)[0]
    assert pages.name == "pages"
    assert likest(pages.targets, versions, ROOT)[0] == "tests/advisories/test_incident_versions.py"


def test_when_time_ends_it_mutants_and_worlds_have_had_their_turns() -> None:
    begun = [name for name, _do, _words in islice(pieces(range(121), {}), 60)]
    assert sum(name.startswith("mutant ") for name in begun) > 30
    assert sum(name.startswith("world ") for name in begun) > 15
