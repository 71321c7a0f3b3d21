"""Links of subscribers without an account: worked out from the hub's own secret, so that no table holds them."""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings

from members import tokens
from members.models import Subscriber


def leave_token(one: Subscriber) -> str:
    """What ends this subscription."""
    return _keyed(f"leave:{one.pk}:{one.since.timestamp()}")


def confirm_token(one: Subscriber) -> str:
    """What confirms what was asked for last: another one each time."""
    asked_at = one.asked_at or one.since
    return _keyed(f"confirm:{one.pk}:{asked_at.timestamp()}")[: tokens.LENGTH]


def _keyed(told: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), told.encode(), hashlib.sha256).hexdigest()
