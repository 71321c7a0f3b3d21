"""Somebody is there: who is on duty in a WARP, when nobody is, and who may say so.

A shift is for a coordinator of that WARP. Who is one no more, or whose account is closed, is on duty no more: no shift
has to be taken away for that, and nobody is rung who could do nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from members import clock, mandate, times, tlp
from members.audit import alias_of, record
from members.joining import end
from members.models import Office, Person, Shift, Warp
from members.models.warp import LATEST, SOONEST
from members.refused import Refused
from members.spans import Span, less

AHEAD = timedelta(weeks=4)  # of the rota that is shown
WARNED = timedelta(days=7)  # of a gap before it begins
LONGEST = timedelta(days=14)  # of one shift
WEEKS = 26  # that one shift is repeated for, at most
LABELS = (tlp.CLEAR, tlp.GREEN, tlp.AMBER, tlp.STRICT)  # RED is for people by name, and wakes no organisation


def coordinators(warp: Warp, at: datetime) -> QuerySet[Person]:
    """Who coordinates `warp` itself at `at`, with an open account."""
    held = Office.objects.at(at).filter(warp=warp, role=Office.Role.COORDINATOR).order_by()
    return Person.objects.filter(pk__in=held.values("person"), active_since__lte=at, active_until__gt=at)


def counts(at: datetime) -> Q:
    """Of shifts: that whoever has it coordinates that WARP at `at`, with an open account."""
    held = Office.objects.at(at).filter(
        warp=OuterRef("warp"), person=OuterRef("person"), role=Office.Role.COORDINATOR
    ).order_by()  # fmt: skip
    return Q(Exists(held), person__active_since__lte=at, person__active_until__gt=at)


def on_duty(warps: Iterable[Warp], at: datetime) -> list[Shift]:
    """Who is on duty at `at` in these: by WARP, the first before the deputies. One statement."""
    now = Shift.objects.at(at).filter(counts(at), warp__in=list(warps)).select_related("person", "warp")
    return list(now.order_by("warp__name", "deputy", "since", "pk"))


def to_ring(warps: Iterable[Warp], at: datetime) -> list[tuple[Warp, list[Shift]]]:
    """Those of these WARPs (in their order) that say whom to ring at night, or have somebody there: with who is on duty
    now. One statement."""
    asked = list(warps)
    shifts = on_duty(asked, at)
    found = [(warp, [shift for shift in shifts if shift.warp_id == warp.pk]) for warp in asked]
    return [(warp, there) for warp, there in found if there or warp.duty_telephone]


def rota(warp: Warp, at: datetime) -> list[Shift]:
    """What is to come, and what is going on, of the next weeks."""
    ahead = Shift.objects.filter(counts(at), warp=warp, until__gt=at, since__lt=at + AHEAD)
    return list(ahead.select_related("person").order_by("since", "deputy", "pk"))


def gaps(shifts: Iterable[Shift], at: datetime, within: timedelta = AHEAD) -> list[tuple[datetime, datetime]]:
    """From when until when none of `shifts` is there, in the time `within` from `at` on. Pure."""
    taken = [Span(clock.micro(shift.since), clock.micro(shift.until)) for shift in shifts]
    left = less([Span(clock.micro(at), clock.micro(at + within))], taken)
    return [(clock.moment(gap.since), clock.moment(gap.until)) for gap in left]


def uncovered(warps: Iterable[Warp], at: datetime) -> list[tuple[Warp, datetime]]:
    """Which of these that keep a rota have nobody on duty at some time of the next week, and from when on.

    One that never had a shift keeps none: all its coordinators are told, and that is how it is meant. Two statements.
    """
    keep = list(Warp.objects.filter(Exists(Shift.objects.filter(warp=OuterRef("pk"))), pk__in=[w.pk for w in warps]))
    soon = Shift.objects.filter(counts(at), warp__in=keep, until__gt=at, since__lt=at + WARNED)
    shifts = list(soon.order_by())
    found = [(warp, gaps((one for one in shifts if one.warp_id == warp.pk), at, WARNED)) for warp in keep]
    return [(warp, holes[0][0]) for warp, holes in found if holes]


@transaction.atomic
def put(
    by: Person, warp: Warp, person: Person, since: datetime, until: datetime, at: datetime, *, deputy: bool = False,
    weeks: int = 1,
) -> list[Shift]:  # fmt: skip
    """`person` is on duty from `since` to `until`, and so at the same local times of the weeks that follow. Raises
    Refused, or times.Unclear where clocks show one of those times twice or never."""
    mandate.over_warp(by, warp, at)
    if not coordinators(warp, at).filter(pk=person.pk).exists():
        said = _("%(name)s does not coordinate %(warp)s: only who does can be on duty for it.")
        raise Refused(said % {"name": person.name, "warp": warp})
    if not since < until:
        raise Refused(_("It must end after it begins."))
    if until - since > LONGEST:
        raise Refused(_("This is longer than %(n)d days: nobody is on duty for that long.") % {"n": LONGEST.days})
    if until <= at:
        raise Refused(_("This is over already: choose a time to come."))
    if not 1 <= weeks <= WEEKS:
        raise Refused(_("Repeat it for %(n)d weeks at most.") % {"n": WEEKS})
    made = [
        Shift(warp=warp, person=person, deputy=deputy, since=_later(since, week), until=_later(until, week))
        for week in range(weeks)
    ]
    _free(made)
    Shift.objects.bulk_create(made)
    record("put_on_duty", at, by=by, reference=warp.slug, whom=alias_of(person), shifts=weeks)
    return made


@transaction.atomic
def take_off(by: Person, shift: Shift, at: datetime) -> None:
    """The shift ends, or never begins. Raises Refused."""
    mandate.over_warp(by, shift.warp, at)
    if not end(Shift.objects.filter(pk=shift.pk), at):
        raise Refused(_("That shift is over already."))
    record("take_off_duty", at, by=by, reference=shift.warp.slug, whom=alias_of(shift.person))


@transaction.atomic
def settle(by: Person, warp: Warp, at: datetime, *, telephone: str, flash_minutes: int, usual_label: str) -> None:
    """What holds for a Flash of `warp`: whom members ring, how long they have, its label. Raises Refused."""
    mandate.over_warp(by, warp, at)
    if not SOONEST <= flash_minutes <= LATEST:
        said = _("Members need between %(least)d and %(most)d minutes to confirm a Flash.")
        raise Refused(said % {"least": SOONEST, "most": LATEST})
    if usual_label not in LABELS:
        raise Refused(_("A Flash is for organisations: choose TLP:CLEAR, GREEN, AMBER or AMBER+STRICT."))
    chosen = {"duty_telephone": telephone.strip(), "flash_minutes": flash_minutes, "usual_label": usual_label}
    Warp.objects.filter(pk=warp.pk).update(**chosen)
    record("settle_flash", at, by=by, reference=warp.slug, flash_minutes=flash_minutes, label=usual_label)


def _later(moment: datetime, weeks: int) -> datetime:
    """The same time of London's clocks so many weeks later."""
    if not weeks:
        return moment
    local = moment.astimezone(times.LONDON).replace(tzinfo=None)
    return times.in_london(local + timedelta(weeks=weeks))


def _free(made: list[Shift]) -> None:
    """Raise Refused where the person is on duty for that WARP already."""
    first = made[0]
    there = Shift.objects.filter(warp=first.warp, person=first.person, until__gt=first.since, since__lt=made[-1].until)
    for old in there:
        if any(old.since < new.until and new.since < old.until for new in made):
            raise Refused(_("%(name)s is on duty at that time already.") % {"name": first.person.name})
