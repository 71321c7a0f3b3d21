from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from advisories.collect.base import CollectError, Limits
from advisories.collect.mail import imap, mail, mailplace
from advisories.collect.mail.imap import Letter
from tests.advisories.collect.conftest import LOOPBACK, context
from tests.advisories.collect.imapd import PASSWORD, PLAIN_PASSWORD, USER, Imapd, dripping, endless, silent
from tests.advisories.collect.test_tls import NAME, certificate

__all__ = ["certificate"]  # the fixture
Start = Callable[..., Imapd]


def letter(number: int, text: str = "Update the gateway.") -> bytes:
    return (
        f"From: warnings@example.org\r\nSubject: Warning {number}\r\nMessage-ID: <{number}@example.org>\r\n"
        f"Date: Sun, 01 Feb 2026 10:00:00 +0000\r\n\r\n{text}\r\n"
    ).encode()


THREE = {number: letter(number) for number in (3, 5, 8)}


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts servers, and stops them when the test ends."""
    servers: list[Imapd] = []

    def begin(**options: Any) -> Imapd:
        servers.append(Imapd(**{"letters": dict(THREE), **options}))
        return servers[-1]

    yield begin
    for server in servers:
        server.stop()


def read(server: Imapd, url: str = "", **options: Any) -> list[Letter]:
    url = url or f"imap://127.0.0.1:{server.port}"
    return list(imap.messages(url, **{"credentials": (USER, PASSWORD), "allow": LOOPBACK, **options}))


def failure(server: Imapd, url: str = "", **options: Any) -> CollectError:
    with pytest.raises(CollectError) as caught:
        read(server, url, **options)
    assert PASSWORD not in str(caught.value) and PLAIN_PASSWORD not in str(caught.value)
    return caught.value


def test_new_mails_come_oldest_first_as_they_lie_there(start: Start) -> None:
    letters = read(start())
    assert [(one.uid, one.body) for one in letters] == list(THREE.items())
    assert [mail.parse(one.body, context()).entries[0].guid for one in letters if isinstance(one.body, bytes)] == [
        "3@example.org", "5@example.org", "8@example.org",
    ]  # fmt: skip


def test_a_run_goes_on_after_its_cursor_and_takes_at_most_so_many(start: Start) -> None:
    server = start()
    first = read(server, most=2)
    assert [one.uid for one in first] == [3, 5] and first[-1].cursor == "7:5"
    second = read(server, cursor=first[-1].cursor)
    assert [one.uid for one in second] == [8]
    assert read(server, cursor=second[-1].cursor) == []
    server.letters[9] = letter(9)
    assert [one.uid for one in read(server, cursor=second[-1].cursor)] == [9]


@pytest.mark.parametrize("cursor", ["6:8", "", "nonsense", "7:8:9", "7:99999999999"])
def test_a_folder_that_was_numbered_anew_or_is_not_known_is_read_from_its_beginning(start: Start, cursor: str) -> None:
    assert [one.uid for one in read(start(), cursor=cursor)] == [3, 5, 8]


def test_nothing_is_marked_moved_or_deleted(start: Start) -> None:
    server = start()
    read(server)
    commands = [line.split()[0] if not line.startswith("UID") else " ".join(line.split()[:2]) for line in server.seen]
    assert commands == [
        "CAPABILITY", "AUTHENTICATE", "EXAMINE", "UID SEARCH", *["UID FETCH"] * 4, "LOGOUT",
    ]  # fmt: skip
    assert all("BODY.PEEK[]" in line or "RFC822.SIZE" in line for line in server.seen if "FETCH" in line)


def test_an_empty_folder_has_nothing_new(start: Start) -> None:
    assert read(start(letters={})) == []


@pytest.mark.parametrize(
    ("folder", "written", "path"),
    [
        ("Rhybuddion/2026", "Rhybuddion/2026", "/Rhybuddion/2026"),
        ("Dŵr & Gwynt", "D&AXU-r &- Gwynt", "/D%C5%B5r%20%26%20Gwynt"),
    ],
)
def test_a_folder_is_named_in_the_address(start: Start, folder: str, written: str, path: str) -> None:
    server = start(folder=written)
    assert len(read(server, f"imap://127.0.0.1:{server.port}{path}")) == 3
    missing = failure(server, f"imap://127.0.0.1:{server.port}/Elsewhere")
    assert "no folder Elsewhere" in str(missing) and "no such folder" in str(missing)


def test_a_mail_that_is_too_large_is_named_and_passed_over_without_being_fetched(start: Start) -> None:
    server = start(letters={3: letter(3), 5: letter(5, "x" * 5_000), 8: letter(8)})
    first, large, last = read(server, limits=Limits(wire=1_000))
    assert isinstance(large.body, CollectError) and large.body.refused and large.cursor == "7:5"
    assert f"Mail 5 has {len(server.letters[5])} bytes; the hub takes at most 1000" in str(large.body)
    assert first.body == letter(3) and last.body == letter(8)
    assert not any(line.startswith("UID FETCH 5 (BODY") for line in server.seen)


def test_a_server_that_lies_about_a_size_is_cut_off_and_the_mail_passed_over(start: Start) -> None:
    server = start(sizes={5: 10}, letters={3: letter(3), 5: letter(5, "x" * 5_000), 8: letter(8)})
    first, large = read(server, limits=Limits(wire=1_000))
    assert first.body == letter(3) and isinstance(large.body, CollectError) and "larger than" in str(large.body)
    assert [one.uid for one in read(server, cursor=large.cursor)] == [8]


@pytest.mark.parametrize(
    "answer",
    [
        b"TAG NO corrupted\r\n",
        b"TAG BAD no\r\n",
        b"TAG OK done\r\n",
        b"* 1 FETCH (UID 3 BODY[] NIL)\r\nTAG OK done\r\n",
    ],
)
def test_a_mail_that_the_server_does_not_give_is_named_and_stops_no_other(start: Start, answer: bytes) -> None:
    letters = read(start(odd={"TEXT": answer}))
    assert [one.uid for one in letters] == [3, 5, 8]
    assert all("did not give it" in str(one.body) for one in letters)


def test_a_run_begins_no_letter_that_it_has_no_room_or_time_for(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    server = start(letters={number: letter(number, "x" * 5_000) for number in (3, 5, 8)})
    monkeypatch.setattr(imap, "MOST_BYTES", 12_000)
    assert [one.uid for one in read(server)] == [3, 5]
    slow = imap.messages(
        f"imap://127.0.0.1:{server.port}",
        credentials=(USER, PASSWORD),
        allow=LOOPBACK,
        limits=Limits(wire=10_000, seconds=1.0),
    )
    assert next(slow).uid == 3
    time.sleep(0.8)  # the hub reads it
    assert list(slow) == []


def test_a_name_and_password_of_any_letters_sign_in_where_the_server_can(start: Start) -> None:
    assert len(read(start())) == 3
    plain = start(offers="")
    assert len(read(plain, credentials=(USER, PLAIN_PASSWORD))) == 3
    assert "letters that can't be sent" in str(failure(plain))


@pytest.mark.parametrize("offers", ["AUTH=PLAIN", ""])
def test_a_refused_sign_in_is_told_without_the_password(start: Start, offers: str) -> None:
    error = failure(start(offers=offers), credentials=(USER, "wrong-secret"))
    assert "did not let the hub sign in" in str(error) and "AUTHENTICATIONFAILED" in str(error)
    assert "wrong-secret" not in str(error) and "Look at the name and the password" in str(error)


@pytest.mark.parametrize("credentials", [("a\r\nA1 DELETE INBOX", "x"), (USER, "x\r\nA1 DELETE INBOX"), ("", "x")])
@pytest.mark.parametrize("offers", ["AUTH=PLAIN", ""])
def test_no_name_or_password_becomes_a_command(start: Start, credentials: tuple[str, str], offers: str) -> None:
    server = start(offers=offers)
    assert "letters that can't be sent" in str(failure(server, credentials=credentials))
    assert not any("DELETE" in line for line in server.seen)


def test_a_server_that_wants_no_passwords_gets_none(start: Start) -> None:
    server = start(offers="LOGINDISABLED")
    assert "LOGINDISABLED" in str(failure(server, credentials=(USER, PLAIN_PASSWORD)))
    assert server.seen == ["CAPABILITY"]


@pytest.mark.parametrize(
    "url",
    [
        "", "mail.example.org", "https://mail.example.org/", "imaps:///INBOX", "imaps://mail.example.org:x/",
        "imaps://mail.example.org/%FF", "imaps://mail.example.org/a%0d%0ab", "imaps://mail.example.org/?q",
        "imaps://name:secret@mail.example.org/", "imaps://[::1/", "imaps://" + "a" * 300 + "/",
    ],
)  # fmt: skip
def test_what_is_no_address_of_a_mailbox_is_refused_in_words(url: str) -> None:
    with pytest.raises(CollectError) as caught:
        list(imap.messages(url, credentials=(USER, PASSWORD)))
    assert "is no address of a mailbox" in str(caught.value) and caught.value.permanent
    assert "secret" not in str(caught.value)


def test_an_address_is_understood() -> None:
    place = mailplace.place_of("imaps://Bücher.example.org/Warnings/New")
    assert place == mailplace.Place("imaps", "xn--bcher-kva.example.org", 993, "Warnings/New")
    assert mailplace.place_of("imap://192.0.2.1:1143").port == 1143
    assert mailplace.place_of("imap://mail.example.org/").folder == "INBOX"


def test_a_private_address_is_not_dialled_unless_the_operator_allows_it(start: Start) -> None:
    server = start()
    error = failure(server, allow=())
    assert "this machine itself" in str(error) and error.permanent and server.connections == 0
    named = failure(server, f"imaps://mail.example.org:{server.port}", allow=(), resolve=lambda *_: ["127.0.0.1"])
    assert "leads to 127.0.0.1" in str(named) and server.connections == 0
    assert len(read(server)) == 3


# Encryption


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))


def over_tls(scheme: str, server: Imapd, host: str = NAME) -> dict[str, Any]:
    return {"url": f"{scheme}://{host}:{server.port}", "resolve": lambda *_: ["127.0.0.1"]}


@pytest.mark.parametrize(("scheme", "how"), [("imaps", "within"), ("imap", "starttls")])
def test_mails_come_encrypted_from_whoever_proves_the_name(
    start: Start, tls: ssl.SSLContext, trusted: None, scheme: str, how: str
) -> None:
    server = start(**{how: tls})
    assert [one.uid for one in read(server, **over_tls(scheme, server))] == [3, 5, 8]
    assert ("STARTTLS" in server.seen) == (how == "starttls")
    server.seen.clear()
    error = failure(server, **over_tls(scheme, server, "other.example.org"))
    assert "could not prove who it is" in str(error) and not error.refused
    assert not any("AUTH" in line for line in server.seen)


@pytest.mark.parametrize(("scheme", "how"), [("imaps", "within"), ("imap", "starttls")])
def test_a_certificate_that_nobody_trusts_is_not_believed(
    start: Start, tls: ssl.SSLContext, scheme: str, how: str
) -> None:
    server = start(**{how: tls})
    assert "could not prove who it is" in str(failure(server, **over_tls(scheme, server)))
    assert not any("AUTH" in line for line in server.seen)


def test_without_encryption_nothing_is_said_but_to_an_address_that_is_allowed(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = start()
    monkeypatch.setattr("members.web.guard.refuse_address", lambda *_: None)  # as if it were a public one
    error = failure(server, allow=())
    assert "offers no encryption" in str(error) and error.permanent
    assert server.seen == ["CAPABILITY"]


def test_what_was_sent_before_encryption_began_is_not_taken_for_encrypted(
    start: Start, tls: ssl.SSLContext, trusted: None
) -> None:
    server = start(starttls=tls, odd={"STARTTLS": b"TAG OK go\r\n* CAPABILITY IMAP4rev1 EVIL\r\n"})
    assert "before encryption began" in str(failure(server, **over_tls("imap", server)))


@pytest.mark.parametrize("answer", [b"TAG NO not now\r\n", b"TAG BAD what\r\n"])
def test_a_server_that_offers_encryption_and_refuses_it_gets_no_password(
    start: Start, tls: ssl.SSLContext, answer: bytes
) -> None:
    server = start(starttls=tls, odd={"STARTTLS": answer})
    assert "does not speak IMAP" in str(failure(server))
    assert server.seen == ["CAPABILITY", "STARTTLS"]


def test_a_server_that_says_we_are_signed_in_already_is_not_believed(start: Start, tls: ssl.SSLContext) -> None:
    server = start(starttls=tls, odd={"GREETING": b"* PREAUTH welcome\r\n"})
    assert "does not speak IMAP" in str(failure(server))
    assert server.seen == ["CAPABILITY"]


# Servers that misbehave

AT = ["GREETING", "CAPABILITY", "AUTHENTICATE", "EXAMINE", "SEARCH", "SIZE", "TEXT"]


@pytest.mark.parametrize("at", AT)
@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (endless(b"x" * 65_536), "talks on and on"),
        (endless(b"* 1 EXISTS\r\n" * 5_000), "talks on and on|too slow|does not speak IMAP"),
        (b"* 1 FETCH (X {10000000000}\r\n", "talks on and on|larger than"),
        (b"* 1 FETCH (X {" + b"9" * 5_000 + b"}\r\n", "does not speak IMAP"),
        (b"\xff\xfe\0\r\n", "does not speak IMAP"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "does not speak IMAP"),
        (b"* BYE going down\r\n", "going down|too slow"),
        (b"TAG OK\r\n", "does not speak IMAP|did not give it"),
        (lambda session, tag: session.sock.shutdown(2), "stopped in the middle|broke"),
    ],
)
def test_a_server_that_misbehaves_anywhere_is_cut_off_in_words(start: Start, at: str, sent: Any, words: str) -> None:
    server, begun = start(odd={at: sent}), time.monotonic()
    if sent == b"TAG OK\r\n" and at in ("GREETING", "SIZE"):
        words = ""  # which is quite right there
    try:
        told = " ".join(str(one.body) for one in read(server, limits=Limits(seconds=4.0)))
    except CollectError as error:
        told = str(error)
    assert any(word in told for word in words.split("|")), told
    assert time.monotonic() - begun < 6


@pytest.mark.parametrize("at", AT)
@pytest.mark.parametrize("how", [silent, dripping])
def test_a_server_that_is_too_slow_is_left(start: Start, at: str, how: Any) -> None:
    begun = time.monotonic()
    error = failure(start(odd={at: how}), limits=Limits(seconds=0.4))
    assert "too slow" in str(error) and time.monotonic() - begun < 3


def test_a_server_that_is_not_there_is_told(start: Start) -> None:
    server = start()
    server.stop()
    assert "could not be reached" in str(failure(server))


@pytest.mark.parametrize(
    ("at", "answer"),
    [
        ("EXAMINE", b"* 3 EXISTS\r\nTAG OK done\r\n"),
        ("EXAMINE", b"* OK [UIDVALIDITY x] odd\r\nTAG OK done\r\n"),
        ("SEARCH", b"* SEARCH one two\r\nTAG OK done\r\n"),
        ("SEARCH", b"* SEARCH (3)\r\nTAG OK done\r\n"),
        ("SEARCH", b"TAG NO [UNAVAILABLE] later\r\n"),
        ("SEARCH", b"* SEARCH {0}\r\n 3\r\nTAG OK done\r\n"),
        ("CAPABILITY", b"* CAPABILITY {0}\r\n\r\nTAG OK done\r\n"),
        ("CAPABILITY", b"* CAPABILITY IMAP2\r\nTAG OK done\r\n"),
    ],
)
def test_an_answer_that_makes_no_sense_is_told(start: Start, at: str, answer: bytes) -> None:
    assert "does not speak IMAP" in str(failure(start(odd={at: answer})))
