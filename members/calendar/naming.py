"""What names a booking in calendars: the same however often it is told, and nothing else follows from it."""

from __future__ import annotations

import hmac

from django.conf import settings

from members.delivery.compose import domain


def uid(booking: str) -> str:
    """Of the code of a booking. It leads to no page: who reads somebody's calendar learns no code of the hub's.

    Whoever cancels and books again has another booking, and so another UID: a CANCEL is the last of its own.
    """
    keyed = hmac.digest(settings.SECRET_KEY.encode(), f"booking:{booking}".encode(), "sha256").hex()[:32]
    return f"{keyed}@{domain(settings.BASE_URL)}"
