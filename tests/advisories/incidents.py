"""Incidents of the cast: as rows, for tests of their pages, and by the verbs. bob of solihull reports to wm."""

from __future__ import annotations

from typing import Any

from advisories import draft, incidents, publish
from advisories.models import Advisory, Incident, Report
from members import reports
from members.models import Affiliation, Item
from tests import pages
from tests.conftest import NOON
from tests.members.world import World


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
    publish.release(world.people["carol"], item, NOON)
    return Item.rows.get(pk=item.pk)
