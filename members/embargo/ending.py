"""A later end, an end, a leak; and that handlers are told when an end has come."""

from __future__ import annotations

from datetime import datetime

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from members import tasks
from members.audit import record
from members.delivery.notices import tell_source
from members.embargo.state import (
    EXTENSIONS,
    OPEN,
    Event,
    State,
    cancel_ahead,
    checked_end,
    embargo_of,
    end_at,
    held,
    required,
    tell,
)
from members.items import locked
from members.models import Embargo, Extension, Item, Person, Standing
from members.place import place
from members.refused import Refused

log = structlog.get_logger(__name__)


@transaction.atomic
def extend(person: Person, item: Item, at: datetime, *, ends_at: datetime, reason: str) -> Extension:
    """Ask for a later end. Nothing changes until a second person grants it. Raises Refused."""
    item = held(person, item, "extend", at)
    embargo = embargo_of(item, State.ACTIVE, State.REVISED)
    ends_at = checked_end(ends_at, at, embargo.proposed_at)
    if ends_at <= embargo.ends_at:
        raise Refused(_("That is no later than the end it has. To end it earlier, propose the earlier end."))
    if embargo.ends_at <= at:
        raise Refused(_("Its end has come: it can be released, and not be extended any more."))
    if embargo.extensions.filter(granted=True).count() >= EXTENSIONS:
        raise Refused(_("It was extended three times already, and that is all: it must not be put off for ever."))
    if embargo.extensions.filter(decided_at=None).exists():
        raise Refused(_("An extension waits for a second person already."))
    reason = required(reason, _("Say why it must be kept back longer."))
    extension = Extension.objects.create(embargo=embargo, ends_at=ends_at, reason=reason, asked_at=at, asked_by=person)
    record("ask_extension", at, by=person, reference=item.reference, ends_at=ends_at.isoformat())
    tell(item, Event.REMINDER, at)
    tasks.nudge()
    return extension


@transaction.atomic
def decide(person: Person, item: Item, at: datetime, *, granted: bool) -> Extension:
    """The second person grants the extension that waits, or refuses it. The original end is kept. Raises Refused."""
    item = held(person, item, "approve", at)
    embargo = embargo_of(item, State.ACTIVE, State.REVISED)
    extension = embargo.extensions.select_for_update().filter(decided_at=None).first()
    if extension is None:
        raise Refused(_("No extension waits for a decision."))
    if extension.asked_by_id == person.pk:
        raise Refused(_("This needs a second person: ask another handler who is named on it."))
    if granted and embargo.ends_at <= at:
        raise Refused(_("Its end has come: it can be released, and not be extended any more."))
    extension.decided_at, extension.decided_by, extension.granted = at, person, granted
    extension.save(update_fields=["decided_at", "decided_by", "granted"])
    if granted:
        end_at(embargo, item, extension.ends_at, at)
        tell(item, Event.EXTENDED, at)
        tasks.nudge()
    record("decide_extension", at, by=person, reference=item.reference, granted=granted)
    return extension


@transaction.atomic
def end(person: Person, item: Item, at: datetime, *, why: str) -> Embargo:
    """It ends at once, since the information is public. The item becomes releasable, and no more. Raises Refused."""
    item = held(person, item, "end", at)
    embargo = embargo_of(item, *OPEN)
    why = required(why, _("Say why it ends: where it has become public, or who agreed."))
    return _close(embargo, item, person, at, State.ENDED, why, "end_embargo")


@transaction.atomic
def leak(person: Person, item: Item, at: datetime, *, evidence: str) -> Embargo:
    """It got out: nothing more is changed, what was approved in advance is cancelled, the named people and the source
    are told, and the text that was kept ready can be released at once. Raises Refused."""
    item = held(person, item, "leak", at)
    embargo = embargo_of(item, *OPEN, State.ENDED, State.DECLINED)
    evidence = required(evidence, _("Say what you saw, and where: whoever acts on this needs it."))
    _close(embargo, item, person, at, State.LEAKED, evidence, "leak")
    tell(item, Event.OFFERED, at)  # those who have not answered are named people too
    tell_source(embargo, at)
    return embargo


def _close(embargo: Embargo, item: Item, person: Person, at: datetime, state: str, why: str, verb: str) -> Embargo:
    cancel_ahead(item, at)
    embargo.extensions.filter(decided_at=None).update(decided_at=at, granted=False)
    embargo.state, embargo.closed_at, embargo.closed_by, embargo.closed_because = state, at, person, why
    embargo.ends_at = min(embargo.ends_at, at)
    embargo.save(update_fields=["state", "closed_at", "closed_by", "closed_because", "ends_at"])
    place(item)
    record(verb, at, by=person, reference=item.reference)
    tell(item, Event.EXTENDED, at)
    tell(item, Event.REMINDER, at)
    tasks.nudge()
    return embargo


def remind(at: datetime) -> int:
    """Tell the handlers of each item whose embargo has run out that it is releasable. How many. Safe to repeat, and one
    that fails holds up no other, nor the sweep.

    What was approved in advance is in force by then, and its readers are told by its own announcement.
    """
    done = 0
    for pk in list(_run_out(at).values_list("item_id", flat=True)):
        try:
            with transaction.atomic():
                done += _remind(locked(pk), at)
        except Exception:
            log.exception("a reminder failed", item=pk)
    return done


def _run_out(at: datetime):  # type: ignore[no-untyped-def]  # a queryset of embargoes
    released = Standing.objects.at(at).filter(item=OuterRef("item"), state=Standing.State.RELEASED)
    return Embargo.objects.filter(~Exists(released), reminded_at=None, ends_at__lte=at, state__in=OPEN)


def _remind(item: Item, at: datetime) -> int:
    if not _run_out(at).filter(item=item).update(reminded_at=at):
        return 0
    tell(item, Event.REMINDER, at)
    record("releasable", at, reference=item.reference)
    return 1
