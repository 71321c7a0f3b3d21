"""How many organisations a WARP has, and each WARP above it: among whom somebody without a name hides."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from members.models import Membership, Warp, Within

CROWD = 5  # organisations of which any may have said it


def crowds(warp: Warp, at: datetime) -> list[tuple[Warp, int]]:
    """`warp` and those above it, the nearest first, each with how many organisations are active in it and below it. In
    one statement, however high the tree."""
    inside = active(at).filter(warp__within__ancestor=OuterRef("pk")).annotate(all=Value(1)).values("all")
    many = Subquery(inside.annotate(many=Count("organisation", distinct=True)).values("many"))
    above = Warp.objects.filter(pk__in=Within.objects.filter(warp=warp).values("ancestor"))
    found = above.annotate(many=Coalesce(many, 0), depth=Count("within")).order_by("-depth")
    return [(one, one.many) for one in found]


def active(at: datetime) -> QuerySet[Membership]:
    return Membership.objects.at(at).filter(state=Membership.State.ACTIVE).order_by()
