"""A hub as large as the figures ask for: people, organisations, and any number of advisories with their grants.

Drawn by a seeded chance, so that each run and each database holds the same. Titles are made up.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from random import Random

from django.core.management.color import no_style
from django.db import connection
from tqdm import tqdm

from advisories.models import Advisory, Version
from benchmarks.texts import NOW, Text, Writer
from members.indexing import add
from members.models import (
    Address,
    Affiliation,
    Grant,
    Item,
    Kind,
    Membership,
    Office,
    Organisation,
    Person,
    Standing,
    Subscription,
    Warp,
    Within,
    pos_of,
)
from members.models.address import DEFAULT_TICKS
from members.place import Placed, placements, write
from members.placing import Facts, rows_for
from members.words import Row

BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)
ORGANISATIONS, PEOPLE = 2_000, 10_000
# Few CLEAR ones, so that who sees nothing else is really sparse.
SHARES = {"CLEAR": 0.002, "GREEN": 0.30, "AMBER": 0.448, "AMBER+STRICT": 0.20, "RED": 0.05}
BATCH = 5_000


def people() -> None:
    """51 WARPs in three levels, 2,000 organisations in them, five people each with a mail address and ticks."""
    r = Random(1)
    root = Warp.objects.create(name="Bench", slug="bench", prefix="B")
    regions = [Warp.objects.create(name=f"Region {n}", slug=f"r{n}", prefix="B", parent=root) for n in range(10)]
    counties = [Warp.objects.create(name=f"C {n}", slug=f"c{n}", prefix="B", parent=regions[n % 10]) for n in range(40)]
    for warp in (root, *regions, *counties):
        above: Warp | None = warp
        while above is not None:
            Within.objects.create(warp=warp, ancestor=above)
            above = above.parent
    organisations = Organisation.objects.bulk_create(
        Organisation(name=f"Organisation {n}", slug=f"o{n}") for n in range(ORGANISATIONS)
    )
    Membership.objects.bulk_create(
        Membership(organisation=o, warp=r.choice(counties + regions), since=BEGINNING) for o in organisations
    )
    persons = Person.objects.bulk_create(
        Person(email=f"p{n}@example.org", name=f"Person {n}", active_since=BEGINNING) for n in range(PEOPLE)
    )
    Affiliation.objects.bulk_create(
        Affiliation(person=p, organisation=organisations[n % ORGANISATIONS], since=BEGINNING)
        for n, p in enumerate(persons)
    )
    addresses = Address.objects.bulk_create(
        Address(person=p, channel="mail", value=p.email, verified_at=BEGINNING) for p in persons
    )
    Subscription.objects.bulk_create(
        Subscription(address=a, lowest=lowest, frequency=often) for a in addresses for lowest, often in DEFAULT_TICKS
    )
    sparse = Person.objects.create(email="sparse@example.org", name="Sparse", active_since=BEGINNING)
    coordinator = Person.objects.create(email="coordinator@example.org", name="Coordinator", active_since=BEGINNING)
    Office.objects.create(person=coordinator, warp=regions[0], role="coordinator", since=BEGINNING)
    assert sparse.pk


def advisories(count: int, *, searched: bool = False) -> None:
    """`count` released advisories over the last three years, about 4.3 grants each; `searched`: in the index too."""
    r, writer = Random(2), Writer(count)
    warps = list(Warp.objects.order_by("pk"))
    organisations = list(Organisation.objects.order_by("pk").values_list("pk", flat=True))
    persons = list(Person.objects.order_by("pk").values_list("pk", flat=True))
    sparse = Person.objects.get(email="sparse@example.org").pk
    step = timedelta(days=3 * 365) / count
    with _many_words(searched), tqdm(total=count, desc="advisories", disable=None) as bar:
        for first in range(0, count, BATCH):
            batch = range(first, min(first + BATCH, count))
            dates = {n: NOW - step * (count - n) for n in batch}
            items = Item.rows.bulk_create(_items(r, warps, dates))
            texts = [writer.text(n) for n in batch]
            placed = _texts_and_standings(r, items, texts, organisations, persons, sparse)
            if searched:
                _index(items, placed, texts)
            bar.update(len(batch))
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [Item]):  # their ids were ours
            cursor.execute(statement)
        cursor.execute("ANALYZE")


@contextmanager
def _many_words(searched: bool) -> Iterator[None]:
    """PostgreSQL sorts words in as they come, so that no search finds a heap of them: too slow for a million texts."""
    if not searched or connection.vendor == "sqlite":
        yield
        return
    index = "members_search_document"
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL gin_pending_list_limit = '256MB'; ALTER INDEX {index} SET (fastupdate = on)")
        yield
        cursor.execute(f"ALTER INDEX {index} SET (fastupdate = off); SELECT gin_clean_pending_list('{index}')")


def _items(r: Random, warps: list[Warp], dates: dict[int, datetime]) -> Iterator[Item]:
    first = 1 + (Item._base_manager.order_by("-pk").values_list("pk", flat=True).first() or 0)
    for offset, (n, date) in enumerate(dates.items()):
        yield Item(
            pk=first + offset, reference=f"B-{n:07}", kind=Kind.ADVISORY, warp=r.choice(warps), created_at=date,
            submitted_at=date, pos=pos_of(date, first + offset),
        )  # fmt: skip


def _texts_and_standings(
    r: Random, items: list[Item], texts: list[Text], organisations: list[int], persons: list[int], sparse: int
) -> list[Placed]:
    labels = r.choices(list(SHARES), list(SHARES.values()), k=len(items))
    standings = Standing.objects.bulk_create(
        Standing(item=i, version=1, label=label, since=i.created_at) for i, label in zip(items, labels, strict=True)
    )
    grants = [list(_grants(r, s, organisations, persons, sparse)) for s in standings]
    Grant.objects.bulk_create([grant for found in grants for grant in found], batch_size=BATCH)
    placed = [
        placement
        for item, standing, found in zip(items, standings, grants, strict=True)
        for placement in placements(item, rows_for(Facts(item=item, standings=[standing], grants=found)))
    ]
    write(placed)
    Advisory.rows.bulk_create(Advisory(item=item) for item in items)
    Version.objects.bulk_create(
        Version(advisory_id=i.pk, number=1, title=text.title, what_is_known=text.body,
                label=s.label, released_at=i.created_at, written_at=i.created_at)
        for i, s, text in zip(items, standings, texts, strict=True)
    )  # fmt: skip
    return placed


def _index(items: list[Item], placed: list[Placed], texts: list[Text]) -> None:
    buckets: dict[int, list[int]] = {item.pk: [] for item in items}
    for bucket, _shelf, _pos, item, *_open in placed:
        buckets[int(item)].append(int(bucket))
    add([Row.of(item, buckets[item.pk], text.title, text.body) for item, text in zip(items, texts, strict=True)])


def _grants(
    r: Random, standing: Standing, organisations: list[int], persons: list[int], sparse: int
) -> Iterator[Grant]:
    since = standing.since
    if standing.label == "RED":
        for person in r.sample(persons, 4):
            yield Grant(standing=standing, person_id=person, since=since)
        if r.random() < 0.004:
            yield Grant(standing=standing, person_id=sparse, since=since)
    elif standing.label.startswith("AMBER"):
        for organisation in r.sample(organisations, r.choice((2, 4, 6, 8, 11))):
            yield Grant(standing=standing, organisation_id=organisation, since=since)
