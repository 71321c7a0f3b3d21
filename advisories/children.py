"""What belongs to an item: comments and attachments. Narrower than their parent, never wider (line 0 of the rule).

Without a label a child takes its parent's standing, whatever becomes of that; with one it stands for itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from advisories import files, following, mentions, safefiles
from advisories.models import Attachment, Comment
from advisories.narrower import copied_standing, narrowed, take_handlers
from advisories.sharing.beneath import goes_out, may_be_added
from advisories.sharing.review import lapse
from members import items, nameless, policy, search, stand
from members.audit import Actor, day_of, record
from members.authorship import Capacity, capacities, name_of
from members.items import locked
from members.models import WRITTEN, Affiliation, Announcement, Item, Kind, Office, Person, Standing
from members.refused import Refused
from members.seal import seal
from members.stand import Target

LONGEST = 10_000
THUMB = timedelta(minutes=1)  # what is sent twice within this long was meant once


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
    capacity = _capacity(person, "comment", parent, at, capacity, anonymous=anonymous)
    body = body.replace("\r\n", "\n").replace("\0", "").strip()
    if not body:
        raise Refused(_("There is nothing in it yet. Write your comment."))
    if len(body) > LONGEST:
        raise Refused(_("The comment is longer than %(most)d characters. Shorten it, or attach a file.")
                      % {"most": LONGEST})  # fmt: skip
    targets = narrowed(person, Kind.COMMENT, parent, at, label, targets)
    may_be_added(Kind.COMMENT, parent, at, label, targets)
    people = _mentioned(person, parent, at, mention, alone=not label and not anonymous)
    for said in _before(person, parent, body, at, anonymous=anonymous):
        if _same(said.item, label, None if anonymous else capacity):
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
        child = _child(Kind.COMMENT, person, capacity, parent, at, label, targets)
        return child, {"by": person, "pseudonym": ""}
    assert isinstance(capacity, Affiliation)  # _capacity gave it
    item = _child(Kind.COMMENT, None, None, parent, nameless.when(parent, at), label, targets)
    origin = nameless.sealed(item, parent, person, capacity, at)
    return item, {"by": None, "pseudonym": origin.pseudonym}


@transaction.atomic
def attach(
    person: Person, parent: Item, at: datetime, name: str, file: files.Upload, *, label: str | None = None,
    targets: Iterable[Target] = (), capacity: Capacity | None = None,
) -> Attachment:  # fmt: skip
    """`file` belongs to `parent` from now on. It is on the disk before the row is, and goes again where that fails."""
    parent = locked(parent.pk)
    capacity = _capacity(person, "attach", parent, at, capacity)
    targets = narrowed(person, Kind.ATTACHMENT, parent, at, label, targets)
    may_be_added(Kind.ATTACHMENT, parent, at, label, targets)
    name = files.clean(name)
    if goes_out(parent) and parent.derived_from.filter(report__anonymous=True).exists():
        name, file = _made_again(parent, file)
    try:
        kept = files.keep(file)
    except files.TooLarge as too_large:
        raise Refused(str(too_large)) from None
    try:
        before = Attachment.rows.filter(item__parent=parent, item__author=person, name=name, sha256=kept.sha256)
        for added in before.filter(added_at__gt=at - THUMB).select_related("item__affiliation", "item__office"):
            if _same(added.item, label, capacity):
                files.discard(kept.stored)
                return added
        if label is None and goes_out(parent):
            lapse(parent, at)
        item = _child(Kind.ATTACHMENT, person, capacity, parent, at, label, targets)
        record("attach", at, by=person, reference=item.reference, on=parent.reference, label=label or "",
               size=kept.size, sha256=kept.sha256)  # fmt: skip
        return Attachment.rows.create(item=item, name=name, added_at=at, **kept._asdict())
    except BaseException:
        files.discard(kept.stored)
        raise


def _made_again(parent: Item, file: files.Upload) -> tuple[str, files.Upload]:
    """A text, a table or a picture with nothing in it but what is seen, under a name that says nothing; nothing else is
    taken. Raises Refused."""
    number = Attachment.rows.filter(item__parent=parent).count() + 1
    try:
        safe = safefiles.made_safe(file, largest=settings.LARGEST_FILE, number=number)
    except safefiles.Refused as refused:
        raise Refused(str(refused)) from None
    return safe.name, ContentFile(safe.content)


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
    if not policy.can(person, "comment", child, at):  # one that they can't read does not exist
        return False
    if child.author_id == person.pk and in_capacity(child, at):
        return True
    return any(policy.can(person, "withdraw", item, at) for item in (child, child.parent))


def in_capacity(child: Item, at: datetime) -> bool:
    """Whether what the author wrote `child` as still lasts."""
    written_as = child.affiliation or child.office
    return written_as is not None and written_as.in_force(at)


def may_write(person: Person, verb: str, parent: Item, at: datetime) -> list[Capacity]:
    """Under what `person` may `comment` or `attach` here at `at`, the likeliest first; empty where they may not.

    Not on an anonymous report; and who reads something only because they filed the report behind it, can't (policy).
    """
    if parent.anonymous or not policy.can(person, verb, parent, at):
        return []
    return sorted(capacities(person, at), key=lambda capacity: _unlikely(capacity, parent))


def _unlikely(capacity: Capacity, parent: Item) -> int:
    """Who coordinates the parent's WARP writes as that; others for their organisation."""
    if isinstance(capacity, Affiliation):
        return 1
    return 0 if capacity.role == Office.Role.COORDINATOR and capacity.warp_id == parent.warp_id else 2


def _capacity(
    person: Person, verb: str, parent: Item, at: datetime, wanted: Capacity | None, *, anonymous: bool = False
) -> Capacity:
    mine = may_write(person, verb, parent, at)
    if anonymous:  # an office is held by one person
        mine = [one for one in mine if isinstance(one, Affiliation)]
        if not mine:
            raise Refused(_("Without your name you can write for an organisation of yours, and for no office."))
        if wanted not in mine:
            return mine[0]
    if not mine:
        raise Refused(_("You can't write here: only people of active members and those who hold an office can."))
    if wanted is not None and wanted not in mine:
        raise Refused(_("You can't write for “%(name)s” now. Choose another.") % {"name": name_of(wanted)})
    return wanted or mine[0]


def _same(child: Item, label: str | None, capacity: Capacity | None) -> bool:
    """Whether `child` was meant for the same readers, by its author in the same capacity, and is still there."""
    standings = list(Standing.objects.filter(item=child))
    labels = [standing.label for standing in standings]
    removed = any(standing.state == Standing.State.WITHDRAWN for standing in standings)
    return not removed and labels == ([label] if label else []) and capacity in (child.affiliation, child.office)


def _child(
    kind: Kind, person: Person | None, capacity: Capacity | None, parent: Item, at: datetime, label: str | None,
    targets: list[Target],
) -> Item:  # fmt: skip
    item = items.create(
        kind, parent.warp, at, author=person, parent=parent, realm=parent.realm, marking=label or parent.marking,
        affiliation=capacity if isinstance(capacity, Affiliation) else None,
        office=capacity if isinstance(capacity, Office) else None,
    )  # fmt: skip
    if label:
        stand.release(item, 1, label, targets, at, by=person)
    return item
