"""Fields that several forms take."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from members.times import HOW, Unclear, parse


def offer(form: forms.BaseForm, name: str, choices: Iterable[tuple[str, Any]]) -> None:
    """What the field of that name lets choose from."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # a bug of the form's own
    field.choices = list(choices)


class MomentField(forms.CharField):
    """A date and time of UK clocks, as typed; cleaned to an aware moment. Never guesses which of two is meant."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=60, help_text=HOW, **kwargs)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            return parse(text) if text else None
        except Unclear as unclear:
            raise ValidationError(str(unclear)) from None
