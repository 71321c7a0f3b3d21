"""Nobody confirms: deputies are told halfway, the coordinators at the deadline, each once, and an answer stops it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members import joining, journal, kinds, leaving
from members.delivery.claim import claim
from members.delivery.claimed import What
from members.delivery.compose import Written, write
from members.delivery.held import drop, hold, let_go, sent_since
from members.delivery.mark import message_key
from members.delivery.onward import flash_unheard
from members.delivery.plan import plan
from members.delivery.returned import Kind as Kinds
from members.delivery.returned import Report, came_back
from members.delivery.send import sweep
from members.models import (
    Address,
    Affiliation,
    Announcement,
    Cell,
    Delivery,
    Escalation,
    Item,
    Kind,
    Membership,
    Office,
    Shift,
    Tier,
    Tightening,
    Tried,
    Warp,
)
from members.refused import Refused
from members.response import ladder
from members.response.answer import acknowledge
from members.response.escalate import escalate
from members.response.ladder import Rung
from members.stand import withdraw
from tests.members.delivery.conftest import TITLE, PostOffice, owe, phone, post, there
from tests.members.delivery.receiver import Receiver
from tests.members.response.conftest import GREEN, Alert
from tests.members.world import World

__all__ = ["post", "there"]
pytestmark = pytest.mark.django_db
MINUTES = timedelta(minutes=1)
HALF, FULL = 30 * MINUTES, 60 * MINUTES
PORTER = Rung("night", name="Nora Porter", mail="porter@example.net")
STRICT = {"id": "s", "label": "AMBER+STRICT", "grants": [{"organisation": "solihull"}]}


@pytest.fixture
def told(alert: Alert, noon: datetime, post: PostOffice) -> Callable[..., Item]:
    """An alert whose first messages are out, and forgotten."""

    def make(*case: Any, **more: Any) -> Item:
        item = alert(*case, **more)
        sweep(noon)
        forget(post)
        return item

    return make


def forget(post: PostOffice) -> None:
    post.recipients.clear()
    post.taken.clear()


def lead(world: World, who: str) -> None:
    Affiliation.objects.filter(person=world.people[who]).update(role="lead")


def porter(world: World, house: str, who: str, at: datetime, *, mail: str = PORTER.mail, proved: bool = True) -> None:
    """A contact without an account, whose mail address was proved or not."""
    lead(world, who)
    contact = ladder.add(world.people[who], world.organisations[house], at, PORTER._replace(mail=mail))
    if proved:
        Address.objects.filter(rung=contact).update(verified_at=at)


def outcomes(step: int, **of: Any) -> dict[str, str]:
    rows = Escalation.objects.filter(step=step, **of)
    return dict(rows.values_list("response__organisation__slug", "outcome"))


def letter(post: PostOffice, who: str) -> str:
    """Every byte of the one message that went there."""
    (found,) = [message for message in post.taken if message["To"] == who]
    return "\n".join([str(found), *(part.get_content() for part in found.walk() if not part.is_multipart())])


@pytest.mark.parametrize(
    ("tier", "half", "full"), [(Tier.FLASH, 30 * MINUTES, 60 * MINUTES), (Tier.URGENT, 1440 * MINUTES, 2880 * MINUTES)]
)
def test_both_steps_are_owed_with_the_question(
    alert: Alert, noon: datetime, tier: int, half: timedelta, full: timedelta
) -> None:
    alert(tier=tier)
    owed = set(Escalation.objects.values_list("step", "due_at", "done_at", "outcome"))
    assert owed == {(1, noon + half, None, ""), (2, noon + full, None, "")}
    assert Escalation.objects.count() == 12


def test_a_warp_says_how_long_its_members_have_for_a_flash(world: World, alert: Alert, noon: datetime) -> None:
    Warp.objects.filter(slug="wm").update(flash_minutes=20)
    alert()
    assert set(Escalation.objects.values_list("step", "due_at")) == {(1, noon + 10 * MINUTES), (2, noon + 20 * MINUTES)}


def test_nothing_happens_before_it_is_due(told: Any, noon: datetime, post: PostOffice) -> None:
    told()
    assert sweep(noon + HALF - MINUTES).escalated == 0 and post.recipients == []


def test_halfway_all_who_may_confirm_are_told_once_more_and_contacts_without_account_that_there_is_something(
    world: World, told: Any, noon: datetime, post: PostOffice
) -> None:
    porter(world, "solihull", "bob", noon)
    porter(world, "walsall", "wendy", noon, mail="typed-in@example.net", proved=False)
    item = told()
    acknowledge(world.people["alice"], item, noon, ["brum"])
    assert sweep(noon + HALF).escalated == 5
    assert post.names() == ["bob", "dora", "fay", "mia", "mo", "pat", "porter", "wendy"]
    assert {row.step for row in Delivery.objects.filter(due_at=noon + HALF)} == {1}
    said = letter(post, "bob@example.org")
    assert f"Not confirmed yet: {TITLE}" in said and "Nobody has confirmed this for your organisation" in said
    assert "/a/" in said, "the link by which to confirm"
    assert outcomes(1) == {"brum": "stopped"} | dict.fromkeys(
        ("solihull", "dudley", "walsall", "maidstone", "faversham"), "told"
    )
    assert sweep(noon + HALF + MINUTES).escalated == 0 and len(post.recipients) == 8


def test_two_messages_to_one_mailbox_that_two_owners_have_are_two_to_mail_programs_and_to_the_journal(
    world: World, told: Any, noon: datetime, post: PostOffice
) -> None:
    porter(world, "solihull", "bob", noon, mail="wendy@example.org")
    item = told()
    escalate(noon + HALF)
    announcement = Announcement.objects.get(item=item)
    one, other = [row for row in claim(announcement.pk, noon + HALF, "mail").ours if row.to == "wendy@example.org"]
    hold(noon + HALF)
    assert sent_since({journal.What.SENT: {message_key(one.key): noon + HALF}}) == 1
    states = dict(Delivery.objects.filter(pk__in=[one.delivery, other.delivery]).values_list("pk", "state"))
    assert states == {one.delivery: "sent", other.delivery: "due"}
    Delivery.objects.filter(pk=one.delivery).update(state="due")
    let_go(announcement.code, noon + HALF)
    sweep(noon + HALF)
    mails = [message for message in post.taken if message["To"] == "wendy@example.org"]
    assert len(mails) == 2 == len({message["Message-ID"] for message in mails})
    back = [
        came_back(Report(str(mail["Message-ID"]), ["wendy@example.org"], Kinds.DELAYED), noon + HALF) for mail in mails
    ]
    assert {row and row.pk for row in back} == {one.delivery, other.delivery}


@pytest.mark.parametrize("case", [GREEN, {"id": "c", "label": "CLEAR"}, STRICT], ids=["green", "clear", "strict"])
def test_a_contact_without_an_account_never_learns_which_item_it_is(
    world: World, told: Any, noon: datetime, post: PostOffice, case: dict[str, Any]
) -> None:
    porter(world, "solihull", "bob", noon)
    item = told(case)
    sweep(noon + HALF)
    said = letter(post, "porter@example.net")
    assert "Something waits for your organisation on the WARP hub" in said
    text = said.lower()
    for hidden in (item.reference, TITLE, "TLP", "GREEN", "AMBER", "STRICT", "CLEAR", "solihull", "carol", "flash",
                   "urgent", "alert", "unconfirmed", "to confirm", "/a/", "/advisories/", *world.warps):  # fmt: skip
        assert hidden.lower() not in text, hidden
    row = Delivery.objects.get(address__contact="Nora Porter")
    assert (row.step, row.state, row.shown) == (1, "sent", 1)


def test_a_warp_whose_mails_say_nothing_tells_no_contact(
    world: World, told: Any, noon: datetime, post: PostOffice
) -> None:
    porter(world, "solihull", "bob", noon)
    Tightening.objects.create(warp=world.warps["wm"], row="GREEN", channel="mail", cell=0)
    told()
    sweep(noon + HALF)
    assert post.recipients == []


def test_one_of_forty_is_escalated_within_one_sweep_and_the_others_get_nothing_more(
    world: World, told: Any, noon: datetime, post: PostOffice
) -> None:
    for number in range(40):
        world.organisation(f"c{number}", [{"warp": "kent"}])
        world.person(f"p{number}", {"affiliations": [f"c{number}"]})
    item = told({"id": "k", "label": "AMBER", "grants": [{"organisation": f"c{n}"} for n in range(40)]})
    for number in range(39):
        acknowledge(world.people[f"p{number}"], item, noon, [f"c{number}"])
    sweep(noon + HALF)
    assert post.names() == ["p39"]
    assert sorted(outcomes(1).values()) == ["stopped"] * 39 + ["told"]
    forget(post)
    sweep(noon + FULL)
    assert post.names() == ["carol"] and outcomes(2)["c39"] == "told"
    assert Delivery.objects.filter(step__gt=0).count() == 2


def test_it_takes_as_many_statements_for_forty_organisations_as_for_three(
    world: World, alert: Alert, noon: datetime
) -> None:
    def statements(case: dict[str, Any]) -> int:
        alert(case)
        with CaptureQueriesContext(connection) as asked:
            escalate(noon + FULL)
        return len(asked)

    for number in range(40):
        world.organisation(f"c{number}", [{"warp": "kent"}])
        world.person(f"p{number}", {"affiliations": [f"c{number}"]})
    few = statements({"id": "a", "label": "AMBER", "grants": [{"organisation": f"c{n}"} for n in range(3)]})
    many = statements({"id": "b", "label": "AMBER", "grants": [{"organisation": f"c{n}"} for n in range(40)]})
    assert few == many and Escalation.objects.filter(outcome="told").count() == 86


# Asked again at the claim


def test_who_confirms_between_planning_and_sending_is_told_nothing_more(
    world: World, told: Any, noon: datetime, post: PostOffice
) -> None:
    item = told()
    escalate(noon + HALF)
    acknowledge(world.people["bob"], item, noon + HALF, ["solihull"])
    sweep(noon + HALF)
    assert "bob" not in post.names() and "wendy" in post.names()
    row = Delivery.objects.get(address__person=world.people["bob"], step=1)
    assert (row.state, row.outcome) == ("cancelled", "It was confirmed before this was sent.")


@pytest.mark.parametrize("lost", ["affiliation", "account", "membership"])
def test_who_lost_the_right_between_planning_and_sending_is_told_nothing(
    world: World, told: Any, noon: datetime, post: PostOffice, lost: str
) -> None:
    told()
    escalate(noon + HALF)
    bob = world.people["bob"]
    if lost == "affiliation":
        Affiliation.objects.filter(person=bob).update(until=noon)
    elif lost == "account":
        leaving.disable(bob, noon + HALF, None)
    else:
        Membership.objects.filter(organisation__slug="solihull").update(until=noon)
    sweep(noon + HALF)
    assert "bob" not in post.names() and "wendy" in post.names()


def test_a_contact_that_was_taken_away_or_whose_house_left_is_told_nothing(
    world: World, told: Any, noon: datetime, post: PostOffice
) -> None:
    for who, house in (("bob", "solihull"), ("wendy", "walsall")):
        porter(world, house, who, noon, mail=f"porter-{house}@example.net")
    told()
    escalate(noon + HALF)
    ladder.remove(world.people["bob"], world.organisations["solihull"].contacts.get(), noon)
    Membership.objects.filter(organisation__slug="walsall").update(until=noon)
    sweep(noon + HALF)
    assert post.names() == ["alan", "alice", "bob", "dora", "fay", "mia", "mo", "pat"]


# The coordinators' call list


def test_at_the_deadline_whoever_is_on_duty_is_told_whom_to_ring(
    world: World, told: Any, noon: datetime, post: PostOffice
) -> None:
    colin = joining.add_person("Colin", "colin@example.org", noon)
    joining.appoint(colin, world.warps["wm"], Office.Role.COORDINATOR, noon)
    Shift.objects.create(warp=world.warps["wm"], person=colin, since=noon, until=noon + 2 * FULL)
    item = told()
    for who, house in (("alice", "brum"), ("bob", "solihull"), ("dora", "dudley"), ("mia", "maidstone")):
        acknowledge(world.people[who], item, noon, [house])
    sweep(noon + HALF)
    forget(post)
    sweep(noon + FULL)
    assert post.names() == ["colin"]
    said = letter(post, "colin@example.org")
    assert "- faversham\n- walsall\n" in said and "solihull" not in said and f"To be rung: {TITLE}" in said
    assert "/a/" not in said, "whoever rings does not confirm by a link"


def test_where_nobody_is_on_duty_or_can_be_told_all_coordinators_are(
    world: World, told: Any, noon: datetime, post: PostOffice
) -> None:
    colin = joining.add_person("Colin", "colin@example.org", noon)
    joining.appoint(colin, world.warps["wm"], Office.Role.COORDINATOR, noon)
    ida = joining.add_person("Ida", "ida@example.org", noon)  # put on duty, and a coordinator no more
    for person in (colin, ida):
        Shift.objects.create(warp=world.warps["wm"], person=person, since=noon, until=noon + 9 * FULL)
    Address.objects.filter(person=colin).update(bad_since=noon)
    told()
    sweep(noon + FULL)
    assert [name for name in post.names() if name in ("carol", "colin", "ida", "brian")] == ["carol"]


def test_who_coordinates_no_more_when_it_is_sent_is_not_told(
    world: World, told: Any, noon: datetime, post: PostOffice
) -> None:
    told()
    escalate(noon + FULL)
    office = world.people["carol"].offices.get()
    leaving.end_office(office, noon + FULL, None, last=True)
    sweep(noon + FULL)
    assert "carol" not in post.names() and "wendy" in post.names()


@pytest.mark.parametrize(
    ("case", "says", "hides"),
    [
        ({"id": "c", "label": "CLEAR"}, [TITLE, "walsall", "TLP:CLEAR"], []),
        (GREEN, [TITLE, "walsall"], []),
        ({"id": "a", "label": "AMBER", "grants": [{"warp": "wm"}]}, [TITLE, "TLP:AMBER"], ["walsall", "solihull"]),
        (STRICT, ["TLP:AMBER+STRICT"], [TITLE, "solihull", "/advisories/", "rung", "confirmed", "on duty"]),
    ],
)
def test_the_call_list_says_no_more_than_the_channel_may(
    world: World, told: Any, noon: datetime, post: PostOffice, case: dict[str, Any], says: list[str], hides: list[str]
) -> None:
    item = told(case)
    sweep(noon + FULL)
    said = letter(post, "carol@example.org")
    assert all(word in said for word in says) and not any(word in said for word in hides)
    assert (item.reference in said) == (TITLE in says)


@pytest.mark.parametrize("step", [1, 2])
@pytest.mark.parametrize("cell", [Cell.NOTICE, Cell.AWAITS], ids=["notice", "awaits"])
def test_below_a_title_an_escalation_is_the_first_telling_byte_for_byte(
    world: World, alert: Alert, step: int, cell: Cell
) -> None:
    item = alert(STRICT)

    def mail(step: int, cell: Cell) -> Written:
        return write(What(Announcement.Event.RELEASED, Tier.FLASH, cell, item, 1, "AMBER+STRICT", step=step))

    assert mail(step, cell) == mail(0, cell)
    assert mail(step, Cell.TITLE) != mail(0, Cell.TITLE)


def test_who_is_reached_by_telephone_alone_is_told_what_they_are_to_do(
    world: World, told: Any, noon: datetime, post: PostOffice, there: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = replace(kinds.of(Item(kind=Kind.ADVISORY)), board=lambda item: f"/advisories/{item.reference}/board/")
    monkeypatch.setitem(kinds._KINDS, Kind.ADVISORY, ours)
    for who, number, private in (("wendy", "01", True), ("carol", "02", True), ("bob", "03", False)):
        phone(world, who, f"+4477009001{number}", private=private)
        Address.objects.filter(channel="mail", person=world.people[who]).update(bad_since=noon)
    item = told()
    page = f"https://hub.example.org/advisories/{item.reference}/"
    there.got.clear()
    sweep(noon + HALF)
    ((number, said),) = texts(there)
    assert number.endswith("01") and said.startswith(f"[TLP:GREEN] Not confirmed yet: {TITLE}\n{page}\nConfirm that")
    there.got.clear()
    sweep(noon + FULL)
    assert texts(there) == [("+447700900102", f"[TLP:GREEN] To be rung: {TITLE}\n{page}board/")]
    assert (outcomes(1)["walsall"], outcomes(1)["solihull"]) == ("told", "nobody")
    assert set(outcomes(2).values()) == {"told"}


def test_below_a_title_a_text_message_of_an_escalation_says_what_any_other_does(
    world: World, told: Any, noon: datetime, post: PostOffice, there: Receiver
) -> None:
    phone(world, "carol", private=True)
    told({"id": "a", "label": "AMBER", "grants": [{"warp": "wm"}]})
    there.got.clear()
    sweep(noon + FULL)
    assert [said for _to, said in texts(there)] == [
        "[TLP:AMBER] A new item: sign in to read it.\nhttps://hub.example.org/"
    ]


def texts(there: Receiver) -> list[tuple[str, str]]:
    sent = [one.json for one in there.at("/v2/notifications/sms")]
    return [(one["phone_number"], one["personalisation"]["body"]) for one in sent]


@pytest.mark.parametrize("telephone", [False, True])
def test_where_whoever_is_on_duty_is_reached_by_nothing_the_other_coordinators_are_told_once(
    world: World, told: Any, noon: datetime, post: PostOffice, there: Receiver, telephone: bool
) -> None:
    colin = joining.add_person("Colin", "colin@example.org", noon)
    joining.appoint(colin, world.warps["wm"], Office.Role.COORDINATOR, noon)
    Shift.objects.create(warp=world.warps["wm"], person=colin, since=noon, until=noon + 9 * FULL)
    if telephone:
        world.people["colin"] = colin
        phone(world, "colin", private=True)
    told()
    there.got.clear()
    post.on_rcpt["colin@example.org"] = "550 no such user"
    for minutes in (60, 61, 70):
        sweep(noon + minutes * MINUTES)
    assert post.names().count("carol") == (0 if telephone else 1)
    assert "brian" not in post.names() and len(texts(there)) == (1 if telephone else 0)
    tried = set(Tried.objects.filter(escalation__step=2).values_list("address__value", flat=True))
    assert ("carol@example.org" in tried) is not telephone


def test_its_colleagues_are_not_told_what_is_confirmed_by_then(
    world: World, told: Any, noon: datetime, post: PostOffice
) -> None:
    colin = joining.add_person("Colin", "colin@example.org", noon)
    joining.appoint(colin, world.warps["wm"], Office.Role.COORDINATOR, noon)
    Shift.objects.create(warp=world.warps["wm"], person=colin, since=noon, until=noon + 9 * FULL)
    item = told({"id": "w", "label": "AMBER", "grants": [{"organisation": "walsall"}]})
    sweep(noon + FULL)
    acknowledge(world.people["wendy"], item, noon + FULL, ["walsall"])
    (mail,) = [message for message in post.taken if message["To"] == "colin@example.org"]
    report = Report(str(mail["Message-ID"]), ["colin@example.org"], Kinds.FAILED, "5.1.1")
    assert came_back(report, noon + FULL + MINUTES) is not None
    assert not Delivery.objects.filter(step=2, address__person=world.people["carol"]).exists()


def test_a_call_goes_every_other_way_two_minutes_after_it_was_owed_and_not_after_the_alert(
    world: World, told: Any, noon: datetime, post: PostOffice, there: Receiver
) -> None:
    told()
    escalate(noon + FULL)
    phone(world, "carol", private=True)
    assert flash_unheard(noon + FULL + MINUTES) == 0
    assert flash_unheard(noon + FULL + 2 * MINUTES) == 1


# Once, and no longer than it is waited for


def test_what_was_due_while_the_hub_was_down_is_done_once_when_it_is_back(
    told: Any, noon: datetime, post: PostOffice
) -> None:
    told()
    assert sweep(noon + 3 * FULL).escalated == 12
    assert post.names() == ["alan", "alice", "bob", "carol", "dora", "fay", "mia", "mo", "pat", "wendy"]
    assert sweep(noon + 4 * FULL).escalated == 0 and len(post.recipients) == 10


def test_after_a_restore_it_waits_until_the_operator_lets_it_go(told: Any, noon: datetime, post: PostOffice) -> None:
    item = told()
    hold(noon)
    assert sweep(noon + HALF).escalated == 0 and post.recipients == []
    let_go(Announcement.objects.get(item=item).code, noon + HALF)
    assert sweep(noon + HALF).escalated == 0 and post.recipients == []
    assert sweep(noon + FULL).escalated == 6 and post.recipients


def test_what_is_dropped_after_a_restore_tells_nobody_that_it_is_not_confirmed(
    told: Any, noon: datetime, post: PostOffice
) -> None:
    item = told()
    hold(noon)
    drop(Announcement.objects.get(item=item).code, noon)
    assert sweep(noon + FULL).escalated == 0 and post.recipients == []
    assert set(Escalation.objects.values_list("outcome", flat=True)) == {Escalation.Outcome.STOPPED}


def test_what_is_let_go_long_after_its_deadline_gives_the_whole_time_to_confirm(
    alert: Alert, noon: datetime, post: PostOffice
) -> None:
    item = alert()
    hold(noon)
    late = noon + 10 * FULL
    let_go(Announcement.objects.get(item=item).code, late)
    first = sweep(late)
    assert (first.escalated, first.sent > 0) == (0, True)
    assert set(item.responses.values_list("asked_at", "due_at")) == {(late, late + FULL)}


@pytest.mark.parametrize("how", ["confirmed", "withdrawn", "asks no more", "not for them"])
def test_it_stops_within_one_sweep(world: World, told: Any, noon: datetime, post: PostOffice, how: str) -> None:
    item = told({"id": "s", "label": "AMBER", "grants": [{"organisation": "walsall"}]})
    if how == "confirmed":
        acknowledge(world.people["wendy"], item, noon, ["walsall"])
    elif how == "withdrawn":
        withdraw(item, noon)
        owe(item, noon, event="withdrawn", tier=Tier.FLASH)
    elif how == "asks no more":
        owe(item, noon, event="revised", tier=Tier.ADVISORY)
    else:
        Membership.objects.filter(organisation__slug="walsall").update(until=noon)
    sweep(noon + MINUTES)
    forget(post)
    sweep(noon + FULL)
    assert post.recipients == [] and outcomes(1) == outcomes(2) == {"walsall": "stopped"}


def test_a_later_version_escalates_anew_and_the_earlier_one_no_more(
    world: World, told: Any, noon: datetime, post: PostOffice
) -> None:
    item = told()
    acknowledge(world.people["bob"], item, noon, ["solihull"])
    later = noon + 20 * MINUTES
    again = owe(item, later, event="revised", tier=Tier.FLASH)
    assert plan(later) == (1, 0)
    sweep(noon + HALF)
    assert set(outcomes(1, announcement__lt=again).values()) == {"stopped"}
    forget(post)
    sweep(later + HALF)
    assert "bob" in post.names(), "what they confirmed was the earlier version"
    assert set(outcomes(1, announcement=again).values()) == {"told"}


def test_where_nobody_can_be_told_that_is_written_down(world: World, told: Any, noon: datetime) -> None:
    Address.objects.filter(person=world.people["wendy"]).update(verified_at=None)
    told()
    sweep(noon + HALF)
    assert outcomes(1)["walsall"] == "nobody" and outcomes(1)["solihull"] == "told"
    assert not Tried.objects.filter(escalation__response__organisation__slug="walsall").exists()


def test_one_that_fails_holds_up_no_other(
    world: World, told: Any, noon: datetime, post: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = told(STRICT)
    told({"id": "w", "label": "AMBER", "grants": [{"organisation": "walsall"}]})
    first = Announcement.objects.get(item=broken)
    real = escalate.__globals__["_tell"]

    def fails(waiting: Any, announcement: Announcement, *more: Any) -> None:
        if announcement == first:
            raise RuntimeError("it breaks")
        real(waiting, announcement, *more)

    monkeypatch.setattr("members.response.escalate._tell", fails)
    sweep(noon + HALF)
    assert post.names() == ["wendy"]
    monkeypatch.undo()
    assert outcomes(1, announcement=first) == {"solihull": ""}


def test_a_deputy_on_the_ladder_may_confirm_whatever_their_role(world: World, told: Any, noon: datetime) -> None:
    lead(world, "alice")
    item = told()
    with pytest.raises(Refused, match="Choose at least one"):
        acknowledge(world.people["alan"], item, noon, ["brum"])
    ladder.add(world.people["alice"], world.organisations["brum"], noon, Rung("deputy", person=world.people["alan"]))
    assert acknowledge(world.people["alan"], item, noon, ["brum"])
