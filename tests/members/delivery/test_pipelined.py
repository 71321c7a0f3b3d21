"""A mail server that takes commands together (RFC 2920): what it refuses, drops or says slowly touches one message."""

from __future__ import annotations

import smtplib
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime, timedelta
from threading import Thread
from time import sleep
from typing import Any

import pytest

from members.delivery.channels.pipelined import dotted, hand_over
from members.delivery.gate import Gate, gate
from members.delivery.send import sweep
from members.models import Delivery
from tests.members.delivery.conftest import PostOffice, owe
from tests.members.world import World

GREEN = {"id": "green", "label": "GREEN"}
MAIL, BYE = b"Subject: Patch\r\n\r\nInstall it\r\n", b"."
State = Delivery.State
SECOND = timedelta(seconds=1)


@pytest.fixture
def together(post: PostOffice, monkeypatch: pytest.MonkeyPatch) -> PostOffice:
    """The real server, which says that it takes commands together, as Postfix does."""

    async def handle_ehlo(server: Any, session: Any, envelope: Any, name: str, said: list[str]) -> list[str]:
        session.host_name = name
        return [*said[:-1], "250-PIPELINING", said[-1]]

    def one_by_one(*words: Any) -> None:
        raise AssertionError("the server takes commands together")

    monkeypatch.setattr(post, "handle_EHLO", handle_ehlo, raising=False)
    monkeypatch.setattr(smtplib.SMTP, "sendmail", one_by_one)
    return post


class Script:
    """A server that answers each command with the next of `answers`, and writes down what came, in which pieces."""

    def __init__(self, answers: list[str], *, offers: str = "PIPELINING", slowly: bool = False) -> None:
        self.answers, self.offers, self.slowly = answers, offers, slowly
        self.heard: list[bytes] = []  # lines
        self.turns = 0  # how often it had to wait for the client
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.thread = Thread(target=self._serve, daemon=True)

    def _serve(self) -> None:
        client, _address = self.listening.accept()
        with client, suppress(OSError):
            client.settimeout(5)
            client.sendall(b"220 hello\r\n")
            client.recv(1000)
            client.sendall(f"250-script.example.org\r\n250 {self.offers}\r\n".encode())
            buffer, text = b"", False
            while self.answers:
                while b"\r\n" not in buffer:
                    buffer += client.recv(65536)
                    self.turns += 1
                line, _, buffer = buffer.partition(b"\r\n")
                self.heard.append(line)
                if text and line != BYE:
                    continue
                answer = self.answers.pop(0)
                text = answer.startswith("354")
                if answer == "cut":
                    return
                self._say(client, f"{answer}\r\n".encode())

    def _say(self, client: socket.socket, said: bytes) -> None:
        for piece in [said[n : n + 1] for n in range(len(said))] if self.slowly else [said]:
            client.sendall(piece)
            sleep(0.002 if self.slowly else 0)


@contextmanager
def served(script: Script) -> Iterator[smtplib.SMTP]:
    script.thread.start()
    with closing(smtplib.SMTP("127.0.0.1", script.port, timeout=2)) as client:
        yield client
    script.thread.join(5)
    script.listening.close()


def send(client: smtplib.SMTP) -> None:
    hand_over(client, "hub@example.org", "alice@example.org", lambda: MAIL)


# The words between hub and server


def test_a_message_takes_two_turns_where_the_server_takes_commands_together() -> None:
    script = Script(["250 sender", "250 recipient", "354 go on", "250 taken"])
    with served(script) as client:
        send(client)
    assert script.heard[:3] == [b"MAIL FROM:<hub@example.org>", b"RCPT TO:<alice@example.org>", b"DATA"]
    assert script.heard[3:] == [*MAIL.split(b"\r\n")[:-1], BYE]
    assert script.turns == 2


def test_it_is_told_one_thing_after_another_where_it_does_not_offer_that() -> None:
    script = Script(["250 sender", "250 recipient", "354 go on", "250 taken"], offers="8BITMIME")
    with served(script) as client:
        send(client)
    assert script.turns == 4


def test_a_server_that_answers_letter_by_letter_is_understood() -> None:
    script = Script(["250-sender\r\n250 ok", "250 recipient", "354 go on", "250 taken"] * 2, slowly=True)
    with served(script) as client:
        send(client)
        send(client)
    assert not script.answers


REFUSALS = [
    pytest.param(["550 not you", "503 no", "503 no"], smtplib.SMTPSenderRefused, id="the sender"),
    pytest.param(["250 ok", "550 nobody", "503 no"], smtplib.SMTPRecipientsRefused, id="the recipient"),
    pytest.param(["250 ok", "451 later", "554 no"], smtplib.SMTPRecipientsRefused, id="the recipient, for now"),
    pytest.param(["250 ok", "550 nobody", "354 all the same", "554 none"], smtplib.SMTPRecipientsRefused, id="late"),
    pytest.param(["250 ok", "250 ok", "451 no room"], smtplib.SMTPDataError, id="the text, unread"),
    pytest.param(["250 ok", "250 ok", "354 go on", "552 too much"], smtplib.SMTPDataError, id="the text"),
]


