"""Signing in at a mail server and opening a folder to look at, in words that a person can use. In the parent."""

from __future__ import annotations

import re
from base64 import b64encode
from typing import Any

from advisories.collect.base import CollectError, gettext_noop
from advisories.collect.mail.mailplace import Place
from advisories.collect.mail.mailwire import Connection
from advisories.collect.text import html

NO_SIGN_IN = gettext_noop("%(host)s did not let the hub sign in (%(why)s). Look at the name and the password.")
ODD_SIGN_IN = gettext_noop("The name or the password for %(host)s has letters that can't be sent there.")
NO_FOLDER = gettext_noop("%(host)s has no folder %(folder)s for this name (%(why)s).")


def sign_in(connection: Connection, place: Place, name: str, password: str) -> None:
    """Raises CollectError where the server refuses, or can't be sent such a name or password."""
    if not name or any(ord(letter) < 32 or ord(letter) == 127 for letter in name + password):
        raise CollectError(ODD_SIGN_IN, permanent=True, host=place.host)
    try:
        if connection.offers("AUTH=PLAIN"):  # RFC 4616: any letters
            connection.authenticate("PLAIN", lambda _: f"\0{name}\0{password}".encode())
        elif connection.offers("LOGINDISABLED"):
            raise connection.error("LOGINDISABLED")
        else:
            connection.login(_quoted(name), password)
    except UnicodeEncodeError as error:
        raise CollectError(ODD_SIGN_IN, permanent=True, host=place.host) from error
    except connection.abort:
        raise
    except connection.error as error:
        raise CollectError(NO_SIGN_IN, host=place.host, why=said(error.args, password)) from None


def open_folder(connection: Connection, place: Place) -> int:
    """Opens the folder, only to read; gives its UIDVALIDITY."""
    answer, words = connection.select(_quoted(_utf7(place.folder)), readonly=True)
    if answer != "OK":
        raise CollectError(NO_FOLDER, host=place.host, folder=html.line(place.folder, 200), why=said(tuple(words)))
    return int(connection.response("UIDVALIDITY")[1][0])


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _utf7(folder: str) -> str:
    """As IMAP writes names of folders (RFC 3501 section 5.1.3)."""

    def shifted(found: re.Match[str]) -> str:
        return "&" + b64encode(found[0].encode("utf-16-be")).decode().rstrip("=").replace("/", ",") + "-"

    return re.sub(r"[^\x20-\x7e]+", shifted, folder.replace("&", "&-"))


def said(words: tuple[Any, ...], secret: str = "") -> str:
    """The server's own words, for a person; never with the password in them."""
    text = " ".join(one.decode("utf-8", "replace") if isinstance(one, bytes) else str(one) for one in words)
    return html.line(text.replace(secret, "…") if secret else text, 200) or "?"
