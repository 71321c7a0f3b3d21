"""Mail encrypted to the key that somebody registered, and what they get where that key can't be used."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from django.test import Client
from pysequoia import Cert, Profile, Tsk, decrypt
from pysequoia.packet import PacketPile

from members.delivery.openpgp import is_private
from members.delivery.plan import plan
from members.delivery.send import sweep
from members.models import Address, Announcement, AuditRow, DigestLine, PublicKey, Tier
from members.reach.key import register_key, warn
from members.refused import Refused
from tests.members.delivery.conftest import TEXT, TITLE, PostOffice, kind, owe, post, there
from tests.members.delivery.receiver import Receiver
from tests.members.delivery.test_send import row, to
from tests.members.world import World
from tests.pages import visitor

__all__ = ["kind", "post", "there"]  # fixtures
pytestmark = pytest.mark.django_db
GREEN = {"id": "green", "label": "GREEN"}
AMBER = {"id": "amber", "label": "AMBER", "grants": [{"organisation": "brum"}]}
STRICT = {"id": "strict", "label": "AMBER+STRICT", "grants": [{"organisation": "brum"}]}
PAGE = "/account/reached/key/"
DAY = timedelta(days=1)
MORNING = timedelta(hours=21)  # the digests are out, and what is Urgent does not escalate yet


@pytest.fixture(scope="module")
def pair() -> Tsk:
    return Tsk.generate("Alice <Alice@example.org>", validity_seconds=3 * 365 * 86400)


@pytest.fixture
def alice(world: World) -> Client:
    return visitor(world.people["alice"], confirmed=True)


def key(world: World, pair: Tsk, at: datetime, who: str = "alice") -> PublicKey:
    return register_key(world.people[who], str(pair.extract_certificate()), at)


def opened(message: EmailMessage, pair: Tsk) -> EmailMessage:
    """What lies inside, as its reader's mail program sees it."""
    assert message.get_content_type() == "multipart/encrypted"
    assert message.get_param("protocol") == "application/pgp-encrypted"
    version, sealed = message.iter_parts()
    assert version.get_content_type() == "application/pgp-encrypted"
    assert version.get_payload(decode=True).strip() == b"Version: 1"  # type: ignore[union-attr]
    assert sealed.get_content_type() == "application/octet-stream"
    plain = decrypt(bytes=sealed.get_payload(decode=True), decryptor=pair.decryptor()).bytes  # type: ignore[arg-type]
    assert plain is not None
    inner = message_from_bytes(plain, policy=policy.default)
    assert isinstance(inner, EmailMessage)
    return inner


