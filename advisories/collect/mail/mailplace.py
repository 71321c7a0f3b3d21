"""Where a mailbox is, and what may go wrong on the way there, in words."""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

import httpcore2

from advisories.collect.base import CollectError, gettext_noop
from advisories.collect.mail.mailwire import ENDLESS, PORTS, Overlong
from advisories.collect.text import html
from members.web.guard import TOO_SLOW, Budget
from members.web.http import UNTRUSTED

INBOX = "INBOX"

NO_PLACE = gettext_noop(
    "%(url)s is no address of a mailbox. Write imaps://host/folder (or imap:// where encryption begins with STARTTLS), "
    "and give the name and the password apart from it."
)
UNREACHABLE = gettext_noop("%(host)s could not be reached.")
BROKEN = gettext_noop("The connection to %(host)s broke.")
NO_IMAP = gettext_noop("%(host)s stopped in the middle, or does not speak IMAP (%(what)s).")


@dataclass(frozen=True, slots=True)
class Place:
    """`scheme` is imap or imaps; `host` is ASCII."""

    scheme: str
    host: str
    port: int
    folder: str


def place_of(url: str) -> Place:
    """The address, understood (RFC 5092, without its options); raises CollectError where it is none."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode("ascii")
        usual = PORTS[parts.scheme]  # a port of its own makes no other scheme one of mails
        port = parts.port or usual
        folder = unquote(parts.path.strip("/"), errors="strict") or INBOX
    except (ValueError, KeyError) as error:
        raise CollectError(NO_PLACE, permanent=True, url=_without_secrets(url)) from error
    if not host or "@" in parts.netloc or parts.query or parts.fragment or not folder.isprintable():
        raise CollectError(NO_PLACE, permanent=True, url=_without_secrets(url))
    return Place(parts.scheme, host, port, folder)


@contextmanager
def failures_in_words(place: Place, budget: Budget) -> Iterator[None]:
    host = place.host
    try:
        yield
    except CollectError:
        raise
    except Overlong as error:
        raise CollectError(ENDLESS, refused=True, host=host) from error
    except httpcore2.TimeoutException as error:
        raise CollectError(TOO_SLOW, host=host, seconds=budget.seconds) from error
    except httpcore2.ConnectError as error:
        reason = error.__cause__
        if isinstance(reason, ssl.SSLError):
            why = getattr(reason, "verify_message", "") or str(reason.reason)
            raise CollectError(UNTRUSTED, host=host, why=why) from error
        raise CollectError(UNREACHABLE, host=host) from error
    except (httpcore2.NetworkError, OSError) as error:
        raise CollectError(BROKEN, host=host) from error
    except (imaplib.IMAP4.error, ValueError, TypeError, LookupError, ArithmeticError) as error:
        raise CollectError(NO_IMAP, host=host, what=html.line(str(error), 200) or type(error).__name__) from error


def _without_secrets(url: str) -> str:
    return html.line(url.rpartition("@")[2], 200)
