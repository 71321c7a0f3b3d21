from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from advisories.collect import isolate
from advisories.collect.base import Parsed, RawEntry
from advisories.collect.mail import mail, mailcms, mailmessage, mailsniff, mailtext
from tests.advisories.collect.conftest import NOW, context
from tests.advisories.collect.hostile import outcome, samples
from tests.advisories.collect.test_samples import HOME

HEAD = {
    "From": "Example CERT <warnings@cert.example.org>",
    "To": "hub@warp.example.org",
    "Subject": "Gateway under attack",
    "Date": "Sun, 01 Feb 2026 10:00:00 +0100",
    "Message-ID": "<2026-17@cert.example.org>",
}


def letter(text: str = "Update the gateway.\n", **headers: str | None) -> bytes:
    """A mail; None leaves a header out, and an underscore in a name stands for a hyphen."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"{name}: {value}" for name, value in {**HEAD, **given}.items() if value is not None]
    return ("\n".join(lines) + "\n\n" + text).replace("\n", "\r\n").encode("utf-8", "surrogateescape")


def multipart(*parts: str, kind: str = "mixed", boundary: str = "edge", **headers: str | None) -> bytes:
    """Each part is its headers, a blank line and its text."""
    return letter(_parts(*parts, boundary=boundary), Content_Type=f'multipart/{kind}; boundary="{boundary}"', **headers)


def inner(*parts: str, kind: str, boundary: str) -> str:
    return f'Content-Type: multipart/{kind}; boundary="{boundary}"\n\n' + _parts(*parts, boundary=boundary)


def _parts(*parts: str, boundary: str) -> str:
    return "".join(f"--{boundary}\n{part}\n" for part in parts) + f"--{boundary}--\n"


def plain(text: str) -> str:
    return f"Content-Type: text/plain; charset=utf-8\n\n{text}"


def markup(text: str) -> str:
    return f"Content-Type: text/html; charset=utf-8\n\n{text}"


def attached(name: str, data: bytes = b"12345", kind: str = "application/pdf") -> str:
    return (
        f"Content-Type: {kind}\nContent-Transfer-Encoding: base64\n"
        f"Content-Disposition: attachment; {name}\n\n{b64encode(data).decode()}"
    )


def parse(body: bytes, **options: Any) -> Parsed:
    return mail.parse(body, context(**options))


def entry(body: bytes, **options: Any) -> RawEntry:
    (found,) = parse(body, **options).entries
    return found


def refusal(body: bytes, **options: Any) -> str:
    """Why the mail is no entry, or why the document was not read."""
    found = outcome(mail.parse, body, **options)
    if isinstance(found, str):
        return found
    assert not found.entries
    return found.refusals[0].reason


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


# Parts


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


# Signed and encrypted

SIGNED = """Before.
-----BEGIN PGP SIGNED MESSAGE-----
Hash: SHA512

- -----------------
Update the gateway.
TLP:AMBER
-----BEGIN PGP SIGNATURE-----

iQEzBAEBCAAdFiEE
-----END PGP SIGNATURE-----
After.
"""


def test_what_openpgp_signed_in_place_is_read_without_the_armour() -> None:
    found = entry(letter(SIGNED))
    assert found.summary == "<p>Before.<br>-----------------<br>Update the gateway.<br>TLP:AMBER<br>After.</p>"
    assert found.label == "AMBER" and "encrypted" not in found.facts


def test_armour_hides_no_text_and_what_never_ends_is_text() -> None:
    hidden = SIGNED.replace("Hash: SHA512", "TLP:RED")
    assert entry(letter(hidden)).label == "RED"
    cut = SIGNED[: SIGNED.index("-----END")] + "\nTLP:RED\n"
    assert "iQEzBAEBCAAdFiEE" in entry(letter(cut)).summary and entry(letter(cut)).label == "RED"


@pytest.mark.parametrize("how", ["pgp-signature", "pkcs7-signature"])
def test_what_is_signed_beside_its_text_is_read_and_nothing_is_said_about_the_signature(how: str) -> None:
    signature = attached("filename=signature.asc", b"not valid", f"application/{how}")
    found = entry(multipart(plain("Update the gateway."), signature, kind=f'signed; protocol="application/{how}"'))
    assert found.summary == "<p>Update the gateway.</p>"
    assert found.facts["attachments"] == f"signature.asc (application/{how}, 9 bytes)"
    assert set(found.facts) == {"attachments", "owner"}


@pytest.fixture(scope="module")
def signed() -> bytes:
    """A part with a text, signed as a whole by S/MIME."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Example CERT")])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, NOW - timedelta(days=1), NOW + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    text = b"Content-Type: text/plain\r\n\r\nTLP:GREEN\r\nUpdate the gateway.\r\n"
    builder = pkcs7.PKCS7SignatureBuilder().set_data(text).add_signer(certificate, key, hashes.SHA256())
    return builder.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])