def plain(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def wire(message: EmailMessage) -> str:
    return message.as_bytes().decode()


# What is sent


def test_mail_is_encrypted_to_its_reader_and_its_subject_says_nothing(
    world: World, noon: datetime, post: PostOffice, pair: Tsk
) -> None:
    key(world, pair, noon)
    item = world.item(GREEN)
    owe(item, noon)
    sweep(noon)
    mail = to(post, "alice")
    assert mail["Subject"] == "An encrypted message from the WARP hub"
    for secret in (TITLE, TEXT, item.reference, "GREEN"):
        assert secret not in wire(mail)
        assert secret in wire(to(post, "alan")), "alan has no key"
    inner = opened(mail, pair)
    assert inner["Subject"] == f"[TLP:GREEN] {TITLE}"
    assert TEXT in plain(inner) and inner.get_body(("html",)) is not None
    assert mail["Message-ID"] and mail["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize(("case", "said"), [(AMBER, True), (STRICT, False)], ids=["amber", "strict"])
def test_a_key_allows_no_more_than_the_table(
    world: World, noon: datetime, post: PostOffice, pair: Tsk, case: dict[str, Any], said: bool
) -> None:
    key(world, pair, noon)
    owe(world.item(case), noon)
    sweep(noon)
    inner = wire(opened(to(post, "alice"), pair))
    assert TEXT not in inner and (TITLE in inner) is said


def test_a_digest_is_encrypted_too(world: World, noon: datetime, post: PostOffice, pair: Tsk) -> None:
    key(world, pair, noon)
    owe(world.item(GREEN), noon, tier=Tier.ADVISORY)
    sweep(noon)
    sweep(noon + DAY)
    mail = to(post, "alice")
    assert TITLE not in wire(mail) and TITLE in plain(opened(mail, pair))


@pytest.mark.parametrize("how", ["expired", "broken", "by notify"])
def test_a_key_that_can_not_be_used_gets_the_notice_and_neither_silence_nor_the_text(
    world: World, noon: datetime, post: PostOffice, there: Receiver, settings: Any, pair: Tsk, how: str
) -> None:
    one = key(world, pair, noon)
    if how == "expired":
        PublicKey.objects.filter(pk=one.pk).update(expires_at=noon + MORNING)
    elif how == "broken":
        PublicKey.objects.filter(pk=one.pk).update(certificate=bytes(one.certificate)[:-300])
    else:
        settings.NOTIFY_MAIL_TEMPLATE = "mail-template"
    item = world.item(GREEN)
    owe(item, noon)
    owe(world.item({**GREEN, "id": "digested"}), noon, tier=Tier.ADVISORY)
    plan(noon)
    sweep(noon + MORNING)
    if how == "by notify":
        sent = [one.json for one in there.at("/v2/notifications/email")]
        told = [one["personalisation"] for one in sent if one["email_address"] == "alice@example.org"]
        said = [one["subject"] + one["body"] for one in told]
    else:
        mails = [message for message in post.taken if message["To"] == "alice@example.org"]
        said = [str(message["Subject"]) + plain(message) for message in mails]
    assert len(said) == 2
    assert any("[TLP:GREEN] A new item: sign in to read it" in one for one in said)
    assert any("1 item: sign in to read it" in one for one in said)
    assert not [one for one in said if TITLE in one or TEXT in one or item.reference in one]
    assert set(DigestLine.objects.filter(address__value="alice@example.org").values_list("shown", flat=True)) == {3}
    assert row("alice", announcement__item=item).shown == 3


def test_without_the_key_mail_is_in_the_clear_again(
    world: World, noon: datetime, post: PostOffice, pair: Tsk, alice: Client
) -> None:
    key(world, pair, noon)
    assert "not encrypted any more" in alice.post(PAGE, {"act": "off"}, follow=True).content.decode()
    owe(world.item(GREEN), noon)
    sweep(noon)
    assert TEXT in plain(to(post, "alice"))


# What is registered


def test_a_key_is_registered_on_its_page(world: World, alice: Client, pair: Tsk) -> None:
    said = alice.post(PAGE, {"key": public(pair)}, follow=True).content.decode()
    assert "is encrypted to this key from now on" in said and pair.extract_certificate().fingerprint.upper() in said
    one = PublicKey.objects.get()
    assert (one.person, one.fingerprint) == (world.people["alice"], pair.extract_certificate().fingerprint)
    assert one.expires_at is not None and not is_private(bytes(one.certificate))
    assert AuditRow.objects.filter(verb="register_key").count() == 1
    assert (
        pair.extract_certificate().fingerprint
        not in visitor(world.people["bob"], confirmed=True).get(PAGE).content.decode()
    )


def public(pair: Tsk) -> str:
    return str(pair.extract_certificate())


def revoked(pair: Tsk) -> str:
    mine = pair.extract_certificate()
    said = bytes(mine.revoke(pair.certifier()))
    packets = list(PacketPile.from_bytes(bytes(mine)))
    return str(Cert.from_packets([packets[0], *PacketPile.from_bytes(said), *packets[1:]]))


def other(user: str | None, **made: Any) -> str:
    return public(Tsk.generate(user, **made))


REFUSED: dict[str, tuple[Callable[[Tsk], str], str]] = {
    "nothing": (lambda pair: "nothing", "no public key"),
    "empty": (lambda pair: public(pair).splitlines()[0] + "\n\n" + public(pair).splitlines()[-1], "no public key"),
    "cut": (lambda pair: public(pair)[:300], "no public key"),
    "two": (lambda pair: public(pair) + other("alice@example.org"), "no public key"),
    "private": (str, "your private key"),
    "another's": (lambda pair: other("Bob <bob@example.org>"), "none of your mail addresses"),
    "nobody's": (lambda pair: other(None), "none of your mail addresses"),
    "expired": (lambda pair: other("<alice@example.org>", validity_seconds=1), "expired on"),
    "revoked": (revoked, "revoked"),
    "huge": (lambda pair: "x" * 200_000, "larger than"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_can_not_be_used_is_refused_in_words_and_not_kept(world: World, pair: Tsk, name: str) -> None:
    made, words = REFUSED[name]
    at = datetime.now(UTC) + timedelta(minutes=1)
    with pytest.raises(Refused, match=words):
        register_key(world.people["alice"], made(pair), at)
    assert not PublicKey.objects.exists()


def test_what_is_refused_stands_on_the_page(world: World, alice: Client, pair: Tsk) -> None:
    said = alice.post(PAGE, {"key": other("Bob <bob@example.org>")}).content.decode()
    assert "govuk-error-message" in said and "none of your mail addresses: alice@example.org" in said


def test_every_profile_of_keys_can_be_written_to(world: World, noon: datetime, post: PostOffice) -> None:
    for profile in (Profile.RFC4880, Profile.RFC9580):
        pair = Tsk.generate("alice@example.org", profile=profile)
        key(world, pair, noon)
        owe(world.item({**GREEN, "id": str(profile)}), noon)
        post.taken.clear()
        sweep(noon)
        assert TEXT in plain(opened(to(post, "alice"), pair))


# Before it expires


def test_its_owner_is_warned_thirty_and_seven_days_before(
    world: World, noon: datetime, post: PostOffice, pair: Tsk
) -> None:
    one = key(world, pair, noon)
    PublicKey.objects.filter(pk=one.pk).update(expires_at=noon + 31 * DAY)
    warned = []
    for day in range(33):
        warn(noon + day * DAY)
        sweep(noon + day * DAY)
        for message in post.taken:
            assert message["To"] == "alice@example.org"
            found = re.search(r"expires in (\d+) days", " ".join(plain(opened(message, pair)).split()))
            assert found
            warned.append((day, int(found[1])))
        post.taken.clear()
    assert warned == [(1, 30), (24, 7)]
    assert Announcement.objects.filter(notice="key-ends").count() == 2


def test_a_successor_is_warned_of_anew_and_whom_no_mail_reaches_is_not(
    world: World, noon: datetime, post: PostOffice, pair: Tsk
) -> None:
    key(world, pair, noon)
    PublicKey.objects.update(expires_at=noon + 5 * DAY)
    assert (warn(noon), warn(noon)) == (1, 0)
    sweep(noon)
    key(world, pair, noon)
    PublicKey.objects.update(expires_at=noon + 5 * DAY)
    Address.objects.filter(value="alice@example.org").update(bad_since=noon)
    assert warn(noon) == 1
    sweep(noon)
    assert len(post.taken) == 1
