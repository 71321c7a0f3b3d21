"""What a calendar's address is for, in its owner's words."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class AddressForm(forms.Form):
    name = forms.CharField(
        label=_("Which calendar is it for?"), max_length=100, help_text=_("So that you know later which one to end.")
    )
