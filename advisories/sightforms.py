"""For which of their organisations somebody says “we see this too”."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from members.fields import offer
from members.models import Affiliation


class SightForm(forms.Form):
    """For one organisation nothing is to be chosen. Which button was pressed says of what, and whether it is taken
    back."""

    for_whom = forms.MultipleChoiceField(
        label=_("For which organisations?"), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one of your organisations.")},
    )  # fmt: skip

    def __init__(self, *args: Any, mine: Iterable[Affiliation], **kwargs: Any) -> None:
        """`mine`: those that whoever asks speaks for."""
        super().__init__(*args, **kwargs)
        self.prefix = "sight"
        choices = list({one.organisation.slug: one.organisation.name for one in mine}.items())
        self._all = [slug for slug, _name in choices]
        self.several = len(choices) > 1
        offer(self, "for_whom", choices)
        self.fields["for_whom"].initial = self._all
        if not self.several:
            del self.fields["for_whom"]

    def organisations(self) -> list[str]:
        return list(self.cleaned_data["for_whom"]) if self.several else self._all
