"""Who filed it: bob of solihull files anonymously to wm, of which cuth is custodian and carol coordinator."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from members import reports
from members.models import Affiliation, AuditRow, Item, Kind, Membership, Organisation, Origin, Person
from members.models.item import pos_of
from members.permits import can
from members.place import misplaced
from members.policy import Answer, Viewer, audience, may
from members.refused import Refused
from members.seal import Unopenable, close, unseal
from tests.conftest import NOON
from tests.members.world import BEGINNING, World

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


def begun(world: World, who: str = "bob", *, anonymous: bool = True) -> Item:
    affiliation = Affiliation.objects.filter(person=world.people[who]).first()
    assert affiliation is not None
    return reports.begin(world.people[who], affiliation, world.warps["wm"], NOON, anonymous=anonymous)


def filed(world: World, who: str = "bob", *, anonymous: bool = True) -> Item:
    return reports.file(world.people[who], begun(world, who, anonymous=anonymous), NOON)


def reading(world: World, item: Item, at: Any = NOON) -> set[str]:
    fresh = Item.rows.get(pk=item.pk)
    assert misplaced([fresh]) == []
    return {name for name, viewer in world.viewers().items() if may(viewer, fresh, at) == Answer.BODY}


def test_while_it_is_written_its_author_reads_it_then_custodians_too(world: World) -> None:
    item = begun(world)
    assert reading(world, item) == {"bob"}
    reports.file(world.people["bob"], item, NOON)
    assert reading(world, item) == {"bob", "cuth"}


def test_a_named_report_goes_to_the_handlers(world: World) -> None:
    assert reading(world, filed(world, anonymous=False)) == {"bob", "carol"}


def test_nobody_else_files_or_submits_it(world: World) -> None:
    item = begun(world)
    for stranger in ("dora", "cuth", "carol", "root"):
        with pytest.raises(Refused):
            reports.file(world.people[stranger], item, NOON)
    assert Item.rows.get(pk=item.pk).submitted_at is None


def test_filed_twice_by_a_nervous_thumb_it_is_filed_once(world: World) -> None:
    item = filed(world)
    reports.file(world.people["bob"], item, LATER)
    assert AuditRow.objects.filter(verb="file_report").count() == 1


def test_a_named_one_says_when_and_an_anonymous_one_the_day_alone(world: World) -> None:
    """Whoever holds the tables compares a moment with who was signed in."""
    days = {(item.created_at, item.submitted_at) for item in (filed(world), filed(world, anonymous=False))}
    midnight = NOON.replace(hour=0)
    assert days == {(midnight, midnight), (NOON, NOON)}
    assert Item.rows.filter(anonymous=True, pos__gte=pos_of(midnight), pos__lt=pos_of(midnight, 2**32)).count() == 1


@pytest.mark.parametrize("who", ["paul", "nina", "lee", "vic"])
def test_who_is_of_no_active_member_of_the_warp_reports_nothing_to_it(world: World, who: str) -> None:
    with pytest.raises(Refused, match="active member"):
        begun(world, who)


def test_no_table_but_the_sealed_one_can_be_joined_to_the_author(world: World) -> None:
    item, bob = filed(world), world.people["bob"]
    assert (item.author_id, item.affiliation_id, item.office_id) == (None, None, None)
    origin = Origin.objects.get(item=item)
    affiliation = Affiliation.objects.get(person=bob)
    assert {origin.filer, origin.capacity}.isdisjoint({bob.pk, affiliation.pk})
    assert bob.pk.to_bytes(8, "big") not in bytes(origin.sealed)
    assert bob.email.encode() not in bytes(origin.sealed)


def test_the_audit_carries_the_pseudonym_and_the_day(world: World) -> None:
    item = filed(world)
    rows = AuditRow.objects.filter(reference=item.reference, verb__in=["begin_report", "file_report"])
    pseudonym = Origin.objects.get(item=item).pseudonym
    assert {row.actor for row in rows} == {pseudonym} and rows.count() == 2
    assert {(row.at.hour, row.at.minute, row.at.microsecond) for row in rows} == {(0, 0, 0)}


def test_a_custodian_opens_it_with_a_reason_that_is_kept_and_nobody_else_does(world: World) -> None:
    item = filed(world)
    for stranger in ("carol", "kate", "root", "bob", "dora"):
        with pytest.raises(Refused, match="custodian"):
            reports.open_origin(world.people[stranger], item, NOON, "I must know.")
    with pytest.raises(Refused, match="why"):
        reports.open_origin(world.people["cuth"], item, NOON, " ")
    assert reports.open_origin(world.people["cuth"], item, NOON, "They asked for help.") == world.people["bob"]
    assert AuditRow.objects.filter(verb="open_origin", reference=item.reference).count() == 1


def test_a_sealed_link_opens_with_its_key_and_on_its_item_alone(world: World, settings: Any) -> None:
    sealed = close(7, 3)
    assert unseal(sealed, 3) == 7 and sealed != close(7, 3)
    for broken, number in ((sealed, 4), (sealed[:-1] + b"x", 3), (b"", 3)):
        with pytest.raises(Unopenable):
            unseal(broken, number)
    item = filed(world)
    settings.ORIGIN_KEY = "another"
    with pytest.raises(Unopenable):
        unseal(sealed, 3)
    with pytest.raises(Refused, match="ORIGIN_KEY"):
        reports.open_origin(world.people["cuth"], item, NOON, "They asked for help.")


def test_the_label_names_the_nearest_warp_of_which_five_could_have_filed_it_and_stays_as_it_was(world: World) -> None:
    item = filed(world)  # wm and below: brum, solihull, dudley, walsall; the hub: six
    origin = Origin.objects.get(item=item)
    assert origin.label == "A member of uk"
    sandwell = Organisation.objects.create(name="Sandwell", slug="sandwell")
    Membership.objects.create(organisation=sandwell, warp=world.warps["wm"], since=BEGINNING)
    assert reports.label_for(world.warps["wm"], NOON) == "A member of wm"
    origin.refresh_from_db()
    assert origin.label == "A member of uk"


def test_below_five_in_the_whole_hub_no_warp_is_named(world: World) -> None:
    Membership.objects.filter(organisation__slug__in=["maidstone", "faversham"]).update(state="suspended")
    assert reports.label_for(world.warps["birmingham"], NOON) == "A member of this hub"


# What is derived from it


def derived(world: World) -> Item:
    return reports.derive(world.people["cuth"], filed(world), Kind.ADVISORY, NOON)


def test_its_author_reads_what_is_derived_drafts_included_and_stands_in_no_list(world: World) -> None:
    item = derived(world)
    assert reading(world, item) == {"cuth", "bob"}
    for other in ("bob", "carol"):
        with pytest.raises(Refused):
            reports.submit(world.people[other], item, NOON)
    reports.submit(world.people["cuth"], item, NOON)
    assert reading(world, item) == {"cuth", "bob", "carol"}


def test_only_its_custodian_derives_from_it(world: World) -> None:
    item = filed(world)
    for stranger in ("carol", "bob", "kate", "root"):
        with pytest.raises(Refused):
            reports.derive(world.people[stranger], item, Kind.ADVISORY, NOON)


@pytest.mark.parametrize("verb", ["comment", "attach", "leave"])
def test_in_their_own_name_the_author_does_nothing_to_it_that_would_tell_who_they_are(world: World, verb: str) -> None:
    item = derived(world)
    bob: Person = world.people["bob"]
    assert may(Viewer(bob.pk), item, NOON) == Answer.BODY and not can(bob, verb, item, NOON)
    reports.submit(world.people["cuth"], item, NOON)
    assert can(world.people["carol"], verb, item, NOON)


def test_audience_knows_the_author_and_so_is_never_shown(world: World) -> None:
    names = {person.name for person in audience(derived(world), NOON)}
    assert names == {"Cuth", "Bob"}
