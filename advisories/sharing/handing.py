"""Handing on what derives from a report: to whoever reported it, and to a second person, word for word."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from advisories import publish
from advisories.fingerprint import with_files
from advisories.models import Advisory, Review
from advisories.sharing import consent
from advisories.sharing.known import known_of
from advisories.sharing.places import undecided
from advisories.sharing.review import derived, lapse, seconds, standing
from members import permits, reports
from members.audit import record
from members.delivery import reporter
from members.delivery.notices import tell_of_work
from members.items import locked
from members.models import Item, Person
from members.refused import Refused


@transaction.atomic
def hand_on(person: Person, item: Item, at: datetime, *, seen: str) -> Review:
    """From now on this text waits for a second person and for whoever reported it, who are told that something awaits
    them. What its author alone could read goes to those who handle it. Twice by a nervous thumb is once.

    `seen`: the fingerprint of what they looked at. Raises Refused.
    """
    item = locked(item.pk)
    if not permits.can(person, "hand_on", item, at) or not derived(item):
        raise Refused(_("You can't do this: only those who write it can."))
    version = publish.newest(Advisory.rows.get(item=item))
    whole = with_files(version)
    if version.released_at is not None:
        raise Refused(_("This version is released already. Edit it to begin the next one."))
    if seen != whole:
        raise Refused(_("It has been changed since you looked. Look at it again before you hand it on."))
    before = standing(item)
    if before is not None and before.fingerprint == whole and before.approved is not False:
        if consent.outgrown(item, before, at):  # the same text, sooner: who looked at it has seen all of it
            record("hand_on", at, by=person, reference=item.reference, version=version.number)
            reporter.owe(item, at)
        return before
    if said := publish.hindrance(version, publish.floor(version, at)):
        raise Refused(said)
    if left := len(undecided(version, known_of(item))):
        said = ngettext("%(n)d place that could tell who reported it is not decided yet.",
                        "%(n)d places that could tell who reported it are not decided yet.", left)  # fmt: skip
        raise Refused(said % {"n": left})
    if item.submitted_at is None:
        item = reports.submit(person, item, at)
    lapse(item, at)
    review = Review.objects.create(item=item, version=version.number, fingerprint=whole, asked_by=person, asked_at=at)
    record("hand_on", at, by=person, reference=item.reference, version=version.number)
    tell_of_work(seconds(item, version, review, at).values_list("pk", flat=True), at)
    reporter.owe(item, at)
    return review