def smime(octets: bytes, kind: str) -> bytes:
    return letter(
        b64encode(octets).decode(), Content_Type=f"application/pkcs7-mime; name=smime.p7m{kind}",
        Content_Transfer_Encoding="base64",
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["; smime-type=signed-data", ""])
def test_what_smime_signed_as_a_whole_is_read(signed: bytes, kind: str) -> None:
    found = entry(smime(signed, kind))
    assert found.summary == "<p>TLP:GREEN<br>Update the gateway.</p>" and found.label == "GREEN"
    assert set(found.facts) == {"owner"}


def test_signed_data_that_is_cut_or_wrong_anywhere_ends_in_an_error_that_is_caught(signed: bytes) -> None:
    assert b"Update" in mailcms.signed_content(signed)
    for place in range(0, min(len(signed), 300), 7):
        for wrong in (signed[:place], signed[:place] + b"\xff" + signed[place + 1 :], signed[:place] + b"\x80" * 90):
            assert isinstance(outcome(mail.parse, smime(wrong, "")), Parsed)


@pytest.mark.parametrize("piece", [b"\x24\x80" * 5_000, b"\x30\x80" * 5_000, b"\x04\x00" * 50_000, b"\x1f\x80" * 10])
def test_octets_in_endless_pieces_are_not_followed(piece: bytes) -> None:
    start = bytes.fromhex("308006092a864886f70d010702a0803080020101310030800609") + b"2a864886f" + b"\xa0\x80"
    assert entry(smime(start + piece, "")).facts["encrypted"] == "S/MIME"


ENCRYPTED = {
    "OpenPGP in place": letter("Hello.\n-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----\n"),
    "OpenPGP": multipart(
        "Content-Type: application/pgp-encrypted\n\nVersion: 1\n", attached("filename=encrypted.asc"),
        kind='encrypted; protocol="application/pgp-encrypted"',
    ),
    "S/MIME": smime(b"\x30\x80\x06\x09", "; smime-type=enveloped-data"),
}  # fmt: skip


@pytest.mark.parametrize("how", ENCRYPTED)
def test_of_an_encrypted_mail_the_sender_and_the_subject_are_shown_and_that_it_cannot_be_read(how: str) -> None:
    found = entry(ENCRYPTED[how])
    assert found.facts["encrypted"] == how.removesuffix(" in place") and "attachments" not in found.facts
    assert "The hub cannot read this mail: it is encrypted" in found.summary
    assert "hQEMA" not in found.summary and ("Hello." in found.summary) == how.endswith("in place")
    assert found.title == HEAD["Subject"] and found.author == HEAD["From"]


# Lists, servers, machines


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


# Labels

LONG = "Some words about the gateway.\n" * 200

MARKED = [
    ("TLP:AMBER\n\nText.", "AMBER"),
    ("Classification: TLP:GREEN\n\nText.", "GREEN"),
    ("*** TLP:RED ***\n\nText.", "RED"),
    ("[TLP:AMBER+STRICT] Bulletin 17\n\nText.", "AMBER+STRICT"),
    ("Bulletin 17/2026 - TLP:GREEN\n\nText.", "GREEN"),
    ("Bulletin 17/2026 (TLP:AMBER)\n\nText.", "AMBER"),
    ("TLP:AMBER - Limited disclosure\n\nText.", "AMBER"),
    ("Dear all,\nthis message is marked TLP:AMBER.\n", "AMBER"),
    ("Please treat the text of this mail as TLP:RED!\n", "RED"),
    ("TLP:WHITE\nText.", "CLEAR"),
    ("TLP:CLEAR | Bulletin 17\nText.", "CLEAR"),
    ("TLP: RED\nText.", "RED"),
    ("TLP:ORANGE\nText.", "RED"),
    ("TLP:AMBER+STRIKT\nText.", "RED"),
    ("TLP:CLEAR\n\nText.\n\nTLP:GREEN\n", "GREEN"),
    (LONG + "\nTLP:RED\n" + LONG, "RED"),
    (LONG + "\nThis mail is TLP:AMBER.\n", "AMBER"),
    (LONG + "\nTLP:GREEN, for members.\n-- \nExample CERT\n", None),
    (LONG + "\nTLP:GREEN: for members.\n-- \nExample CERT\n", "GREEN"),
    ("> TLP:AMBER\n> quoted\n\nText.", "AMBER"),
    ("TLP:RED: not for disclosure\nTLP:AMBER: limited\nTLP:GREEN: members\nTLP:CLEAR: all\n", "RED"),
]
UNMARKED = [
    "We discussed the TLP:RED report in the meeting.",
    "TLP:RED reports must never be forwarded by mail.",
    "What is TLP:AMBER+STRICT good for? See https://www.first.org/tlp/ for more.",
    "This is not TLP:RED at all, and this isn't marked TLP:AMBER.",
    "This replaces our bulletin (TLP:CLEAR)",
    "This message is TLP:CLEAR.",
    "TLP: CLEAR",
    "> TLP:CLEAR\n> quoted\n\nMy own words.",
    LONG + "TLP:RED - what the label means\n" + LONG,
    "TLP: version 2.0 is out.",
]


