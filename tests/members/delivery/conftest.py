"""A kind of item to tell of, a way to owe an announcement, and a real SMTP server that can be told to misbehave."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_network
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from members import kinds
from members.delivery.secret import Secret, close, shown
from members.kinds import Content, KindOf, Section
from members.models import Address, Announcement, Cell, Frequency, Item, Kind, Subscription, Tier
from tests.members.delivery.receiver import Receiver
from tests.members.world import BEGINNING, World

TITLE, TEXT = "Patch the mail gateway", "Install update 4.2 by Friday"


def render(item: Item, version: int, cell: Cell) -> Content:
    sections = (Section("What to do", (f"{TEXT} (v{version})",), steps=True), Section("Who it hits", ("All of us",)))
    return Content(TITLE, sections if cell == Cell.BODY else ())


@pytest.fixture(autouse=True)
def kind(monkeypatch: pytest.MonkeyPatch) -> None:
    """Advisories as these tests know them: members needs no app above it."""
    ours = KindOf(render, lambda item: f"/advisories/{item.reference}/", lambda item, version: TITLE)
    monkeypatch.setattr(kinds, "_KINDS", {Kind.ADVISORY: ours})


def owe(item: Item, at: datetime, event: str = "released", tier: int = Tier.URGENT, **fields: Any) -> Announcement:
    """Owe it that people are told of `item`."""
    fields = {"version": 1, "created_at": at, "due_at": at, **fields}
    return Announcement.objects.create(event=event, item=item, tier=tier, **fields)


class PostOffice:
    """What the server took, and what it answers instead where a test says so."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.seen: list[str] = []  # every recipient offered, taken or not
        self.sessions: set[int] = set()
        self.on_rcpt: dict[str, str] = {}  # recipient: answer
        self.on_data: dict[str, str] = {}  # recipient: answer, or "cut", or "hang"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        self.seen.append(address)
        self.sessions.add(id(session))
        if refusal := self.on_rcpt.get(address) or self.on_rcpt.get("*"):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        answer = self.on_data.get(envelope.rcpt_tos[0]) or self.on_data.get("*")
        if answer == "cut":
            server.transport.abort()
            return "250 never heard"
        if answer == "hang":
            await asyncio.sleep(30)
        if answer:
            return answer
        self.recipients += envelope.rcpt_tos
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        message["X-Envelope-From"] = envelope.mail_from  # as many a server writes it
        self.taken.append(message)
        return "250 OK"

    def names(self) -> list[str]:
        return sorted(address.split("@")[0] for address in self.recipients)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def post(settings: Any) -> Iterator[PostOffice]:
    """A real SMTP server, to which the hub sends."""
    office = PostOffice()
    controller = Controller(office, hostname="127.0.0.1", port=free_port())
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", controller.port, 1
    settings.BASE_URL = "https://hub.example.org"
    controller.start()
    yield office
    controller.stop()


@pytest.fixture
def there(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """A real HTTP server, to which the hub may hand things over."""
    receiver = Receiver()
    settings.BASE_URL, settings.NOTIFY_URL = "https://hub.example.org", receiver.url("")
    settings.SEND_ALLOW = [ip_network("127.0.0.1/32")]
    settings.NOTIFY_API_KEY = f"warp-{ISSUER}-{SIGNER}"
    settings.NOTIFY_SMS_TEMPLATE = "sms-template"
    monkeypatch.setattr("members.reach.register.SCHEMES", ("https", "http"))
    yield receiver
    receiver.close()


ISSUER, SIGNER = "26785a09-ab16-4eb0-8407-a37497a57506", "3d844edf-8d35-48ac-975b-e847b4f122b0"


def house_channel(world: World, channel: str, url: str, whose: str = "brum", *, private: bool = False) -> Address:
    """A channel of an organisation, verified."""
    secret = Secret(url, ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",) if channel == "webhook" else ())
    address = Address(organisation=world.organisations[whose], channel=channel, value=shown(url))
    address.secret, address.verified_at = close(address, secret), BEGINNING
    address.private_since = BEGINNING if private else None
    address.save()
    Subscription.objects.create(address=address, lowest=Tier.URGENT, frequency=Frequency.AT_ONCE)
    return address


def phone(world: World, who: str, number: str = "+447700900123", *, private: bool = False) -> Address:
    """A telephone of somebody's, verified."""
    address = Address.objects.create(
        person=world.people[who], channel="sms", value=number, verified_at=BEGINNING,
        private_since=BEGINNING if private else None,
    )  # fmt: skip
    Subscription.objects.create(address=address, lowest=Tier.URGENT, frequency=Frequency.AT_ONCE)
    return address
