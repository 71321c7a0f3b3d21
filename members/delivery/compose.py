"""What a mail says: subject, text and HTML, by the cell of the channel table and no more than it allows."""

from __future__ import annotations

import hmac
import ipaddress
import re
import secrets
import textwrap
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from css_inline import CSSInliner
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members import kinds, tlp
from members.delivery import marked
from members.delivery.claimed import Invited, What
from members.exercises import telling
from members.models import Announcement, Cell, Escalation, Tier

WIDTH = 76  # characters of a line of text
Step = Escalation.Step
LONGEST_SUBJECT = 70  # characters after the label
OUR_NAME = "WARP hub"
REMEMBERED = 64  # texts that are written once for many recipients
BY_CELL = {Cell.AWAITS: "awaits", Cell.WITHDRAWN: "withdrawn", Cell.NOTICE: "notice"}
BY_EVENT = {
    Announcement.Event.REVISED.value: "revised",
    Announcement.Event.REPLIED.value: "replied",
    Announcement.Event.ACCEPTED.value: "accepted",
}
ACCOUNT = {
    Announcement.Notice.BROKEN_GLASS.value: "broken_glass",
    Announcement.Notice.LEAKED.value: "leaked",
    Announcement.Notice.CONFIRM.value: "confirm",
    Announcement.Notice.RETURNED.value: "returned",
    Announcement.Notice.KEY_ENDS.value: "key_ends",
    Announcement.Notice.AWAITS.value: "awaits",
    "code": "code",
    "contact_code": "contact_code",
}
# By the step of an escalation: its mail. What may say no title is the notice of the first telling, word for word: that
# it is urgent, or unanswered, is more than that something is new.
ESCALATED = {Step.DEPUTIES.value: "unconfirmed", Step.COORDINATOR.value: "call_list"}
# Stands in what is written once for many, and is another in each process: no text of a source can hold it.
PLACE, LEAVE = (f"{name}-{secrets.token_hex(16)}" for name in ("place", "leave"))
_inliner = CSSInliner(load_remote_stylesheets=False)


@dataclass(frozen=True, slots=True)
class Written:
    subject: str
    text: str
    html: str


class Composer:
    """Writes once what is said to many."""

    def __init__(self) -> None:
        self._written: dict[What, Written] = {}

    def written(self, what: What) -> Written:
        if what not in self._written:
            if len(self._written) >= REMEMBERED:
                self._written.clear()
            self._written[what] = write(what)
        return self._written[what]


def write(what: What) -> Written:
    """The mail that says `what`. One that only says that an item awaits carries nothing of the item, not its label."""
    context, template = _context(what), _template(what)
    context |= {
        "played": marked.of_exercise(what),
        "leave_url": LEAVE if what.to_subscriber else "",
        "told_url": address(reverse("told")),
    }
    subject = _short(render_to_string(f"mail/{template}.subject", context).strip())
    if label := context["label"]:
        subject = f"[{tlp.display(label)}] {subject}"
    text = re.sub(r"\n{3,}", "\n\n", render_to_string(f"mail/{template}.txt", context)).strip() + "\n"
    html = marked.html(what, render_to_string(f"mail/{template}.html", context))
    return Written(marked.subject(what, subject), marked.text(what, wrapped(text)), _inliner.inline(html))


def wrapped(text: str) -> str:
    """The text in lines that a mail program shows as they are. What knows no space, an address above all, stays whole;
    a step goes on below its own words."""
    return "".join(_folded(line) + "\n" for line in text.split("\n")[:-1])


