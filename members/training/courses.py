"""A course: drafted by the coordinators of its WARP, published under a label to whom that and its targets reach,
relabelled, and taken back. Its text is live: what is edited, its readers see at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext as _

from members import items, mandate, permits, search, stand, tasks, tlp
from members.audit import record
from members.models import Announcement, Course, Grant, Item, Kind, Office, Person, Session, Standing, Tier
from members.refused import Refused
from members.stand import Target
from members.training import lapsing, telling
from members.training.holding import taught_course

LONGEST_TITLE, LONGEST_AIMS = 200, 10_000
LABELS = (tlp.CLEAR, tlp.GREEN, tlp.AMBER, tlp.STRICT)  # RED is for people by name: nobody books what they can't see
Event = Announcement.Event


class Text(TypedDict, total=False):
    """What is written of a course."""

    title: str
    aims: str
    level: str
    form: str
    cpd_minutes: int
    pass_mark: int


@transaction.atomic
def begin(person: Person, office: Office, at: datetime, **text: Unpack[Text]) -> Course:
    """A draft, for the coordinators of the WARP of `office`. Raises Refused."""
    mandate.over_warp(person, office.warp, at)
    text = _clean(text)
    item = items.create(Kind.TRAINING, office.warp, at, author=person, office=office)
    course = Course.rows.create(item=item, written_at=at, **text)
    search.index(item, course.title, course.aims)
    record("draft", at, by=person, reference=item.reference)
    return course


@transaction.atomic
def edit(person: Person, item: Item, at: datetime, **text: Unpack[Text]) -> Course:
    """Write it anew. Whoever booked keeps their place, and who reads it sees the new text at once. Raises Refused."""
    course = taught_course(person, item.pk, at)
    for name, value in _clean(text).items():
        setattr(course, name, value)
    course.written_at = at
    course.save()
    search.index(course.item, course.title, course.aims)
    record("edit", at, by=person, reference=course.item.reference)
    return course


@transaction.atomic
def publish(person: Person, item: Item, at: datetime, label: str, targets: Iterable[Target] = ()) -> Standing:
    """Those whom `label` and `targets` reach may read and book it from now on. Of one that stands already: from now on
    these, and who booked and is none of them loses their place. Raises Refused."""
    course, targets = taught_course(person, item.pk, at), list(dict.fromkeys(targets))
    item = course.item
    _permitted(person, label, targets, at)
    before = released(item, at)
    if before and before.label == label and granted(before, at) == set(targets):
        raise Refused(_("It is published to exactly these already."))
    standing = stand.release(item, 1, label, targets, at, by=person)
    item.refresh_from_db()  # it has moved in the order
    search.index(item, course.title, course.aims)
    _announce(Event.REVISED if before else Event.RELEASED, item, at)
    if before:
        lapsing.lapse_of(item, at)
    record("revise" if before else "release", at, by=person, reference=item.reference, label=label)
    return standing


@transaction.atomic
def withdraw(person: Person, item: Item, at: datetime) -> Standing:
    """Take it back: the coordinators of its WARP alone still read it. Raises Refused.

    Not while people are to come: who can't read it could not be told that it takes place no more.
    """
    item = taught_course(person, item.pk, at).item
    if released(item, at) is None:
        raise Refused(_("It is not published, so there is nothing to take back."))
    left = Session.objects.filter(course=item.pk, cancelled_at=None, ends_at__gt=at)
    if left.filter(starts_at__gt=at).exists():
        raise Refused(_("It has sessions ahead. Cancel them first, so that everybody who booked is told."))
    if left.exists():  # what has begun is not cancelled any more
        raise Refused(_("A session of it is under way. Take it back once that is over."))
    if telling.cancelling(item, at):
        raise Refused(_("People are still being told that they need not come to a session of it. Take it back once they"
                        " have been: try again in a few minutes. If somebody should not read it at all, change whom it"
                        " is for: that holds at once."))  # fmt: skip
    standing = stand.withdraw(item, at)
    _announce(Event.WITHDRAWN, item, at)
    record("withdraw", at, by=person, reference=item.reference, label=standing.label)
    return standing


def released(item: Item, at: datetime) -> Standing | None:
    """Under what the course stands published at `at`; None where it is a draft, or taken back."""
    now = stand.in_force(item, at)
    return now if now and now.state == Standing.State.RELEASED else None


def granted(standing: Standing, at: datetime) -> set[Target]:
    """Whom a standing is granted to."""
    grants = Grant.objects.at(at).filter(standing=standing)
    return {(kind, pk) for grant in grants for kind in Grant.TARGETS if (pk := getattr(grant, f"{kind}_id"))}


def _clean(text: Text) -> Text:
    """Raises Refused where it can't be written so."""
    cleaned: Text = {**text}
    if "title" in text:
        cleaned["title"] = " ".join(text["title"].replace("\0", "").split())
        if not cleaned["title"]:
            raise Refused(_("It has no title yet. Give it one."))
    if "aims" in text:
        cleaned["aims"] = text["aims"].replace("\r\n", "\n").replace("\0", "").strip()
    if len(cleaned.get("title", "")) > LONGEST_TITLE or len(cleaned.get("aims", "")) > LONGEST_AIMS:
        raise Refused(_("It is too long: %(title)d characters for the title, %(aims)d for what is learned.")
                      % {"title": LONGEST_TITLE, "aims": LONGEST_AIMS})  # fmt: skip
    if text.get("level", Course.Level.FOUNDATION) not in Course.Level.values:
        raise Refused(_("There is no such level. Choose one of them."))
    if text.get("form", Course.Form.TAUGHT) not in Course.Form.values:
        raise Refused(_("It is taught in sessions, or in self-paced lessons. Choose one of them."))
    if not 0 <= text.get("pass_mark", 0) <= 100 or text.get("cpd_minutes", 0) < 0:
        raise Refused(_("A pass mark is from 0 to 100 per cent, and minutes of CPD are not less than none."))
    return cleaned


def _permitted(person: Person, label: str, targets: list[Target], at: datetime) -> None:
    """Raise Refused where it can't be published so."""
    if label not in LABELS:
        raise Refused(_("A course is TLP:CLEAR, TLP:GREEN, TLP:AMBER or TLP:AMBER+STRICT. Choose one of them."))
    if label == tlp.CLEAR and targets:
        raise Refused(_("TLP:CLEAR is for everyone and takes no audience: take it away, or choose a stricter label."))
    if label in (tlp.AMBER, tlp.STRICT) and not targets:
        raise Refused(_("Nobody could read it: name at least one organisation, group or WARP."))
    if any(kind == "person" for kind, _pk in targets) or not permits.grantable(person, targets, at):
        raise Refused(_("It is for somebody whom you can’t give it to. Choose again."))


def _announce(event: Event, item: Item, at: datetime) -> None:
    Announcement.objects.create(
        event=event, item=item, version=1, realm=item.realm, tier=Tier.INFORMATION, created_at=at, due_at=at
    )
    tasks.nudge()
