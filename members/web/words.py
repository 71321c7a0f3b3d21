"""Sentences that are made where Django is absent (the worker) and read where it is present.

A sentence travels as its English template and the values in it; it becomes words of the
reader's language only when somebody reads it.
"""

from __future__ import annotations

from collections.abc import Mapping

Params = Mapping[str, str | int | float]


def gettext_noop(message: str) -> str:
    """Marks a template for translators; changes nothing."""
    return message


def in_words(template: str, params: Params) -> str:
    """The sentence in the language that is active now."""
    from django.utils.translation import gettext  # not at the top: the worker starts without Django

    sentence = gettext(template)
    return sentence % dict(params) if params else sentence
