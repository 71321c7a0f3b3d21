"""GOV.UK Notify: text messages, and mail where the operator chose it instead of SMTP. Other countries run Notify too
(NOTIFY_URL).

The operator makes one template for each: ((body)) for text messages, ((subject)) and ((body)) for mail.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from members.delivery.channels.base import ChannelError, Receipt
from members.delivery.channels.byweb import BUSY, ByWeb, Posting, words
from members.delivery.claimed import Claimed
from members.delivery.compose import Composer, address, addressed, headers
from members.delivery.gate import LONGEST_WAIT
from members.shows import Exit
from members.web.post import Answer

ID = 36  # characters of each of the two ids at the end of an API key
LONGEST_SMS = 600  # characters, of the 918 that Notify takes: a letter outside its alphabet counts for two or more
OF_THE_RECIPIENT = ("phone_number", "email_address")  # how a message of Notify's begins that is about where it goes


class Notify(ByWeb):
    apart: ClassVar[bool] = False  # one service behind every address

    path: ClassVar[str]

    def asking(self, claimed: Claimed, told: dict[str, Any]) -> Posting:
        reference = headers(claimed.key)["Message-ID"].strip("<>").partition("@")[0]
        body = json.dumps({**told, "reference": reference}).encode()
        token = jwt(settings.NOTIFY_API_KEY, claimed.at)
        sent = {"Content-Type": "application/json", "User-Agent": "WARP-hub", "Authorization": f"Bearer {token}"}
        return Posting(f"{settings.NOTIFY_URL}{self.path}", body, sent)

    def taken(self, answer: Answer) -> Receipt:
        """A refusal that is about where it goes is the address's; any other would befall all (a key that ended, a
        template that is gone), so the messages wait, and whoever runs the hub is shown why."""
        if 200 <= answer.status < 300:
            return Receipt(_("taken over by Notify"))
        said = words(answer)
        if answer.status == 400 and any(one.startswith(OF_THE_RECIPIENT) for one in _errors(answer)):
            raise ChannelError(said, refused=True)
        if answer.status == 400 and any("character" in one and "limit" in one for one in _errors(answer)):
            raise ChannelError(said, permanent=True)
        wait = min(answer.retry_after or 0, LONGEST_WAIT)
        raise ChannelError(said, server=True, midway=answer.status >= 500 and answer.status not in BUSY, wait=wait)


class Sms(Notify):
    path: ClassVar[str] = "/v2/notifications/sms"

    def posting(self, claimed: Claimed) -> Posting:
        told = {"phone_number": claimed.to, "template_id": settings.NOTIFY_SMS_TEMPLATE}
        return self.asking(
            claimed, {**told, "personalisation": {"body": text_of(self._messenger.said(claimed).lines())}}
        )


class NotifyMail(Notify):
    """Mail as text alone: Notify makes its own HTML. It can't carry an encrypted mail: see claim.py."""

    exit: ClassVar[Exit] = Exit.MAIL
    path: ClassVar[str] = "/v2/notifications/email"

    def __init__(self) -> None:
        super().__init__()
        self._composer = Composer()

    def posting(self, claimed: Claimed) -> Posting:
        try:
            validate_email(claimed.to)
        except ValidationError as error:
            raise ChannelError(_("Not sent: this is not an e-mail address."), permanent=True) from error
        written = addressed(self._composer.written(claimed.what), claimed.token, claimed.leave)
        told = {"email_address": claimed.to, "template_id": settings.NOTIFY_MAIL_TEMPLATE}
        if claimed.leave:  # which Notify puts into the header (RFC 8058)
            told["one_click_unsubscribe_url"] = address(claimed.leave)
        said = {"subject": written.subject, "body": written.text}
        return self.asking(claimed, {**told, "personalisation": said})


def text_of(lines: list[str]) -> str:
    """The lines within the length of a text message: what is too long is the title, which the page says whole."""
    rest = sum(len(line) + 1 for line in lines[1:])
    room = max(40, LONGEST_SMS - rest)
    first = lines[0] if len(lines[0]) <= room else lines[0][: room - 1].rstrip() + "…"
    return "\n".join([first, *lines[1:]])


def jwt(key: str, at: datetime) -> str:
    """The token of one request, of an API key "name-SERVICE-SECRET" (HS256, RFC 7519). It holds half a minute."""
    issuer, secret = key[-2 * ID - 1 : -ID - 1], key[-ID:]
    parts = ({"typ": "JWT", "alg": "HS256"}, {"iss": issuer, "iat": int(at.timestamp())})
    signed = ".".join(_base64(json.dumps(part).encode()) for part in parts)
    return f"{signed}.{_base64(hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest())}"


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _errors(answer: Answer) -> list[str]:
    try:
        return [str(one["message"]) for one in json.loads(answer.body)["errors"]]
    except (ValueError, KeyError, TypeError):
        return []
