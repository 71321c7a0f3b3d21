"""Mail that comes back: which address it silences, whom that is told, and who can't make it happen."""

from __future__ import annotations

import io
import time
from datetime import datetime, timedelta
from email.message import EmailMessage
from ipaddress import ip_network
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from advisories import bounces
from advisories.collect.base import CollectError
from advisories.tasks import read_bounces
from members import leaving
from members.delivery.compose import headers
from members.delivery.mark import make_bad
from members.delivery.send import sweep
from members.models import Address, Affiliation, Announcement, Delivery, Mailbox, Person, Tier
from tests.advisories.collect.imapd import PASSWORD, USER, Imapd
from tests.members.delivery.conftest import PostOffice, kind, owe, phone, post, there
from tests.members.delivery.receiver import Receiver
from tests.members.delivery.test_send import close, plain, row, to
from tests.members.world import World

__all__ = ["kind", "post", "there"]  # fixtures
pytestmark = pytest.mark.django_db
GREEN = {"id": "green", "label": "GREEN"}
AMBER = {"id": "amber", "label": "AMBER", "grants": [{"organisation": "brum"}]}
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def returned(settings: Any) -> None:
    """The mail server lets the hub have addresses of this kind."""
    settings.BOUNCES_ADDRESS = "Returned@hub.example.org"


def dsn(
    mail: EmailMessage, *, recipient: str = "", action: str = "failed", status: str = "5.1.1", to: str = "",
    original: bool = True, message_id: str = "", back: str = "",
) -> bytes:  # fmt: skip
    """What a mail server would say of `mail`, to whence it was sent."""
    address = recipient or str(mail["To"])
    quoted = f"Message-ID: {message_id or mail['Message-ID']}\nTo: {to or mail['To']}\nSubject: {mail['Subject']}\n"
    return f"""From: MAILER-DAEMON@mx.example.net
To: {back or mail["X-Envelope-From"]}
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain

I'm sorry.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; {address}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} No such user

--B
Content-Type: {"text/rfc822-headers" if original else "text/plain"}

{quoted}
--B--
""".replace("\n", "\r\n").encode()


def complaint(mail: EmailMessage, sender: str = "", kind: str = "abuse") -> bytes:
    return f"""From: fbl@mx.example.net
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="B"

--B
Content-Type: text/plain

Somebody pressed the button.
--B
Content-Type: message/feedback-report

Feedback-Type: {kind}
Version: 1
Original-Mail-From: {sender or mail["X-Envelope-From"]}
Original-Rcpt-To: {mail["To"]}

--B
Content-Type: message/rfc822

Message-ID: {mail["Message-ID"]}
To: {mail["To"]}
Subject: x

text
--B--
""".replace("\n", "\r\n").encode()


def sent(world: World, noon: datetime, post: PostOffice, who: str = "alice") -> EmailMessage:
    owe(world.item(AMBER), noon)
    sweep(noon)
    return to(post, who)


def alices(post: PostOffice) -> list[EmailMessage]:
    return [message for message in post.taken if message["To"] == "alice@example.org"]


def address(who: str) -> Address:
    return Address.objects.get(value=f"{who}@example.org")


def test_a_mail_that_came_back_for_good_silences_its_address_and_tells_the_lead(
    world: World, noon: datetime, post: PostOffice
) -> None:
    Affiliation.objects.filter(person=world.people["alan"]).update(role=Affiliation.Role.LEAD)
    mail = sent(world, noon, post)
    read = bounces.take([dsn(mail)], noon + HOUR)
    assert (read.mails, read.came_back, read.not_ours) == (1, 1, 0)
    assert address("alice").bad_since == noon + HOUR
    one = row("alice")
    assert (one.state, one.outcome) == ("dead", "came back: 5.1.1 550 5.1.1 No such user")
    sweep(noon + HOUR)
    told = [message for message in post.taken if "can’t reach somebody" in message["Subject"]]
    assert [message["To"] for message in told] == ["alan@example.org"]
    body = told[0].get_body(("plain",))
    assert body is not None and "alice@example.org" in body.get_content()
    owe(world.item({**AMBER, "id": "next"}), noon + HOUR)
    post.taken.clear()
    sweep(noon + HOUR)
    assert "alan" in post.names() and "alice@example.org" not in [message["To"] for message in post.taken]
    alice = Person.objects.get(email="alice@example.org")
    assert alice.active_since <= noon < alice.active_until, "the account is as it was"


