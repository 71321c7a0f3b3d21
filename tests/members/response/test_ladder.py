"""An organisation's contact ladder: who writes it, who sees it, and that whoever left stands on none."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from django.core.mail import EmailMessage
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members import joining, leaving
from members.delivery.mark import make_bad
from members.directory import ladders_for
from members.models import (
    Address,
    Affiliation,
    Announcement,
    AuditRow,
    Contact,
    Delivery,
    Membership,
    Office,
    Organisation,
)  # fmt: skip
from members.policy import Viewer
from members.reach import prove
from members.refused import Refused
from members.response import ladder
from members.response.ladder import Rung
from tests.members.world import World
from tests.pages import confirm, visitor

pytestmark = pytest.mark.django_db
PORTER = Rung("night", name="Night porter", telephone="01632 960 123", mail="porter@example.org", note="after 18:00")


@pytest.fixture
def brum(world: World) -> Organisation:
    """The council that alice leads and alan is of; brian coordinates its WARP, Birmingham, and carol the one above."""
    Affiliation.objects.filter(person=world.people["alice"]).update(role="lead")
    return world.organisations["brum"]


def names(organisation: Organisation) -> list[str]:
    return [contact.who for contact in ladder.ladder(organisation)]


def test_a_lead_writes_it_in_an_order_of_their_own(world: World, brum: Organisation, noon: datetime) -> None:
    alice, alan = world.people["alice"], world.people["alan"]
    ladder.add(alice, brum, noon, Rung("primary", person=alan))
    porter = ladder.add(alice, brum, noon, PORTER)
    assert names(brum) == ["Alan", "Night porter"]
    ladder.move_up(alice, porter, noon)
    ladder.move_up(alice, porter, noon)
    assert names(brum) == ["Night porter", "Alan"]
    ladder.change(alice, porter, noon, PORTER._replace(telephone="01632 960 999"))
    assert ladder.ladder(brum)[0].telephone == "01632 960 999"
    ladder.remove(alice, porter, noon)
    assert names(brum) == ["Alan"]
    assert not Address.objects.filter(value="porter@example.org").exists()
    said = [row.detail for row in AuditRow.objects.filter(reference="brum")]
    assert "Porter" not in str(said) and "01632" not in str(said) and len(said) == 6


@pytest.mark.parametrize("who", ["alan", "bob", "carol", "kate", "root", "olive"])
def test_nobody_else_does(world: World, brum: Organisation, noon: datetime, who: str) -> None:
    with pytest.raises(Refused):
        ladder.add(world.people[who], brum, noon, PORTER)
    for allowed in ("alice", "brian"):
        ladder.add(world.people[allowed], brum, noon, PORTER)
    assert len(names(brum)) == 2


@pytest.mark.parametrize(
    ("rung", "said"),
    [
        (Rung("primary"), "Choose one of your people"),
        (Rung("primary", name="Porter"), "Write how Porter is reached"),
        (Rung("boss", name="Porter", telephone="123"), "Choose what they are"),
    ],
)
def test_what_reaches_nobody_is_refused(
    world: World, brum: Organisation, noon: datetime, rung: Rung, said: str
) -> None:
    with pytest.raises(Refused, match=said):
        ladder.add(world.people["alice"], brum, noon, rung)


def test_only_its_own_people_are_named_on_it_and_each_once(world: World, brum: Organisation, noon: datetime) -> None:
    alice = world.people["alice"]
    with pytest.raises(Refused, match="Bob is not of brum"):
        ladder.add(alice, brum, noon, Rung("deputy", person=world.people["bob"]))
    ladder.add(alice, brum, noon, Rung("deputy", person=alice))
    with pytest.raises(Refused, match="Alice is on the list already"):
        ladder.add(alice, brum, noon, Rung("night", person=alice))


def test_its_own_people_and_the_coordinators_of_its_warps_see_it_and_nobody_else(world: World, noon: datetime) -> None:
    seen = {
        who: set(ladders_for(Viewer(person.pk), noon).values_list("slug", flat=True))
        for who, person in world.people.items()
    }
    assert seen["alan"] == {"brum"} and seen["bob"] == {"solihull"}
    assert seen["brian"] == {"brum"}
    assert seen["carol"] == {"solihull", "walsall", "paused", "dudley", "newco"}  # suspended and applying ones too
    assert "brum" not in seen["kate"] and seen["olive"] == seen["root"] == seen["ivan"] == set()
    assert not ladders_for(Viewer(), noon).exists()


def test_whoever_left_or_is_erased_stands_on_none(world: World, brum: Organisation, noon: datetime) -> None:
    alice, alan = world.people["alice"], world.people["alan"]
    ladder.add(alice, brum, noon, Rung("deputy", person=alan, telephone="01632 960 777"))
    leaving.end_affiliation(alan, brum, noon, None)
    assert names(brum) == []
    ladder.add(alice, brum, noon, Rung("deputy", person=alice, telephone="01632 960 777"))
    leaving.disable(alice, noon, None)
    assert list(ladder.still_there(brum, noon)) == []
    leaving.erase(alice, noon, None)
    assert names(brum) == []


def test_who_is_taken_off_is_named_no_more_and_what_they_were_told_stays(
    world: World, brum: Organisation, noon: datetime
) -> None:
    alice, item = world.people["alice"], world.item({"id": "g", "label": "GREEN"})
    announcement = Announcement.objects.create(event="released", item=item, version=1, created_at=noon, due_at=noon)
    day = PORTER._replace(name="Day porter", mail="day@example.org")
    for rung in (PORTER, day):
        to = ladder.add(alice, brum, noon, rung).address
        assert to is not None
        said = f"250 {rung.mail} taken"
        Delivery.objects.create(announcement=announcement, address=to, due_at=noon, state="sent", outcome=said, step=1)
    night = Contact.objects.get(name="Night porter")
    ladder.change(alice, night, noon, PORTER._replace(mail="other@example.org"))
    ladder.remove(alice, night, noon)
    told = f"{list(Address.objects.values())} {list(Delivery.objects.values())}"
    assert "Night" not in told and "porter@example.org" not in told and "other@example.org" not in told
    assert "Day porter" in told and told.count("day@example.org") == 2, "who is still on it keeps theirs"
    assert Delivery.objects.filter(announcement=announcement, state="sent").count() == 2


def test_whom_the_hub_can_tell_nothing_is_known(world: World, brum: Organisation, noon: datetime) -> None:
    def reached() -> set[str]:
        some = Membership.objects.filter(ladder.reachable(noon), organisation__slug__in=["brum", "solihull"])
        return set(some.values_list("organisation__slug", flat=True))

    assert reached() == {"brum", "solihull"}
    Address.objects.filter(person=world.people["bob"]).update(bad_since=noon)
    assert reached() == {"brum"}


def test_that_mail_to_a_contact_comes_back_its_leads_hear_and_saved_again_it_is_proved_anew(
    world: World, brum: Organisation, noon: datetime
) -> None:
    Affiliation.objects.filter(person=world.people["bob"]).update(role="lead")
    alice = world.people["alice"]
    porter = ladder.add(alice, brum, noon, PORTER)
    first = porter.address
    assert first is not None
    assert ladder.change(alice, porter, noon, PORTER._replace(note="all night")).address == first
    make_bad(first, noon)
    told = Delivery.objects.filter(announcement__notice="returned")
    assert list(told.values_list("address__value", flat=True)) == ["alice@example.org"]
    second = ladder.change(alice, porter, noon, PORTER).address
    assert second is not None and second != first and (second.value, second.bad_since) == (first.value, None)
    assert second.verified_at is None, "and told nothing before it is proved anew"


def test_that_mail_to_a_coordinator_comes_back_the_others_of_their_warp_hear(world: World, noon: datetime) -> None:
    colin = joining.add_person("Colin", "colin@example.org", noon)
    joining.appoint(colin, world.warps["wm"], Office.Role.COORDINATOR, noon)
    make_bad(world.people["carol"].addresses.get(), noon)
    told = Delivery.objects.filter(announcement__notice="returned")
    assert list(told.values_list("address__value", flat=True)) == ["colin@example.org"]
    make_bad(colin.addresses.get(), noon)
    assert Announcement.objects.filter(notice="returned").count() == 1, "nobody is left who could hear"


# Pages


def test_on_the_page_a_lead_adds_moves_changes_and_takes_away(world: World, brum: Organisation) -> None:
    alice = visitor(world.people["alice"], confirmed=True)
    assert alice.get("/contacts/").headers["Location"] == "/contacts/brum/"
    alan = {"role": "primary", "person": "alan@example.org"}
    assert "Alan" in alice.post("/contacts/brum/", alan, follow=True).content.decode()
    porter = {"role": "night", "name": "Porter", "telephone": "01632 960 123", "mail": "p@example.org"}
    shown = alice.post("/contacts/brum/", porter, follow=True).content.decode()
    assert 'href="tel:01632960123"' in shown and "p@example.org" in shown
    code = Contact.objects.get(name="Porter").code
    alice.post(f"/contacts/brum/{code}/", {"act": "up"})
    assert names(brum) == ["Porter", "Alan"]
    assert 'value="01632 960 123"' in alice.get(f"/contacts/brum/{code}/").content.decode()
    bad = alice.post(f"/contacts/brum/{code}/", {**porter, "telephone": "ring me"}).content.decode()
    assert "Write a telephone number like" in bad and "ring me" in bad
    alice.post(f"/contacts/brum/{code}/", {**porter, "name": "Night desk"})
    assert names(brum) == ["Night desk", "Alan"]
    alice.post(f"/contacts/brum/{code}/", {"act": "remove"})
    assert names(brum) == ["Alan"]


def test_who_only_reads_it_is_offered_no_change_and_others_find_nothing(
    world: World, brum: Organisation, noon: datetime
) -> None:
    contact = ladder.add(world.people["alice"], brum, noon, PORTER)
    alan, bob = (visitor(world.people[who], confirmed=True) for who in ("alan", "bob"))
    shown = alan.get("/contacts/brum/").content.decode()
    assert "Night porter" in shown and "Add a contact" not in shown and "Take away" not in shown
    add = {"role": "night", "name": "x", "telephone": "123"}
    assert alan.post("/contacts/brum/", add).status_code == 404
    assert alan.post(f"/contacts/brum/{contact.code}/", {"act": "remove"}).status_code == 404
    assert names(brum) == ["Night porter"]
    for path, nothing in (("/contacts/brum/", "/contacts/nowhere/"),
                          (f"/contacts/brum/{contact.code}/", "/contacts/nowhere/XXXXXXXXXXXX/")):  # fmt: skip
        bob.get(nothing)
        with CaptureQueriesContext(connection) as hidden:
            said = bob.get(path)
        with CaptureQueriesContext(connection) as absent:
            other = bob.get(nothing)
        assert said.status_code == 404 and said.content == other.content and len(hidden) == len(absent)
    assert visitor().get("/contacts/brum/").status_code == 302


def test_the_page_takes_as_many_statements_for_fifteen_contacts_as_for_two(
    world: World, brum: Organisation, noon: datetime
) -> None:
    alice = visitor(world.people["alice"], confirmed=True)

    def statements() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert alice.get("/contacts/brum/").status_code == 200
        return len(asked)

    for number in range(2):
        ladder.add(world.people["alice"], brum, noon, PORTER._replace(name=f"Porter {number}"))
    statements()
    few = statements()
    for number in range(13):
        ladder.add(world.people["alice"], brum, noon, PORTER._replace(name=f"Desk {number}"))
    assert statements() == few <= 16


def test_whoever_changes_it_shows_once_more_that_it_is_they(world: World, brum: Organisation, noon: datetime) -> None:
    contact = ladder.add(world.people["alice"], brum, noon, PORTER)
    client, page = visitor(world.people["alice"]), f"/contacts/brum/{contact.code}/"
    shown = client.get("/contacts/brum/").content.decode()
    assert "Night porter" in shown and "Show that it is you" in shown and "Add a contact" not in shown
    add = {"role": "night", "name": "x", "telephone": "123"}
    for path, body in (("/contacts/brum/", add), (page, add), (page, {"act": "remove"}), (page, {"act": "code"})):
        assert "reauthenticate" in client.post(path, body)["Location"]
    assert names(brum) == ["Night porter"] and "reauthenticate" in client.get(page)["Location"]
    confirm(client, world.people["alice"])
    client.post("/contacts/brum/", add)
    assert names(brum) == ["Night porter", "x"]


def test_an_address_of_a_contact_is_told_nothing_before_who_reads_there_has_told_the_code(
    world: World, brum: Organisation, noon: datetime, mailoutbox: list[EmailMessage]
) -> None:
    contact = ladder.add(world.people["alice"], brum, noon, PORTER)
    page, told = f"/contacts/brum/{contact.code}/", Address.objects.filter(rung=contact, verified_at__isnull=False)
    alice = visitor(world.people["alice"], confirmed=True)
    assert "not verified" in alice.get("/contacts/brum/").content.decode() and not told.exists()
    alice.post(page, {"act": "code"})
    (mail,) = mailoutbox
    (code,) = re.findall(r"\b[0-9]{6}\b", str(mail.body))
    assert mail.to == ["porter@example.org"] and "brum" not in str(mail.body) and "alert" not in str(mail.body)
    wrong = f"{(int(code) + 1) % 10**6:06}"
    assert "not the code" in alice.post(page, {"act": "confirm", "code": wrong}, follow=True).content.decode()
    assert not told.exists()
    with pytest.raises(Refused):
        prove.confirm_code(Address.objects.get(rung=contact), code, world.people["alan"], noon)
    assert "Verified" in alice.post(page, {"act": "confirm", "code": code}, follow=True).content.decode()
    assert told.exists()
    ladder.change(world.people["alice"], contact, noon, PORTER._replace(name="Night desk"))
    assert told.exists(), "the same mailbox under another name"
    ladder.change(world.people["alice"], contact, noon, PORTER._replace(mail="other@example.org"))
    assert not told.exists()
    assert "porter@" not in str(list(AuditRow.objects.values())) and code not in str(list(AuditRow.objects.values()))


def test_codes_to_contacts_are_counted_also_where_they_are_taken_away_and_written_down_again(
    world: World, brum: Organisation, noon: datetime, mailoutbox: list[EmailMessage]
) -> None:
    alice = world.people["alice"]
    for number in range(prove.A_DAY):
        contact = ladder.add(alice, brum, noon, PORTER._replace(mail=f"stranger{number}@example.org"))
        prove.send_code(Address.objects.get(rung=contact), alice, noon)
        ladder.remove(alice, contact, noon)
    contact = ladder.add(alice, brum, noon, PORTER)
    with pytest.raises(Refused, match="too often today"):
        prove.send_code(Address.objects.get(rung=contact), alice, noon)
    assert len(mailoutbox) == prove.A_DAY
    prove.send_code(Address.objects.get(rung=contact), alice, noon + 2 * prove.DAY)
