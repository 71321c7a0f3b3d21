"""Fields that several forms take: a moment, and people by their addresses."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from members.fields import MomentField
from members.models import Person

__all__ = ["MomentField", "PeopleField"]


class PeopleField(forms.CharField):
    """E-mail addresses, one a line; cleaned to the people who have accounts with them."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea({"rows": 3}), **kwargs)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        wanted = {line.strip().lower() for line in text.splitlines() if line.strip()}
        people = list(Person.objects.filter(email__in=wanted).order_by("email"))
        if unknown := sorted(wanted - {person.email for person in people}):
            said = _("Nobody has an account with %(address)s. Correct it or take it out.")
            raise ValidationError([ValidationError(said, params={"address": address}) for address in unknown])
        return people