def test_who_is_erased_is_quoted_by_no_server_and_no_notice_and_what_was_sent_stays(
    world: World, noon: datetime, post: PostOffice
) -> None:
    Affiliation.objects.filter(person=world.people["alan"]).update(role=Affiliation.Role.LEAD)
    report = dsn(sent(world, noon, post)).replace(b"No such user", b"<alice@example.org>: no such user")
    number = phone(world, "alice")
    bounces.take([report], noon + HOUR)
    make_bad(number, noon + HOUR)
    Delivery.objects.filter(address__value="alan@example.org", state="sent").update(outcome="alan@example.org: taken")
    make_bad(address("bob"), noon + HOUR)
    kept = list(Delivery.objects.order_by("pk").values_list("pk", "state", "sent_at"))
    close("alice", world, noon + HOUR)

    def quoted() -> str:
        return (
            f"{list(Delivery.objects.values())} {list(Announcement.objects.values())} {list(Address.objects.values())}"
        )

    assert {name for name in NAMES if name in quoted()} == set(NAMES)
    leaving.erase(world.people["alice"], noon + HOUR, None)
    assert {name for name in NAMES if name in quoted()} == {"alan@example.org: taken", "bob@example.org"}
    states = {pk: (state, sent_at) for pk, state, sent_at in Delivery.objects.values_list("pk", "state", "sent_at")}
    assert [pk for pk, _state, _at in kept if pk not in states] == []
    assert all(states[pk] == (state, sent_at) for pk, state, sent_at in kept if state != "due")


NAMES = ("alice@example.org", "Alice", "7700900123", "alan@example.org: taken", "bob@example.org")


def test_of_a_telephone_leads_are_told_whose_it_is_and_not_its_number(
    world: World, noon: datetime, post: PostOffice
) -> None:
    Affiliation.objects.filter(person=world.people["alan"]).update(role=Affiliation.Role.LEAD)
    number = phone(world, "alice")
    for name in ("", "+447700900123"):
        Address.objects.filter(pk=number.pk).update(name=name, bad_since=None)
        number.refresh_from_db()
        make_bad(number, noon)
    sweep(noon)
    told = [plain(mail) for mail in post.taken if "can’t reach somebody" in mail["Subject"]]
    assert len(told) == 2
    assert all("Alice (text message)" in text and "7700" not in text for text in told)


def test_where_nobody_leads_the_coordinators_hear_of_it(world: World, noon: datetime, post: PostOffice) -> None:
    bounces.take([dsn(sent(world, noon, post))], noon + HOUR)
    sweep(noon + HOUR)
    told = [message["To"] for message in post.taken if "can’t reach somebody" in message["Subject"]]
    assert told == ["brian@example.org"]


def test_the_same_report_twice_counts_once(world: World, noon: datetime, post: PostOffice) -> None:
    report = dsn(sent(world, noon, post))
    bounces.take([report, report], noon + HOUR)
    sweep(noon + HOUR)
    assert len([message for message in post.taken if "can’t reach somebody" in message["Subject"]]) == 1


def test_what_came_back_goes_to_the_next_channel(
    world: World, noon: datetime, post: PostOffice, there: Receiver
) -> None:
    mail = sent(world, noon, post)
    phone(world, "alice")
    bounces.take([dsn(mail)], noon + HOUR)
    sweep(noon + HOUR)
    assert len(there.at("/v2/notifications/sms")) == 1


def test_what_is_delayed_is_noted_and_nothing_more(world: World, noon: datetime, post: PostOffice) -> None:
    mail = sent(world, noon, post)
    read = bounces.take([dsn(mail, action="delayed", status="4.4.1")], noon + HOUR)
    assert (read.delayed, read.came_back) == (1, 0)
    assert address("alice").bad_since is None and row("alice").state == "sent"
    assert row("alice").outcome.startswith("on its way, delayed: 4.4.1")


def test_what_was_given_up_for_now_counts_a_day(world: World, noon: datetime, post: PostOffice) -> None:
    mail = sent(world, noon, post)
    bounces.take([dsn(mail, status="4.4.7")], noon + HOUR)
    assert (address("alice").bad_since, address("alice").refused_days) == (None, 1)
    assert row("alice").state == "dead"


OURS = "hub@hub.example.org"


def test_each_message_is_sent_from_an_address_of_its_own_that_no_reply_quotes(
    world: World, noon: datetime, post: PostOffice, settings: Any
) -> None:
    mails = (sent(world, noon, post), to(post, "alan"))
    names = [str(mail["X-Envelope-From"]) for mail in mails]
    assert len(set(names)) == 2 and all(name.startswith("Returned+") for name in names)
    for mail in mails:
        assert mail["From"] == settings.DEFAULT_FROM_EMAIL and mail["Reply-To"] is None
        token = str(mail["X-Envelope-From"]).partition("+")[2].partition("@")[0]
        del mail["X-Envelope-From"]
        assert len(token) == 20 and token not in mail.as_string()
    settings.BOUNCES_ADDRESS = ""
    post.taken.clear()
    owe(world.item({**AMBER, "id": "next"}), noon + HOUR)
    sweep(noon + HOUR)
    assert to(post, "alice")["X-Envelope-From"] in settings.DEFAULT_FROM_EMAIL, "no such address where none is set"


