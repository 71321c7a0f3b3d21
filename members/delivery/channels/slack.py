"""Slack, by an incoming webhook."""

from __future__ import annotations

import json
from typing import Any

from django.utils.translation import gettext as _

from members.delivery.channels.byweb import ByWeb, Posting, headline, url_of
from members.delivery.claimed import Claimed
from members.delivery.message import Message


class Slack(ByWeb):
    def posting(self, claimed: Claimed) -> Posting:
        url, body = url_of(claimed), json.dumps(payload(self._messenger.said(claimed))).encode()
        return Posting(url, body, {"Content-Type": "application/json", "User-Agent": "WARP-hub"})


def payload(said: Message) -> dict[str, Any]:
    """Blocks of plain text, in which nothing is markup, and a button; `text` is what a notification shows."""
    blocks: list[dict[str, Any]] = [_section(headline(said))]
    if said.reference:
        blocks.append(_section(" · ".join(one for one in (said.reference, said.tier) if one)))
    button = {"type": "button", "text": {"type": "plain_text", "text": _("Open the hub")}, "url": said.url}
    blocks.append({"type": "actions", "elements": [button]})
    return {"text": escaped(headline(said)), "blocks": blocks, "unfurl_links": False, "unfurl_media": False}


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "plain_text", "text": text, "emoji": False}}


def escaped(text: str) -> str:
    """The three characters by which Slack tells its markup from text (no link, no <!channel>)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
