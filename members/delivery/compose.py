"""What a mail says: subject, text and HTML, by the cell of the channel table and no more than it allows."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from css_inline import CSSInliner
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members import kinds, tlp
from members.delivery.claimed import What
from members.models import Announcement, Cell, Tier

LONGEST_SUBJECT = 70  # characters after the label
OUR_NAME = "WARP hub"
BY_CELL = {Cell.AWAITS: "awaits", Cell.WITHDRAWN: "withdrawn", Cell.NOTICE: "notice"}
ACCOUNT = {Announcement.Notice.BROKEN_GLASS.value: "broken_glass", Announcement.Notice.LEAKED.value: "leaked"}
_inliner = CSSInliner(load_remote_stylesheets=False)


@dataclass(frozen=True, slots=True)
class Written:
    subject: str
    text: str
    html: str


def write(what: What) -> Written:
    """The mail that says `what`. One that only says that an item awaits carries nothing of the item, not its label."""
    context, template = _context(what), _template(what)
    subject = _short(render_to_string(f"mail/{template}.subject", context).strip())
    if label := context["label"]:
        subject = f"[{tlp.display(label)}] {subject}"
    text = re.sub(r"\n{3,}", "\n\n", render_to_string(f"mail/{template}.txt", context)).strip() + "\n"
    return Written(subject, text, _inliner.inline(render_to_string(f"mail/{template}.html", context)))


def _context(what: What) -> dict[str, Any]:
    if what.event == Announcement.Event.ACCOUNT:
        return {"label": "", "home": f"{settings.BASE_URL}/", "words": what.words}
    return _digest(what) if what.event == Announcement.Event.DIGEST else _item(what)


def _template(what: What) -> str:
    if what.event == Announcement.Event.ACCOUNT:
        return ACCOUNT[what.notice]
    if what.event == Announcement.Event.DIGEST:
        return "digest"
    if what.event == Announcement.Event.REVISED and what.cell not in BY_CELL:
        return "revised"
    return BY_CELL.get(what.cell, "released")


def _short(subject: str) -> str:
    """One line, whatever stands in the title: some of what breaks lines passes Django's own check, and breaks the
    header that follows."""
    subject = " ".join("".join(" " if unicodedata.category(char) == "Cc" else char for char in subject).split())
    return subject if len(subject) <= LONGEST_SUBJECT else subject[: LONGEST_SUBJECT - 1].rstrip() + "…"


def _item(what: What) -> dict[str, Any]:
    """What a template may know of one item, by how much of it may be said."""
    item = what.item
    assert item is not None  # the database's check constraint
    context: dict[str, Any] = {"label": "", "home": f"{settings.BASE_URL}/"}
    if what.cell == Cell.WITHDRAWN:
        return {**context, "reference": item.reference}
    if what.cell >= Cell.NOTICE:
        context |= {"label": what.label, "shown_label": tlp.display(what.label), "warp_name": item.warp.name}
    if what.cell >= Cell.TITLE:
        context |= {
            "content": kinds.of(item).render(item, what.version, what.cell),
            "url": address(kinds.of(item).url(item)),
            "reference": item.reference,
            "tier": Tier(what.tier).label,
        }
    return context


def _digest(what: What) -> dict[str, Any]:
    """What the digest's template may know: items by urgency, and how many may not be named in it."""
    label = tlp.strictest(line.label for line in what.lines)
    told = [line for line in what.lines if line.cell >= Cell.TITLE]
    rows = [
        {
            "label": line.label,
            "shown_label": tlp.display(line.label),
            "content": kinds.of(line.item).render(line.item, line.version, line.cell),
            "url": address(kinds.of(line.item).url(line.item)),
            "changed": line.changed,
            "act": line.tier >= Tier.ADVISORY,
        }
        for line in told
    ]
    unnamed = len(what.lines) - len(told)
    counts = Counter(row["act"] for row in rows)
    return {
        "label": label, "shown_label": tlp.display(label), "home": f"{settings.BASE_URL}/",
        "summary": _summary(counts[True], counts[False], unnamed),
        "to_act": [row for row in rows if row["act"]], "to_know": [row for row in rows if not row["act"]],
        "unnamed": _unnamed(unnamed),
    }  # fmt: skip


def _summary(act: int, know: int, unnamed: int) -> str:
    """“3 to act on, 9 to know”; with nothing to name, how many there are."""
    parts = []
    if act:
        parts.append(_("%(n)d to act on") % {"n": act})
    if know:
        parts.append(_("%(n)d to know") % {"n": know})
    return ", ".join(parts) or _unnamed(unnamed)


def _unnamed(count: int) -> str:
    if not count:
        return ""
    return ngettext("%(n)d item: sign in to read it", "%(n)d items: sign in to read them", count) % {"n": count}


def address(path: str) -> str:
    return f"{settings.BASE_URL}{path}"


def headers(key: str) -> dict[str, str]:
    """The headers of one message. The Message-ID is the same however often it is sent, and tells nothing: made from
    the number of its row, it would count what others are sent, for whoever knows two of them."""
    host = domain(settings.BASE_URL)
    keyed = hmac.new(settings.SECRET_KEY.encode(), f"message:{key}".encode(), hashlib.sha256).hexdigest()[:32]
    return {
        "Message-ID": f"<{keyed}@{host}>",
        "List-Id": f"{OUR_NAME} <told.{host}>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }


@cache
def domain(base_url: str) -> str:
    """The hub's own domain, or a name that nobody has where the hub has only an address on this machine."""
    host = urlsplit(base_url).hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host if "." in host else "hub.invalid"
    return "hub.invalid"