@pytest.mark.parametrize("set_up", [True, False], ids=["set-up", "not-set-up"])
def test_whoever_knows_the_message_id_alone_silences_nobody_by_one_report(
    world: World, noon: datetime, post: PostOffice, settings: Any, set_up: bool
) -> None:
    settings.BOUNCES_ADDRESS = settings.BOUNCES_ADDRESS if set_up else ""
    mail = sent(world, noon, post)
    another = str(to(post, "alan")["X-Envelope-From"])  # of a message, but not of this one
    for at in (noon + HOUR, noon + DAY, noon + 2 * DAY):
        forged = [dsn(mail, back=OURS), dsn(mail, back=another)]
        forged += [complaint(mail, one, kind) for one in (OURS, another) for kind in ("abuse", "fraud")]
        bounces.take([*forged, dsn(mail, back=OURS, action="delayed"), *forged], at)
    assert address("alice").bad_since is None and address("alice").refused_days <= 2
    owe(world.item({**AMBER, "id": "flash"}), noon + 2 * DAY, tier=Tier.FLASH)
    post.taken.clear()
    sweep(noon + 2 * DAY)
    assert "alice@example.org" in [message["To"] for message in post.taken], "a Flash gets there"
    if set_up:
        bounces.take([dsn(alices(post)[-1])], noon + 2 * DAY)
        assert address("alice").bad_since is not None, "the true one silences"


def test_mail_that_comes_back_on_three_days_silences_its_address_though_the_server_takes_the_next(
    world: World, noon: datetime, post: PostOffice, settings: Any
) -> None:
    settings.BOUNCES_ADDRESS = ""
    counted = []
    for day in range(3):
        at = noon + day * DAY
        owe(world.item({**AMBER, "id": f"day {day}", "standing_from": at.isoformat()}), at)
        post.taken.clear()
        sweep(at)
        bounces.take([dsn(one) for one in alices(post)] * 2, at + HOUR)
        counted.append((address("alice").refused_days, address("alice").bad_since))
    assert counted == [(1, None), (2, None), (3, noon + 2 * DAY + HOUR)]


def test_what_came_back_long_ago_is_forgotten_by_the_next_that_is_taken(
    world: World, noon: datetime, post: PostOffice
) -> None:
    bounces.take([dsn(sent(world, noon, post), back=OURS)], noon + HOUR)
    for days, left in ((13, 1), (15, 0)):
        at = noon + days * DAY
        owe(world.item({**AMBER, "id": f"day {days}", "standing_from": at.isoformat()}), at)
        sweep(at)
        assert address("alice").refused_days == left


