"""Those to whom wm relays: Kent's WARP by mail, the national centre by TAXII. carol coordinates wm and handles its
items, alice of brum reads them, bob of solihull reported the incident."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from pysequoia import Tsk

from advisories.models import Destination, Relay
from advisories.relaying import asking, destinations, proving, sending
from advisories.relaying.destinations import Typed
from members.models import Item
from tests import pages
from tests.advisories.incidents import incident
from tests.advisories.relaying.conftest import COLLECTION, Taxii
from tests.conftest import NOON
from tests.members.world import BEGINNING, World

LATER = NOON + timedelta(minutes=5)
KENT = "desk@kent-warp.example.org"
GREEN = {"id": "green", "label": "GREEN"}
AMBER = {"id": "amber", "label": "AMBER", "grants": [{"organisation": "brum"}]}
SAID = {"title": "Ransomware by mail", "what_to_do": "Pull the plug", "what_is_known": "They came by CVE-2026-12345."}


@cache
def pair() -> Tsk:
    return Tsk.generate("Kent <desk@kent-warp.example.org>")


def by_mail(world: World, at: datetime = BEGINNING, *, strictest: str = "GREEN", key: bool = False) -> Destination:
    """Kent's WARP, verified."""
    typed = Typed("Kent WARP", "mail", strictest, mail=KENT, key=str(pair().extract_certificate()) if key else "")
    return verified(world, destinations.add(world.people["carol"], world.warps["wm"], typed, at), at)


def by_taxii(world: World, there: Taxii, at: datetime = BEGINNING, strictest: str = "AMBER") -> Destination:
    typed = Typed("NCSC", "taxii", strictest, root=there.root, collection=COLLECTION, sign_in=there.token)
    one = destinations.add(world.people["carol"], world.warps["wm"], typed, at)
    proving.ask_collection(world.people["carol"], one, at)
    one.refresh_from_db()
    return one


def verified(world: World, one: Destination, at: datetime) -> Destination:
    Destination.objects.filter(pk=one.pk).update(verified_at=at, verified_by=world.people["carol"])
    one.refresh_from_db()
    return one


def advisory(world: World, case: dict[str, Any] | None = None, **text: str) -> Item:
    return pages.advisory(world, case or GREEN, **{**SAID, **text}).item


def shared_incident(world: World, case: dict[str, Any] | None = None) -> Item:
    """One that derives from no report."""
    return incident(world, case or GREEN, **SAID)


def relayed(world: World, item: Item, to: Destination, at: datetime = NOON, by: str = "carol") -> Relay:
    goes, said = asking.shown(item, to, at)
    assert goes is not None, said
    return asking.relay(world.people[by], item, to, at, seen=goes.digest)


def went(relay: Relay, at: datetime = NOON) -> Relay:
    """What is due is sent at `at`. How the relay stands then."""
    sending.send(at)
    return Relay.objects.get(pk=relay.pk)
