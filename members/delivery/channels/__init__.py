"""The ways by which people are reached: a new one is a class in a file here, and one line below."""

from __future__ import annotations

from members.delivery.channels.base import Channel
from members.delivery.channels.smtp import Smtp
from members.models import Channel as Name

CHANNELS: dict[str, type[Channel]] = {
    Name.MAIL: Smtp,
}
