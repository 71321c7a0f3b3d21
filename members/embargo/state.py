"""What the verbs of an embargo share: taking hold of it, checking its end, moving what was approved in advance."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F
from django.utils.translation import gettext as _

from members import kinds, permits
from members.items import locked
from members.models import Announcement, Embargo, Item, Person, Standing, Tier
from members.place import place
from members.refused import Refused
from members.stand import forget_ahead
from members.templatetags.hub import moment_zone
from members.times import aware

State = Embargo.State
LONGEST = timedelta(days=90)  # from the proposal to the last end that extensions may reach
EXTENSIONS = 3
OPEN = (State.PROPOSED, State.ACTIVE, State.REVISED)
Event = Announcement.Event


def held(person: Person, item: Item, verb: str, at: datetime) -> Item:
    """The item, locked, where `person` may do `verb` to it. Raises Refused."""
    item = locked(item.pk)
    if not permits.can(person, verb, item, at):
        raise Refused(_("You can't do this: only the handlers named on an embargoed item can."))
    return item


def embargo_of(item: Item, *states: str) -> Embargo:
    """The embargo of a locked item, in one of `states`. Raises Refused, in words for its handler."""
    embargo = Embargo.objects.select_for_update().filter(item=item).first()
    if embargo is None:
        raise Refused(_("%(ref)s is under no embargo.") % {"ref": item.reference})
    if embargo.state == State.LEAKED and State.LEAKED not in states:
        raise Refused(_("%(ref)s is frozen: it was reported as leaked.") % {"ref": item.reference})
    if embargo.state not in states:
        said = _("The embargo on %(ref)s is %(state)s: this can't be done to it any more, or not yet.")
        raise Refused(said % {"ref": item.reference, "state": embargo.get_state_display()})
    return embargo


def checked_end(ends_at: datetime, at: datetime, began: datetime) -> datetime:
    """An end that an embargo which began at `began` may have. A naive time is a bug, and raises ValueError."""
    ends_at = aware(ends_at)
    if ends_at <= at:
        raise Refused(_("That end has passed. Choose one that is still to come."))
    if ends_at > began + LONGEST:
        said = _("An embargo lasts 90 days at most, extensions included: this one until %(last)s.")
        raise Refused(said % {"last": moment_zone(began + LONGEST)})
    return ends_at


def required(text: str, missing: str) -> str:
    """`text` without its blanks; where nothing is left, Refused with `missing`."""
    if not text.strip():
        raise Refused(missing)
    return text.strip()


def end_at(embargo: Embargo, item: Item, ends_at: datetime, at: datetime) -> None:
    """The embargo ends then, and a release that was approved in advance begins then: not earlier, later or twice."""
    embargo.ends_at = ends_at
    embargo.reminded_at = None
    embargo.save(update_fields=["ends_at", "reminded_at"])
    ahead = Standing.objects.filter(item=item, since__gt=at, until__gt=F("since"), state=Standing.State.RELEASED)
    if ahead.exists():
        for standing in ahead:
            standing.grants.filter(since=standing.since).update(since=ends_at)
        ahead.update(since=ends_at)
        owed = Announcement.objects.filter(item=item, planned_at=None, due_at__gt=at)
        owed.filter(event__in=(Event.RELEASED, Event.REVISED)).update(due_at=ends_at)
        kinds.rescheduled(item, ends_at)
    place(item)


def cancel_ahead(item: Item, at: datetime) -> bool:
    """What was approved to be released later never comes true, and nobody is told that it did. Whether there was any.

    The caller places the item.
    """
    ahead = Standing.objects.filter(item=item, since__gt=at, until__gt=F("since"))
    cancelled = bool(ahead.update(until=F("since")))
    forget_ahead(item, at)
    if cancelled:
        kinds.rescheduled(item, None)
    return cancelled


def tell(item: Item, event: str, at: datetime) -> Announcement:
    """Owe it that people hear of `event`. What they hear is that an item awaits them, and no more."""
    return Announcement.objects.create(
        event=event, item=item, realm=item.realm, tier=Tier.URGENT, created_at=at, due_at=at
    )