@pytest.mark.parametrize(("answers", "error"), REFUSALS)
def test_what_is_refused_is_forgotten_before_the_next(answers: list[str], error: type[Exception]) -> None:
    script = Script([*answers, "250 forgotten", "250 ok", "250 ok", "354 go on", "250 taken"])
    with served(script) as client:
        with pytest.raises(error):
            send(client)
        send(client)
    assert not script.answers, "each answer was read as that to its own command"
    assert script.heard.count(b"rset") == 1
    assert script.heard.count(b"Install it") == 1 + (answers[-1] == "552 too much"), "no text without a recipient"


BUSY = [
    pytest.param(["421 busy", "cut"], smtplib.SMTPSenderRefused, id="at once"),
    pytest.param(["250 ok", "421 busy", "cut"], smtplib.SMTPRecipientsRefused, id="at the recipient"),
    pytest.param(["250 ok", "250 ok", "421 busy"], smtplib.SMTPDataError, id="at the text"),
    pytest.param(["250 ok", "250 ok", "354 go on", "421 busy"], smtplib.SMTPDataError, id="after it"),
    pytest.param(["250 ok", "250 ok", "354 go on", "cut"], smtplib.SMTPServerDisconnected, id="cut"),
]


@pytest.mark.parametrize(("answers", "error"), BUSY)
def test_a_server_that_is_busy_or_gone_is_left_with_its_own_words(answers: list[str], error: type[Exception]) -> None:
    script = Script(list(answers))
    with served(script) as client:
        with pytest.raises(error):
            send(client)
        assert client.sock is None
    assert b"rset" not in script.heard


@pytest.mark.parametrize("to", ["alice@example.org>\r\nDATA", "a>b@example.org", "a@example.org\n"])
def test_no_address_ends_its_command(to: str) -> None:
    script = Script([])
    with served(script) as client, pytest.raises(ValueError, match="end its command"):
        hand_over(client, "hub@example.org", to, lambda: MAIL)


@pytest.mark.parametrize("text", [b".a\r\n.\r\nb", b"a\r\n..\r\n", b"a", b"a\r\n", b"\r\n.b\r\n.\r\n"])
def test_a_text_is_dotted_as_python_does_it(text: bytes) -> None:
    script = Script(["354 go on", "250 taken"])
    with served(script) as client:
        client.ehlo()
        client.data(text)
    assert b"".join(line + b"\r\n" for line in script.heard[1:]) == dotted(text)


# Whole passes, to the real server


@pytest.mark.django_db
def test_all_are_told_on_one_connection(world: World, noon: datetime, together: PostOffice) -> None:
    owe(world.item(GREEN), noon)
    report = sweep(noon)
    assert report.sent == len(together.taken) > 3
    assert len(together.sessions) == 1
    assert {mail["Subject"] for mail in together.taken} == {"[TLP:GREEN] Patch the mail gateway"}


@pytest.mark.django_db
@pytest.mark.parametrize("answer", ["550 nobody", "451 come back"])
@pytest.mark.parametrize("point", ["on_rcpt", "on_data"])
def test_one_refused_message_keeps_no_other_from_its_reader(
    world: World, noon: datetime, together: PostOffice, point: str, answer: str
) -> None:
    owe(world.item(GREEN), noon)
    getattr(together, point)["alice@example.org"] = answer
    report = sweep(noon)
    assert report.sent == len(together.taken) == Delivery.objects.filter(state=State.SENT).count() > 3
    assert "alice" not in together.names()
    hers = Delivery.objects.get(address__value="alice@example.org")
    assert hers.outcome == answer
    assert hers.state == (State.DEAD if answer.startswith("5") else State.DUE)
    assert len(together.sessions) == 1, "nobody rang again"


@pytest.mark.django_db
def test_a_busy_server_rests_and_is_owed_what_it_did_not_take(
    world: World, noon: datetime, together: PostOffice
) -> None:
    owe(world.item(GREEN), noon)
    together.on_rcpt["*"] = "421 busy"
    report = sweep(noon)
    assert (report.sent, report.later, report.paused) == (0, 1, "421 busy")
    assert gate("mail", noon + SECOND) == Gate.SHUT
    together.on_rcpt.clear()
    sweep(noon + 60 * SECOND)
    sweep(noon + 120 * SECOND)
    assert len(together.names()) == len(set(together.names())) == Delivery.objects.filter(state=State.SENT).count()
    assert not Delivery.objects.filter(state=State.DUE).exists()
