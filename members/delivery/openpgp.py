"""Mail that only its reader opens (RFC 3156): encrypted to the public key that they registered, under a subject that
says nothing. How much it says is decided by the table all the same: a key allows no more."""

from __future__ import annotations

from datetime import datetime
from email.message import Message
from email.mime.nonmultipart import MIMENonMultipart
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, SafeMIMEMultipart
from django.utils.translation import gettext as _
from pysequoia import Cert, encrypt
from pysequoia.packet import PacketPile, Tag

from members.models import PublicKey

LARGEST = 100_000  # bytes of a certificate


class Unfit(Exception):
    """A key that nothing can be encrypted to, or no key at all."""


class Encrypted(EmailMultiAlternatives):
    """A mail whose parts, and whose real subject, lie inside."""

    def __init__(self, certificate: bytes, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.certificate, self.told = certificate, self.subject
        self.subject = _("An encrypted message from the WARP hub")

    def _create_message(self, msg: Any) -> Any:
        inner = super()._create_message(msg)  # type: ignore[misc]  # Django's own, of which django-stubs knows nothing
        inner["Subject"] = self.told
        inner.set_param("protected-headers", "v1")  # by which mail programs show the subject that lies inside
        outer = SafeMIMEMultipart(_subtype="encrypted", encoding=self.encoding or settings.DEFAULT_CHARSET)
        outer.set_param("protocol", "application/pgp-encrypted")
        sealed = encrypted(self.certificate, inner.as_bytes(linesep="\r\n"))
        outer.attach(_part("pgp-encrypted", "Version: 1\n"))
        outer.attach(_part("octet-stream", sealed, name="encrypted.asc"))
        return outer


def _part(subtype: str, text: str, name: str = "") -> Message:
    part = MIMENonMultipart("application", subtype)
    if name:
        part.set_param("name", name)
    part.set_payload(text)
    return part


def certificate(raw: bytes) -> Cert:
    """The one public key in these bytes, armoured or not. Raises Unfit."""
    found: list[Cert] = _guarded(lambda: Cert.split_bytes(raw))
    if len(found) != 1:
        raise Unfit
    return found[0]


def is_private(raw: bytes) -> bool:
    """Whether the secret is among it. Raises Unfit."""
    packets = _guarded(lambda: list(PacketPile.from_bytes(raw)))
    return any(packet.tag in (Tag.SecretKey, Tag.SecretSubkey) for packet in packets)


def encrypted(raw: bytes, text: bytes) -> str:
    """`text` for the owner of this certificate alone, armoured. Raises Unfit."""
    one = certificate(raw)
    return str(_guarded(lambda: encrypt(recipients=[one], bytes=text)).decode("ascii"))


def fit(key: PublicKey, at: datetime) -> bool:
    """Whether mail can be encrypted to it at `at`: it has not expired, and is whole."""
    if key.expires_at is not None and key.expires_at <= at:
        return False
    try:
        encrypted(bytes(key.certificate), b"")
    except Unfit:
        return False
    return True


def _guarded(reading: Any) -> Any:
    """What comes of it. The library is Rust: where it trips over what it reads, it says so past Exception."""
    try:
        return reading()
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:
        raise Unfit from error
