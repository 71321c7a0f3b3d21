"""A question to the WARP: asked, answered by comments beneath it, of which one may be accepted, and taken back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from advisories import following
from advisories.children import LONGEST, THUMB, in_capacity
from advisories.models import Discussion
from advisories.places import places_of
from members import items, nameless, permits, policy, search, stand, tasks, tlp
from members.audit import Actor, day_of, record
from members.authorship import Capacity, capacities
from members.items import locked
from members.models import Affiliation, Announcement, Grant, Item, Kind, Person, SharingGroup, Standing, Tier, Warp
from members.refused import Refused
from members.seal import seal
from members.stand import Target

LONGEST_TITLE = 200
Event = Announcement.Event


def asks_at(person: Person, at: datetime) -> list[tuple[Capacity, Warp]]:
    """Under what `person` may ask which WARP: for a house that is an active member of it, or by an office there."""
    offices: list[tuple[Capacity, Warp]] = [
        (one, one.warp) for one in capacities(person, at) if not isinstance(one, Affiliation)
    ]
    return [*places_of(person, at), *offices]


def groups_of(person: Person, at: datetime) -> QuerySet[SharingGroup]:
    """The sharing groups that `person` may put a question to."""
    mine = permits.grantables(person, at)
    return SharingGroup.objects.all() if mine is None else SharingGroup.objects.filter(pk__in=mine["group"])


@transaction.atomic
def ask(
    person: Person, warp: Warp, at: datetime, title: str, body: str, *, label: str, targets: Iterable[Target] = (),
    capacity: Capacity | None = None, anonymous: bool = False,
) -> Discussion:  # fmt: skip
    """`person` asks those whom `label` and `targets` reach, and always the handlers. Asked twice, it is asked once.

    `anonymous`: their name is sealed, and where few could have asked `warp`, one above it is asked. Raises Refused.
    """
    title, body, targets = _clean(title), body.replace("\r\n", "\n").replace("\0", "").strip(), list(targets)
    capacity = _capacity(person, warp, at, capacity, anonymous=anonymous)
    _permitted(person, title, body, label, targets, at, anonymous=anonymous)
    if anonymous:
        warp = nameless.asked_through(warp, at)
    if before := _before(person, warp, title, body, label, targets, at, anonymous=anonymous):
        return before
    item, actor = _asked(person, warp, capacity, at, label, anonymous=anonymous)
    question = Discussion.rows.create(item=item, title=title, body=body, written_at=day_of(at) if anonymous else at)
    by = None if anonymous else person
    stand.release(item, 1, label, targets, at, by=by, since=item.created_at)
    item.refresh_from_db()  # it has moved in the order
    search.index(item, title, body)
    Announcement.objects.create(
        event=Event.RELEASED, item=item, version=1, realm=item.realm, tier=Tier.INFORMATION, created_at=at, due_at=at
    )
    record("ask", at, reference=item.reference, label=label, **actor)
    if not anonymous:  # the row would say who asked
        following.follow(person, item, at)
    tasks.nudge()
    return question


@transaction.atomic
def accept(person: Person, question: Item, answer: Item, at: datetime) -> None:
    """`answer` is what was asked for. Raises Refused."""
    question = locked(question.pk)
    if not may_tend(person, question, at):
        raise Refused(_("You can't do this: only who asked and the handlers can accept an answer."))
    readable = policy.may(policy.Viewer(person.pk), answer, at) == policy.Answer.BODY
    if not readable or answer.parent_id != question.pk or answer.kind != Kind.COMMENT:
        raise Refused(_("There is no such answer."))
    if Standing.objects.filter(item=answer).exists():
        raise Refused(_("It is not for everyone who reads the question, or it was removed. Accept another."))
    if Discussion.rows.filter(item=question, accepted=answer).exists():
        return  # a nervous thumb
    Discussion.rows.filter(item=question).update(accepted=answer)
    record("accept", at, reference=answer.reference, on=question.reference, **_actor(person, question, at))
    following.announce(answer, Event.ACCEPTED, at)


@transaction.atomic
def hide(person: Person, question: Item, at: datetime, reason: str) -> None:
    """Take the question back, with all beneath it: its handlers and who asked alone still read it. Raises Refused."""
    question = locked(question.pk)
    if not may_tend(person, question, at):
        raise Refused(_("You can't take this back: only who asked and the handlers can."))
    if not reason.strip():
        raise Refused(_("Say why it is removed: whoever asks later will want to know."))
    now = stand.in_force(question, at)
    if now is None or now.state == Standing.State.WITHDRAWN:
        raise Refused(_("It is removed already."))
    standing = stand.withdraw(question, at)
    Discussion.rows.filter(item=question).update(removed_because=reason.strip())
    Announcement.objects.create(
        event=Event.WITHDRAWN, item=question, version=1, realm=question.realm, tier=Tier.INFORMATION,
        created_at=at, due_at=at,
    )  # fmt: skip
    record("hide", at, reference=question.reference, label=standing.label, **_actor(person, question, at))
    tasks.nudge()


def may_tend(person: Person, question: Item, at: datetime) -> bool:
    """Whether they asked it and are still what they asked it as, or handle it."""
    if policy.may(policy.Viewer(person.pk), question, at) != policy.Answer.BODY:
        return False
    if question.author_id == person.pk and in_capacity(question, at):
        return True
    return nameless.wrote(person, question, at) is not None or permits.can(person, "moderate", question, at)


def _actor(person: Person, question: Item, at: datetime) -> Actor:
    """Who asked without a name does everything to it so, be they its handler too."""
    origin = nameless.wrote(person, question, at)
    return {"by": None if origin else person, "pseudonym": origin.pseudonym if origin else ""}


def _clean(title: str) -> str:
    return " ".join(title.replace("\0", "").split())


def _capacity(person: Person, warp: Warp, at: datetime, wanted: Capacity | None, *, anonymous: bool) -> Capacity:
    mine = [one for one, place in asks_at(person, at) if place == warp]
    if anonymous:
        mine = [one for one in mine if isinstance(one, Affiliation)]
    if not mine or (wanted is not None and wanted not in mine):
        raise Refused(_("You can ask a WARP that your organisation is an active member of; with your name, also one in"
                        " which you hold an office."))  # fmt: skip
    return wanted or mine[0]


def _permitted(
    person: Person, title: str, body: str, label: str, targets: list[Target], at: datetime, *, anonymous: bool
) -> None:
    """Raise Refused where it can't be asked so."""
    if not title:
        raise Refused(_("There is nothing in it yet. Write your question."))
    if len(title) > LONGEST_TITLE or len(body) > LONGEST:
        raise Refused(_("It is too long: %(title)d characters for the question, %(body)d for what belongs to it.")
                      % {"title": LONGEST_TITLE, "body": LONGEST})  # fmt: skip
    if label not in (tlp.GREEN, tlp.AMBER, tlp.STRICT):
        raise Refused(_("A question is TLP:GREEN, TLP:AMBER or TLP:AMBER+STRICT. Choose one of them."))
    if label == tlp.AMBER and not targets:
        raise Refused(_("Nobody could read it: name at least one organisation, group, WARP or person."))
    if any(kind == "person" for kind, _pk in targets) or not permits.grantable(person, targets, at):
        raise Refused(_("It is for somebody whom you can’t ask. Choose again."))
    if anonymous and any(kind != "warp" for kind, _pk in targets):
        raise Refused(_("Who is of a group is known to it, so few could have asked. Without your name, ask a WARP."))
    if anonymous and label == tlp.STRICT and not targets:
        raise Refused(_("To reach the handlers alone without your name, report an incident anonymously."))


