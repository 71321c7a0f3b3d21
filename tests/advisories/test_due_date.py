"""KEV's due date binds agencies of the United States alone: a council must not take it for its own."""

from __future__ import annotations

import pytest

from advisories.models import Entry
from advisories.triage.facts import facts_of


@pytest.mark.django_db  # whose clock the defaults of an entry ask
def test_a_due_date_is_never_shown_without_whom_it_binds() -> None:
    told = facts_of(Entry(facts={"dateAdded": "2026-03-01", "dueDate": "2026-03-24", "requiredAction": "Apply it."}))

    dated = [fact for fact in told if "2026-03-24" in fact.lines]
    assert [str(fact.name) for fact in dated] == ["To be mended by (binds US federal agencies only)"]
    assert [fact.lines for fact in told] == [["2026-03-01"], ["2026-03-24"], ["Apply it."]]