def _folded(line: str) -> str:
    if len(line) <= WIDTH:
        return line
    indent = " " * (len(line) - len(line.lstrip(" -")))
    begin, rest = line[: len(indent)], line[len(indent) :]
    return textwrap.fill(
        rest, WIDTH, initial_indent=begin, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def _context(what: What) -> dict[str, Any]:
    if what.event == Announcement.Event.ACCOUNT:
        asks = {"subscribe_url": address(reverse("subscription-confirm", args=[PLACE]))}
        return {"label": "", "home": f"{settings.BASE_URL}/", "words": what.words, **asks}
    if what.event == Announcement.Event.DIGEST:
        return _digest(what)
    if what.invited is not None:
        return _booking(what, what.invited)
    return _item(what) if what.item else {"label": "", "home": f"{settings.BASE_URL}/"}


def _template(what: What) -> str:
    if what.event == Announcement.Event.ACCOUNT:
        return ACCOUNT[what.notice]
    if what.invited is not None:
        return f"invited_{what.invited.what}"
    if what.event == Announcement.Event.DIGEST:
        return "digest"
    if what.step and what.item is None:
        return "unanswered"
    if what.step and what.cell >= Cell.TITLE:
        return ESCALATED[what.step]
    if what.event == Announcement.Event.PLAYED:
        return "played"
    if what.event in BY_EVENT and what.cell not in BY_CELL:
        return BY_EVENT[what.event]
    return BY_CELL.get(what.cell, "released")


def one_line(text: str) -> str:
    """Whatever stands in a title: some of what breaks lines passes Django's own check, and breaks the header that
    follows."""
    return " ".join("".join(" " if unicodedata.category(char) == "Cc" else char for char in text).split())


def _short(subject: str) -> str:
    subject = one_line(subject)
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
            "board": address(kinds.board(item)),
        }
    if what.cell == Cell.BODY:  # who has it, and who has not answered, is more than its title
        context["houses"] = what.houses
    if what.event == Announcement.Event.PLAYED:
        context |= {"said": telling.said(what.words), "headed": telling.headed(what.words)}
        context["briefs"] = what.words == telling.Word.INVITED
    if (what.confirm_by or what.asks) and what.cell >= Cell.NOTICE:
        context["confirm_url"] = address(reverse("answer", args=[PLACE]))
    if what.confirm_by and what.cell >= Cell.TITLE:  # the hour tells the tier, which a notice does not
        context["confirm_by"] = what.confirm_by
    return context


def _booking(what: What, invited: Invited) -> dict[str, Any]:
    """What a template may know of somebody's own booking: the claim put no more into `invited` than may be said."""
    item = what.item
    assert item is not None  # the database's check constraint
    context: dict[str, Any] = {
        "label": what.label, "shown_label": tlp.display(what.label), "warp_name": item.warp.name,
        "home": f"{settings.BASE_URL}/", "invited": invited,
    }  # fmt: skip
    if what.cell >= Cell.TITLE:
        context |= {"url": address(kinds.page(item)), "reference": item.reference}
    return context


def addressed(written: Written, token: str, leave: str = "") -> Written:
    """The mail with the links of this message, which alone are not the same for all."""
    text, html = written.text, written.html
    for place, own in ((PLACE, token), (LEAVE, address(leave))):
        if own and place in text:
            text, html = text.replace(place, own), html.replace(place, own)
    return Written(written.subject, text, html)


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


def headers(key: str, leave: str = "") -> dict[str, str]:
    """The headers of one message; with the path `leave`, how to have no more such mail."""
    ending = {"List-Unsubscribe": f"<{address(leave)}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return {
        "Message-ID": message_id(key),
        "List-Id": f"{OUR_NAME} <told.{domain(settings.BASE_URL)}>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        **(ending if leave else {}),
    }


def sender(key: str) -> str:
    """Whence one message is sent, and what came back of it comes to; "" where the operator named no such address.

    No reply and no forward quotes it, as they do the Message-ID: whoever writes to it knows what its servers know.
    """
    name, at, host = settings.BOUNCES_ADDRESS.partition("@")
    keyed = hmac.digest(settings.SECRET_KEY.encode(), f"returned:{key}".encode(), "sha256").hex()[:20]
    return f"{name}+{keyed}@{host}" if at else ""


def message_id(key: str) -> str:
    """The same however often a message is sent, and tells nothing: made from the number of its row, it would count what
    others are sent, for whoever knows two of them."""
    keyed = hmac.digest(settings.SECRET_KEY.encode(), f"message:{key}".encode(), "sha256").hex()[:32]
    return f"<{keyed}@{domain(settings.BASE_URL)}>"


@cache
def domain(base_url: str) -> str:
    """The hub's own domain, or a name that nobody has where the hub has only an address on this machine."""
    host = urlsplit(base_url).hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host if "." in host else "hub.invalid"
    return "hub.invalid"
