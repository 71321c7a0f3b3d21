"""The calendar's part of a mail about somebody's own booking: theirs alone, made for the address that it goes to."""

from __future__ import annotations

from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils.translation import gettext as _

from members import kinds, tlp
from members.calendar.values import CANCEL, REQUEST, Entry, Party
from members.delivery.claimed import Claimed, Invited, What
from members.delivery.compose import OUR_NAME, address
from members.models import Invitation

METHODS = {
    Invitation.What.PLACED.value: REQUEST,
    Invitation.What.MOVED.value: REQUEST,
    Invitation.What.CANCELLED.value: CANCEL,
}
FILE = "invite.ics"


def attach(message: EmailMultiAlternatives, claimed: Claimed) -> None:
    """Beside the text, as programs that keep a calendar read it (RFC 6047); and once more as a file, for those that
    read no such part. Nothing, where the mail tells no calendar anything."""
    method = method_of(claimed.what.invited)
    if method:
        calendar = written(claimed.what, claimed.to)
        message.attach_alternative(calendar.decode(), f"text/calendar; method={method}")
        message.attach(FILE, calendar, "application/ics")


def method_of(invited: Invited | None) -> str:
    """What a calendar is to do; "" where it is told nothing: who waits for a place has none to keep free."""
    return METHODS.get(invited.what, "") if invited is not None and not invited.waiting else ""


def written(what: What, to: str) -> bytes:
    """The invitation, or its end, as a calendar is told it at the address `to`."""
    invited = what.invited
    assert invited is not None  # method_of
    from members.calendar import write  # no other mail needs it

    write_as = write.cancel if method_of(invited) == CANCEL else write.request
    return write_as(_entry(what, invited), organiser(), Party(to))


def organiser() -> Party:
    """The hub itself: no calendar asks for an answer, and whoever writes back writes to where the mail came from."""
    return Party(parseaddr(settings.DEFAULT_FROM_EMAIL)[1], OUR_NAME)


def generic() -> str:
    """What stands in a calendar instead of a title that may not."""
    return _("WARP training")


def _entry(what: What, invited: Invited) -> Entry:
    item = what.item
    assert item is not None  # the database's check constraint
    title, url, words = generic(), "", _("Sign in for what it is about: %(url)s") % {"url": address("/")}
    if invited.title:
        title, url = f"[{tlp.display(what.label)}] {invited.title}", address(kinds.page(item))
        words = _("Training of %(warp)s: %(url)s") % {"warp": item.warp.name, "url": url}
    if invited.link:
        words += "\n" + _("To join: %(link)s") % {"link": invited.link}
    return Entry(
        invited.uid, invited.sequence, invited.stamp, invited.starts_at, invited.ends_at,
        title, invited.place, words, url, private=what.label != tlp.CLEAR,
    )  # fmt: skip
