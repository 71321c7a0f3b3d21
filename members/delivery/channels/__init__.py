"""The ways by which people are reached: a new one is a class in a file here, and one line below."""

from __future__ import annotations

from django.conf import settings

from members.delivery.channels.base import Channel
from members.delivery.channels.notify import NotifyMail, Sms
from members.delivery.channels.slack import Slack
from members.delivery.channels.smtp import Smtp
from members.delivery.channels.teams import Teams
from members.delivery.channels.webhook import Webhook
from members.models import Channel as Name

CHANNELS: dict[str, type[Channel]] = {
    Name.MAIL: Smtp,
    Name.SMS: Sms,
    Name.WEBHOOK: Webhook,
    Name.TEAMS: Teams,
    Name.SLACK: Slack,
}


def channel(name: str) -> Channel:
    """One pass's own. Mail goes by Notify where the operator gave it a template for that."""
    if name == Name.MAIL and settings.NOTIFY_API_KEY and settings.NOTIFY_MAIL_TEMPLATE:
        return NotifyMail()
    return CHANNELS[name]()


def offered() -> list[str]:
    """The channels by which this hub can send: text messages only where the operator has set up Notify."""
    texts = settings.NOTIFY_API_KEY and settings.NOTIFY_SMS_TEMPLATE
    return [name for name in CHANNELS if name != Name.SMS or texts]
