"""Ring those who have not confirmed, and not the same ones twice: a row is somebody's for a quarter of an hour.

It keeps others from ringing, and never an answer from coming: whoever hears on the telephone that they have it may note
that, whoever rang.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from members import permits
from members.audit import record
from members.models import Item, Person, Response, ResponseNote
from members.refused import Refused

HELD = timedelta(minutes=15)
What = ResponseNote.What
NOTES = (What.NO_ANSWER, What.RING_BACK)  # what may come of a call but a confirmation (answer.note_call)


@transaction.atomic
def take(person: Person, item: Item, at: datetime, organisation: str) -> Response:
    """`person` is ringing them. Raises Refused: where somebody else is, says who and since when."""
    row = _row(person, item, at, organisation)
    if row.acknowledged_at is not None or row.closed_at is not None:
        raise Refused(_("%(org)s need not be rung any more.") % {"org": row.organisation})
    if (other := ringer(row, at)) is not None and other != person:
        said = _("%(name)s is ringing %(org)s already. It is free again after a quarter of an hour.")
        raise Refused(said % {"name": other.name, "org": row.organisation})
    Response.objects.filter(pk=row.pk).update(ringing=person, ringing_since=at)
    record("ring", at, by=person, reference=item.reference, organisations=[organisation])
    return row


@transaction.atomic
def let_go(person: Person, item: Item, at: datetime, organisation: str) -> None:
    """Somebody else may ring them. What is another's stays theirs. Raises Refused."""
    row = _row(person, item, at, organisation)
    Response.objects.filter(pk=row.pk, ringing=person).update(ringing=None, ringing_since=None)


@transaction.atomic
def note(person: Person, item: Item, at: datetime, organisation: str, what: str) -> None:
    """They were rung, and have not confirmed: nobody answered, or they will ring back. Raises Refused."""
    if what not in NOTES:
        raise Refused(_("Say what came of the call: no answer, or that they will ring back."))
    row = _row(person, item, at, organisation)
    means = ResponseNote.Means.PHONE
    ResponseNote.objects.create(response=row, at=at, by=person, what=what, means=means)
    Response.objects.filter(pk=row.pk, ringing=person).update(ringing=None, ringing_since=None)
    record("note_ring", at, by=person, reference=item.reference, organisations=[organisation], what=what)


def ringer(row: Response, at: datetime) -> Person | None:
    """Who is ringing them at `at`."""
    held = row.ringing_since is not None and row.ringing_since <= at < row.ringing_since + HELD
    return row.ringing if held else None


def _row(person: Person, item: Item, at: datetime, organisation: str) -> Response:
    if not permits.can(person, "note_call", item, at):
        raise Refused(_("There is nothing here that you could ring for."))
    # Not with who rings: of what a locked row is joined to, PostgreSQL gives what stood before it waited.
    rows = Response.objects.select_for_update(of=("self",)).select_related("organisation")
    row = rows.filter(item=item, organisation__slug=organisation).first()
    if row is None:
        raise Refused(_("This organisation was not asked to confirm it."))
    return row