def _before(
    person: Person, warp: Warp, title: str, body: str, label: str, targets: list[Target], at: datetime, *,
    anonymous: bool,
) -> Discussion | None:  # fmt: skip
    """The same, asked of the same a moment ago; without a name, of which no moment is kept, today."""
    same = Discussion.rows.filter(
        title=title, body=body, item__warp=warp, item__marking=label, removed_because=""
    ).select_related("item")
    if anonymous:
        same = same.filter(item__origin__filer=seal("person", person.pk), written_at__gte=day_of(at))
    else:
        same = same.filter(item__author=person, written_at__gt=at - THUMB)
    return next((one for one in same if _given(one.item) == set(targets)), None)


def _given(question: Item) -> set[Target]:
    grants = Grant.objects.filter(standing__item=question)
    return {(kind, pk) for grant in grants for kind in Grant.TARGETS if (pk := getattr(grant, f"{kind}_id"))}


def _asked(
    person: Person, warp: Warp, capacity: Capacity, at: datetime, label: str, *, anonymous: bool
) -> tuple[Item, Actor]:
    """The envelope, and whom a row names that tells of it."""
    if not anonymous:
        item = items.create(
            Kind.DISCUSSION, warp, at, author=person, marking=label,
            affiliation=capacity if isinstance(capacity, Affiliation) else None,
            office=None if isinstance(capacity, Affiliation) else capacity,
        )  # fmt: skip
        return item, {"by": person, "pseudonym": ""}
    assert isinstance(capacity, Affiliation)  # _capacity gave it
    item = items.create(Kind.DISCUSSION, warp, nameless.when(None, at), marking=label)
    origin = nameless.sealed(item, item, person, capacity, at)
    return item, {"by": None, "pseudonym": origin.pseudonym}
