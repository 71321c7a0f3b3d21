"""What lies beneath a text that derives from a report before it is shared: nothing of it goes out that was not shown to
bob, who reported it. carol handles it, alice of brum is for whom it is."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile

from advisories import children
from advisories.models import Attachment, Review
from advisories.narrower import for_handlers
from advisories.sharing import consent, review
from members import embargo, granting
from members.models import Item, Named
from members.policy import Answer, Viewer, may
from members.refused import Refused
from tests.advisories.incidents import agreed, handed
from tests.advisories.sharing.test_gate import anonymous, bob_agrees, kept_back, named, release
from tests.conftest import NOON
from tests.members.world import World

pytestmark = pytest.mark.django_db
LATER, WEEK = NOON + timedelta(hours=1), NOON + timedelta(days=7)
BOTH = pytest.mark.parametrize("make", [anonymous, named])
GUESS = "I think that this is Solihull."


@pytest.fixture(autouse=True)
def here(folder: Path) -> Path:
    return folder


def attach(world: World, item: Item, at: Any = NOON, content: bytes = b"solihull", **whom: Any) -> Attachment:
    file = ContentFile(content, name="a.txt")
    return children.attach(world.people["carol"], item, at, "a.txt", file, **whom)


def reads(world: World, who: str, item: Item, at: Any = LATER) -> bool:
    return may(Viewer(world.people[who].pk), item, at) == Answer.BODY


@BOTH
@pytest.mark.parametrize("label", [None, "AMBER+STRICT"])
def test_what_handlers_say_of_a_draft_among_themselves_is_never_for_its_readers(
    world: World, make: Any, label: str | None
) -> None:
    item, carol = make(world), world.people["carol"]
    by = "cuth" if make is anonymous else "carol"
    handed(world, item, by=by)
    brum = [("organisation", world.organisations["brum"].pk)] if label else []
    with pytest.raises(Refused, match="Only those who handle it"):
        children.comment(carol, item, NOON, GUESS, label=label, targets=brum)
    narrow, nobody = for_handlers(item, NOON)
    said = children.comment(carol, item, NOON, GUESS, label=narrow, targets=nobody)
    bob_agrees(world, item)
    if make is anonymous:
        review.approve(carol, item, NOON)
    release(world, item)
    assert reads(world, "alice", item) and not reads(world, "alice", said.item) and reads(world, "carol", said.item)
    assert reads(world, "alice", children.comment(carol, item, LATER, "It is over.").item)


@BOTH
def test_a_file_for_some_of_its_readers_is_no_way_round_and_neither_is_a_grant(world: World, make: Any) -> None:
    item, brum = make(world), [("organisation", world.organisations["brum"].pk)]
    handed(world, item, by="cuth" if make is anonymous else "carol")
    with pytest.raises(Refused, match="agrees to all that goes out"):
        attach(world, item, label="AMBER+STRICT", targets=brum)
    narrow, nobody = for_handlers(item, NOON)
    file = attach(world, item, label=narrow, targets=nobody)
    with pytest.raises(Refused, match="agrees for whom"):
        granting.grant(world.people["carol"], file.item, NOON, brum)


def test_what_is_approved_in_advance_gets_no_more_files_and_who_is_named_on_it_may_talk(world: World) -> None:
    item, alice = kept_back(world), world.people["alice"]
    release(world, item)
    with pytest.raises(Refused, match="agrees to all that goes out"):
        attach(world, item)
    embargo.name(world.people["carol"], item, NOON, [alice])
    embargo.accept(alice, Named.objects.get().code, NOON, 1)
    assert reads(world, "alice", children.comment(alice, item, NOON, "We have it too.").item)
    assert attach(world, item, WEEK).item.parent == item


def test_a_release_that_was_approved_in_advance_and_never_came_lets_no_file_through(world: World) -> None:
    item = kept_back(world)
    release(world, item)
    seen = Review.objects.get(lapsed_at=None).fingerprint
    consent.decline(world.people["bob"], item, LATER, "I was wrong.", seen=seen)
    with pytest.raises(Refused, match="anonymous report"):
        attach(world, item, LATER, b"%PDF-1.7\n...")
    bob_agrees(world, item, LATER)
    attach(world, item, LATER)
    with pytest.raises(Refused, match="Hand it on first"):
        release(world, item, LATER)


def test_what_goes_out_with_it_stays_the_same_while_it_is_approved_in_advance(world: World) -> None:
    item, carol = anonymous(world), world.people["carol"]
    embargo.propose(world.people["cuth"], item, NOON, ends_at=WEEK, reason="x", terms="x", handlers=[carol])
    embargo.approve(carol, item, NOON)
    attach(world, item)
    agreed(world, item, by="cuth", second=carol)
    release(world, item)
    version = review.standing(item)
    assert version is not None
    consent.decline(world.people["bob"], item, LATER, "I was wrong.", seen=version.fingerprint)
    consent.agree(world.people["bob"], item, LATER, seen=version.fingerprint, ends_at=WEEK)
    release(world, item, LATER)
    assert reads(world, "alice", Attachment.rows.get().item, WEEK)
