"""A kind of item to tell of, a way to owe an announcement, and a real SMTP server that can be told to misbehave."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from members import kinds
from members.kinds import Content, KindOf, Section
from members.models import Announcement, Cell, Item, Kind, Tier

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
