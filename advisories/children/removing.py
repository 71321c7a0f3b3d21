"""Taking back what was said or attached."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from advisories.children.writing import in_capacity
from advisories.models import Attachment, Comment
from advisories.narrower import copied_standing, take_handlers
from advisories.sharing.beneath import goes_out
from advisories.sharing.review import lapse
from members import nameless, permits, policy, stand
from members.audit import Actor, record
from members.items import locked
from members.models import Item, Kind, Person, Standing
from members.refused import Refused


@transaction.atomic
def remove(person: Person, child: Item, at: datetime, reason: str) -> Standing:
    """Take `child` back: its handlers and its author alone still read it. Raises Refused.

    It ends as a withdrawn standing of its own. One that had none is given, for the time until now, what it took.
    """
    child = locked(child.pk)
    if not may_remove(person, child, at):
        raise Refused(_("You can't remove this: only who wrote it and the handlers can."))
    if not reason.strip():
        raise Refused(_("Say why it is removed: whoever asks later will want to know."))
    own = stand.in_force(child, at)
    if own is not None and own.state == Standing.State.WITHDRAWN:
        raise Refused(_("It is removed already."))
    origin = nameless.wrote(person, child, at)
    if child.kind == Kind.ATTACHMENT and own is None and child.parent is not None and goes_out(child.parent):
        lapse(child.parent, at)
    standing = taken_back(child, at, by=None if origin else person)
    text = Comment if child.kind == Kind.COMMENT else Attachment
    text.rows.filter(item=child).update(removed_because=reason.strip())
    actor: Actor = {"by": None if origin else person, "pseudonym": origin.pseudonym if origin else ""}
    record("remove", at, reference=child.reference, label=standing.label, **actor)
    return standing


def taken_back(child: Item, at: datetime, *, by: Person | None) -> Standing:
    """The standing by which it is: its own, or given what it took until now, and withdrawn."""
    if stand.in_force(child, at) is None:
        label, targets, since = copied_standing(child, at)
        take_handlers(child, at)
        stand.release(child, 1, label, targets, at, by=by, since=since)
    return stand.withdraw(child, at)


def may_remove(person: Person, child: Item, at: datetime) -> bool:
    """The handlers of it or of what it belongs to may, and its author while they are what they wrote it as."""
    if child.kind not in (Kind.COMMENT, Kind.ATTACHMENT) or child.parent is None:
        return False
    if nameless.wrote(person, child, at) and policy.may(policy.Viewer(person.pk), child, at) == policy.Answer.BODY:
        return True
    if not permits.can(person, "comment", child, at):  # one that they can't read does not exist
        return False
    if child.author_id == person.pk and in_capacity(child, at):
        return True
    return any(permits.can(person, "withdraw", item, at) for item in (child, child.parent))