@pytest.mark.parametrize(("text", "label"), MARKED)
@pytest.mark.parametrize("how", ["plain", "html", "alternative"])
def test_a_label_in_header_or_footer_counts(text: str, label: str | None, how: str) -> None:
    rows = "".join(f"<div>{line.replace('>', '&gt;')}</div>" for line in text.split("\n"))
    bodies = {
        "plain": letter(text),
        "html": letter(f"<body>{rows}</body>", Content_Type="text/html; charset=utf-8"),
        "alternative": multipart(plain("Text."), markup(rows), kind="alternative"),
    }
    assert entry(bodies[how]).label == label


@pytest.mark.parametrize("text", UNMARKED)
def test_a_mail_that_writes_about_a_label_is_not_marked_with_it(text: str) -> None:
    assert entry(letter(text)).label is None


@pytest.mark.parametrize(
    ("subject", "text", "label"),
    [
        ("[TLP:GREEN] Gateway", "Text.", "GREEN"),
        ("Re: TLP:CLEAR Gateway", "Text.", "CLEAR"),
        ("Gateway (tlp:amber+strict)", "Text.", "AMBER+STRICT"),
        ("Gateway TLP AMBER", "Text.", "AMBER"),
        ("[TLP:PURPLE] Gateway", "Text.", "RED"),
        ("Our TLP:CLEAR bulletin has leaked something", "Text.", None),
        ("[TLP:GREEN] Gateway", "TLP:AMBER\n\nText.", "AMBER"),
        ("[TLP:AMBER] Gateway", "TLP:CLEAR\n\nText.", "AMBER"),
        ("TLP 2.0 is out", "Text.", None),
        ("[TLP:CLEAR] x\nSubject: [TLP:RED] y", "Text.", "RED"),
    ],
)
def test_the_stricter_of_subject_and_text_is_the_label(subject: str, text: str, label: str | None) -> None:
    assert entry(letter(text, Subject=subject)).label == label


@pytest.mark.parametrize(("there", "label"), [("RED", "RED"), ("GREEN", "GREEN"), ("CLEAR", None)])
def test_the_label_of_a_forwarded_mail_may_narrow_and_does_not_widen(there: str, label: str | None) -> None:
    by_subject = f"Content-Type: message/rfc822\n\nSubject: [TLP:{there}] x\n\nText."
    by_text = f"Content-Type: message/rfc822\n\nSubject: x\n\nTLP:{there}\n\nText."
    for forwarded in (by_subject, by_text):
        assert entry(multipart(plain("We were hit by this."), forwarded)).label == label


# What is no mail, and what is built to break readers


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


# Real mails

