"""What a message of a line or two says (SMS, webhook, Teams, Slack): title and link at the most, whatever the cell."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from members import kinds, tlp
from members.delivery import marked
from members.delivery.claimed import Claimed, What
from members.delivery.compose import address, one_line
from members.exercises import telling
from members.models import Announcement, Cell, Escalation, Tier

LONGEST_TITLE = 300  # characters


@dataclass(frozen=True, slots=True)
class Message:
    """`kind`: the word for machines. `label`: as it is shown, "" where none may be. `confirm`: the link for that."""

    kind: str
    title: str
    url: str
    label: str = ""
    reference: str = ""
    tier: str = ""
    confirm: str = ""

    def lines(self) -> list[str]:
        """The label first, so that it is read before anything else."""
        said = [f"[{self.label}] {self.title}" if self.label else self.title, self.url]
        if self.confirm:
            said.append(_("Confirm that you have it: %(url)s") % {"url": self.confirm})
        return said


class Messenger:
    """Says once what many are told; the link by which to confirm alone is not the same for all."""

    def __init__(self) -> None:
        self._said: dict[What, Message] = {}

    def said(self, claimed: Claimed) -> Message:
        what = claimed.what
        if what not in self._said:
            self._said[what] = message(what)
        if not claimed.token or what.cell < Cell.NOTICE:
            return self._said[what]
        return replace(self._said[what], confirm=address(reverse("answer", args=[claimed.token])))


def message(what: What) -> Message:
    """The message that says `what`, and no more than its cell allows."""
    told = _message(what)
    if not marked.of_exercise(what):
        return told
    title = f"[{told.label}] {told.title}" if told.label else told.title
    return replace(told, kind="exercise", title=marked.first(title), label="")  # nothing stands before those words


def _message(what: What) -> Message:
    home = f"{settings.BASE_URL}/"
    if what.event == Announcement.Event.ACCOUNT:
        return Message("account", SAYS[what.notice]() % {"words": what.words}, home)
    item = what.item
    assert item is not None  # digests go by mail alone
    if what.event == Announcement.Event.PLAYED:
        return Message("exercise", telling.said(what.words), home)
    if what.cell == Cell.WITHDRAWN:
        said = _("%(reference)s was withdrawn: do not act on it.") % {"reference": item.reference}
        return Message("withdrawn", said, home, reference=item.reference)
    if what.cell < Cell.NOTICE:
        return Message("awaits", _("An item awaits you. Sign in to read it."), home)
    label = tlp.display(what.label) if what.label else ""
    if what.cell < Cell.TITLE:
        return Message("notice", _("A new item: sign in to read it."), home, label)
    title = one_line(kinds.of(item).render(item, what.version, Cell.TITLE).title)[:LONGEST_TITLE]
    path = kinds.board(item) if what.step == Escalation.Step.COORDINATOR else kinds.of(item).url(item)
    tier, headed = str(Tier(what.tier).label), _headed(what.step, title)
    return Message(_kind(what), headed, address(path), label, item.reference, tier)


def _headed(step: int, title: str) -> str:
    """The title, after what an escalation wants of its reader."""
    if step == Escalation.Step.DEPUTIES:
        return _("Not confirmed yet: %(title)s") % {"title": title}
    return _("To be rung: %(title)s") % {"title": title} if step == Escalation.Step.COORDINATOR else title


def _kind(what: What) -> str:
    return "revised" if what.event == Announcement.Event.REVISED else "released"


def _test() -> str:
    return _("This is a test of the WARP hub. Nothing is to be done.")


def _code() -> str:
    return _("%(words)s is your code for the WARP hub. Nobody will ask you for it.")


# What is sent to an address before it is verified, and owed by no announcement.
TEST, CODE, CONTACT_CODE = "test", "code", "contact_code"
SAYS = {TEST: _test, CODE: _code}
