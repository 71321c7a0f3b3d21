"""Incidents of the cast: as rows, for tests of their pages, and by the verbs. bob of solihull reports to wm."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from advisories import draft, incidents, publish
from advisories.fingerprint import with_files
from advisories.models import Advisory, Incident, Report, Version
from advisories.sanitise import Choice
from advisories.sharing import consent, deciding, handing, review
from advisories.sharing.known import known_of
from advisories.sharing.places import places
from members import clock, reports
from members.models import Affiliation, Item, Office, Person
from tests import pages
from tests.conftest import NOON
from tests.members.world import BEGINNING, World


def incident(world: World, case: dict[str, Any], **text: Any) -> Item:
    """An incident as a case words it, with one version."""
    item = pages.advisory(world, {**case, "kind": "incident"}, **text).item
    Incident.rows.create(item=item)
    return item


def filed(world: World, *, anonymous: bool = True, **wish: Any) -> Item:
    bob = world.people["bob"]
    affiliation = Affiliation.objects.get(person=bob)
    item = reports.begin(bob, affiliation, world.warps["wm"], NOON, anonymous=anonymous)
    Report.rows.create(item=item, title="We are locked out", **wish)
    return reports.file(bob, item, NOON)


def derived(world: World, by: str = "cuth", *, anonymous: bool = True, **wish: Any) -> Item:
    report = filed(world, anonymous=anonymous, **wish)
    return incidents.derive_incident(world.people[by], report, NOON).item


def kept(world: World, **wish: Any) -> Item:
    """One that carol handles: from a report that names its author."""
    return derived(world, "carol", anonymous=False, **wish)


def shared(world: World, item: Item, **changes: Any) -> Item:
    said = {"title": "Ransomware", "what_to_do": "Pull the plug", "label": "AMBER", **changes}
    said.setdefault("audience", [("organisation", world.organisations["brum"].pk)])
    draft.edit(world.people["carol"], Advisory.rows.get(item=item), NOON, **said)
    agreed(world, item)
    publish.release(world.people["carol"], item, NOON)
    return Item.rows.get(pk=item.pk)


def text(item: Item) -> Version:
    return Version.objects.select_related("advisory__item").filter(advisory=item.pk).order_by("-number")[0]


def handed(world: World, item: Item, at: datetime = NOON, by: str = "carol") -> str:
    """Looked through, everything kept, and handed on. What it says, as a fingerprint."""
    person = world.people[by]
    kept = {one.code: Choice.KEEP for one in places(text(item), known_of(item))}
    deciding.decide(person, item, at, kept, seen=publish.fingerprint(text(item)))
    seen = with_files(text(item))
    handing.hand_on(person, item, at, seen=seen)
    return seen


def agreed(world: World, item: Item, at: datetime = NOON, by: str = "carol", second: Person | None = None) -> None:
    """Handed on, agreed to by bob who reported it, and looked at by a second person where one is named."""
    seen = handed(world, item, at, by)
    consent.agree(world.people["bob"], item, at, seen=seen, ends_at=consent.until(item, at))
    if second is not None:
        review.approve(second, item, at, seen=seen)


def deputy(world: World, name: str = "pam") -> Person:
    """A second coordinator of wm."""
    if name not in world.people:
        world.people[name] = Person.objects.create(
            email=f"{name}@example.org", name=name.title(), active_since=BEGINNING, active_until=clock.FOREVER
        )
        office = {"warp": world.warps["wm"], "role": Office.Role.COORDINATOR, "since": BEGINNING}
        Office.objects.create(person=world.people[name], **office)
    return world.people[name]
