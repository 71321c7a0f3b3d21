"""By which channel how much is said: the table of `policy.md` as data; `shows` is the lesser of `may` and its cell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from django.db.models import prefetch_related_objects

from members import tlp
from members.keys import Viewer
from members.models import Cell, Embargo, Item, Standing, Tightening
from members.placing import TAKES_GREEN_ON_CLEAR, Facts
from members.policy import Answer, may


class Exit(StrEnum):
    """The columns: ways out of the hub that say differently much."""

    PAGE = "page"  # signed in
    MAIL = "mail"  # to a verified address of a member
    DIGEST = "digest"
    SUBSCRIBER = "subscriber"  # without an account
    MESSAGE = "message"  # SMS, Teams, Slack, webhook
    ATOM = "atom"  # the token stands in the address
    MACHINE = "machine"  # TAXII, API: the credential stands in a header


EMBARGOED, UNRELEASED = "embargoed", "unreleased"  # the rows that are not labels
STEP_UP = frozenset({tlp.RED, EMBARGOED})  # whose text a page shows to whom it has asked once more
CREDENTIALS = frozenset({Exit.ATOM, Exit.MACHINE})

_, AWAITS, _, NOTICE, TITLE, BODY = Cell
NIL = Cell.NOTHING
TABLE: dict[str, dict[Exit, Cell]] = {
    row: dict(zip(Exit, cells, strict=True))
    for row, cells in {
        #            page  mail    digest  subscriber message atom machine
        tlp.CLEAR: (BODY, BODY, BODY, BODY, TITLE, BODY, BODY),
        tlp.GREEN: (BODY, BODY, BODY, NIL, TITLE, TITLE, BODY),
        tlp.AMBER: (BODY, TITLE, TITLE, NIL, NOTICE, NIL, BODY),
        tlp.STRICT: (BODY, NOTICE, NOTICE, NIL, NOTICE, NIL, BODY),
        tlp.RED: (BODY, AWAITS, NIL, NIL, AWAITS, NIL, NIL),
        EMBARGOED: (BODY, AWAITS, NIL, NIL, AWAITS, NIL, NIL),
        UNRELEASED: (BODY, AWAITS, NIL, NIL, NIL, NIL, NIL),
    }.items()
}


def cell(row: str, channel: Exit, *, private: bool = False) -> Cell:
    """The table's cell. GREEN is never on a public channel: a message needs one that is registered as private."""
    if row == tlp.GREEN and channel == Exit.MESSAGE and not private:
        return Cell.NOTHING
    return TABLE[row][channel]


def lesser(answer: Answer, allowed: Cell) -> Cell:
    """What of `allowed` is said to whom the rule answers so."""
    if answer == Answer.BODY:
        return allowed
    if answer == Answer.WITHDRAWN:
        return Cell.WITHDRAWN if allowed >= Cell.TITLE else Cell.NOTHING
    return min(Cell.AWAITS, allowed) if answer == Answer.OFFER else Cell.NOTHING


def shows(viewer: Viewer, item: Item, at: datetime, channel: Exit, *, private: bool = False) -> Cell:
    """How much of `item` goes to `viewer` by `channel` at `at`."""
    answer, stand = may(viewer, item, at), stands([item], at)[item.pk]
    if stand.withdrawn and channel in CREDENTIALS:  # a credential never sees what has no released standing
        answer = min(answer, Answer.WITHDRAWN)
    return lesser(answer, stand.cell(channel, private=private))


AS_THE_TABLE: Mapping[str, int] = MappingProxyType({})


class Stand(NamedTuple):
    """How an item stands at a moment: the table's row, and the version in force (0: it has no standing of its own).

    `tightened`: the cells of that row that the item's own WARP has made smaller, by channel. `secret`: what is not
    released is meant to be RED, or is an anonymous report.
    """

    row: str
    version: int = 0
    withdrawn: bool = False
    tightened: Mapping[str, int] = AS_THE_TABLE
    secret: bool = False

    @property
    def asks(self) -> bool:
        """Whether a page shows it only to whom it has asked once more who they are (policy.md, By which channel)."""
        return self.row in STEP_UP or self.secret

    def cell(self, channel: Exit, *, private: bool = False) -> Cell:
        """The lesser of the table's cell and the one that the item's own WARP has chosen: never a larger one."""
        return min(cell(self.row, channel, private=private), Cell(self.tightened.get(channel, Cell.BODY)))

    @property
    def label(self) -> str:
        """The TLP label that the row is, or "" where it shows none."""
        return self.row if self.row in tlp.STRICTNESS else ""


