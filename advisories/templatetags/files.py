"""The files beneath an item, on pages that know nothing of advisories."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import RequestContext

from advisories.views.talk import filed
from members.models import Item

register = template.Library()


@register.inclusion_tag("advisories/files.html", takes_context=True)
def files(context: RequestContext, item: Item, label: str) -> dict[str, Any]:
    """Those that whoever looks may read, and for who may add one the box. `label`: under which the item stands."""
    return {**filed(context["request"], item, label), "ref": item.reference}
