"""Microsoft Teams, by a workflow that takes an adaptive card ("When a Teams webhook request is received")."""

from __future__ import annotations

import json
import re
from typing import Any

from django.utils.translation import gettext as _

from members.delivery.channels.byweb import ByWeb, Posting, url_of
from members.delivery.claimed import Claimed
from members.delivery.message import Message

_MARKS = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~])")


class Teams(ByWeb):
    def posting(self, claimed: Claimed) -> Posting:
        url, body = url_of(claimed), json.dumps(envelope(self._messenger.said(claimed))).encode()
        return Posting(url, body, {"Content-Type": "application/json", "User-Agent": "WARP-hub"})


def envelope(said: Message) -> dict[str, Any]:
    """The message as a card: the label on a line of its own above the title, the links as buttons."""
    lines = [said.label] if said.label else []
    blocks: list[dict[str, Any]] = [{"type": "TextBlock", "text": escaped(one), "weight": "Bolder"} for one in lines]
    blocks.append({"type": "TextBlock", "text": escaped(said.title), "wrap": True, "size": "Medium"})
    if said.reference:
        told = " · ".join(one for one in (said.reference, said.tier) if one)
        blocks.append({"type": "TextBlock", "text": escaped(told), "isSubtle": True, "wrap": True})
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard", "version": "1.4",
        "body": blocks, "actions": [{"type": "Action.OpenUrl", "title": _("Open the hub"), "url": said.url}],
    }  # fmt: skip
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [attachment]}


def escaped(text: str) -> str:
    """A text block takes Markdown: what was typed in a title makes no link of its own."""
    return _MARKS.sub(r"\\\1", text)
