"""A mail as an entry: its words, its parts, who sent it by which way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from advisories.collect import isolate
from tests.advisories.collect.conftest import NOW, context
from tests.advisories.collect.letters import (
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


def test_an_entry_carries_what_the_mail_says() -> None:
    parsed = parse(letter("Two lines\nof text.\n\nSee CVE-2026-1234 at https://cert.example.org/17.\n"))
    (found,) = parsed.entries
    assert not parsed.refusals and not parsed.complete
    assert (found.guid, found.title, found.url) == ("2026-17@cert.example.org", "Gateway under attack", "")
    assert found.author == "Example CERT <warnings@cert.example.org>"
    assert found.published == datetime(2026, 2, 1, 9, tzinfo=UTC)
    assert found.summary == ("<p>Two lines<br>of text.</p><p>See CVE-2026-1234 at https://cert.example.org/17.</p>")
    assert found.cves == ("CVE-2026-1234",) and found.label is None
    assert found.facts == {"owner": "warnings@cert.example.org", "references": "https://cert.example.org/17"}


def test_the_same_mail_is_the_same_entry_and_comes_back_from_the_worker_as_it_was_parsed() -> None:
    body = multipart(plain("Größe 🎉"), attached("filename=a.pdf"))
    assert entry(body) == entry(body, fetched_at=NOW + timedelta(days=1))
    assert entry(body).content_hash != entry(letter()).content_hash
    assert isolate.run("advisories.collect.mail.mail", body, context()) == parse(body)


def test_a_mail_without_an_id_goes_by_its_bytes() -> None:
    for body in (letter(Message_ID=None), letter(Message_ID="<" + "x" * 600 + "@example.org>")):
        assert entry(body).guid.startswith("sha256:") and entry(body).guid == entry(body).guid
    assert entry(letter("a", Message_ID=None)).guid != entry(letter("b", Message_ID=None)).guid
    assert entry(letter(Message_ID="no-brackets@example.org")).guid == "no-brackets@example.org"


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("Re: Fwd: Gateway", "Re: Fwd: Gateway"),
        ("=?utf-8?B?R3LDtsOfZQ==?=", "Größe"),
        ("=?utf-8?Q?Gr=C3=B6=C3=9Fe?= again", "Größe again"),
        ("=?utf-8?B?w6TD?= =?utf-8?B?pA==?=", "ää"),
        ("Größe", "Größe"),
        (b"caf\xe9".decode("ascii", "surrogateescape"), "café"),
        ("=?iso-8859-1?Q?Fr" + b"\xf6".decode("ascii", "surrogateescape") + "sche?=", "Frösche"),
        ("=?nonsense?Q?abc?=", "abc"),
        ("=?utf-8?B?broken", "=?utf-8?B?broken"),
        ("two\n lines", "two lines"),
        ("evil \x00\u202etext", "evil text"),
        ("", "Update the gateway."),
        (None, "Update the gateway."),
    ],
)
def test_a_subject_is_decoded_however_it_is_written(written: str | None, title: str) -> None:
    assert entry(letter(Subject=written)).title == title


@pytest.mark.parametrize(
    ("written", "author", "owner"),
    [
        ('"Last, First" <a@example.org>', "Last, First <a@example.org>", "a@example.org"),
        ("A@Example.org", "A@Example.org", "a@example.org"),
        ("real@example.org <other@example.org>", "real@example.org <other@example.org>", "other@example.org"),
        ("=?utf-8?Q?Gr=C3=B6=C3=9Fe?= <a@example.org>", "Größe <a@example.org>", "a@example.org"),
        ("a@example.org, B <b@example.org>", "a@example.org, B <b@example.org>", "b@example.org"),
        ("nobody at all", "nobody at all", ""),
        ("", "", ""),
        (None, "", ""),
    ],
)
def test_the_author_is_shown_with_the_address(written: str | None, author: str, owner: str) -> None:
    found = entry(letter(From=written))
    assert found.author == author and found.facts.get("owner", "") in (
        owner,
        "a@example.org" if "B <" in author else "",
    )


RECEIVED = "from a by b; Mon, 02 Feb 2026 08:00:00 +0000\nReceived: from c by a; Fri, 30 Jan 2026 08:00:00 +0000"


@pytest.mark.parametrize(
    ("date", "received", "published"),
    [
        ("Sun, 01 Feb 2026 10:00:00 -0000", RECEIVED, datetime(2026, 2, 1, 10, tzinfo=UTC)),
        ("1 Feb 26 10:00 EST", RECEIVED, datetime(2026, 2, 1, 15, tzinfo=UTC)),
        ("Thu, 01 Jan 1970 00:00:00 +0000", RECEIVED, datetime(2026, 2, 2, 8, tzinfo=UTC)),
        ("Wed, 01 Jan 2036 00:00:00 +0000", RECEIVED, datetime(2026, 2, 2, 8, tzinfo=UTC)),
        ("yesterday", RECEIVED, datetime(2026, 2, 2, 8, tzinfo=UTC)),
        (None, RECEIVED, datetime(2026, 2, 2, 8, tzinfo=UTC)),
        (None, "from a by b; long ago", None),
        ("Fri, 31 Dec 9999 23:59:59 -2359", None, None),
        (None, None, None),
    ],
)
def test_a_mail_is_of_its_date_or_else_of_when_it_was_received(
    date: str | None, received: str | None, published: datetime | None
) -> None:
    assert entry(letter(Date=date, Received=received)).published == published


def test_of_alternatives_the_plain_one_is_shown_and_all_are_read() -> None:
    found = entry(multipart(plain("Plain."), markup("<p>Rich <b>CVE-2026-7777</b>.</p>"), kind="alternative"))
    assert found.summary == "<p>Plain.</p>" and found.cves == ("CVE-2026-7777",) and "attachments" not in found.facts
    for first in (plain(" \n"), "Content-Type: text/plain\n\n"):
        assert "Rich" in entry(multipart(first, markup("<p>Rich</p>"), kind="alternative")).summary


def test_html_is_made_safe_and_keeps_its_lines() -> None:
    page = (
        "<html><head><title>T</title><style>p{}</style></head><body><div>One</div><div>Two</div><img src='http://t'>"
        "<form action=x><input name=y></form><script>alert(1)</script>"
        "<a href='https://cert.example.org/17' onclick=x>here</a><a href='javascript:x'>no</a></body></html>"
    )
    found = entry(letter(page, Content_Type="text/html"))
    assert "One<br>" in found.summary and "Two" in found.summary
    assert not any(word in found.summary for word in ("<img", "<form", "<input", "script", "style", "onclick", "T</"))
    assert found.facts["references"] == "https://cert.example.org/17"


def test_parts_inside_parts_are_read_in_their_order() -> None:
    rich = inner(markup("<p>Two</p>"), attached("filename=logo.png", kind="image/png"), kind="related", boundary="r")
    found = entry(
        multipart(
            plain("One"),
            inner(plain(""), rich, kind="alternative", boundary="alt"),
            attached("filename=a.pdf"),
            plain("Three"),
        )
    )
    assert found.summary == "<p>One</p><p>Two</p><p>Three</p>"
    assert found.facts["attachments"] == "logo.png (image/png, 5 bytes)\na.pdf (application/pdf, 5 bytes)"


@pytest.mark.parametrize("disposition", ["", "Content-Disposition: attachment; filename=warning.eml\n"])
def test_a_forwarded_mail_is_quoted_with_who_wrote_it(disposition: str) -> None:
    there = "From: Other CERT <o@example.org>\nTo: someone@council.example.org\nSubject: Patch CVE-2026-4321\n" + inner(
        plain("Patch now."), attached("filename=a.txt", kind="text/plain"), kind="mixed", boundary="i"
    )
    found = entry(multipart(plain("See below."), f"Content-Type: message/rfc822\n{disposition}\n{there}"))
    assert found.summary == (
        "<p>See below.</p><blockquote><p>Patch CVE-2026-4321<br>Other CERT &lt;o@example.org&gt;</p>"
        "<p>Patch now.</p></blockquote>"
    )
    assert found.cves == ("CVE-2026-4321",) and found.facts["attachments"] == "a.txt (text/plain, 5 bytes)"
    assert found.title == "Gateway under attack"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ('filename="../../etc/passwd"', "passwd"),
        ('filename="C:\\\\Users\\\\x\\\\a.doc"', "a.doc"),
        ("filename*=utf-8''Gr%C3%B6%C3%9Fe%0d%0a.pdf", "Größe .pdf"),
        ('filename="=?utf-8?B?R3LDtsOfZS5wZGY=?="', "Größe.pdf"),
        ("filename==?utf-8?B?R3LDtsOfZS5wZGY=?=", "Größe.pdf"),
        ('filename="invoice\u202efdp.exe"', "invoicefdp.exe"),
        ("filename=", ""),
        ('filename=".."', ""),
        ('filename="' + "x" * 900 + '.pdf"', "x" * 200),
    ],
)
def test_an_attachment_is_named_without_its_path_and_not_opened(name: str, shown: str) -> None:
    told = entry(multipart(plain("x"), attached(name, b"CVE-2026-9999"))).facts["attachments"]
    assert told == (f"{shown} (application/pdf, 13 bytes)" if shown else "application/pdf, 13 bytes")
    assert entry(multipart(plain("x"), attached(name, b"CVE-2026-9999"))).cves == ()


@pytest.mark.parametrize(
    ("charset", "octets", "text"),
    [
        ("iso-8859-1", b"caf\xe9 \x93quoted\x94", "café “quoted”"),
        ("utf-8", b"caf\xe9", "café"),
        ("us-ascii", "café".encode(), "café"),
        ("ks_c_5601-1987", b"\xbd\xba", "스"),
        ("no-such-charset", "café".encode(), "café"),
        ("punycode", b"caf\xe9", "café"),
        ("base64", b"cafe", "cafe"),
        ("utf-7", b"+ZeVnLIqe-", "日本語"),
        ("utf-16", b"c\x00a\x00", "ca"),
    ],
)
def test_letters_are_read_as_they_are_and_not_only_as_declared(charset: str, octets: bytes, text: str) -> None:
    head = letter("", Content_Type=f"text/plain; charset={charset}", Content_Transfer_Encoding="8bit")
    assert entry(head + octets).summary == f"<p>{text}</p>"


def test_lines_that_were_broken_for_the_way_are_joined() -> None:
    text = "A line that \ngoes on.\nAnother.\n> quoted \n> too\n-- \nSignature\n"
    flowed = entry(letter(text, Content_Type="text/plain; format=flowed")).summary
    assert "A line that goes on.<br>Another.<br>&gt; quoted <br>&gt; too<br>-- <br>Signature" in flowed
    joined = entry(letter("https://cert.example.org/ \n17\n", Content_Type="text/plain; format=flowed; delsp=yes"))
    assert joined.facts["references"] == "https://cert.example.org/17"


def test_at_most_fifty_addresses_are_kept_without_the_sentence_around_them() -> None:
    text = "See (https://cert.example.org/a), https://cert.example.org/w(1). http://user@example.org javascript:x\n"
    many = "".join(f"<https://cert.example.org/{number}>\n" for number in range(100))
    found = entry(letter(text + many)).facts["references"].split("\n")
    assert found[:3] == ["https://cert.example.org/a", "https://cert.example.org/w(1)", "https://cert.example.org/0"]
    assert len(found) == 50


def test_of_those_who_got_it_only_the_list_is_kept() -> None:
    people = {
        "To": "Someone <someone@council.example.org>, warnings@lists.example.org",
        "Cc": "boss@council.example.org",
    }
    assert "council" not in str(entry(letter(**people)))
    by_id = entry(letter(**people, List_Id="Warnings for members <warnings.lists.example.org>"))
    by_post = entry(letter(**people, List_Id="<w.example.org>", List_Post="<mailto:warnings@lists.example.org?x>"))
    assert by_id.facts["list_id"] == "warnings.lists.example.org" and by_post.facts["list_id"] == "w.example.org"
    assert by_id.facts["to"] == by_post.facts["to"] == "warnings@lists.example.org"
    assert "to" not in entry(letter(To="someone@council.example.org", List_Id="<w.example.org>")).facts
    assert "council" not in f"{by_id}{by_post}"


OWN = "mx.warp.example.org; dkim=pass header.d=cert.example.org; dmarc=pass"


@pytest.mark.parametrize(
    ("written", "authserv", "shown"),
    [
        (OWN, "mx.warp.example.org", "dkim=pass header.d=cert.example.org; dmarc=pass"),
        (f"(by us) {OWN}".replace(".org;", ".org 1;", 1), "MX.warp.example.org", OWN.partition("; ")[2]),
        (OWN, "", None),
        (OWN, "other.example.org", None),
        (f"evil.example.org; dkim=pass\nAuthentication-Results: {OWN}", "mx.warp.example.org", None),
        ("; dkim=pass", "mx.warp.example.org", None),
        (None, "mx.warp.example.org", None),
    ],
)
def test_only_the_own_servers_topmost_word_about_the_sender_is_shown(
    written: str | None, authserv: str, shown: str | None
) -> None:
    found = entry(letter(Authentication_Results=written), state={"authserv": authserv} if authserv else {})
    assert found.facts.get("authenticated") == shown


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ({"Auto_Submitted": "auto-replied; owner-email=a@example.org"}, "automatic reply (“Gateway under attack”)"),
        ({"X_Autoreply": "yes"}, "automatic reply"),
        ({"Auto_Submitted": "auto-generated", "Subject": "Automatic reply: Warning"}, "automatic reply"),
        ({"From": "MAILER-DAEMON@example.org"}, "report of a mail system (mailer-daemon)"),
        ({"Content_Type": "multipart/report; report-type=delivery-status; boundary=x"}, "system (delivery-status)"),
        ({"Content_Type": "multipart/report; report-type=disposition-notification"}, "system (disposition-notif"),
        ({"Content_Type": "message/delivery-status"}, "report of a mail system"),
    ],
)
def test_a_bounce_or_an_automatic_reply_is_no_warning(headers: dict[str, str], words: str) -> None:
    assert words in refusal(letter(**headers))


@pytest.mark.parametrize("said", ["no", "auto-generated", "Auto-Generated; x=y"])
def test_a_warning_that_a_machine_wrote_is_one(said: str) -> None:
    assert entry(letter(Auto_Submitted=said)).facts.get("auto", "no") == said.lower().partition(";")[0]
    assert entry(letter(Subject="Automatic reply to attacks in Gateway")).title.startswith("Automatic reply")
