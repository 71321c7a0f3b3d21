"""Files beside a document that were right: its hash, its signature and the provider's key."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Any

from hypothesis import strategies as st

from advisories.collect.base import CollectError
from tests.advisories.collect import test_csafproof
from tests.fuzz.mutate import mutated

FILES = {name: b64decode(text) for name, text in test_csafproof.beside().items()}


def signed(example: tuple[str, bytes]) -> None:
    """A file that was changed is refused in words, or proves the document still: never anything else."""
    name, file = example
    beside = {**test_csafproof.beside(), name: b64encode(file).decode()}
    try:
        parsed = test_csafproof.parse(beside=beside)
    except CollectError as error:
        assert error.refused and str(error)
    else:
        assert parsed == test_csafproof.parse()


TARGETS: dict[str, Any] = {
    "signatures": (
        st.sampled_from(sorted(FILES)).flatmap(
            lambda name: st.tuples(st.just(name), mutated([FILES[name], *FILES.values()]))
        ),
        signed,
    )
}
