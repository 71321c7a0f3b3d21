from __future__ import annotations

import hashlib
from base64 import b64encode
from typing import Any

import orjson
import pytest
from pysequoia import ArmorKind, Cert, Profile, SignatureMode, Tsk, armor, sign

from advisories.collect import kinds
from advisories.collect.base import BIG, CollectError, Parsed
from advisories.collect.csaf import csaf
from advisories.collect.csaf.csafprovider import ROLES, TRUSTED, Provider
from tests.advisories.collect.conftest import context
from tests.advisories.collect.test_csafentry import advisory

BODY = orjson.dumps(advisory())
URL = "https://cert.example.org/csaf/2026/ex-2026_001.json"
OWN, STRANGE = (Tsk.generate(f"{name} <cert@example.org>") for name in ("Example CERT", "Somebody else"))
Files = dict[str, bytes]


def public(key: Tsk) -> Cert:
    return key.extract_certificate()


def provider(key: Tsk = OWN, role: str = TRUSTED) -> dict[str, str]:
    keys = ((public(key).fingerprint.upper(), "https://cert.example.org/key.asc"),)
    return Provider("", "https://cert.example.org/provider-metadata.json", role, keys).remember()


def signature(body: bytes = BODY, key: Tsk = OWN) -> bytes:
    return sign(key.signer(), body, mode=SignatureMode.DETACHED)


def beside(body: bytes = BODY, by: Tsk = OWN, /, **changes: bytes | None) -> dict[str, str]:
    """The files beside a document of a trusted provider, base64; None takes one away."""
    sha512 = f"{hashlib.sha512(body).hexdigest()}  ex-2026_001.json\n".encode()
    files = {"sha512": sha512, "asc": signature(body, by), "key": bytes(public(by)), **changes}
    return {name: b64encode(text).decode() for name, text in files.items() if text is not None}


def parse(body: bytes = BODY, **options: Any) -> Parsed:
    known = {"url": URL, "role": "document", "state": provider(), "beside": beside()}
    return csaf.parse(body, context(**{**known, **options}))


def refusal(body: bytes = BODY, **options: Any) -> str:
    with pytest.raises(CollectError) as caught:
        parse(body, **options)
    assert caught.value.refused
    return str(caught.value)


def test_a_document_as_its_provider_signed_it_is_taken() -> None:
    assert [entry.guid for entry in parse().entries] == ["https://cert.example.org EX-2026:001"]


