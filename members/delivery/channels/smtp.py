"""Mail, by Django's mail connection: one recipient in each message, many messages on each connection."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from members.delivery import marked
from members.delivery.channels.base import ChannelError, Receipt, Stale
from members.delivery.channels.pipelined import hand_over
from members.delivery.claimed import Claimed
from members.delivery.compose import Composer, Written, addressed, headers, sender
from members.delivery.frame import Frame, Frames, plain
from members.delivery.ics import attach
from members.delivery.openpgp import Encrypted
from members.shows import Exit


class Smtp:
    exit: ClassVar[Exit] = Exit.MAIL

    def __init__(self) -> None:
        self._connection: Any = None
        self._served = 0
        self._composer, self._frames = Composer(), Frames()
        self._accepted = Receipt(_("accepted by the mail server"))

    def send(self, claimed: Claimed) -> Receipt:
        written, mail = self._written(claimed)
        with self._serving():
            server = self._connection.connection if type(self._connection) is EmailBackend else None
            if mail is not None and server is not None:
                hand_over(server, sender(claimed.key) or mail.sender, claimed.to, partial(mail.filled, claimed))
            else:
                self._connection.send_messages([self._message(claimed, written)])
        return self._accepted

    def post(self, message: EmailMultiAlternatives) -> Receipt:
        """Send a mail that was written elsewhere. Raises ChannelError."""
        with self._serving():
            self._connection.send_messages([message])
        return self._accepted

    @contextmanager
    def _serving(self) -> Iterator[None]:
        """A connection that is open; what goes wrong on it is told as ChannelError."""
        try:
            self._open()
            yield
        except OSError as error:  # smtplib's errors are among them
            raise self._understood(error) from error
        self._served += 1

    def _open(self) -> None:
        if self._connection is None:
            connection = get_connection(fail_silently=False)
            try:
                connection.open()
            except OSError as error:
                raise ChannelError(_words(error), server=True) from error
            self._connection, self._served = connection, 0

    def close(self) -> None:
        connection, self._connection = self._connection, None
        try:
            if connection is not None:
                connection.close()
        except OSError:
            pass  # it is gone either way

    def _written(self, claimed: Claimed) -> tuple[Written, Frame | None]:
        """The text, checked here so that what can't be written never meets the server; and its bytes, where it is the
        same for others."""
        written = self._composer.written(claimed.what)
        if any(mark in text for text in (claimed.to, written.subject) for mark in "\r\n"):
            raise ChannelError(_("Not sent: a line break stands in the address or the subject."), permanent=True)
        try:
            validate_email(claimed.to)
        except ValidationError as error:
            raise ChannelError(_("Not sent: this is not an e-mail address."), permanent=True) from error
        if claimed.certificate or claimed.what.invited is not None or not plain(claimed.to):
            return written, None
        return written, self._frames.of(written, leaves=bool(claimed.leave))

    def _message(self, claimed: Claimed, written: Written) -> EmailMultiAlternatives:
        """The mail as Django builds it."""
        own = addressed(written, claimed.token, claimed.leave)
        told: dict[str, Any] = {"to": [claimed.to], "headers": headers(claimed.key, claimed.leave)}
        if envelope := sender(claimed.key):
            told["from_email"], told["headers"]["From"] = envelope, settings.DEFAULT_FROM_EMAIL
        message = EmailMultiAlternatives(own.subject, own.text, **told)
        if claimed.certificate:
            message = Encrypted(claimed.certificate, own.subject, own.text, **told)
            message.subject = marked.subject(claimed.what, str(message.subject))  # the outer one, which anybody reads
        message.attach_alternative(own.html, "text/html")
        attach(message, claimed)
        return message

    def _understood(self, error: OSError) -> ChannelError:
        """Whose fault it was: the server's, or this message's, and whether trying again may help."""
        code, said = _code(error), _words(error)
        own = isinstance(error, smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError)
        busy = isinstance(error, smtplib.SMTPSenderRefused) and code < 500  # it may take the next one
        if code != 421 and (own or busy):
            if self._connection.connection.sock is None:  # it refused, and hung up
                self.close()
            return ChannelError(said, refused=code >= 500)
        served = self._served
        self.close()
        if served:
            return Stale(said)
        return ChannelError(said, server=True, midway=not code)


def _code(error: OSError) -> int:
    """What the server answered; 0 where it did not."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return next(iter(error.recipients.values()))[0]
    return error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else 0


def _words(error: OSError) -> str:
    """The server's words, or the network's."""
    said: str | bytes = str(error) or type(error).__name__
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        said = next(iter(error.recipients.values()))[1]
    elif isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
    words = said.decode(errors="replace") if isinstance(said, bytes) else said
    return f"{_code(error) or ''} {words}"
