"""In drawn worlds a relay of every item is owed, as no verb would have it, by somebody who may do everything; and what
goes is held against the rule's page: what is released up to a destination's label, in the version that stands, and no
word of anything else."""

from __future__ import annotations

from datetime import datetime
from email import message_from_bytes, policy
from typing import Any

import pytest
from django.core import mail

from advisories.models import Destination, Relay, Version
from advisories.relaying import asking, rule, sending
from advisories.relaying.parcel import parcel
from members import stand
from members.models import Item
from tests.members.world import span
from tests.prove import draw
from tests.prove.draw import Words
from tests.prove.tokens import EVERY, found
from tests.prove.walk import standing_still, undone
from tests.prove.worlds import Drawn, drawn

pytestmark = pytest.mark.django_db
OPEN = ("CLEAR", "GREEN", "AMBER", "AMBER+STRICT")
WORLDS = 12


def test_whatever_is_owed_only_what_is_released_and_wide_enough_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("members.permits.can", lambda *_: True)
    monkeypatch.setattr(rule, "OPENLY", OPEN)  # in the clear, so that it can be read here
    went = words = 0
    for number in range(WORLDS):
        at = draw.MOMENTS[3 + number % 6]
        with undone(), standing_still(at):
            one, said = _sent(drawn(number), at)
            went, words = went + one, words + said
    assert went > 5 and words > 30, "of what may go, nothing did: this proves nothing"


def _sent(world: Drawn, at: datetime) -> tuple[int, int]:
    """How many went, and how many words of theirs. Each of them may."""
    mail.outbox = []
    Destination.objects.update(strictest="AMBER+STRICT")
    owed = {name: _owed(row, at) for name, row in world.rows.items()}
    assert sending.send(at) == len(owed) <= sending.MOST
    went = {name for name, pk in owed.items() if Relay.objects.get(pk=pk).sent_at is not None}
    assert {name for name in went if not _open(world.items[name], at)} == set(), "left the hub"
    assert len(mail.outbox) == len(went)
    told = found(b"\n".join(_bytes(letter) for letter in mail.outbox))
    for canary in (world.mint.made[token] for token in told):
        assert not isinstance(canary.subject, str) and canary.subject["name"] in went, f"{canary}: it did not go"
        assert canary.needs in ("title", "body") and canary.field != "author", f"{canary} is for handlers"
        assert canary.version in (EVERY, _stands(canary.subject, at)["version"]), f"{canary} does not stand"
    return len(went), len(told)


def _owed(item: Item, at: datetime) -> int:
    """A relay with the digest of what stands, be it RED, kept back or withdrawn, where there is any."""
    to = Destination.objects.get(warp=item.warp)
    goes, _said = asking.shown(item, to, at)
    standing = stand.in_force(item, at)
    if goes is None and standing is not None and standing.label != "RED":
        there = Version.objects.filter(advisory=item.pk, number=standing.version).exists()
        goes = parcel(item, standing) if there else None
    return Relay.objects.create(
        item=item, version=standing.version if standing else 1, digest=goes.digest if goes else "x", destination=to,
        label=standing.label if standing and standing.label != "RED" else "GREEN", by=to.added_by, due_at=at,
    ).pk  # fmt: skip


def _open(words: Words, at: datetime) -> bool:
    """As policy.md has it, in words of its own."""
    kept = words["embargo"] and at < words["embargo"]["ends_at"]
    stands = _stands(words, at)
    secret = words["anonymous"] or words["parent"] or kept
    shared = words["kind"] in draw.WRITTEN and stands["state"] == "released" and stands["label"] in OPEN
    return bool(shared and not secret)


def _stands(words: Words, at: datetime) -> Words:
    nothing: Words = {"state": "", "label": "", "version": None}
    return next((one for one in words["standings"] if span(one)["since"] <= at < span(one)["until"]), nothing)


def _bytes(letter: Any) -> bytes:
    """Every part, as its reader has it."""
    message = message_from_bytes(letter.message().as_bytes(), policy=policy.default)
    parts: list[Any] = [part.get_payload(decode=True) or b"" for part in message.walk()]
    return b"\n".join([str(message["Subject"]).encode(), *parts])