@pytest.mark.parametrize("place", [0, len(BODY) // 2, len(BODY) - 1])
def test_a_byte_that_was_changed_is_found_by_hash_and_by_signature(place: int) -> None:
    changed = BODY[:place] + bytes([BODY[place] ^ 1]) + BODY[place + 1 :]
    assert "hash file (SHA512)" in refusal(changed)
    fitting = beside(changed)["sha512"]  # whoever changes a document can change its hash, too
    assert public(OWN).fingerprint.upper() in refusal(changed, beside={**beside(), "sha512": fitting})
    assert parse(BODY)


def test_nothing_is_read_before_it_is_checked() -> None:
    assert "hash file" in refusal(b"[" * 1_000_000)
    assert "hash file" in refusal(b"<html></html>")


def test_a_signature_by_another_key_is_refused_and_the_other_key_beside_it_changes_nothing() -> None:
    words = refusal(beside=beside(BODY, STRANGE))
    assert public(OWN).fingerprint.upper() in words and "not where" in words
    both = str(public(OWN)).encode() + b"\n" + str(public(STRANGE)).encode()
    assert "not one of it" in refusal(beside=beside(BODY, STRANGE, key2=both))
    assert parse(beside=beside(BODY, STRANGE), state=provider(STRANGE)).entries


@pytest.mark.parametrize("missing", ["sha512", "asc", "key"])
def test_a_trusted_provider_s_document_needs_a_hash_a_signature_and_the_key(missing: str) -> None:
    assert "Nothing of it was taken" in refusal(beside=beside(**{missing: None}))
    assert parse(beside=beside()).entries


@pytest.mark.parametrize("role", [role for role in ROLES if role != TRUSTED])
def test_another_provider_s_document_may_lack_them_and_may_not_have_them_wrong(role: str) -> None:
    state = provider(role=role)
    assert parse(state=state, beside={}).entries
    assert parse(state=state, beside=beside(sha512=None)).entries
    assert "hash file" in refusal(state=state, beside=beside(b"other", asc=None))
    assert "not one of it" in refusal(state=state, beside=beside(asc=signature(b"other")))


def test_without_any_metadata_a_hash_is_checked_and_a_signature_can_t_be() -> None:
    assert parse(state={}, beside={}).entries
    assert parse(state={}, beside=beside(asc=signature(key=STRANGE))).entries
    assert "hash file" in refusal(state={}, beside=beside(b"other"))


def test_a_document_in_the_place_of_a_trusted_provider_s_metadata_is_not_taken_unsigned() -> None:
    assert "no hash file" in refusal(role="", beside={})
    for role in ("metadata", "rolie", "changes", "security.txt"):
        assert "not what led" in refusal(role=role, beside={})
    assert parse(role="", beside={}, state={}).entries


# Hashes


@pytest.mark.parametrize("name", ["sha512", "sha256", "sha3-512", "sha3-256"])
def test_a_hash_of_the_standard_s_kinds_is_taken_in_either_case_with_or_without_a_name(name: str) -> None:
    digest = hashlib.new(name.replace("-", "_"), BODY).hexdigest().encode()
    for text in (digest, digest.upper() + b"\n", digest + b" *x.json", b"\xef\xbb\xbf" + digest):
        assert parse(beside=beside(**{"sha512": None, name: text})).entries
    wrong = hashlib.new(name.replace("-", "_"), b"").hexdigest().encode()
    assert name.upper() in refusal(beside=beside(**{"sha512": None, name: wrong}))


@pytest.mark.parametrize(("weak", "words"), [("md5", "MD5"), ("sha1", "SHA-1")])
@pytest.mark.parametrize("name", ["hash", "sha512", "sha256"])
def test_a_hash_that_can_be_forged_is_refused_by_its_name(name: str, weak: str, words: str) -> None:
    digest = hashlib.new(weak, BODY).hexdigest().encode()
    assert words in refusal(beside=beside(**{"sha512": None, name: digest}))
    assert parse(beside=beside(hash=digest)).entries  # a good one is there, too


@pytest.mark.parametrize("text", [b"", b"x", b"<html>", b"SHA512 (x) = 00", b"0" * 127, b"0" * 129, b"0" * 10_000_000])
def test_what_is_no_hash_is_refused(text: bytes) -> None:
    assert "hash" in refusal(beside=beside(sha512=text))


# Signatures and keys


@pytest.mark.parametrize(
    "text", [b"", b"x", b"<html></html>", b"\xff" * 1000, b"-----BEGIN PGP SIGNATURE-----\n\nAAAA\n"]
)
def test_what_is_no_signature_or_no_key_is_refused(text: bytes) -> None:
    assert "no OpenPGP signature" in refusal(beside=beside(asc=text))
    assert "not where" in refusal(beside=beside(key=text))


def test_of_several_signatures_one_that_is_right_is_enough() -> None:
    made = [sign(key.signer(), BODY, mode=SignatureMode.DETACHED, armor=False) for key in (STRANGE, OWN)]
    assert parse(beside=beside(asc=armor(b"".join(made), ArmorKind.Signature).encode())).entries
    assert "not one of it" in refusal(beside=beside(asc=armor(made[0], ArmorKind.Signature).encode()))


def test_a_key_that_its_owner_has_revoked_signs_nothing() -> None:
    revoked = bytes(public(OWN)) + bytes(public(OWN).revoke(OWN.certifier()))
    assert "not one of it" in refusal(beside=beside(key=revoked))
    assert parse(beside=beside(key=bytes(public(OWN)))).entries


def test_a_key_of_the_newer_openpgp_is_known_by_its_longer_fingerprint() -> None:
    new = Tsk.generate("Example CERT", profile=Profile.RFC9580)
    assert len(public(new).fingerprint) == 64
    assert parse(beside=beside(BODY, new), state=provider(new)).entries


def in_the_worker(body: bytes, files: dict[str, str]) -> Parsed:
    return kinds.parse("csaf", body, BIG, url=URL, role="document", state=provider(), beside=files)


@pytest.mark.parametrize("filled", [0, 20_000_000])
def test_signatures_are_checked_within_the_limits_of_the_worker(filled: int) -> None:
    body = BODY + b" " * filled
    assert in_the_worker(body, beside(body)).entries
    with pytest.raises(CollectError) as caught:
        in_the_worker(body, beside(body, asc=signature(body, STRANGE)))
    assert "not one of it" in str(caught.value)


@pytest.mark.parametrize("name", ["asc", "key"])
def test_files_that_are_damaged_anywhere_end_in_words(name: str) -> None:
    whole = {"asc": signature(), "key": bytes(public(OWN))}[name]
    for place in range(0, len(whole), 5):
        for damaged in (whole[:place], whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :]):
            try:
                parse(beside=beside(**{name: damaged}))
            except CollectError as error:
                assert error.refused and str(error)
