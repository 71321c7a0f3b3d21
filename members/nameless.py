"""What members say without a name: sealed as an anonymous report is, under one pseudonym in each thread.

Unlike a report it stands under a label, as what others say. Its author is in Origin alone; the pseudonym is drawn by
chance, and joins nothing that the same person said elsewhere.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import Max, Q
from django.utils.translation import gettext as _

from members import chance
from members.audit import day_of
from members.buckets import Bucket
from members.crowd import CROWD, active, crowds
from members.keys import Viewer
from members.models import Affiliation, Item, Origin, Person, Warp, Within
from members.place import place
from members.seal import close, seal

LETTERS = 4  # of a pseudonym


def sealed(item: Item, thread: Item, person: Person, affiliation: Affiliation, at: datetime) -> Origin:
    """`person`, who said `item` in `thread`, is kept in no other place than this."""
    origin = Origin.objects.create(
        item=item, filer=seal("person", person.pk), capacity=seal("affiliation", affiliation.pk),
        sealed=close(person.pk, item.pk), label=_label(thread, person, affiliation, at),
    )  # fmt: skip
    place(item)
    return origin


def when(thread: Item | None, at: datetime) -> datetime:
    """The moment that is kept of it: the day. Later only where something was said there since, so that it is read in
    its order."""
    last = Item.rows.filter(parent=thread).aggregate(last=Max("created_at"))["last"] if thread else None
    return max(day_of(at), last or day_of(at), thread.created_at if thread else day_of(at))


def wrote(person: Person, item: Item, at: datetime) -> Origin | None:
    """The seal of `item`, where `person` said it without a name, and is still what they said it as."""
    return origin if (origin := Origin.objects.filter(item=item).first()) and opens(person.pk, origin, at) else None


def opens(person: int | None, origin: Origin, at: datetime, viewer: Viewer | None = None) -> bool:
    """`viewer` is theirs where the caller has it."""
    held = (viewer or Viewer(person)).keys(at)
    return {Bucket.SEALED.of(origin.filer), Bucket.SEALED.of(origin.capacity)} <= held


def _label(thread: Item, person: Person, affiliation: Affiliation, at: datetime) -> str:
    """As they stand in `thread` already, or “A member of <WARP> (7KQF)”."""
    there = Origin.objects.filter(Q(item=thread) | Q(item__parent=thread), filer=seal("person", person.pk))
    if said := there.order_by("pk").values_list("label", flat=True).first():
        return said
    crowd = _crowd(thread.warp, at)
    here = crowd is not None and _is_of(crowd, affiliation, at)
    who = _("A member of %(warp)s") % {"warp": crowd.name} if crowd and here else _("A member of this hub")
    return f"{who} ({chance.code(LETTERS)})"


def _crowd(warp: Warp, at: datetime) -> Warp | None:
    """The nearest WARP, going up, of which five organisations are, and as many or none elsewhere: who is of it hides
    among those, and who is not among these."""
    everywhere = active(at).values("organisation").distinct().count()
    for above, there in crowds(warp, at):
        if there >= CROWD and not 0 < everywhere - there < CROWD:
            return above
    return None


def asked_through(warp: Warp, at: datetime) -> Warp:
    """The nearest WARP, going up, of which five organisations are: which WARP was asked tells who can have asked it."""
    above = crowds(warp, at)
    return next((one for one, there in above if there >= CROWD), above[-1][0])


def _is_of(warp: Warp, affiliation: Affiliation, at: datetime) -> bool:
    below = Within.objects.filter(ancestor=warp).values("warp")
    return active(at).filter(warp__in=below, organisation=affiliation.organisation_id).exists()
