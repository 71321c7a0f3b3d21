"""Comments: what is said about an item, and who hears of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from advisories import following, mentions
from advisories.children.writing import LONGEST, THUMB, capacity_of, new, same
from advisories.models import Comment
from advisories.narrower import narrowed
from advisories.sharing.beneath import may_be_added
from members import nameless, policy, search
from members.audit import Actor, day_of, record
from members.authorship import Capacity
from members.crowd import CROWD
from members.items import locked
from members.models import WRITTEN, Affiliation, Announcement, Item, Kind, Person
from members.refused import Refused
from members.seal import seal
from members.stand import Target


@transaction.atomic
def comment(
    person: Person, parent: Item, at: datetime, body: str, *, label: str | None = None, targets: Iterable[Target] = (),
    capacity: Capacity | None = None, anonymous: bool = False, mention: Collection[str] = (),
) -> Comment:  # fmt: skip
    """What `person` says about `parent`, under `capacity` or the first they have. Said twice, it is said once.

    `anonymous`: their name is sealed. `mention`: mail addresses of people who are to hear of it. Whoever follows the
    parent does. Raises Refused where they may not, or the label would make it wider than what it is about.
    """
    parent = locked(parent.pk)
    capacity = capacity_of(person, "comment", parent, at, capacity, anonymous=anonymous)
    body = body.replace("\r\n", "\n").replace("\0", "").strip()
    if not body:
        raise Refused(_("There is nothing in it yet. Write your comment."))
    if len(body) > LONGEST:
        raise Refused(_("The comment is longer than %(most)d characters. Shorten it, or attach a file.")
                      % {"most": LONGEST})  # fmt: skip
    targets = narrowed(person, Kind.COMMENT, parent, at, label, targets)
    may_be_added(Kind.COMMENT, parent, at, label, targets)
    if anonymous and policy.reached(parent, at).count() < CROWD:
        raise Refused(_("Fewer than five organisations read this, so who said it would be guessed. Say it under your"
                        " name, or report an incident anonymously."))  # fmt: skip
    people = _mentioned(person, parent, at, mention, alone=not label and not anonymous)
    for said in _before(person, parent, body, at, anonymous=anonymous):
        if same(said.item, label, None if anonymous else capacity):
            return said
    item, actor = _said(person, capacity, parent, at, label, targets, anonymous=anonymous)
    record("comment", at, reference=item.reference, on=parent.reference, label=label or "", **actor)
    said = Comment.rows.create(item=item, body=body, written_at=day_of(at) if anonymous else at)
    mentions.write(item, people)
    if parent.kind in (*WRITTEN, Kind.DISCUSSION):  # what is said about a report no search looks in
        search.index(item, "", body)
    following.announce(item, Announcement.Event.REPLIED, at)
    return said


def _mentioned(person: Person, parent: Item, at: datetime, typed: Collection[str], *, alone: bool) -> list[Person]:
    """`alone`: it is for everyone who reads the parent, under a name."""
    if typed and not alone:
        raise Refused(_("Mention people only in what everyone here may read, and under your name: whom you know tells"
                        " who you are."))  # fmt: skip
    return mentions.mentioned(person, parent, at, typed)


def _before(person: Person, parent: Item, body: str, at: datetime, *, anonymous: bool) -> QuerySet[Comment]:
    """The same, said a moment ago; without a name, of which no moment is kept, today."""
    same = Comment.rows.filter(item__parent=parent, body=body).select_related("item__affiliation", "item__office")
    if anonymous:
        return same.filter(item__origin__filer=seal("person", person.pk), written_at__gte=day_of(at))
    return same.filter(item__author=person, written_at__gt=at - THUMB)


def _said(
    person: Person, capacity: Capacity, parent: Item, at: datetime, label: str | None, targets: list[Target], *,
    anonymous: bool,
) -> tuple[Item, Actor]:  # fmt: skip
    """The comment's envelope, and whom a row names that tells of it."""
    if not anonymous:
        child = new(Kind.COMMENT, person, capacity, parent, at, label, targets)
        return child, {"by": person, "pseudonym": ""}
    assert isinstance(capacity, Affiliation)  # capacity_of gave it
    item = new(Kind.COMMENT, None, None, parent, nameless.when(parent, at), label, targets)
    origin = nameless.sealed(item, parent, person, capacity, at)
    return item, {"by": None, "pseudonym": origin.pseudonym}
