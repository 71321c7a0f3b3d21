"""Whom a child may be for: nobody whom its parent is not for, and never more than it says."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from advisories.draft import TABLES
from members import permits, stand, tlp
from members.buckets import Bucket
from members.keys import Viewer
from members.models import Grant, Handler, Item, Kind, Person
from members.placing import TAKES_GREEN_ON_CLEAR
from members.refused import Refused
from members.shows import EMBARGOED, stands
from members.stand import Target


def least(kind: Kind, parent: Item, at: datetime) -> str:
    """The least strict label that a child of `kind` may carry: what it takes from `parent` at `at` by itself.

    Where that stands under no label, one that is for its handlers alone; under an embargo, for named people alone.
    """
    row = stands([parent], at)[parent.pk].row
    if row == tlp.CLEAR and kind in TAKES_GREEN_ON_CLEAR:
        return tlp.GREEN
    if row in tlp.STRICTNESS:
        return row
    return tlp.RED if row == EMBARGOED or parent.marking == tlp.RED else tlp.STRICT


def for_handlers(parent: Item, at: datetime) -> tuple[str, list[Target]]:
    """Label and targets of a child that those who handle `parent` read, and nobody else but its author."""
    if least(Kind.ATTACHMENT, parent, at) != tlp.RED:
        return tlp.STRICT, []  # without a grant it reaches nobody; the coordinators handle it
    named = Handler.objects.at(at).filter(item=parent).order_by("person")
    return tlp.RED, [("person", pk) for pk in named.values_list("person", flat=True).distinct()]


def narrowed(
    person: Person, kind: Kind, parent: Item, at: datetime, label: str | None, targets: Iterable[Target]
) -> list[Target]:
    """The targets of a child under `label`, as they are granted. Raises Refused where it can't be for these."""
    targets = list(dict.fromkeys(targets))
    if label is None:
        if targets:
            raise Refused(_("Without a label of its own it is for everyone who reads what it belongs to. Choose one."))
        return []
    floor = least(kind, parent, at)
    if label not in tlp.STRICTNESS:
        raise Refused(_("There is no label “%(label)s”. Choose one of TLP 2.0.") % {"label": label})
    if tlp.STRICTNESS[label] < tlp.STRICTNESS[floor]:
        said = _("It belongs to what is %(floor)s, so it can't be %(label)s. Choose a label at least as strict.")
        raise Refused(said % {"floor": tlp.display(floor), "label": tlp.display(label)})
    if label == tlp.CLEAR and targets:
        raise Refused(_("TLP:CLEAR is for everyone and takes no audience: take it away, or choose a stricter label."))
    if label == tlp.RED and (not targets or any(of != "person" for of, _pk in targets)):
        raise Refused(_("TLP:RED is for named people alone: name at least one person, and nothing else."))
    if not all(_there(person, target, at) for target in targets):
        raise Refused(_("One of those whom you named does not exist. Choose again."))
    return targets


def _there(person: Person, target: Target, at: datetime) -> bool:
    """Whether there is such a target, for them: one that they may not name does not exist. Their own house they may."""
    kind, pk = target
    if kind not in Grant.TARGETS or not TABLES[kind].objects.filter(pk=pk).exists():
        return False
    own = kind == "organisation" and Bucket.ORGANISATION.of(pk) in Viewer(person.pk).keys(at)
    return own or permits.grantable(person, [target], at)


def copied_standing(child: Item, at: datetime) -> tuple[str, list[Target], datetime]:
    """What `child` takes from its parent, as a standing of its own: label, targets, since when.

    One that reaches nobody and begins at `at` where there is none to copy: the parent is under an embargo or not
    released, or is narrowed to grants that have all ended.
    """
    parent = child.parent
    assert parent is not None  # a child
    taken = stands([child], at)[child.pk]
    standing = stand.in_force(parent, at)
    if not taken.label or taken.withdrawn or standing is None:
        return least(Kind(child.kind), parent, at), [], at
    grants = Grant.objects.at(at).filter(standing=standing)
    targets = [(kind, pk) for grant in grants for kind in Grant.TARGETS if (pk := getattr(grant, f"{kind}_id"))]
    if not targets and standing.grants.exists():
        return tlp.strictest([tlp.STRICT, taken.label]), [], at
    return taken.label, targets, max(child.created_at, standing.since)


def take_handlers(child: Item, at: datetime) -> None:
    """Those named as handlers of the parent are so of `child` too, which is about to stand for itself."""
    named = Handler.objects.at(at).filter(item=child.parent).values_list("person", flat=True).distinct()
    Handler.objects.bulk_create(Handler(item=child, person_id=pk, since=at) for pk in named)
