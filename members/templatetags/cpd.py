"""Words of training on pages: hours of CPD, and numbers of certificates as they are read out."""

from __future__ import annotations

from django import template

from members.training import checking, had

register = template.Library()


@register.filter
def hours(minutes: int) -> str:
    return had.hours(minutes)


@register.filter
def spaced(number: str) -> str:
    return checking.spaced(number)
