"""The text of a lesson on its page."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from members.training import prose

register = template.Library()


@register.filter
def prose_html(text: str) -> SafeString:
    return prose.html(text)
