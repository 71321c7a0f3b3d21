"""Mails that are signed or encrypted."""

from __future__ import annotations

from base64 import b64encode
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID

from advisories.collect.base import Parsed
from advisories.collect.mail import mail, mailcms
from tests.advisories.collect.conftest import NOW
from tests.advisories.collect.hostile import outcome
from tests.advisories.collect.letters import (
    HEAD,
    SIGNED,
    attached,
    entry,
    letter,
    multipart,
    plain,
)


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
