"""What else is known of a mail: its list, whom its own server says it is from, where it leads, and that a machine
wrote it. In the worker.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.message import Message
from html import unescape

from advisories.collect.base import Refusal, gettext_noop
from advisories.collect.mail.mailheader import author, first, parameter, text, written
from advisories.collect.text import html

AUTHSERV = "authserv"  # in ParseContext.state: the name of the own mail server, whose word on senders counts
MOST_REFERENCES = 50
LONGEST_LIST_ID = 200
LONGEST_VERDICT = 1_000

REPORT = gettext_noop("This is a report of a mail system (%(kind)s), no warning.")
REPLY = gettext_noop("This is an automatic reply (“%(subject)s”), no warning.")

_BRACKETED = re.compile(r"<([^<>]+)>")
_MAILTO = re.compile(r"<mailto:([^<>?]+)", re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s<>,;:\"()@]+@[^\s<>,;:\"()@]+")
_URL = re.compile(r"https?://[^\s<>\"'`|{}\\^]+", re.IGNORECASE)
_LINKED = re.compile(r'href="([^"]+)"')
_TAG = re.compile(r"<[^<>]*>")
_COMMENT = re.compile(r"\([^()]*\)")
_ABSENT = re.compile(r"automatic reply|out of (?:the )?office|ateb awtomatig", re.IGNORECASE)


def refusal(message: Message, guid: str) -> Refusal | None:
    """Why the mail is no warning, where a machine says that it is a reply or a report (RFC 3834, RFC 6522)."""
    kind, subject = message.get_content_type(), text(message, "subject", 200)
    sender = author(message)[1].partition("@")[0]
    if kind in ("multipart/report", "message/delivery-status", "message/disposition-notification"):
        return Refusal(guid, REPORT, {"kind": html.line(parameter(message, "report-type") or kind, 60)})
    if sender == "mailer-daemon":
        return Refusal(guid, REPORT, {"kind": sender})
    replies = message.get("x-autoreply") or message.get("x-autorespond")
    if replies or submitted(message) == "auto-replied" or (submitted(message) and _ABSENT.match(subject)):
        return Refusal(guid, REPLY, {"subject": subject})
    return None


def submitted(message: Message) -> str:
    """How it was made, where no person sent it: "auto-generated", as a hub's own warnings are, or "auto-replied"."""
    said = first(message, "auto-submitted")[:100].partition(";")[0].strip().lower()
    return "" if said == "no" else said


def mailing_list(message: Message) -> Mapping[str, str]:
    """`list_id`, and `to`: the list's own address where the mail went to it; no person's (RFC 2919, RFC 2369)."""
    named = first(message, "list-id")
    list_id = html.line((_BRACKETED.findall(named) or [named])[-1], LONGEST_LIST_ID).lower()
    if not list_id:
        return {}
    posted = {one.strip().lower() for one in _MAILTO.findall(first(message, "list-post"))}
    to = [one for name in ("to", "cc") for line in written(message, name) for one in _ADDRESS.findall(line)]
    own = [one.lower() for one in to if one.lower() in posted or one.lower().replace("@", ".") == list_id]
    return {"list_id": list_id, "to": html.line(own[0], LONGEST_LIST_ID) if own else ""}


def authenticated(message: Message, state: Mapping[str, str]) -> str:
    """What the own server found out about the sender; "" unless the topmost such header is its own (RFC 8601)."""
    own = state.get(AUTHSERV, "").strip().lower()
    server, _, found = _COMMENT.sub(" ", first(message, "authentication-results")).partition(";")
    said = server.split()
    return html.line(found, LONGEST_VERDICT) if own and said and said[0].lower() == own else ""


def references(summary: str) -> str:
    """The first http(s) addresses in safe HTML, in text or as links, one to a line."""
    linked = [unescape(one) for one in _LINKED.findall(summary)]
    written = [_trimmed(one) for one in _URL.findall(unescape(_TAG.sub(" ", summary)))]
    found = dict.fromkeys(filter(None, map(html.web_address, [*written, *linked])))
    return "\n".join([*found][:MOST_REFERENCES])


def _trimmed(address: str) -> str:
    """Without what belongs to the sentence around it."""
    address = address.rstrip(".,;:!?*_~")
    return address if "(" in address else address.rstrip(").,;:!?]")
