"""Real mails, beside what Python's own reader makes of them. No text of theirs stands here."""

from __future__ import annotations

import email
import re
from email.message import EmailMessage
from email.policy import default
from html import unescape

import pytest

from advisories.collect.base import Parsed
from advisories.collect.mail import mail
from advisories.collect.text import html
from tests.advisories.collect.hostile import outcome, samples
from tests.advisories.collect.letters import entry, refusal
from tests.advisories.collect.test_samples import HOME

REPORTED, NOTHING, NO_MAIL = "report of a mail system", "neither a subject nor a text", "not a mail"
# File: how many files are attached to it, and the year that it is of. No year: its Date is none.
TAKEN: dict[str, tuple[int, int | None]] = {
    "mail-attachment_message_rfc822.eml": (1, 2005),
    "mail-attachment_nonascii_filename.eml": (1, 2005),
    "mail-attachment_pdf.eml": (1, 2005),
    "mail-attachment_with_base64_encoded_name.eml": (1, 2005),
    "mail-basic_email.eml": (0, 2008),
    "mail-encoding_madness.eml": (0, 2010),
    "mail-example01.eml": (0, 1997),
    "mail-ks_c_5601-1987.eml": (0, 2014),
    "mail-utf8_headers.eml": (0, None),
    "nodemailer-mixed.eml": (0, None),
    "nodemailer-nested.eml": (0, None),
    "spamscope-mail_test_14.eml": (1, 2019),
    "spamscope-mail_test_16.eml": (0, 2003),
    "spamscope-mail_test_18.eml": (0, 2025),
    "spamscope-mail_test_19.eml": (0, 2024),
    "stalwart-legacy-000.eml": (1, 2000),
    "stalwart-legacy-010.eml": (0, 2000),
    "stalwart-legacy-019.eml": (2, 2000),
    "stalwart-legacy-026.eml": (2, 2000),
    "stalwart-legacy-033.eml": (0, 2000),
    "stalwart-malformed-010.eml": (0, None),
    "stalwart-malformed-015.eml": (1, 2007),
    "stalwart-rfc-000.eml": (3, 1994),
    "stalwart-rfc-003.eml": (2, 1993),
    "stalwart-rfc-005.eml": (0, 1993),
}
REFUSED = {
    "nodemailer-delivery-status.eml": REPORTED,
    "parsedmarc-dmarc_ruf_report_linkedin.eml": REPORTED,
    "parsedmarc-google.com_smtp_tls_report.eml": REPORTED,
    "stalwart-malformed-000.eml": NOTHING,
    "stalwart-malformed-005.eml": NOTHING,
    "dkim/001.txt": NO_MAIL,  # which begins with keys from the DNS; the mails in it are tried below
    "dkim/002.txt": NO_MAIL,
}
LOST = "\ufffd"
MAILS = HOME / "email"
real = pytest.mark.skipif(not HOME.is_dir(), reason=f"no samples at {HOME}; set WARP_SAMPLES")


def like(other: str) -> re.Pattern[str]:
    """What the other reader has, of which it may have lost letters."""
    return re.compile(re.escape(other).replace(LOST, "."))


def words(text: str) -> set[str]:
    return {word for word in re.findall(rf"[\w{LOST}]+", re.sub("<[^>]*>", " ", unescape(text))) if LOST not in word}


def read(sample: str) -> EmailMessage:
    return email.message_from_bytes((MAILS / sample).read_bytes(), policy=default)


def plain_text(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    return str(body.get_content()) if body else ""


@real
@samples
def test_the_table_names_every_real_mail() -> None:
    assert {str(file.relative_to(MAILS)) for file in MAILS.rglob("*") if file.is_file()} == {*TAKEN, *REFUSED}


@real
@samples
@pytest.mark.parametrize("sample", TAKEN)
def test_a_real_mail_is_an_entry_that_says_what_another_reader_finds_in_it(sample: str) -> None:
    attached, year = TAKEN[sample]
    found, other = outcome(mail.parse, (MAILS / sample).read_bytes()), read(sample)
    assert isinstance(found, Parsed) and not found.refusals
    (one,) = found.entries
    subject = html.line(str(other["subject"] or ""))
    assert like(subject).fullmatch(one.title) if subject else one.title.removesuffix(" …") in html.plain(one.summary)
    assert one.label is None and (one.published.year if one.published else None) == year
    told = [line for line in one.facts.get("attachments", "").split("\n") if line]
    assert len(told) == attached
    names = [part.get_filename() for part in other.walk() if part.get_content_maintype() != "message"]
    for name in filter(None, names):
        assert any(like(html.line(name)).match(line) for line in told)
    missed = words(plain_text(other)) - words(one.summary)
    assert len(missed) <= len(words(plain_text(other))) // 20, missed


@real
@samples
@pytest.mark.parametrize("sample", REFUSED)
def test_a_real_mail_is_refused_as_stated(sample: str) -> None:
    assert REFUSED[sample] in refusal((MAILS / sample).read_bytes())


@real
@samples
@pytest.mark.parametrize("sample", ["dkim/001.txt", "dkim/002.txt"])
def test_a_real_mail_with_signatures_of_its_domain_is_an_entry(sample: str) -> None:
    signed = (MAILS / sample).read_bytes().partition(b"\n\n")[2]
    other = email.message_from_bytes(signed, policy=default)
    assert (entry(signed).title, entry(signed).author) == (str(other["subject"]), str(other["from"]))
