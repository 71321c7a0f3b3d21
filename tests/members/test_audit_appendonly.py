"""The database itself keeps the audit: whatever our own code, or somebody with a shell, forgets."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from members import appendonly
from members.audit import record
from members.models import Alias, AuditRow, Seal, Unsealed
from tests.conftest import NOON
from tests.members.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def row() -> AuditRow:
    row = record("test", NOON, reference="WM-1")
    Seal.objects.create(number=1, row=row, digest="0" * 64)
    return row


REPLACE = (
    "INSERT OR REPLACE INTO members_auditrow (id, at, actor, verb, reference, detail)"
    " SELECT id, at, 'X', verb, reference, detail FROM members_auditrow"
)
REPLACE_SEAL = (
    "INSERT OR REPLACE INTO members_seal (number, row_id, digest) SELECT number + 1, row_id, digest FROM members_seal"
)
ATTEMPTS = [
    "UPDATE members_auditrow SET actor = 'SOMEBODYELSE'",
    "DELETE FROM members_auditrow",
    "UPDATE members_seal SET digest = 'another'",
    "DELETE FROM members_seal",
]
ONLY = {"sqlite": [REPLACE, REPLACE_SEAL], "postgresql": ["TRUNCATE members_auditrow", "TRUNCATE members_seal"]}


@pytest.mark.parametrize("number", range(6))
def test_no_row_and_no_seal_is_changed_or_taken_away(row: AuditRow, number: int) -> None:
    attempt = [*ATTEMPTS, *ONLY[connection.vendor]][number]
    with pytest.raises(DatabaseError, match="only ever added to"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attempt)
    assert AuditRow.objects.filter(pk=row.pk, actor="").exists() and Seal.objects.get().digest == "0" * 64


def test_neither_by_the_orm(row: AuditRow) -> None:
    for act in (row.save, row.delete, AuditRow.objects.all().delete, Seal.objects.get().delete):
        with pytest.raises(DatabaseError, match="only ever added to"), transaction.atomic():
            act()


def test_somebody_is_erased_all_the_same(world: World) -> None:
    row = record("test", NOON, by=world.people["carol"])
    Alias.objects.filter(person=world.people["carol"]).delete()
    assert AuditRow.objects.get(pk=row.pk).actor == row.actor != ""


def test_each_row_is_noted_to_be_sealed_however_it_was_added() -> None:
    one = record("test", NOON)
    many = AuditRow.objects.bulk_create(AuditRow(at=NOON, verb="test") for _ in range(3))
    assert set(Unsealed.objects.values_list("row", flat=True)) == {one.pk, *(row.pk for row in many)}


def test_what_was_written_while_the_triggers_were_away_is_noted_when_they_are_back(row: AuditRow) -> None:
    appendonly.remove()
    assert appendonly.missing()
    late = record("test", NOON)
    assert not Unsealed.objects.filter(row=late).exists()
    Unsealed.objects.all().delete()
    appendonly.install()
    assert not appendonly.missing()
    assert list(Unsealed.objects.values_list("row", flat=True)) == [late.pk]  # the other is sealed


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_a_test_that_commits_begins_with_an_empty_audit_and_its_triggers(turn: int) -> None:
    assert not AuditRow.objects.exists() and not appendonly.missing()
    record("test", NOON)
