"""Generated worlds: the oracle, `may`, the lists and the audience agree for every viewer, item and moment.

WARP_WORLDS sets how many (20 in `make test`).
"""

from __future__ import annotations

import os
from datetime import datetime
from random import Random
from typing import Any

import pytest

from members import chance, seal
from members.buckets import Bucket
from members.models import Affiliation, Derivation, Embargo, Handler, Item, Named, Office, Origin, Standing
from members.place import adopt, misplaced, new_pos, place
from members.policy import Answer, Viewer, audience, may, offers_to, visible_to, withdrawals_to
from tests.members import generate
from tests.members.oracle import Oracle
from tests.members.world import BEGINNING, KINDS, World, span

pytestmark = pytest.mark.django_db
WORLDS = int(os.environ.get("WARP_WORLDS", "20"))


@pytest.mark.parametrize("seed", range(WORLDS))
def test_the_rule_is_the_oracles_in_every_direction(seed: int) -> None:
    r = Random(seed)
    words = generate.world(r)
    world, oracle = World(words), Oracle(words)
    items: list[tuple[dict[str, Any], Item]] = []
    for _ in range(12):
        item = generate.item(r, words, [facts for facts, _ in items])
        items.append((item, build(world, item, {id(facts): row for facts, row in items})))
    assert misplaced(row for _, row in items) == []
    for at in r.sample(generate.MOMENTS, 3):
        compare(world, oracle, items, at)


def compare(world: World, oracle: Oracle, items: list[tuple[dict[str, Any], Item]], at: datetime) -> None:
    readers: dict[int, set[str]] = {row.pk: set() for _, row in items}
    for name, viewer in world.viewers().items():
        want = {row.pk: Answer[oracle.may(name, facts, at).upper()] for facts, row in items}
        assert {row.pk: may(viewer, row, at) for _, row in items} == want, (name, at)
        for answer, listed in (
            (Answer.BODY, visible_to),
            (Answer.OFFER, offers_to),
            (Answer.WITHDRAWN, withdrawals_to),
        ):
            got = set(listed(Viewer(viewer.person), at).values_list("pk", flat=True))
            assert got == {pk for pk, a in want.items() if a == answer}, (name, at, answer)
        for pk, answer in want.items():
            if answer == Answer.BODY and name in world.people and oracle.active(name):
                readers[pk].add(name)
    for _, row in items:
        told = {person.email.split("@")[0] for person in audience(row, at)}
        assert told == readers[row.pk], (row.pk, at)


def build(world: World, words: dict[str, Any], rows: dict[int, Item]) -> Item:
    """The rows of one generated item."""
    capacity = find_capacity(world, words)
    author = world.people[words["author"]] if words["author"] and not words["anonymous"] else None
    item = Item.rows.create(
        reference=chance.code(10), kind=KINDS[words["kind"]], warp=world.warps[words["own_warp"]],
        parent=rows[id(words["parent"])] if words["parent"] else None, author=author, anonymous=words["anonymous"],
        affiliation=capacity if author and isinstance(capacity, Affiliation) else None,
        office=capacity if author and isinstance(capacity, Office) else None,
        hub_wide=words["hub_wide"], marking=words["marking"], created_at=BEGINNING,
        submitted_at=BEGINNING if words["submitted"] else None, pos=new_pos(),
    )  # fmt: skip
    adopt(item)
    if words["anonymous"]:
        assert isinstance(capacity, Affiliation)
        hashes = seal.seal("person", capacity.person_id), seal.seal("affiliation", capacity.pk)
        Origin.objects.create(item=item, filer=hashes[0], capacity=hashes[1])
    if words["reporters"]:
        Derivation.objects.create(item=item, report=rows[id(words["report_item"])])
    for name in words["handlers"]:
        Handler.objects.create(item=item, person=world.people[name], since=BEGINNING)
    write_standings(world, item, words["standings"])
    write_embargo(world, item, words["embargo"])
    place(item)
    return item


def find_capacity(world: World, words: dict[str, Any]) -> Affiliation | Office | None:
    if not words["author"]:
        return None
    person, capacity = world.people[words["author"]], words["capacity"]
    if words["capacity_key"] == "affiliations":
        organisation = world.organisations[capacity["organisation"]]
        return Affiliation.objects.get(person=person, organisation=organisation)
    return Office.objects.get(person=person, warp=world.warps[capacity["warp"]], role=Office.Role.COORDINATOR)


def write_standings(world: World, item: Item, standings: list[dict[str, Any]]) -> None:
    saved: list[Standing] = []
    for version, words in enumerate(standings, 1):
        ended = saved[words["of"]] if words["state"] == "withdrawn" else None
        row = Standing.objects.create(
            item=item, version=version, label=words["label"], state=words["state"], withdraws=ended, **span(words)
        )
        for grant in words["grants"] if ended is None else []:
            world.grant(row, grant)
        saved.append(row)


def write_embargo(world: World, item: Item, words: dict[str, Any] | None) -> None:
    if words is None:
        return
    embargo = Embargo.objects.create(
        item=item, state=words["state"], ends_at=words["ends_at"], proposed_at=BEGINNING, terms=words["terms"],
        terms_since=BEGINNING,
    )  # fmt: skip
    for name, named in words["named"].items():
        answered = None if named["answer"] == "unanswered" else BEGINNING
        Named.objects.create(
            embargo=embargo, person=world.people[name], since=BEGINNING, answered_at=answered,
            answer=named["answer"], terms=named["terms"],
        )  # fmt: skip


def test_every_kind_of_bucket_is_met_in_the_generated_worlds() -> None:
    """So that agreement says something: across the seeds, each bucket opened something for somebody."""
    met: set[int] = set()
    for seed in range(6):
        r = Random(seed)
        words = generate.world(r)
        world = World(
            {
                **words,
            }
        )
        rows: list[tuple[dict[str, Any], Item]] = []
        for _ in range(12):
            item = generate.item(r, words, [facts for facts, _ in rows])
            rows.append((item, build(world, item, {id(f): row for f, row in rows})))
        placed = {b & 15 for _, row in rows for b in row.placements.values_list("bucket", flat=True)}
        held = {b & 15 for v in world.viewers().values() for at in generate.MOMENTS for b in v.keys(at)}
        met |= placed & held
        rename(world)
    assert {Bucket(kind).name for kind in met} == {bucket.name for bucket in Bucket}


def rename(world: World) -> None:
    """Make room for the next world's names."""
    tables: tuple[dict[str, Any], ...] = (world.warps, world.organisations, world.groups)
    for number, rows in enumerate(tables):
        for name, row in rows.items():
            row.name = row.slug = f"{name}-{number}-{row.pk}-old"
            row.save()
    for person in world.people.values():
        person.email = f"{person.pk}-old@example.org"
        person.save()