def test_what_it_is_about_is_looked_for_before_anything_is_held(
    world: World, noon: datetime, post: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail = sent(world, noon, post)
    before, depth = len(connection.savepoint_ids), []

    def tried(key: str) -> dict[str, str]:
        depth.append(len(connection.savepoint_ids))
        return headers(key)

    monkeypatch.setattr("members.delivery.returned.headers", tried)
    bounces.take([dsn(mail), dsn(mail, message_id="<invented@hub.example.org>")], noon + HOUR)
    assert set(depth) == {before}
    assert len(depth) == 2, "each by what went to that address, not by all that was announced"


def test_a_complaint_silences_the_address(world: World, noon: datetime, post: PostOffice) -> None:
    bounces.take([complaint(sent(world, noon, post))], noon + HOUR)
    assert address("alice").bad_since == noon + HOUR
    assert row("alice").outcome == "reported as spam there: abuse" and row("alice").state == "sent"


@pytest.mark.parametrize(
    "change",
    [
        {"message_id": "<0123456789abcdef0123456789abcdef@hub.example.org>"},
        {"recipient": "bob@example.org", "to": "bob@example.org"},  # of alice's Message-ID
        {"recipient": "root@example.org", "to": "root@example.org"},
        {"original": False},
        {"action": "delivered"},
        {"action": "relayed", "status": "2.0.0"},
    ],
    ids=["invented", "another's", "untold", "no-original", "delivered", "relayed"],
)
def test_what_does_not_name_our_message_to_that_address_silences_nobody(
    world: World, noon: datetime, post: PostOffice, change: dict[str, Any]
) -> None:
    mail = sent(world, noon, post)
    read = bounces.take([dsn(mail, **change)], noon + HOUR)
    assert (read.came_back, read.not_ours) == (0, 1)
    assert not Address.objects.filter(bad_since__isnull=False).exists()
    bounces.take([dsn(mail)], noon + HOUR)
    assert address("alice").bad_since is not None, "the true one does"


def test_a_report_comes_late_but_not_after_weeks(world: World, noon: datetime, post: PostOffice) -> None:
    report = dsn(sent(world, noon, post))
    bounces.take([report], noon + timedelta(days=15))
    assert address("alice").bad_since is None
    bounces.take([report], noon + timedelta(days=6))
    assert address("alice").bad_since is not None


def test_a_mail_that_was_forwarded_there_is_found_by_whom_it_was_written_to(
    world: World, noon: datetime, post: PostOffice
) -> None:
    bounces.take([dsn(sent(world, noon, post), recipient="alice@elsewhere.example.net")], noon + HOUR)
    assert address("alice").bad_since is not None


def test_hostile_reports_are_passed_over_within_seconds(world: World, noon: datetime, post: PostOffice) -> None:
    mail = sent(world, noon, post)
    report = dsn(mail)
    nested = (
        b"Content-Type: multipart/report; boundary=a\r\n\r\n" + b"--a\r\nContent-Type: message/rfc822\r\n\r\n" * 5000
    )
    hostile = [
        b"", b"\0" * 1000, b"x" * 2_000_000, report[:-200], nested,
        report.replace(b"--B\r\n", b"--B\r\n" * 5000),
        report.replace(b"Message-ID: ", b"Message-ID: " + b"<" * 100_000),
        report.replace(b"rfc822; ", b"rfc822; " + b"a" * 900_000),
        report.replace(b"Status: 5.1.1", b"Status: =?utf-8?b?" + b"A" * 1000 + b"?="),
        b"Content-Type: multipart/report; boundary=\"" + b"B" * 100_000 + b"\"\r\n\r\n",
    ]  # fmt: skip
    began = time.monotonic()
    read = bounces.take(hostile, noon + HOUR)
    assert read.mails == len(hostile) and time.monotonic() - began < 30
    assert "\n" not in row("alice").outcome and len(row("alice").outcome) <= 300
    Address.objects.update(bad_since=None)
    Delivery.objects.filter(state="dead").update(state="sent")
    assert bounces.take([report], noon + HOUR).came_back == 1, "and the next is read"


def test_nobody_without_a_delivery_is_silenced_and_a_closed_account_stays_closed(
    world: World, noon: datetime, post: PostOffice
) -> None:
    mail = sent(world, noon, post)
    close("alice", world, noon)
    bounces.take([dsn(mail)], noon + HOUR)
    assert Person.objects.get(email="alice@example.org").active_until == noon


# The mailbox, and the command


def test_the_mailbox_is_read_from_where_it_was_left(
    world: World, noon: datetime, post: PostOffice, settings: Any
) -> None:
    mail = sent(world, noon, post)
    server = Imapd(letters={3: dsn(mail), 4: b"Subject: Hello\r\n\r\nNo report.\r\n"})
    settings.COLLECT_ALLOW = [ip_network("127.0.0.1/32")]
    settings.BOUNCES_URL = (f"imap://127.0.0.1:{server.port}", (USER, PASSWORD))
    try:
        read = bounces.from_mailbox(noon + HOUR)
        assert (read.mails, read.came_back, read.not_ours) == (2, 1, 1)
        assert Mailbox.objects.get().cursor == "7:4"
        assert bounces.from_mailbox(noon + HOUR).mails == 0
    finally:
        server.stop()
    with pytest.raises(CollectError):
        bounces.from_mailbox(noon + HOUR)
    read_bounces()  # says so in the log, and goes on


def test_without_a_mailbox_there_is_nothing_to_read(world: World, settings: Any) -> None:
    settings.BOUNCES_URL = ("", ("", ""))
    read_bounces()
    with pytest.raises(CommandError, match="BOUNCES_URL is not set"):
        call_command("bounces")


def test_the_command_reads_files_folders_and_standard_input(
    world: World, noon: datetime, post: PostOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("members.clock.ask", lambda: noon + HOUR)
    report = dsn(sent(world, noon, post))
    (tmp_path / "one.eml").write_bytes(report)
    said = io.StringIO()
    call_command("bounces", str(tmp_path), stdout=said)
    assert said.getvalue() == "1 read: 1 came back, 0 delayed, 0 not ours\n"
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(b"nothing")))
    said = io.StringIO()
    call_command("bounces", "-", "--json", stdout=said)
    assert said.getvalue().strip() == '[{"mails": 1, "came_back": 0, "delayed": 0, "not_ours": 1}]'
    said = io.StringIO()
    call_command("bounces", "--bad", stdout=said)
    assert said.getvalue().startswith("mail  alice@example.org  2026-11-01T13:00")
