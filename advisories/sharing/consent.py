"""Whoever reported it agrees to what is shared of it, word for word, or says no and why.

Of an anonymous report it is done under its pseudonym and on a day: it stands nowhere who agreed, not in the audit.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import DateTimeField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from advisories.models import Consent, Review, Version, Word
from advisories.sharing.review import fits, reported_by
from members import policy
from members.audit import day_of, record
from members.delivery.notices import tell_of_work
from members.embargo.derived import name_nobody
from members.embargo.state import OPEN, cancel_ahead
from members.items import locked
from members.models import Announcement, Derivation, Embargo, Item, Person, Standing
from members.place import place
from members.refused import Refused

LONGEST = 5000


def answers(item: Item, review: Review) -> list[Consent]:
    """What was answered to what was handed on, the latest first."""
    found = Consent.objects.filter(item=item, version=review.version, fingerprint=review.fingerprint)
    return list(found.order_by("-pk"))


def agreed(item: Item, review: Review) -> tuple[bool, datetime | None]:
    """Whether each who reported agrees to it, and from when on it may be shared by that."""
    latest: dict[tuple[int | None, str], Consent] = {}
    for one in answers(item, review):
        latest.setdefault((one.person_id, one.pseudonym), one)
    behind = item.derived_from.values_list("report__anonymous", "report__author", "report__origin__pseudonym")
    keys = [(None, pseudonym or "?") if anonymous else (author, "") for anonymous, author, pseudonym in behind]
    given = [latest.get(key) for key in keys]
    if not given or any(one is None or one.withdrawn_at is not None for one in given):
        return False, None
    return True, max((one.not_before for one in given if one and one.not_before), default=None)


def silent(at: datetime) -> QuerySet[Derivation]:
    """The same within a query on reviews: whose reporters have not agreed to it, or to a later end than it has now."""
    whose = Q(person=OuterRef("report__author")) | Q(pseudonym=OuterRef("report__origin__pseudonym"))
    about = {name: OuterRef(OuterRef(name)) for name in ("version", "fingerprint")}
    last = Consent.objects.filter(whose, item=OuterRef("item"), **about).order_by("-pk")
    found = with_last(Derivation.objects.filter(item=OuterRef("item")), last, at)
    return found.filter(Q(said=False) | Q(no__isnull=False) | Q(later__gt=F("now")))


def with_last(rows: QuerySet[Any], last: QuerySet[Consent], at: datetime) -> QuerySet[Any]:
    """`rows`, each of one item, with what was answered `last` to it: whether it was `said`, when it became a `no`, and
    `later` what end it was agreed to, beside the end that it has `now`."""
    open_now = Embargo.objects.filter(item=OuterRef("item"), state__in=OPEN, ends_at__gt=at)
    found: QuerySet[Any] = rows.annotate(
        said=Exists(last), no=Subquery(last.values("withdrawn_at")[:1]), later=Subquery(last.values("not_before")[:1]),
        now=Coalesce(Subquery(open_now.values("ends_at")), Value(at), output_field=DateTimeField()),
    )  # fmt: skip
    return found


def covers(one: Consent, item: Item, at: datetime) -> bool:
    """Whether it is a yes to what is to be shared now: not to a later end than the one that it is under."""
    return one.withdrawn_at is None and (one.not_before is None or one.not_before <= (until(item, at) or at))


def outgrown(item: Item, review: Review, at: datetime) -> bool:
    """Whether they agreed to a later end than it has by now, so that they are to be asked again."""
    not_before = agreed(item, review)[1]
    return not_before is not None and not_before > (until(item, at) or at)


def own(person: Person, item: Item, review: Review) -> Consent | None:
    """What `person`, who reported it, answered last."""
    behind = item.derived_from.filter(reported_by(person)).select_related("report__origin").first()
    return _own(person, behind, review).first() if behind is not None else None


def until(item: Item, at: datetime) -> datetime | None:
    """The end of the embargo that it is under, or is to be: it is shown to whoever agrees."""
    kept = Embargo.objects.filter(item=item, state__in=OPEN, ends_at__gt=at)
    return kept.values_list("ends_at", flat=True).first()


@transaction.atomic
def agree(person: Person, item: Item, at: datetime, *, seen: str, ends_at: datetime | None = None) -> Consent:
    """They agree to the text that was handed on, which they have `seen`, from the end of the embargo on that they were
    shown. Twice by a nervous thumb is once. Raises Refused."""
    item, behind, review = _asked(person, item, at)
    version = Version.objects.select_related("advisory__item").get(advisory=item.pk, number=review.version)
    if seen != review.fingerprint or not fits(review, version) or ends_at != until(item, at):
        raise Refused(_("It has been changed since you looked. Read again what is to be shared."))
    before = _own(person, behind, review).first()
    if before is not None and before.withdrawn_at is None and before.not_before == ends_at:
        return before
    given = Consent.objects.create(
        item=item, version=review.version, fingerprint=review.fingerprint, not_before=ends_at,
        **_signed(person, behind, at),
    )  # fmt: skip
    _noted("agree", person, item, behind, review, at)
    return given


@transaction.atomic
def decline(person: Person, item: Item, at: datetime, words: str, *, seen: str) -> None:
    """They don't agree, or no longer: what was approved in advance never comes. What they say is read by those who keep
    the report. Raises Refused."""
    item, behind, review = _asked(person, item, at)
    words = words.replace("\0", "").strip()
    if not words:
        raise Refused(_("Say what must be changed, or why it may not be shared."))
    if seen != review.fingerprint:
        raise Refused(_("It has been changed since you looked. Read again what is to be shared."))
    if Standing.objects.at(at).filter(item=item, version=review.version, state=Standing.State.RELEASED).exists():
        raise Refused(_("It is shared already. Ask those who handle it to withdraw it."))
    when = day_of(at) if behind.report.anonymous else at
    if not _own(person, behind, review).filter(withdrawn_at=None).update(withdrawn_at=when):
        signed = _signed(person, behind, at)
        Consent.objects.create(
            item=item, version=review.version, fingerprint=review.fingerprint, withdrawn_at=when, **signed
        )
    Word.objects.create(report=behind.report, from_keeper=False, body=words[:LONGEST], at=when)
    if cancel_ahead(item, at):
        place(item)
    name_nobody(item, at, when)
    if when != at:  # no row says when somebody without a name was there
        Announcement.objects.filter(item=item, planned_at=at).update(planned_at=when)
    _noted("decline_text", person, item, behind, review, at)


def _asked(person: Person, item: Item, at: datetime) -> tuple[Item, Derivation, Review]:
    item = locked(item.pk)
    behind = item.derived_from.filter(reported_by(person)).select_related("report__origin").first()
    reads = policy.may(policy.Viewer(person.pk), item, at) == policy.Answer.BODY
    review = Review.objects.filter(item=item, lapsed_at=None).first()
    if behind is None or not reads or review is None:
        raise Refused(_("Nothing waits here for your word."))
    return item, behind, review


def _own(person: Person, behind: Derivation, review: Review) -> QuerySet[Consent]:
    whose: dict[str, Any] = (
        {"pseudonym": behind.report.origin.pseudonym} if behind.report.anonymous else {"person": person}
    )
    found = Consent.objects.filter(item=review.item_id, version=review.version, fingerprint=review.fingerprint)
    return found.filter(**whose).order_by("-pk")


def _signed(person: Person, behind: Derivation, at: datetime) -> dict[str, Any]:
    if behind.report.anonymous:
        return {"pseudonym": behind.report.origin.pseudonym, "at": day_of(at)}
    return {"person": person, "at": at}


def _noted(verb: str, person: Person, item: Item, behind: Derivation, review: Review, at: datetime) -> None:
    anonymous = behind.report.anonymous
    record(
        verb, at, by=None if anonymous else person, reference=item.reference, version=review.version,
        pseudonym=behind.report.origin.pseudonym if anonymous else "",
    )  # fmt: skip
    if not anonymous:  # the moment of a mail would say when they were there: the first page says it instead
        tell_of_work([review.asked_by_id], at)
