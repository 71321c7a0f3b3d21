"""The second person's look at what derives from a report: what was handed on, and what they said to it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from advisories.fingerprint import with_files
from advisories.models import Advisory, Finding, Review, Version
from members import permits
from members.audit import record
from members.delivery.notices import tell_of_work
from members.delivery.right import hearers
from members.items import locked
from members.models import Announcement, Item, Person
from members.refused import Refused
from members.seal import seal


def derived(item: Item) -> bool:
    """Whether it was derived from a report."""
    return item.derived_from.exists()


def reported(person: Person, item: Item) -> bool:
    """Whether `item` derives from what `person` reported; asked beside the rule, never instead of it."""
    return item.derived_from.filter(reported_by(person)).exists()


def reported_by(person: Person, before: str = "") -> Q:
    """The condition on derivations that the report was theirs."""
    filer = seal("person", person.pk)
    return Q(**{f"{before}report__author": person}) | Q(**{f"{before}report__origin__filer": filer})


def standing(item: Item) -> Review | None:
    """What was handed on and has not lapsed."""
    return Review.objects.filter(item=item, lapsed_at=None).select_related("asked_by", "decided_by").first()


def handed_by(person: Person, item: Item) -> bool:
    """Whether `person` handed on the newest text: the next one, once it is begun, is for its handlers."""
    later = Version.objects.filter(advisory=OuterRef("item"), number__gt=OuterRef("version"))
    return Review.objects.filter(~Exists(later), item=item, lapsed_at=None, asked_by=person).exists()


def fits(review: Review | None, version: Version) -> bool:
    """Whether it is about this text, word for word."""
    return review is not None and review.version == version.number and review.fingerprint == with_files(version)


def decisions(item: Item, version: Version) -> list[Finding]:
    """What was decided about the places of this version, by whom and when; it quotes none."""
    return list(Finding.objects.filter(item=item, version=version.number).select_related("by").order_by("pk"))


def lapse(item: Item, at: datetime, **of: int) -> None:
    """Its text is changed: who looked at it, or agreed to it, is asked again. With `version`, the text of that one."""
    Review.objects.filter(item=item, lapsed_at=None, **of).update(lapsed_at=at)


def seconds(item: Item, version: Version, review: Review, at: datetime) -> QuerySet[Person]:
    """Those who handle it, or are named to look at it, and may be its second person."""
    handle = hearers(item, Announcement.Event.REMINDER, at).order_by().values("pk")
    named = permits.lookers(item, at).order_by().values("pk")
    people = Person.objects.filter(Q(pk__in=handle) | Q(pk__in=named))
    people = people.exclude(pk__in=[review.asked_by_id, version.written_by_id])
    return people.exclude(pk__in=item.derived_from.filter(report__author__isnull=False).values("report__author"))


@transaction.atomic
def approve(person: Person, item: Item, at: datetime, *, seen: str = "") -> Review:
    """The second person found nothing in it that tells who reported it. `seen`: what they looked at. Raises Refused."""
    return _decided(person, item, at, seen, approved=True)


@transaction.atomic
def refuse(person: Person, item: Item, at: datetime, words: str, *, seen: str = "") -> Review:
    """The second person says what must be changed first. Raises Refused."""
    words = words.replace("\0", "").strip()
    if not words:
        raise Refused(_("Say what must be changed: whoever wrote it reads this."))
    return _decided(person, item, at, seen, approved=False, words=words)


def _decided(person: Person, item: Item, at: datetime, seen: str, *, approved: bool, words: str = "") -> Review:
    item = locked(item.pk)
    if not permits.can(person, "review", item, at):
        raise Refused(_("You can't do this: only those who handle it can."))
    version = Advisory.rows.get(item=item).versions.order_by("-number")[0]
    review = Review.objects.select_for_update().filter(item=item, lapsed_at=None).first()
    if review is None or not fits(review, version) or (seen and seen != review.fingerprint):
        raise Refused(_("It has been changed since it was handed on. Look again when it is handed on again."))
    if review.decided_at is not None:
        raise Refused(_("Somebody has looked at it already."))
    if person.pk in (review.asked_by_id, version.written_by_id):
        raise Refused(_("This needs a second person: you wrote it or handed it on."))
    if reported(person, item):
        raise Refused(_("You reported it, so somebody else must look at it."))
    review.decided_by, review.decided_at, review.approved, review.words = person, at, approved, words
    review.save(update_fields=["decided_by", "decided_at", "approved", "words"])
    record("approve_text" if approved else "refuse_text", at, by=person, reference=item.reference,
           version=version.number)  # fmt: skip
    tell_of_work([review.asked_by_id], at)
    return review
