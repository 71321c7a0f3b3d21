"""What is typed about who was there: a code, an address at the door, what somebody thought, a number to check."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from members.fields import offer
from members.models import Organisation
from members.training.attendance import Attended
from members.training.certifying import LONGEST_REASON
from members.training.checking import LENGTH
from members.training.feedback import LONGEST

CODE = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false",
        "class": "govuk-input govuk-input--width-10 govuk-input--extra-letter-spacing"}  # fmt: skip
USEFUL = [(1, _("1, not at all")), (2, _("2")), (3, _("3")), (4, _("4")), (5, _("5, very"))]
PACE = [(1, _("1, far too slow")), (2, _("2")), (3, _("3, just right")), (4, _("4")), (5, _("5, far too fast"))]
NOTED = {"came": Attended.YES, "not": Attended.NO, "unsaid": Attended.UNKNOWN}


class SignInForm(forms.Form):
    code = forms.CharField(
        label=_("The code that is shown in the room"), max_length=20, widget=forms.TextInput(CODE),
        help_text=_("Six letters and digits. Capitals and spaces don’t matter."),
    )  # fmt: skip


class WalkInForm(forms.Form):
    """`houses`: of which they are, once somebody typed the address of a person of several."""

    email = forms.EmailField(
        label=_("Somebody came who has not booked"), max_length=254,
        widget=forms.EmailInput({"autocomplete": "off"}),
        help_text=_("Their whole e-mail address. They need an account, and must be able to read the course."),
    )  # fmt: skip
    house = forms.ChoiceField(label=_("For which organisation did they come?"), required=False)

    def __init__(self, *args: Any, houses: list[Organisation] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if houses is None:
            del self.fields["house"]
        else:
            offer(self, "house", [(one.slug, one.name) for one in houses])


class FeedbackForm(forms.Form):
    useful = forms.TypedChoiceField(
        label=_("How useful was it to you?"), choices=USEFUL, coerce=int, widget=forms.RadioSelect
    )
    pace = forms.TypedChoiceField(label=_("How was its pace?"), choices=PACE, coerce=int, widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("What should stay, what should change?"), max_length=LONGEST, required=False,
        widget=forms.Textarea({"rows": 5}),
        help_text=_("Shown without your name. Leave out what only you could have said."),
    )  # fmt: skip


class RevokeForm(forms.Form):
    reason = forms.CharField(
        label=_("Why is it revoked?"), max_length=LONGEST_REASON, widget=forms.Textarea({"rows": 3}),
        help_text=_("Whose it is reads this; whoever checks its number reads only that it is revoked."),
    )  # fmt: skip


class CheckForm(forms.Form):
    number = forms.CharField(
        label=_("Number of the certificate"), max_length=30, widget=forms.TextInput(CODE),
        help_text=_("%d letters and digits, like 7K3Q-FMNP-2XTV.") % LENGTH,
    )  # fmt: skip
    name = forms.CharField(
        label=_("Name on it (optional)"), max_length=150, required=False,
        widget=forms.TextInput({"autocomplete": "off", "class": "govuk-input govuk-input--width-20"}),
        help_text=_("As it is written there. You are told whether it is the certificate of that name."),
    )  # fmt: skip
