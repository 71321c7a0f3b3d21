"""What an organisation answers to an alert: confirmed, whether it applies, dated updates, closed.

Whoever answers reads the item in their own name, and answers for their own organisations alone: an organisation that
was not asked, or is not theirs, does not exist here. `organisations` are slugs; `to` is the code of the announcement
that is answered, so that what was seen of one version confirms no later one ("": whichever is the latest).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from members import permits, policy
from members.audit import record
from members.models import Announcement, Item, Membership, Organisation, Person, Realm, Response, ResponseNote
from members.policy import Viewer
from members.refused import Refused
from members.response.who import may_answer

Means = ResponseNote.Means
What = ResponseNote.What
Applies = Response.Applies
MOST = 100  # answers that wait
LONGEST = 2000  # characters of an update


def answers_for(person: Person, at: datetime) -> QuerySet[Organisation]:
    """The active members that `person` answers for: as responder, lead or contact, or where there is none,
    as any of them."""
    mine = may_answer(at).filter(person=person)
    active = Membership.objects.at(at).filter(state=Membership.State.ACTIVE)
    return Organisation.objects.filter(
        pk__in=mine.order_by().values("organisation"), memberships__in=active.order_by().values("pk")
    ).distinct()


def asked(person: Person, item: Item, at: datetime) -> QuerySet[Response]:
    """Where the organisations that `person` answers for stand with `item`, by name. Ask first whether they read it."""
    return _waited_for(item).filter(organisation__in=answers_for(person, at).order_by().values("pk"))


def _waited_for(item: Item) -> QuerySet[Response]:
    """All answers to `item` but those that nobody waits for any more."""
    wanted = Response.objects.filter(Q(acknowledged_at__isnull=False) | Q(closed_at=None), item=item)
    return wanted.select_related("organisation", "announcement").order_by("organisation__name", "pk")


def awaited(person: Person, viewer: Viewer, at: datetime) -> list[Response]:
    """Which alerts that `viewer`, who is `person`, reads wait for an answer of theirs: the most urgent first, then the
    newest."""
    mine = Response.objects.filter(
        policy.readable(viewer, at, "item_id"), acknowledged_at=None, closed_at=None, item__realm=Realm.REAL,
        organisation__in=answers_for(person, at).order_by().values("pk"),
    )  # fmt: skip
    found = mine.select_related("item", "organisation")
    return list(found.order_by("-announcement__tier", "-asked_at", "item", "organisation__name", "pk")[:MOST])


@transaction.atomic
def acknowledge(
    person: Person, item: Item, at: datetime, organisations: Collection[str], to: str = "", means: Means = Means.PAGE
) -> list[Response]:
    """Confirm for these organisations; those that have confirmed stay as they are. Which were confirmed by this.

    Raises Refused.
    """
    _may(person, "acknowledge", item, at)
    rows = _locked(asked(person, item, at), organisations, to)
    return _confirm(rows, item, person, at, means)


@transaction.atomic
def note_call(person: Person, item: Item, at: datetime, organisations: Collection[str], to: str = "") -> list[Response]:
    """A handler of `item` was told on the telephone that these have it. Raises Refused."""
    _may(person, "note_call", item, at)
    return _confirm(_locked(_waited_for(item), organisations, to), item, person, at, Means.PHONE)


@transaction.atomic
def respond(
    person: Person, item: Item, at: datetime, organisations: Collection[str], to: str = "", *, applies: str = "",
    words: str = "",
) -> list[Response]:  # fmt: skip
    """Say whether it applies to them, or write an update, for several at once. Who answers so has confirmed as well.

    Raises Refused.
    """
    words = words.strip()
    if applies not in Applies.values:
        raise Refused(_("Choose one of what is offered: affected, not affected, or still looking."))
    if not applies and not words:
        raise Refused(_("Nothing was said: choose whether it applies to you, or write an update."))
    if len(words) > LONGEST:
        raise Refused(_("The update is longer than %(n)d characters: shorten it.") % {"n": LONGEST})
    _may(person, "respond", item, at)
    rows = _locked(asked(person, item, at), organisations, to)
    _confirm(rows, item, person, at, Means.PAGE)
    if applies:
        Response.objects.filter(pk__in=[row.pk for row in rows]).update(applies=applies)
    what = What.APPLIES if applies else What.SAID
    _note(rows, at, person, what, applies=applies, words=words)
    _record("respond", rows, item, person, at, applies=applies)
    return rows


@transaction.atomic
def close(person: Person, item: Item, at: datetime, organisations: Collection[str], to: str = "") -> list[Response]:
    """Nothing more is to be done about it there. Raises Refused; of one that has not said whether it applies, too."""
    _may(person, "respond", item, at)
    rows = [row for row in _locked(asked(person, item, at), organisations, to) if row.closed_at is None]
    if unsaid := [row.organisation.name for row in rows if row.applies not in (Applies.AFFECTED, Applies.NOT_AFFECTED)]:
        said = _("Say first whether %(who)s is affected: it can be closed then.")
        raise Refused(said % {"who": ", ".join(unsaid)})
    Response.objects.filter(pk__in=[row.pk for row in rows]).update(closed_at=at)
    _note(rows, at, person, What.CLOSED)
    _record("close_response", rows, item, person, at)
    return rows


@transaction.atomic
def reopen(person: Person, item: Item, at: datetime, organisations: Collection[str], to: str = "") -> list[Response]:
    """There is something to be done after all. Raises Refused."""
    _may(person, "respond", item, at)
    rows = [row for row in _locked(asked(person, item, at), organisations, to) if row.closed_at and row.acknowledged_at]
    Response.objects.filter(pk__in=[row.pk for row in rows]).update(closed_at=None)
    _note(rows, at, person, What.REOPENED)
    _record("reopen_response", rows, item, person, at)
    return rows


def _may(person: Person, verb: str, item: Item, at: datetime) -> None:
    if not permits.can(person, verb, item, at):
        raise Refused(_("There is nothing here that you could answer."))


def _locked(rows: QuerySet[Response], organisations: Collection[str], to: str) -> list[Response]:
    """Those of these organisations (slugs), held until the transaction ends. Raises Refused where there are none, or
    where they were asked anew since the announcement `to` (its code) that is answered."""
    found = list(rows.select_for_update(of=("self",)).filter(organisation__slug__in=set(organisations)))
    if not found:
        raise Refused(_("Choose at least one of your organisations."))
    if to and max(row.announcement_id for row in found) > _number(to):
        raise Refused(_("It has changed and was asked anew since you opened this. Look again, then answer."))
    return found


def _number(code: str) -> int:
    """By which announcements are told apart in their order; before all of them where there is none of this code."""
    return Announcement.objects.filter(code=code).values_list("pk", flat=True).first() or 0


def _confirm(rows: list[Response], item: Item, person: Person, at: datetime, means: Means) -> list[Response]:
    new = [row for row in rows if row.acknowledged_at is None and row.closed_at is None]
    answered = {"acknowledged_at": at, "ringing": None, "ringing_since": None}
    Response.objects.filter(pk__in=[row.pk for row in new]).update(**answered)
    for row in new:
        row.acknowledged_at = at
    _note(new, at, person, What.CONFIRMED, means=means)
    _record("acknowledge", new, item, person, at, means=means)
    return new


def _note(rows: list[Response], at: datetime, person: Person, what: What, **said: str) -> None:
    ResponseNote.objects.bulk_create(ResponseNote(response=row, at=at, by=person, what=what, **said) for row in rows)


def _record(verb: str, rows: list[Response], item: Item, person: Person, at: datetime, **detail: str) -> None:
    if rows:
        slugs = sorted(row.organisation.slug for row in rows)
        record(verb, at, by=person, reference=item.reference, organisations=slugs, **detail)
