"""Many rows at once are the rows that the models' own ways would have made, and break as those do."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from members import many
from members.models import AuditRow, Kind, Realm, Warp
from members.models import Item as Envelope

AT = datetime(2026, 11, 26, 2, 0, 0, 123456, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def envelope(pk: int, warp: Warp) -> Envelope:
    return Envelope(
        pk=pk, kind=int(Kind.ENTRY), realm=int(Realm.REAL), warp=warp, reference=f"X-{pk}", created_at=AT, pos=-pk
    )


@pytest.fixture
def warp() -> Warp:
    return Warp.objects.create(name="Wessex", slug="wessex", prefix="WX")


def test_ids_are_given_once_also_after_what_had_them_is_gone(warp: Warp) -> None:
    with transaction.atomic():
        first = many.ids(Envelope, 3)
        many.create(Envelope, [envelope(pk, warp) for pk in first])
        Envelope.rows.all().delete()
        second = many.ids(Envelope, 2)
        many.create(Envelope, [envelope(pk, warp) for pk in second])
    one_more = Envelope.rows.create(kind=Kind.ENTRY, warp=warp, reference="X", pos=0).pk
    assert len({*first, *second, one_more}) == 6
    assert many.ids(Envelope, 0) == []


def test_what_was_written_reads_back_as_it_was(warp: Warp) -> None:
    (pk,) = many.ids(Envelope, 1)
    made = envelope(pk, warp)
    many.create(Envelope, [made])
    read = Envelope.rows.get(pk=pk)
    names = [field.attname for field in Envelope._meta.concrete_fields]
    assert [getattr(read, name) for name in names] == [getattr(made, name) for name in names]


def test_times_and_json_and_odd_texts_come_back(world: object) -> None:
    said = {"words": 'Größe\t"\\N"\n\\.', "none": None, "list": [1, "2", {"a": True}]}
    fields = [f.attname for f in AuditRow._meta.concrete_fields if not f.primary_key]
    former = AuditRow.objects.latest("pk")
    former.at, former.detail = AT, said
    values = {name: getattr(former, name) for name in fields}
    before = set(AuditRow.objects.values_list("pk", flat=True))
    with transaction.atomic():
        unique = [f.attname for f in AuditRow._meta.concrete_fields if f.unique and not f.primary_key]
        for name in unique:
            values[name] = 2**40 if isinstance(values[name], int) else "other"
        many.insert(AuditRow, fields, [list(values.values())])
    (row,) = AuditRow.objects.exclude(pk__in=before)
    assert (row.at, row.detail) == (AT, said)


def test_what_breaks_a_rule_of_the_database_breaks_as_ever_and_leaves_nothing(warp: Warp) -> None:
    one, two = many.ids(Envelope, 2)
    with pytest.raises(IntegrityError), transaction.atomic():
        many.create(Envelope, [envelope(one, warp), envelope(two, warp), envelope(two, warp)])
    assert not Envelope.rows.exists()


def test_among_finds_numbers_and_words_however_many_in_one_statement(warp: Warp) -> None:
    pks = many.ids(Envelope, 4)
    many.create(Envelope, [envelope(pk, warp) for pk in pks])
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert set(Envelope.rows.filter(pk__in=many.among([*pks[:2], *range(10**6, 10**6 + 50_000)]))) == set(
            Envelope.rows.filter(pk__lte=pks[1])
        )
    assert len(asked) == 2
    assert Envelope.rows.get(reference__in=many.among([f"X-{pks[3]}", "'; --", "ß"])).pk == pks[3]
    assert not Envelope.rows.filter(pk__in=many.among([])).exists()
    assert not Envelope.rows.filter(reference__in=many.among([])).exists()
