"""What an organisation answers to an alert: whether it applies to them, and what they did."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from members.fields import offer
from members.models import Response
from members.response.answer import LONGEST

CHOICES = [(value, capfirst(said)) for value, said in Response.Applies.choices if value]


class AnswerForm(forms.Form):
    """For one organisation nothing is to be chosen; whoever answers for several says for which."""

    to = forms.CharField(widget=forms.HiddenInput, max_length=20, required=False)  # which announcement is answered
    for_whom = forms.MultipleChoiceField(
        label=_("Which organisations?"), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one of your organisations.")},
    )  # fmt: skip
    applies = forms.ChoiceField(
        label=_("Are you affected?"), choices=CHOICES, required=False, widget=forms.RadioSelect,
    )  # fmt: skip
    words = forms.CharField(
        label=_("What you found or did"), required=False, max_length=LONGEST, widget=forms.Textarea({"rows": 3}),
        help_text=_("Read by those who sent the alert."),
    )  # fmt: skip

    def __init__(self, *args: Any, mine: Sequence[Response], **kwargs: Any) -> None:
        """`mine`: where the organisations stand that whoever asks answers for."""
        super().__init__(*args, **kwargs)
        self.prefix = "answer"
        choices = [(one.organisation.slug, one.organisation.name) for one in mine]
        latest = max(mine, key=lambda one: one.announcement_id, default=None)
        self.fields["to"].initial = latest.announcement.code if latest else ""
        offer(self, "for_whom", choices)
        self.fields["for_whom"].initial = [slug for slug, _name in choices]
        self.several = len(choices) > 1
        if not self.several:
            del self.fields["for_whom"]
        self._all = [slug for slug, _name in choices]

    def organisations(self) -> list[str]:
        return list(self.cleaned_data["for_whom"]) if self.several else self._all
