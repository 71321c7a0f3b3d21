"""What is planned, narrowed by search and filters, through the rule; a page from where the address says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q, QuerySet

from members import search, shows
from members.middleware import HubRequest
from members.models import Booking, Course, Kind, Session, shelf
from members.training import reading
from members.training.places import State
from members.views.asking import typed

SIZE, FOUND, UNDATED = 50, 200, 50
NOW = "now"


class Planned(NamedTuple):
    """One page. `more`: the query of what comes after it, "" where that is nothing; `past`: whether it goes back."""

    sessions: list[reading.Counted]
    more: str
    past: bool


def planned(request: HubRequest, chosen: dict[str, Any]) -> Planned:
    """What is ahead, the next first; with `?before`, what is past, the latest first."""
    found = reading.sessions(request.viewer, request.at).filter(narrowing(request, chosen), cancelled_at=None)
    past = "before" in request.GET
    if past:
        found = found.filter(ends_at__lte=request.at).order_by("-starts_at", "-pk")
    else:
        found = found.filter(ends_at__gt=request.at)
    found = found.filter(_beyond(request, "before" if past else "after"))
    page = list(reading.counted(found)[: SIZE + 1])
    kept = {name: str(value) for name, value in request.GET.items() if value and name not in {"before", "after"}}
    last = page[SIZE - 1].code if len(page) > SIZE else ""
    more = f"?{urlencode({**kept, 'before' if past else 'after': last})}" if last else ""
    return Planned(page[:SIZE], more, past)


def narrowing(request: HubRequest, chosen: dict[str, Any], course: str = "course__") -> Q:
    """What the filters ask of a course; with "mine" of a session, too."""
    fits = Q()
    if "level" in chosen:
        fits &= Q(**{f"{course}level": chosen["level"]})
    if "warp" in chosen:
        fits &= Q(**{f"{course}item__warp__slug": chosen["warp"]})
    if "q" in chosen:
        asked = search.Search(request.viewer, request.at, shelf(Kind.TRAINING), chosen["q"])
        fits &= Q(**{f"{course}pk__in": asked.page(size=FOUND).ids})
    if "mine" in chosen and course:
        there = Booking.objects.filter(session=OuterRef("pk"), person=request.viewer.person)
        fits &= Q(Exists(there.exclude(state=State.ENDED).order_by()))
    return fits


def _beyond(request: HubRequest, name: str) -> Q:
    """After the session that the address names, or before it, where whoever asks may know of it."""
    code = typed(request, name)
    if not code or code == NOW:
        return Q()
    named = reading.sessions(request.viewer, request.at).filter(code=code).values_list("starts_at", "pk").first()
    if named is None:
        return Q()
    starts_at, pk = named
    if name == "before":
        return Q(starts_at__lt=starts_at) | Q(starts_at=starts_at, pk__lt=pk)
    return Q(starts_at__gt=starts_at) | Q(starts_at=starts_at, pk__gt=pk)


class Undated(NamedTuple):
    course: Course
    label: str
    draft: bool
    withdrawn: bool


def undated(request: HubRequest, chosen: dict[str, Any]) -> list[Undated]:
    """Courses with no session ahead, the latest first: self-paced ones, drafts, and what is yet to be scheduled."""
    ahead = Session.objects.filter(course=OuterRef("pk"), cancelled_at=None, ends_at__gt=request.at).order_by()
    found: QuerySet[Course] = reading.courses(request.viewer, request.at).filter(~Exists(ahead))
    some: Sequence[Course] = list(found.filter(narrowing(request, chosen, "")).order_by("-item__pos")[:UNDATED])
    stands = shows.stands([one.item for one in some], request.at)
    return [
        Undated(one, stands[one.pk].label or one.item.marking, not stands[one.pk].label, stands[one.pk].withdrawn)
        for one in some
    ]


def warps(request: HubRequest) -> list[tuple[str, str]]:
    """Slug and name of the WARPs whose courses whoever looks reads."""
    found = reading.courses(request.viewer, request.at).order_by("item__warp__name")
    return list(found.values_list("item__warp__slug", "item__warp__name").distinct())