def stands(items: Iterable[Item], at: datetime) -> dict[int, Stand]:
    """How each of `items` stands at `at`, by id. Three statements, and two more for each generation of parents."""
    items = list(items)
    found, smaller = _stands(items, at), _tightenings(item.warp_id for item in items)
    return {item.pk: _tightened(found[item.pk], item, smaller) for item in items}


def stand_of(facts: Facts, at: datetime) -> Stand:
    """How the item of `facts` stands at `at`: as `stands` says, of what was read already. One statement."""
    return _tightened(_standing(facts, at), facts.item, _tightenings([facts.item.warp_id]))


def _standing(facts: Facts, at: datetime) -> Stand:
    item, own = facts.item, facts.standings or facts.embargo is not None or facts.item.anonymous
    if facts.parent is not None and not own:
        return _inherited(item, _standing(facts.parent, at))
    return _own(item, facts.standings, facts.embargo, at)


def would_stand(item: Item, standing: Standing, at: datetime) -> Stand:
    """How `item` would stand at `at`, were `standing` saved and in force."""
    stand = _own(item, [standing], Embargo.objects.filter(item=item).first(), at)
    return _tightened(stand, item, _tightenings([item.warp_id]))


Tightenings = dict[tuple[int, str], dict[str, int]]  # by WARP and row: channel, cell


def _tightenings(warps: Iterable[int]) -> Tightenings:
    found: Tightenings = defaultdict(dict)
    chosen = Tightening.objects.filter(warp__in=set(warps))
    for warp, row, channel, smaller in chosen.values_list("warp_id", "row", "channel", "cell"):
        found[warp, row][channel] = smaller
    return found


def _tightened(stand: Stand, item: Item, smaller: Tightenings) -> Stand:
    chosen = smaller.get((item.warp_id, stand.row))
    return stand._replace(tightened=chosen) if chosen else stand


def _stands(items: list[Item], at: datetime) -> dict[int, Stand]:
    standings: dict[int, list[Standing]] = defaultdict(list)
    for standing in Standing.objects.filter(item__in=items):
        standings[standing.item_id].append(standing)
    embargoes = {embargo.item_id: embargo for embargo in Embargo.objects.filter(item__in=items)}
    own = {*standings, *embargoes}
    heirs = [i for i in items if i.parent_id and i.pk not in own and not i.anonymous]
    prefetch_related_objects(heirs, "parent")
    above = _stands(list({i.parent for i in heirs if i.parent}), at) if heirs else {}
    return {
        item.pk: _inherited(item, above[item.parent_id])
        if item in heirs and item.parent_id
        else _own(item, standings[item.pk], embargoes.get(item.pk), at)
        for item in items
    }


def _inherited(item: Item, parent: Stand) -> Stand:
    """A child takes its parent's; a comment or sighting on a CLEAR item takes GREEN."""
    row = tlp.GREEN if parent.row == tlp.CLEAR and item.kind in TAKES_GREEN_ON_CLEAR else parent.row
    return Stand(row, withdrawn=parent.withdrawn, secret=parent.secret)


def _own(item: Item, standings: Iterable[Standing], embargo: Embargo | None, at: datetime) -> Stand:
    """Lines 3 to 7 of the rule: an anonymous report, withdrawn, under embargo, no standing in force, released."""
    if item.anonymous:  # it never takes a standing or an embargo, by mistake neither
        return Stand(UNRELEASED, secret=True)
    standing = next((s for s in standings if s.in_force(at)), None)
    withdrawn = standing is not None and standing.state == Standing.State.WITHDRAWN
    if embargo is not None and embargo.proposed_at <= at and not withdrawn and not (standing and embargo.ends_at <= at):
        return Stand(EMBARGOED, standing.version if standing else 0)
    if standing is None:
        return Stand(UNRELEASED, secret=item.marking == tlp.RED)
    return Stand(standing.label, standing.version, withdrawn)
