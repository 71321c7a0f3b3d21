"""Who may read an item, and by which right, in words: for the operator who is asked why somebody could.

Whoever reads it only because they filed the report behind it stands in no list, and in none of these.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from members import clock, tlp
from members.buckets import Bucket, Level, split
from members.delivery.right import hearers
from members.facts import facts_of
from members.holders import holders
from members.models import Affiliation, Announcement, Item, Organisation, SharingGroup, Warp
from members.placing import Row, open_at, rows_for
from members.policy import NOBODY, Answer, may

GRANTED: dict[Bucket, Any] = {Bucket.WARP: Warp, Bucket.ORGANISATION: Organisation, Bucket.GROUP: SharingGroup}
WITH_CLIENTS = {
    Bucket.WARP_CLIENTS: Bucket.WARP,
    Bucket.ORGANISATION_CLIENTS: Bucket.ORGANISATION,
    Bucket.GROUP_CLIENTS: Bucket.GROUP,
}


class Reader(NamedTuple):
    """Somebody who may read it. `rights`: each by itself enough. Without an address: anyone at all."""

    name: str
    email: str
    organisations: list[str]
    rights: list[str]


def readers(item: Item, at: datetime) -> list[Reader]:
    """Everyone to whom `item` is body at `at`, by name; a TLP:CLEAR one begins with "anyone", and lists no others
    than those who have a right of their own."""
    rows = [row for row in open_at(rows_for(facts_of(item)), clock.micro(at)) if row.level >= Level.BODY]
    rights: dict[int, list[str]] = defaultdict(list)
    anyone: list[Reader] = []
    people = hearers(item, Announcement.Event.RELEASED, at)  # policy.audience has the hidden reporter in it
    for row in sorted(rows, key=lambda row: (-row.level, row.bucket)):
        kind = split(row.bucket)[0]
        if kind == Bucket.EVERYONE and may(NOBODY, item, at) == Answer.BODY:
            anyone = [Reader(_("anyone"), "", [], [tlp.display(row.label)])]
        elif kind == Bucket.EVERYONE:  # whoever reads what it belongs to
            for pk in people.values_list("pk", flat=True):
                rights[pk].append(tlp.display(row.label))
        elif kind != Bucket.SEALED:
            for pk in holders([row.bucket], at).values_list("pk", flat=True):
                rights[pk] += [said for said in [in_words(row)] if said not in rights[pk]]
    people = people.filter(pk__in=rights)
    houses = _houses(list(rights), at)
    return anyone + [Reader(one.name, one.email, houses[one.pk], rights[one.pk]) for one in people]


def in_words(row: Row) -> str:
    """The right that one placement gives to whoever holds the key to it."""
    kind, number = split(row.bucket)
    if kind in GRANTED or kind in WITH_CLIENTS:
        said = _("granted to %(whom)s and clients") if kind in WITH_CLIENTS else _("granted to %(whom)s")
        return said % {"whom": GRANTED[WITH_CLIENTS.get(kind, kind)].objects.get(pk=number)}
    if kind == Bucket.PERSON:
        return _by_name(row)
    if kind in (Bucket.DESK, Bucket.CUSTODY):
        said = _("coordinator of %(warp)s") if kind == Bucket.DESK else _("custodian of %(warp)s")
        return said % {"warp": Warp.objects.get(pk=number)}
    return {
        Bucket.COMMUNITY: _("of the community, which a %(label)s item is for") % {"label": tlp.display(tlp.GREEN)},
        Bucket.DESKS: _("coordinator of a WARP: it came from a source of the whole hub"),
        Bucket.AFFILIATION: _("wrote it, and is still of that organisation"),
        Bucket.OFFICE: _("wrote it, and still holds that office"),
    }[kind]


def _by_name(row: Row) -> str:
    if row.level == Level.HANDLER:
        return _("named handler")
    if row.label:
        return _("granted by name")
    return _("named on it: under an embargo whose terms they accepted, or as the one who reported it")


def _houses(people: list[int], at: datetime) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    of = Affiliation.objects.at(at).filter(person__in=people).order_by("organisation__name")
    for person, organisation in of.values_list("person", "organisation__name"):
        found[person].append(organisation)
    return found
