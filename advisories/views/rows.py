"""What a list shows of each item that the rule gave: the text that stands, in one statement for the whole page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Max, OuterRef, Q, QuerySet, Subquery
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from advisories.models import Version
from members import kinds, policy, shows, tlp
from members.models import Embargo, Item, Standing, Tier
from members.policy import Viewer

TIER_NAMES = {tier: tier.name.lower() for tier in Tier}
HIDDEN = _("For named people: confirm that it is you to read it")
DRAFTS = 25
NOTES: dict[str | None, Promise] = {None: _("Draft"), Standing.State.WITHDRAWN.value: _("Withdrawn")}


@dataclass(frozen=True)
class Row:
    """One line of a list. `at` is when it was released, or written where it is not."""

    ref: str
    title: str | Promise
    label: str
    tier: str
    at: datetime
    url: str
    note: str | Promise = ""


def rows(items: Sequence[Item], at: datetime, *, confirmed: bool) -> list[Row]:
    """A row for each of `items`, in their order. What asks for a step-up shows no title until `confirmed`."""
    texts = {version.advisory_id: version for version in _texts(items, at)}
    below = _asking_above(items, at)
    return [
        _row(item, text, hidden=not confirmed and (_asks(item, text, at) or item.pk in below))
        for item in items
        if (text := texts.get(item.pk))
    ]


def _asking_above(items: Iterable[Item], at: datetime) -> set[int]:
    """Those that ask by what they take from the item that they belong to. No statement where none belongs to any."""
    below = [item for item in items if item.parent_id]
    return {pk for pk, stand in shows.stands(below, at).items() if stand.asks} if below else set()


def _texts(items: Sequence[Item], at: datetime) -> QuerySet[Version]:
    """One version each: the one that stands, else the newest."""
    stands = Standing.objects.at(at).filter(item=OuterRef("advisory_id"))
    newest = (
        Version.objects.filter(advisory=OuterRef("advisory_id"))
        .order_by()
        .values("advisory")
        .annotate(last=Max("number"))
        .values("last")
    )
    texts = Version.objects.filter(advisory__in=[item.pk for item in items]).annotate(
        stands_label=Subquery(stands.values("label")[:1]),
        stands_since=Subquery(stands.values("since")[:1]),
        stands_state=Subquery(stands.values("state")[:1]),
        stands_number=Subquery(stands.values("version")[:1]),
        newest=Subquery(newest),
        embargo_ends=Subquery(Embargo.objects.filter(item=OuterRef("advisory_id")).values("ends_at")[:1]),
    )
    return texts.filter(Q(number=F("stands_number")) | Q(stands_number=None, number=F("newest")))


def _asks(item: Item, text: Any, at: datetime) -> bool:
    """Whether its page asks once more who they are, as `guarded` has it."""
    label = text.stands_label or item.marking
    return label == tlp.RED or item.anonymous or _embargoed(text, at)


def _row(item: Item, text: Any, *, hidden: bool) -> Row:
    return Row(
        ref=item.reference,
        title=HIDDEN if hidden else text.title,
        label=text.stands_label or item.marking,
        tier=TIER_NAMES[Tier(text.tier)],
        at=text.stands_since or text.written_at,
        url=kinds.page(item),
        note=NOTES.get(text.stands_state, ""),
    )


def drafts(viewer: Viewer, at: datetime, *, confirmed: bool) -> list[Row]:
    """What the viewer's desk is writing: versions that no one has released yet, the latest first."""
    mine = policy.handled(viewer, at, "advisory_id")
    unreleased = Version.objects.filter(mine, released_at=None).select_related("advisory__item")
    stands = Standing.objects.at(at).filter(item=OuterRef("advisory_id"))
    unreleased = unreleased.annotate(
        embargo_ends=Subquery(Embargo.objects.filter(item=OuterRef("advisory_id")).values("ends_at")[:1]),
        stands_label=Subquery(stands.values("label")[:1]),
    )
    texts = list(unreleased.order_by("-written_at", "advisory")[:DRAFTS])
    below = _asking_above([text.advisory.item for text in texts], at)
    return [_draft(text, hidden=not confirmed and (_draft_asks(text) or text.advisory_id in below)) for text in texts]


def _draft_asks(text: Any) -> bool:
    """As its page: by what it is meant to be, and by what stands, of which it is the next version."""
    item = text.advisory.item
    red = tlp.RED in {text.label, item.marking, text.stands_label}
    return bool(red or item.anonymous or text.embargo_ends is not None)


def _draft(text: Any, *, hidden: bool) -> Row:
    item, title = text.advisory.item, HIDDEN if hidden else text.title
    return Row(item.reference, title, text.label, TIER_NAMES[Tier(text.tier)], text.written_at, kinds.page(item))


def _embargoed(text: Any, at: datetime) -> bool:
    return text.embargo_ends is not None and (text.stands_state is None or at < text.embargo_ends)
