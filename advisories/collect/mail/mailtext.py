"""What the parts of a mail say, and what is attached to it (RFC 2046, RFC 3156, RFC 8551). In the worker.

Of alternatives the plain one is shown; mails inside a mail are shown as quotations; what is signed is read, and
nothing is said about the signature; attachments are named and not opened.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from email.message import EmailMessage, Message
from html import unescape
from itertools import chain

import nh3

from advisories.collect.base import CollectError, gettext_noop
from advisories.collect.mail import mailcms, mailheader, mailmessage, mailplain
from advisories.collect.mail.mailmessage import tried
from advisories.collect.text import html

DEEPEST = 20
PLAIN, MARKUP = ("text/plain", "text/markdown"), "text/html"
FORWARDED = ("message/rfc822", "message/global")
SMIME = ("application/pkcs7-mime", "application/x-pkcs7-mime")
LONGEST_FILE_NAME = 200

TOO_DEEP = gettext_noop("The parts of the mail are nested more than %(limit)d deep; the hub reads no mail like that.")
LOCKED = "The hub cannot read this mail: it is encrypted, or wrapped in a way that the hub does not know (%s)."
PGP, CMS = "OpenPGP", "S/MIME"

_ROW = re.compile(r"</?(?:div|section|article|header|footer|center|address|dl|dd|dt|hr)\b[^<>]*>", re.IGNORECASE)
_BREAKS = re.compile(r"(?:<br>\s*){3,}")
_LINE_ENDS = re.compile(r"<br>|</(?:p|li|h3|h4|tr|pre|blockquote|table|ul|ol)>")
_CELL_ENDS = re.compile(r"</t[dh]>")


@dataclass(slots=True)
class Contents:
    """A mail that has been read. `shown`: safe HTML. `told`: the texts as they were read, line ends as \\n, whether
    shown or not, and `inner` those of mails inside it, with their subjects. `attachments`: a line for each.
    """

    shown: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    inner: list[str] = field(default_factory=list)
    attachments: list[str] = field(default_factory=list)
    encrypted: str = ""
    left: int = html.LONGEST_SUMMARY  # characters


def read(message: EmailMessage) -> Contents:
    """Everything that the mail says. Raises CollectError where its parts nest too deep."""
    contents = Contents()
    contents.shown = [markup for markup in _shown(message, contents, contents.told, 0) if markup]
    return contents


def _shown(part: Message, into: Contents, told: list[str], depth: int) -> list[str]:
    """The part as safe HTML; what it says is put into `told` as well."""
    if depth > DEEPEST:
        raise CollectError(TOO_DEEP, refused=True, limit=DEEPEST)
    kind = part.get_content_type()
    inner = [one for one in part.get_payload() if isinstance(one, Message)] if part.is_multipart() else []
    if kind == "multipart/encrypted":
        return [_locked(into, PGP)]
    if kind in SMIME and not inner:
        return _smime(part, into, told, depth)
    if kind in FORWARDED and inner:
        return [_forwarded(one, into, depth) for one in inner]
    if kind.startswith("multipart/") and inner:
        shown = [_shown(one, into, told, depth + 1) for one in inner]
        return _best(inner, shown) if kind == "multipart/alternative" else list(chain.from_iterable(shown))
    readable = kind in (*PLAIN, MARKUP) or kind.startswith("multipart/")  # the latter: of parts that never begin
    if not readable or (depth and _is_attached(part)):
        into.attachments.append(_attachment(part, kind))
        return []
    return [_text(part, kind, into, told)]


def _text(part: Message, kind: str, into: Contents, told: list[str]) -> str:
    """One text. Where all of them have more than the longest summary, the middle of the later ones is left out."""
    text = mailplain.cut(mailplain.decoded(part), into.left)
    into.left -= len(text)
    if kind == MARKUP:
        markup = _BREAKS.sub("<br><br>", html.safe(_ROW.sub("<br>", text))).removeprefix("<br>")
        told.append(_lines(markup))
        return markup if told[-1] else ""
    text, encrypted = mailplain.unarmoured(mailplain.unwrapped(part, text))
    told.append(html.scrub(text, len(text)))
    return html.paragraphs(text) + (_locked(into, PGP) if encrypted else "")


def _lines(markup: str) -> str:
    """The words of safe HTML, a line for each that it has."""
    broken = _CELL_ENDS.sub(" ", _LINE_ENDS.sub("\n", markup))
    return unescape(str(nh3.clean(broken, tags=set()))).replace("\xa0", " ").strip()


def _best(parts: list[Message], shown: list[list[str]]) -> list[str]:
    """Plain text; else the last that says something, as its writer wants it (RFC 2046, section 5.1.4)."""
    said = [(part.get_content_type(), texts) for part, texts in zip(parts, shown, strict=True) if any(texts)]
    plain = [texts for kind, texts in said if kind in PLAIN]
    return plain[0] if plain else said[-1][1] if said else []


def _forwarded(message: Message, into: Contents, depth: int) -> str:
    subject, (sender, _) = mailheader.text(message, "subject"), mailheader.author(message)
    into.inner.append(subject)
    head = html.paragraphs("\n".join(filter(None, (subject, sender))))
    return f"<blockquote>{head}{''.join(_shown(message, into, into.inner, depth + 1))}</blockquote>"


def _smime(part: Message, into: Contents, told: list[str], depth: int) -> list[str]:
    """Signed as a whole, it is read; otherwise it is encrypted, or only holds certificates."""
    octets = part.get_payload(decode=True)
    signed = tried(lambda: mailcms.signed_content(octets) if isinstance(octets, bytes) else None, None)
    if signed is not None:
        return _shown(mailmessage.read(signed), into, told, depth + 1)
    if mailheader.parameter(part, "smime-type") in ("certs-only", "compressed-data"):
        into.attachments.append(_attachment(part, part.get_content_type()))
        return []
    return [_locked(into, CMS)]


def _locked(into: Contents, how: str) -> str:
    into.encrypted = how
    return f"<p>{LOCKED % how}</p>"


def _is_attached(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or bool(mailheader.file_name(part))


def _attachment(part: Message, kind: str) -> str:
    """Its name without any path, its type, and its size where it is one thing."""
    octets = tried(lambda: part.get_payload(decode=True), None)
    size = f", {len(octets)} bytes" if isinstance(octets, bytes) else ""
    told = f"{html.line(kind, 100)}{size}"
    named = html.line(re.split(r"[/\\]", mailheader.file_name(part))[-1].strip(". "), LONGEST_FILE_NAME)
    return f"{named} ({told})" if named else told
