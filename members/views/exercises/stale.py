"""Two who lead an exercise write at once: whoever saves later is told, and overwrites nothing unseen."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _

NAME = "was"  # of the field in which a page sends what it was made of


def stamp(was: Mapping[str, Any]) -> str:
    """The same for the same texts."""
    return hashlib.sha256(repr(sorted(was.items())).encode()).hexdigest()[:16]


def stale(request: HttpRequest, form: forms.Form, was: Mapping[str, Any]) -> bool:
    """Whether the page was made of something else than what is there now, which `form` then says. Its next page is
    made of that, and so whoever has looked may save all the same."""
    if request.POST.get(NAME, stamp(was)) == stamp(was):
        return False
    form.add_error(None, _("Somebody changed this since you opened it. What you typed is still here: look at theirs in"
                           " another tab, and save once more to put yours in its place."))  # fmt: skip
    return True
