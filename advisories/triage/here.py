"""How an entry ranks for one viewer, in the database: by the rules of the desks on which it lies before them.

On one desk, by the rules of its WARP. Whoever has several desks sees it as high as the highest of them has it. Who
handles an entry by name, with a desk that it doesn't lie on, sees it by the usual rules.
"""

from __future__ import annotations

from django.db.models import Case, Exists, F, IntegerField, JSONField, OuterRef, Q, Subquery, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Greatest

from advisories.models import RankRules, WarpRank


def here(name: str, desks: set[int]) -> Combinable:
    """An entry's `rank` or `lift`."""
    usual = F(name)
    if len(desks) <= 1:  # what doesn't lie on the desk has no row
        return next((_by(desk, name) for desk in desks), usual)
    ways = [_where(_lies_on({desk}), _by(desk, name)) for desk in sorted(desks)]
    return Greatest(_where(~_lies_on(desks), usual), *ways)


def own_reasons(desks: set[int]) -> dict[str, Combinable]:
    """The reasons that an entry has by each desk's own rules, where those make a difference: one column for each."""
    return {f"reasons_{desk}": _own(desk, "reasons", JSONField()) for desk in sorted(desks)}


def _by(desk: int, name: str) -> Case:
    """As this desk has it. Whether its WARP has rules of its own is asked once, not for each entry."""
    has_rules = Exists(RankRules.objects.filter(warp=desk))
    own = Coalesce(_own(desk, name, IntegerField()), F(name))
    return Case(When(has_rules, then=own), default=F(name), output_field=IntegerField())


def _own(desk: int, name: str, field: IntegerField[int, int] | JSONField) -> Subquery:
    return Subquery(WarpRank.objects.filter(entry=OuterRef("pk"), warp=desk).values(name), output_field=field)


def _lies_on(desks: set[int]) -> Q:
    return Q(item__hub_wide=True) | Q(item__warp__in=desks)


def _where(fits: Q, then: Combinable) -> Case:
    return Case(When(fits, then=then), default=Value(0), output_field=IntegerField())
