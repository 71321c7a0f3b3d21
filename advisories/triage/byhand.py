"""Put stories together and take them apart by hand. What was decided so outlives what their sources say next.

The memory is a key: `hand:…` on each entry that was joined, `apart:…` on each that was set apart, whose other keys join
nothing any more. Later texts of the same id inherit both (collect/insert.py), and the opposite act takes them away.

A story of the whole hub lies on every desk, and whoever coordinates one of those may decide for all of them: it changes
what lies together and nothing of who reads what, its page says which WARP did it and when, the audit says who, and it
can be taken back. What only one WARP's own sources say moves on that WARP's desk alone, and leaves no mark on what
others read: neither a key nor a dismissal taken back. What came RED lies alone, as in stories.py.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Min
from django.utils import timezone
from django.utils.translation import gettext as _

from advisories.models import Dismissal, Entry, EntryKey, Source, Story
from advisories.triage import match, stories
from advisories.triage.desk import on_desk
from advisories.triage.ranked import entries
from members import chance, tlp
from members.audit import record
from members.models import Person, Warp
from members.policy import Viewer
from members.refused import Refused

Told = tuple[int, str, bool]  # a source, an id, and whether it came RED: not everyone may know of both


@transaction.atomic
def join(person: Person, code: str, other: str, warp: Warp, at: datetime) -> Story:
    """The two stories of these codes, both on the desk of `warp`, are one from now on: that which the other lies in.

    Raises Refused, PermissionDenied, and Story.DoesNotExist for what is not on that desk.
    """
    one, two = (on_desk(person, name, warp, at) for name in (code, other))
    if one == two:
        raise Refused(_("These are one story already."))
    if entries(Viewer(person.pk), at, warp).filter(story__in=(one, two), item__marking=tlp.RED).exists():
        raise Refused(_("What came RED lies alone: it can't be put together with anything."))
    _held(one, two)
    gone, kept = sorted((two, one), key=lambda story: (_wide(story), story.warp_id is None))
    everywhere = _wide(gone)  # else nothing that another WARP reads may change
    marked = _marked(kept, gone, everywhere=everywhere)
    dismissed = _dismissed_all(kept, gone)
    stories.merge(kept.pk, {gone.pk}, None if everywhere else warp.pk)
    Dismissal.objects.bulk_create(dismissed, ignore_conflicts=True)
    EntryKey.objects.filter(entry__in=marked, key__startswith=match.APART).delete()
    EntryKey.objects.filter(entry__in=marked).update(joins=True)
    _mark(marked, f"{match.HAND}{chance.code(8)}", warp, at)
    record("join_stories", at, by=person, reference=kept.code, of=gone.code, warp=warp.slug)
    return kept


@transaction.atomic
def split(person: Person, code: str, references: Collection[str], warp: Warp, at: datetime) -> Story:
    """The entries of these references, and all that their sources said under the same ids, are a story of their own.

    Raises as `join` does.
    """
    story = on_desk(person, code, warp, at)
    _held(story)
    seen = list(entries(Viewer(person.pk), at, warp).filter(story=story).select_related("item"))
    every, everyones = set(map(_telling, seen)), {_telling(entry) for entry in seen if entry.item.hub_wide}
    goes = _going({_telling(entry) for entry in seen if entry.item.reference in references}, every, everyones)
    stays = everyones - goes or every - goes
    if len(stays) == 1:  # together with nothing that all who read it see
        EntryKey.objects.filter(entry__in=_texts(story, stays), key__startswith=match.HAND).delete()
    made = Story.objects.create(code=chance.code(8), warp_id=None if everyones & goes else warp.pk)
    moved = _texts(story, goes)
    Entry.rows.filter(pk__in=moved).update(story=made)
    Dismissal.objects.bulk_create(
        Dismissal(story=made, warp_id=other, at=when)
        for other, when in Dismissal.objects.filter(story=story).values_list("warp", "at")
    )
    EntryKey.objects.filter(stories.DECIDED, entry__in=moved).delete()
    EntryKey.objects.filter(entry__in=moved).update(joins=False)
    _mark(moved, f"{match.APART}{made.code}", warp, at)
    record("split_story", at, by=person, reference=story.code, into=made.code, warp=warp.slug)
    return made


def _going(ticked: set[Told], every: set[Told], everyones: set[Told]) -> set[Told]:
    """What becomes another story. Where all that others read is ticked it is the rest: for them nothing may change."""
    if not ticked:
        raise Refused(_("Tick what is another story."))
    if ticked == every:
        raise Refused(_("All of it is ticked. Leave what stays, and tick what is another story."))
    return every - ticked if everyones and everyones <= ticked else ticked


def _telling(entry: Entry) -> Told:
    return entry.source_id, entry.guid, entry.item.marking == tlp.RED


def _texts(story: Story, told: Collection[Told]) -> list[int]:
    """All texts of these tellings in the story, earlier ones too."""
    rows = Entry.rows.filter(story=story).values_list("pk", "source", "guid", "item__marking")
    return [pk for pk, source, guid, marking in rows if (source, guid, marking == tlp.RED) in told]


def _held(*held: Story) -> None:
    """So that two who decide at once do so one after the other, and no source says something new of it meanwhile.
    Raises Story.DoesNotExist where one was joined to another before that.
    """
    pks = [story.pk for story in held]
    telling = Entry.rows.filter(story__in=pks).values("source")
    list(Source.objects.select_for_update().filter(pk__in=telling).order_by("pk"))  # before stories, as a fetch does
    found = Story.objects.select_for_update(of=("self",)).filter(pk__in=pks, into=None).order_by("pk")
    if len(found) < len(held):
        raise Story.DoesNotExist


def _marked(kept: Story, gone: Story, *, everywhere: bool) -> list[int]:
    """The entries that remember it: of two stories of every desk what all may read, else what is the WARP's own."""
    if everywhere:
        found = Entry.rows.filter(story__in=(kept, gone), item__hub_wide=True)
    else:
        found = Entry.rows.filter(story__in=(gone,) if _wide(kept) else (kept, gone))
    return list(found.values_list("pk", flat=True))


def _wide(story: Story) -> bool:
    """Does any of it lie on every desk?"""
    return Entry.rows.filter(story=story, item__hub_wide=True).exists()


def _mark(moved: Collection[int], decision: str, warp: Warp, at: datetime) -> None:
    """Evidence.py reads the day and the WARP, by the name that it had then."""
    key = f"{decision}:{timezone.localdate(at).isoformat()}:{warp.name}"
    EntryKey.objects.bulk_create(EntryKey(entry_id=pk, key=key) for pk in moved)


def _dismissed_all(*every: Story) -> list[Dismissal]:
    """What the desks have done with that had done with each of them: none of it comes back."""
    by_warp = Dismissal.objects.filter(story__in=every).values("warp").annotate(at=Min("at"), count=Count("pk"))
    done = by_warp.filter(count=len(every)).values_list("warp", "at")
    return [Dismissal(story=every[0], warp_id=warp, at=at) for warp, at in done]
