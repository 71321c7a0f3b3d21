"""What is no mail, and what is built to break readers."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from advisories.collect.mail import mail, mailmessage, mailsniff, mailtext
from tests.advisories.collect.hostile import outcome
from tests.advisories.collect.letters import (
    SIGNED,
    attached,
    entry,
    inner,
    letter,
    markup,
    multipart,
    parse,
    plain,
    refusal,
)


@pytest.mark.parametrize(
    "body",
    [b"", b"\0\0\0", b"<html><body>x</body></html>", b'{"a": 1}', b"just a text\nof two lines\n", b"\n\nSubject: x\n"],
)
def test_what_is_no_mail_is_refused(body: bytes) -> None:
    assert refusal(body) == "This is not a mail: it has none of the headers that mails have."
    assert not mailsniff.is_mail(body)


def test_a_mail_is_known_by_its_first_lines() -> None:
    assert mailsniff.is_mail(letter()) and mailsniff.is_mail(b"From x@example.org Sun Feb 1 2026\r\n" + letter())
    assert not mailsniff.is_mail(b"title: x\nbody: y\n") and not mailsniff.is_mail(b"date: 2026\n\nx")
    assert not mailsniff.is_mail(letter().replace(b"To: ", b"<to>: x\n<to> "))


def test_a_mail_that_says_nothing_is_refused_and_one_of_a_file_alone_is_not() -> None:
    assert "neither a subject nor a text" in refusal(letter("", Subject=None))
    alone = letter("MTIzNDU=", Content_Type="image/png; name=a.png", Content_Transfer_Encoding="base64", Subject=None)
    assert (entry(alone).title, entry(alone).summary) == ("a.png (image/png, 5 bytes)", "")


def test_more_parts_headers_lines_or_depth_than_any_mail_has_are_refused() -> None:
    assert len(parse(multipart(*[plain("x")] * (mailmessage.MOST_PARTS - 1))).entries) == 1
    assert "more than 200 parts" in refusal(multipart(*[plain("x")] * mailmessage.MOST_PARTS))
    assert "more than 1000 headers" in refusal(b"X-A: b\r\n" * 1_001 + letter())
    assert "more than 600000 lines" in refusal(letter("\n" * 600_001))
    forwarded = "Content-Type: message/rfc822\n\n"
    assert entry(multipart(forwarded * (mailtext.DEEPEST - 1) + plain("deep"))).summary.count("<blockquote>") == 19
    assert "nested more than 20 deep" in refusal(multipart(forwarded * 21 + plain("deep")))
    assert "more than 200 parts" in refusal(multipart(forwarded * 5_000 + plain("deep")))
    nested = plain("deep")
    for depth in range(40):
        nested = inner(nested, kind="mixed", boundary=f"b{depth}")
    assert "nested more than 20 deep" in refusal(multipart(nested))


def test_of_a_very_long_text_the_beginning_and_the_end_are_kept() -> None:
    found = entry(letter("Begins.\n" + "words " * 100_000 + "\nTLP:RED\n"))
    assert found.label == "RED" and "Begins." in found.summary and "[…]" in found.summary
    assert found.summary.endswith("TLP:RED</p>") and len(found.summary) < 210_000
    many = entry(multipart(*[markup("<p>" + "x" * 300_000)] * 20, plain("x" * 90_000 + "\nTLP:RED\n")))
    assert len(many.summary) < 300_000 and many.label == "RED"


LONG_VALUES = ["(" * 100_000, '"' * 100_000, "<" * 100_000, "a@b," * 50_000, "=?utf-8?q?a?= " * 20_000, "a " * 90_000,
               "a*0*=x;" * 20_000, "=?" * 90_000, "\\" * 90_000, ";" * 90_000, "a:" * 50_000]  # fmt: skip


@pytest.mark.parametrize("value", LONG_VALUES, ids=range(len(LONG_VALUES)))
def test_long_headers_neither_break_nor_hold_the_parser(value: str) -> None:
    names = ("From", "To", "Subject", "Date", "Message_ID", "Content_Type", "Content_Disposition",
             "Content_Transfer_Encoding", "List_Id", "List_Post", "Received", "Authentication_Results",
             "Auto_Submitted", "MIME_Version")  # fmt: skip
    for name in names:
        assert outcome(mail.parse, letter(**{name: value, "Mime-Version": "1.0"}), state={"authserv": "a"})


ODD = st.sampled_from(
    [
        "", " ", "<>", "<", ">", "\0", "=?utf-8?B?", "=?x?Q?=FF?=", "(" * 300, ";", ";;=", "charset=\0", "\udcff\udc80",
        "text/plain; charset=utf-8; charset", "text/", "/", "multipart/mixed", 'multipart/mixed; boundary="a"',
        "multipart/alternative; boundary*0=a; boundary*1=b", "message/rfc822", "message/partial; id=x",
        "message/external-body", "application/pkcs7-mime", "multipart/encrypted; boundary=a", "text/html",
        'attachment; filename*=utf-8\'\'%FF%00; filename*0*="x', "attachment; filename*1=b", "base64", "uuencode",
        "quoted-printable", "8bit", "Group:;", "a@b <c@d>", '"\\', "[", "@", "Sun, 99 Foo 99999 99:99:99 +9999",
        "Sun, 01 Feb 2026 10:00:00 +99999999999", "0", "-1", "1 Jan 0001 00:00:00 +2359", "a\n b", "\n", "a\r b",
        "<mailto:", "TLP:", "xn--", "A" * 3_000,
    ]
)  # fmt: skip
NAMES = st.sampled_from(
    ["From", "To", "Subject", "Date", "Message-ID", "Content-Type", "Content-Disposition", "Content-Transfer-Encoding",
     "List-Id", "List-Post", "Received", "Authentication-Results", "Auto-Submitted", "MIME-Version", "X"]
)  # fmt: skip
VALUES = ODD | st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=30)
HEADERS = st.lists(st.tuples(NAMES, VALUES).map(": ".join), max_size=7).map("\n".join)
TEXTS = st.sampled_from(
    ["", "x", "begin 644 a\n#", "=ZZ=", "-----BEGIN PGP MESSAGE-----\n", "<p", "<a href='x", "--a\n", "--a--\n", "\0",
     "&#xD800;", "MTIz=", "\udcff", "TLP:RED", "--a\n\n--a\nContent-Type: text/html\n\n<b>"]
) | st.text(max_size=20)  # fmt: skip
PARTS = st.recursive(
    st.tuples(HEADERS, TEXTS).map("\n\n".join),
    lambda inside: st.tuples(HEADERS, st.lists(inside, max_size=4)).map(
        lambda made: made[0] + '\nContent-Type: multipart/mixed; boundary="a"\n\n--a\n' + "\n--a\n".join(made[1])
    ),
    max_leaves=8,
)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(PARTS)
def test_no_mail_of_odd_parts_raises_anything_but_the_one_error(made: str) -> None:
    outcome(mail.parse, made.encode("utf-8", "surrogatepass"), state={"authserv": "a"})


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=300))
def test_no_bytes_raise_anything_but_the_one_error(octets: bytes) -> None:
    outcome(mail.parse, octets)
    outcome(mail.parse, b"Subject: x\nContent-Type: " + octets)
    outcome(mail.parse, letter() + octets)


def test_a_mail_cut_anywhere_or_with_any_byte_changed_ends_in_words_or_in_an_entry() -> None:
    whole = multipart(plain(SIGNED), markup("<p>x</p>"), attached("filename=a.pdf"), kind="alternative")
    for place in range(0, len(whole), 7):
        outcome(mail.parse, whole[:place])
        outcome(mail.parse, whole[:place] + b"\xff" + whole[place + 1 :])
        outcome(mail.parse, whole[:place] + b"\n" + whole[place:])
