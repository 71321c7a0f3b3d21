"""`/dev/mail/`: the mails that the demonstration wrote as files, newest first. On this machine alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from members.middleware import demonstrates

BETWEEN = re.compile(rb"^-{79}\n", re.MULTILINE)  # Django's file backend ends each mail with this line
SHOWN = 100
# An HTML part is somebody's document: it runs nothing, loads nothing, and may only look as it was written.
SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"


@dataclass(frozen=True)
class Mail:
    """One mail. `name` is its file and its place there, from 1."""

    file: str
    place: int
    message: EmailMessage

    @property
    def at(self) -> datetime | None:
        """When it was written; mails say `-0000` where they mean UTC."""
        if not self.message["Date"]:
            return None
        written = parsedate_to_datetime(str(self.message["Date"]))
        return written if written.tzinfo else written.replace(tzinfo=UTC)

    @property
    def subject(self) -> str:
        return str(self.message["Subject"] or "")

    @property
    def to(self) -> str:
        return str(self.message["To"] or "")

    def part(self, kind: str) -> str:
        """The text of the `plain` or `html` part; "" where there is none."""
        found = self.message.get_body((kind,))
        return str(found.get_content()) if found is not None else ""


def index(request: HttpRequest) -> HttpResponse:
    mails = [mail for path in reversed(_files(request)) for mail in reversed(list(_mails(path)))]
    return render(request, "advisories/mails.html", {"mails": mails[:SHOWN], "more": len(mails) > SHOWN})


def one(request: HttpRequest, file: str, place: int) -> HttpResponse:
    mail = _mail(request, file, place)
    parts = {"text": mail.part("plain"), "html": mail.part("html")}
    return render(request, "advisories/mail.html", {"mail": mail, **parts})


def html(request: HttpRequest, file: str, place: int) -> HttpResponse:
    """The HTML part as a page of its own, which the browser keeps in a sandbox."""
    return HttpResponse(_mail(request, file, place).part("html"), headers={"Content-Security-Policy": SANDBOX})


def _files(request: HttpRequest) -> list[Path]:
    """The files of the mail folder, oldest first; their names begin with the time."""
    if not demonstrates(request) or not settings.EMAIL_MISSING:
        raise Http404
    return sorted(Path(settings.EMAIL_FILE_PATH).glob("*.log"))


def _mail(request: HttpRequest, file: str, place: int) -> Mail:
    path = next((path for path in _files(request) if path.stem == file), None)
    mail = next((mail for mail in _mails(path) if mail.place == place), None) if path else None
    if mail is None:
        raise Http404
    return mail


def _mails(path: Path) -> Iterator[Mail]:
    pieces = [piece for piece in BETWEEN.split(path.read_bytes()) if piece.strip()]
    for place, piece in enumerate(pieces, 1):
        yield Mail(path.stem, place, message_from_bytes(piece, policy=policy.default))
