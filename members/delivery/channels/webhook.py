"""Signed webhooks, by the headers of Standard Webhooks: an id that stays the same however often a message is sent, the
time of the attempt, and a signature over both and the body."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import datetime

from django.conf import settings

from members.delivery.channels.byweb import ByWeb, Posting, url_of
from members.delivery.claimed import Claimed
from members.delivery.message import Message


class Webhook(ByWeb):
    def posting(self, claimed: Claimed) -> Posting:
        url, secret = url_of(claimed), claimed.secret
        assert secret is not None  # url_of has looked
        body = body_of(self._messenger.said(claimed), claimed.at)
        signed = signatures(identity(claimed.key), claimed.at, body, secret.signs(claimed.at))
        return Posting(url, body, {"Content-Type": "application/json", "User-Agent": "WARP-hub", **signed})


def body_of(said: Message, at: datetime) -> bytes:
    """What the cell allows, under names; what it doesn't has no name there."""
    told = {"label": said.label, "reference": said.reference, "title": said.title, "tier": said.tier, "url": said.url}
    data = {name: value for name, value in told.items() if value}
    return json.dumps({"type": said.kind, "timestamp": at.isoformat(), "data": data}).encode()


def identity(key: str) -> str:
    """The same for the same message, and nothing that counts what others are sent."""
    return "msg_" + hmac.new(settings.SECRET_KEY.encode(), f"webhook:{key}".encode(), hashlib.sha256).hexdigest()[:32]


def signatures(identity: str, at: datetime, body: bytes, keys: tuple[bytes, ...]) -> dict[str, str]:
    """The three headers; one signature for each key that holds now."""
    stamp = str(int(at.timestamp()))
    signed = f"{identity}.{stamp}.".encode() + body
    every = (base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode() for key in keys)
    return {
        "webhook-id": identity,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(f"v1,{one}" for one in every),
    }
