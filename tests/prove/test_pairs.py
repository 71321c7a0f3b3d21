"""What is hidden answers as what is not there. `make prove` asks two thousand pairs, and for their times."""

from __future__ import annotations

import pytest

from tests.prove.pairs import compare

pytestmark = pytest.mark.django_db


def test_what_is_hidden_answers_as_what_is_not_there() -> None:
    found = compare(300)
    assert found.unlike == []
    assert found.pairs >= 300
