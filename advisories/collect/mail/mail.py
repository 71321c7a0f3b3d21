"""A mail as an entry: a warning that a national body sent to its members. Runs in the worker.

RFC 5322 and MIME. Nobody checks here who really sent it: neither DKIM nor OpenPGP nor S/MIME. Of the people who got it
only the address of a list is kept.
"""

from __future__ import annotations

import hashlib
import re
from email.message import EmailMessage

from advisories.collect.base import CollectError, ParseContext, Parsed, RawEntry, Refusal, gettext_noop
from advisories.collect.mail import mailfacts, mailheader, maillabel, mailmessage, mailtext
from advisories.collect.text import html
from advisories.collect.text.cves import cves_in

TELLING = ("from", "date", "subject", "message-id", "received", "mime-version", "content-type")

NO_MAIL = gettext_noop("This is not a mail: it has none of the headers that mails have.")
UNREADABLE = gettext_noop("The mail can't be understood (%(what)s); it may be made to do so.")
BLANK = gettext_noop("The mail has neither a subject nor a text nor an attachment.")

_ID = re.compile(r"<([^<>]+)>")


def parse(body: bytes, context: ParseContext) -> Parsed:
    """One entry for the mail, under its Message-ID; a refusal in place of it for a bounce or an automatic reply.

    Facts beside those of base.FACTS: `attachments` (name, type and size, a line each), `list_id` and `to` (the list's
    address), `auto` (how a machine made it), `encrypted` (by what, so that the hub could not read it) and
    `authenticated`, as mailfacts.py says. `state`: mailfacts.AUTHSERV. Raises CollectError(refused=True) on what is no
    mail, or is built to break its readers.
    """
    try:
        message = mailmessage.read(body.removeprefix(b"\xef\xbb\xbf"))
        if not any(message.get(name) is not None for name in TELLING):
            raise CollectError(NO_MAIL, refused=True)
        guid = _guid(message, body)
        made = mailfacts.refusal(message, guid) or _entry(message, guid, context)
    except (CollectError, MemoryError):
        raise
    except Exception as error:
        raise CollectError(UNREADABLE, refused=True, what=type(error).__name__) from error
    return Parsed((), (made,)) if isinstance(made, Refusal) else Parsed((made,))


def _entry(message: EmailMessage, guid: str, context: ParseContext) -> RawEntry | Refusal:
    contents = mailtext.read(message)
    told, summary = [*contents.told, *contents.inner], "".join(contents.shown)
    title = mailheader.text(message, "subject") or html.first_words(html.plain(summary))
    title = title or next(iter(contents.attachments), "")
    if not title:
        return Refusal(guid, BLANK)
    sender, address = mailheader.author(message)
    facts = {
        **mailfacts.mailing_list(message),
        "attachments": "\n".join(contents.attachments),
        "authenticated": mailfacts.authenticated(message, context.state),
        "auto": mailfacts.submitted(message),
        "encrypted": contents.encrypted,
        "owner": address,
        "references": mailfacts.references(summary),
    }
    return RawEntry.of(
        guid=guid,
        title=title,
        summary=summary,
        published=mailheader.moment(message, context.fetched_at),
        author=sender,
        cves=cves_in(title, *told),
        label=maillabel.label(mailheader.texts(message, "subject"), contents.told, contents.inner),
        facts={name: value for name, value in facts.items() if value},
    )


def _guid(message: EmailMessage, body: bytes) -> str:
    """The mail's own id, without its brackets; a hash of the whole where it has none."""
    said = mailheader.first(message, "message-id")
    own = html.line((_ID.findall(said) or [said])[0])
    return own if own and len(said) <= html.LONGEST_GUID else "sha256:" + hashlib.sha256(body).hexdigest()
