"""Codes of six figures: one is sent somewhere, and whoever tells it reads what goes there. Its keyed hash alone is
kept."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.utils.translation import gettext as _

from members import chance
from members.refused import Refused

DIGITS = 6
SPOILT_BY = 5  # wrong ones
BETWEEN = timedelta(seconds=30)


def made() -> str:
    return f"{chance.below(10**DIGITS):0{DIGITS}}"


def hashed(bound: str, code: str) -> str:
    """What is kept of `code`. `bound`: where it was sent, so that it proves nothing of another place."""
    return hmac.new(settings.SECRET_KEY.encode(), f"{bound}:{code}".encode(), hashlib.sha256).hexdigest()


def wait_between(last: datetime | None, at: datetime) -> None:
    """Raise Refused where one was sent just before."""
    if last is not None and at - last < BETWEEN:
        raise Refused(_("One was sent just now. Wait half a minute before the next."))


class Kept(NamedTuple):
    """What a row keeps of the code that was sent last, and how often a wrong one was told."""

    code_hash: str = ""
    sent_at: datetime | None = None
    wrong: int = 0


def told(kept: Kept, bound: str, typed: str, at: datetime, valid: timedelta) -> bool:
    """Whether what was `typed` is that code. Raises Refused where none holds any more."""
    if not kept.code_hash or kept.sent_at is None or at - kept.sent_at > valid or kept.wrong >= SPOILT_BY:
        raise Refused(_("There is no code that still holds. Have a new one sent."))
    return hmac.compare_digest(kept.code_hash, hashed(bound, "".join(typed.split())))