REPORTED, NOTHING, NO_MAIL = "report of a mail system", "neither a subject nor a text", "not a mail"
WITH_FILES = {  # file: the names of what is attached
    "mail-attachment_message_rfc822.eml": ["broken.pdf"],
    "mail-attachment_nonascii_filename.eml": ["ciële.txt"],
    "mail-attachment_pdf.eml": ["broken.pdf"],
    "mail-attachment_with_base64_encoded_name.eml": ["This is a test.pdf"],
    "spamscope-mail_test_14.eml": ["image/png, 8 bytes"],
    "stalwart-legacy-000.eml": ["redball.png"],
    "stalwart-legacy-019.eml": ["greenball.png", "redball.png"],
    "stalwart-legacy-026.eml": ["HasenundFrösche.txt", "farmerandstork.txt"],
    "stalwart-malformed-015.eml": ["signature.asc"],
    "stalwart-rfc-000.eml": ["audio/basic, 45 bytes", "image/jpeg, 22 bytes", "text/enriched, 140 bytes"],
    "stalwart-rfc-003.eml": ["text/enriched, 69 bytes", "application/x-whatever, 51 bytes"],
}
TAKEN: dict[str, tuple[str, str]] = {  # file: title, year of publication
    "mail-attachment_message_rfc822.eml": ("testing", "2005"),
    "mail-attachment_nonascii_filename.eml": ("testing", "2005"),
    "mail-attachment_pdf.eml": ("Another PDF with 🎉 Unicode chars in it 🍿", "2005"),
    "mail-attachment_with_base64_encoded_name.eml": ("Fwd: Signed email causes file attachments", "2005"),
    "mail-basic_email.eml": ("Testing 123", "2008"),
    "mail-encoding_madness.eml": ("eBay Bid - 2008 Ford Super Duty", "2010"),
    "mail-example01.eml": ("Saying Hello", "1997"),
    "mail-ks_c_5601-1987.eml": ("test", "2014"),
    "mail-utf8_headers.eml": ("Säying Hello", ""),
    "nodemailer-mixed.eml": ("This e-mail message has been scanned", ""),
    "nodemailer-nested.eml": ("Dear Sir, Good evening. The footer", ""),
    "spamscope-mail_test_14.eml": ("Test", "2019"),
    "spamscope-mail_test_16.eml": ("Test spam mail (GTUBE)", "2003"),
    "spamscope-mail_test_18.eml": ("Test for Comma and Name Bugs", "2025"),
    "spamscope-mail_test_19.eml": ("Test email with email address as display name", "2024"),
    "stalwart-legacy-000.eml": ("Test message from Microsoft Outlook 00", "2000"),
    "stalwart-legacy-010.eml": ("Die Hasen und die Frösche", "2000"),
    "stalwart-legacy-019.eml": ("Test message from Microsoft Outlook 00", "2000"),
    "stalwart-legacy-026.eml": ("Die Hasen und die Frösche", "2000"),
    "stalwart-legacy-033.eml": ("Test message from Netscape Communicator 4.7", "2000"),
    "stalwart-malformed-010.eml": ("1", ""),
    "stalwart-malformed-015.eml": ("Hello world", "2007"),
    "stalwart-rfc-000.eml": ("A multipart example", "1994"),
    "stalwart-rfc-003.eml": ("Formatted text mail", "1993"),
    "stalwart-rfc-005.eml": ("Sample message", "1993"),
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
SAYS = {  # file: words of its summary
    "mail-attachment_message_rfc822.eml": "<blockquote><p>Another PDF<br>Test Tester",
    "mail-ks_c_5601-1987.eml": "스티해",
    "nodemailer-mixed.eml": "<p>Good Morning;</p>",
    "spamscope-mail_test_14.eml": "HTML here<p>Plaintext here.</p>",
    "stalwart-legacy-010.eml": "über ihre mißliche Lage",
    "stalwart-legacy-019.eml": "<p>The Hare and the Tortoise</p>",
    "stalwart-legacy-033.eml": "über ihre mißliche Lage",
    "stalwart-malformed-010.eml": "<blockquote><blockquote><p>1</p></blockquote></blockquote>",
    "stalwart-malformed-015.eml": "a happy day",
    "stalwart-rfc-003.eml": "<p>... plain text version of message goes here ...</p>",
}
MAILS = HOME / "email"
real = pytest.mark.skipif(not HOME.is_dir(), reason=f"no samples at {HOME}; set WARP_SAMPLES")


@real
@samples
def test_the_table_names_every_real_mail() -> None:
    assert {str(file.relative_to(MAILS)) for file in MAILS.rglob("*") if file.is_file()} == {*TAKEN, *REFUSED}


@real
@samples
@pytest.mark.parametrize("sample", TAKEN)
def test_a_real_mail_is_an_entry_as_stated(sample: str) -> None:
    title, year = TAKEN[sample]
    found = outcome(mail.parse, (MAILS / sample).read_bytes())
    assert isinstance(found, Parsed) and not found.refusals
    (one,) = found.entries
    assert one.title.startswith(title) and one.label is None
    assert (str(one.published.year) if one.published else "") == year
    told = one.facts.get("attachments", "").split("\n")
    expected = WITH_FILES.get(sample, [""])
    assert [line if line in expected else line.partition(" (")[0] for line in told] == expected
    assert SAYS.get(sample, "") in one.summary


@real
@samples
@pytest.mark.parametrize("sample", REFUSED)
def test_a_real_mail_is_refused_as_stated(sample: str) -> None:
    assert REFUSED[sample] in refusal((MAILS / sample).read_bytes())


@real
@samples
@pytest.mark.parametrize("sample", ["dkim/001.txt", "dkim/002.txt"])
def test_a_real_mail_with_signatures_of_its_domain_is_an_entry(sample: str) -> None:
    found = entry((MAILS / sample).read_bytes().partition(b"\n\n")[2])
    assert (found.title, found.author) == ("Is dinner ready?", "Joe SixPack <joe@football.example.com>")
