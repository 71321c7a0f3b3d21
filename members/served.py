"""What an exit for machines may list: everything that `shows` gives at least the title of, as a queryset.

The same rows of the same table, and the same tightenings, asked set-based: Atom, TAXII and the API stand on it. What
is said of each item (its title or its text) is its cell's: shows.stands, for a whole page at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from members import tlp
from members.keys import Viewer
from members.models import Ancestry, Cell, Embargo, Item, Realm, Standing, Tightening
from members.placing import TAKES_GREEN_ON_CLEAR
from members.policy import visible_to
from members.shows import Exit, cell

NAMED = Cell.TITLE  # less than that names nothing, and a list of nameless things only counts them


def served(viewer: Viewer, at: datetime, channel: Exit, realm: int = Realm.REAL) -> QuerySet[Item]:
    """The items of which `shows(viewer, item, at, channel)` is at least the title. Two statements."""
    wanted = Q(pk__in=[])
    for rows, without in _rows(channel):
        wanted |= (_stands_as(rows, at) | _inherits_as(rows, at)) & ~Q(warp__in=without)
    return visible_to(viewer, at, realm).filter(wanted, anonymous=False)


def _rows(channel: Exit) -> list[tuple[set[str], set[int]]]:
    """The labels that `channel` names items of, with the WARPs whose tightening takes them away again."""
    without: dict[str, set[int]] = defaultdict(set)
    smaller = Tightening.objects.filter(channel=channel, cell__lt=NAMED)
    for row, warp in smaller.values_list("row", "warp_id"):
        without[row].add(warp)
    labels = {label for label in tlp.LABELS if cell(label, channel) >= NAMED}
    tightened = [({label}, without[label]) for label in sorted(labels & without.keys())]
    return [(labels - without.keys(), set()), *tightened]


def _released(at: datetime, labels: Collection[str]) -> QuerySet[Standing]:
    return Standing.objects.at(at).filter(state=Standing.State.RELEASED, label__in=labels).order_by()


def _guarded(at: datetime) -> QuerySet[Embargo]:
    return Embargo.objects.filter(proposed_at__lte=at, ends_at__gt=at)


def _stands_as(rows: Collection[str], at: datetime) -> Q:
    """Of items: a standing of their own is in force under one of these labels, and no embargo guards them."""
    own = _released(at, rows).filter(item=OuterRef("pk"))
    return Q(Exists(own)) & ~Q(Exists(_guarded(at).filter(item=OuterRef("pk"))))


def _inherits_as(rows: Collection[str], at: datetime) -> Q:
    """Of items that never had a standing or an embargo of their own: the nearest of their ancestors that stands for
    itself does so under one of these labels, a comment or sighting below CLEAR counting as GREEN."""
    theirs = Ancestry.objects.filter(item=OuterRef("pk"), ancestor__anonymous=False)
    nearer = _for_itself(_between())
    source = _for_itself(theirs).filter(~Exists(nearer), ~Exists(_guarded(at).filter(item=OuterRef("ancestor"))))
    named = source.filter(_under(rows, at))
    return Q(parent__isnull=False) & ~_has_own("pk") & Q(Exists(named))


def _under(rows: Collection[str], at: datetime) -> Q:
    """Of (item, ancestor): what the item takes from the ancestor's standing in force is one of these labels."""

    def stands(*labels: str) -> Q:
        return Q(Exists(_released(at, labels).filter(item=OuterRef("ancestor"))))

    greened = Q(item__kind__in=TAKES_GREEN_ON_CLEAR)
    greened |= Q(Exists(_between().filter(ancestor__kind__in=TAKES_GREEN_ON_CLEAR)))
    named = stands(*(row for row in rows if row != tlp.CLEAR))
    if tlp.CLEAR in rows:
        named |= stands(tlp.CLEAR) & ~greened
    return named | stands(tlp.CLEAR) & greened if tlp.GREEN in rows else named


def _between() -> QuerySet[Ancestry]:
    """For an outer (item, ancestor): the ancestors of the item that lie below that one."""
    below = Ancestry.objects.filter(item=OuterRef("ancestor"), ancestor=OuterRef(OuterRef("ancestor")))
    return Ancestry.objects.filter(Exists(below), item=OuterRef("item"))


def _for_itself(ancestors: QuerySet[Ancestry]) -> QuerySet[Ancestry]:
    """Those that take no standing from above: they had one, or there is nothing above them."""
    return ancestors.filter(_has_own("ancestor") | Q(ancestor__parent=None) | Q(ancestor__anonymous=True))


def _has_own(item: str) -> Q:
    standings, embargoes = (table.objects.filter(item=OuterRef(item)).order_by() for table in (Standing, Embargo))
    return Q(Exists(standings)) | Q(Exists(embargoes))
