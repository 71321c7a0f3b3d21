"""Who may do what to an item: the rule (policy.py) says what somebody has of it, verbs.py what the verb needs of them.

can(person, verb, item, at)              whether they may
lookers(item, at)                        who looks at a draft as its second person
grantable(person, targets, at)           whom they may name in a grant
coordinates(person, at)                  the WARPs that they may draft for
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from django.db.models import QuerySet

from members import clock, verbs
from members.buckets import Bucket, Level, split
from members.facts import facts_of
from members.keys import Viewer, openly
from members.models import BreakGlass, Handler, Item, Membership, Office, Person, Placement, Standing
from members.placing import open_at, rows_for
from members.policy import Answer, audience, may, open_then
from members.verbs import Needs

GLASS_IS_NOT_ENOUGH = (Needs.KEEPING, Needs.LOOKING, Needs.BEGINNING)


def can(person: Person, verb: str, item: Item, at: datetime) -> bool:
    """Whether `person` may do `verb` (verbs.py) to `item` at `at`. A verb that nobody has named is a KeyError.

    What the item itself is left in asks the verb: this answers for the person alone.
    """
    needs, viewer = verbs.needs(verb, item.kind), openly(Viewer(person.pk), at)
    answer = may(viewer, item, at)
    if needs == Needs.NEVER:
        return False
    if needs == Needs.OFFER:
        return answer == Answer.OFFER
    if needs == Needs.READING or answer != Answer.BODY:
        return answer == Answer.BODY
    if needs == Needs.CUSTODY and item.anonymous:
        return Bucket.CUSTODY.of(item.warp_id) in viewer.keys(at)
    begun = needs in (Needs.WRITING, Needs.BEGINNING) and item.submitted_at is None and item.author_id == person.pk
    if begun and _never_stood(item):
        return True
    if needs == Needs.LOOKING and _named_to_look(item, at).filter(person=person).exists():
        return True
    handles = Placement.objects.filter(item=item, level=Level.HANDLER, bucket__in=viewer.keys(at))
    return open_then(handles, at).exists() and not (needs in GLASS_IS_NOT_ENOUGH and by_glass_alone(person, item, at))


def lookers(item: Item, at: datetime) -> QuerySet[Person]:
    """Those who are named to look at a draft as its second person, and read it by that."""
    return audience(item, at).filter(pk__in=_named_to_look(item, at).values("person"))


def _named_to_look(item: Item, at: datetime) -> QuerySet[Handler]:
    """None once it stood: of the next version they are no second person."""
    found: QuerySet[Handler] = Handler.seconds.at(at).filter(item=item)
    return found if _never_stood(item) else found.none()


def _never_stood(item: Item) -> bool:
    """Of what ever stood, the next text is its handlers'."""
    return not Standing.objects.filter(item=item).exists()


def by_glass_alone(person: Person, item: Item, at: datetime) -> bool:
    """Whether `person`, who handles `item`, would not if they had not broken glass for it."""
    if not BreakGlass.objects.filter(reference=item.reference, person=person, approved_at__lte=at).exists():
        return False
    without, held = replace(facts_of(item), glass=()), Viewer(person.pk).keys(at)
    rows = open_at(rows_for(without), clock.micro(at))
    return not any(row.level == Level.HANDLER and row.bucket in held for row in rows)


def grantable(person: Person, targets: Iterable[tuple[str, int]], at: datetime) -> bool:
    """Whether `person` may name every one of `targets` in a grant. A person is named by address, by whoever handles the
    item."""
    asked = [(kind, pk) for kind, pk in targets if kind != "person"]
    mine = grantables(person, at) if asked else None
    return mine is None or all(pk in mine.get(kind, ()) for kind, pk in asked)


def grantables(person: Person, at: datetime) -> dict[str, set[int]] | None:
    """The targets that `person` may name in a grant, by kind: a member their own WARPs and groups, and no others.

    None for a coordinator, who may grant to any WARP, group and organisation of the hub.
    """
    if coordinates(person, at).exists():
        return None
    held = [split(bucket) for bucket in Viewer(person.pk).keys(at)]
    houses = {number for kind, number in held if kind == Bucket.ORGANISATION}
    active = Membership.objects.at(at).filter(state=Membership.State.ACTIVE, organisation__in=houses)
    return {
        "warp": set(active.values_list("warp_id", flat=True)),  # not those above: they reach whom theirs does not
        "group": {number for kind, number in held if kind == Bucket.GROUP},
    }


def coordinates(person: Person, at: datetime) -> QuerySet[Office]:
    """The offices under which `person` coordinates a WARP at `at`: who may draft, and for which WARPs."""
    offices = Office.objects.filter(person=person, role=Office.Role.COORDINATOR, since__lte=at, until__gt=at)
    if not (person.active_since <= at < person.active_until):
        return offices.none()
    return offices.select_related("warp").order_by("warp__name", "pk")
