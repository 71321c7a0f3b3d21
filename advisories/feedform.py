"""What a feed address is for, in its owner's words."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class FeedForm(forms.Form):
    name = forms.CharField(
        label=_("Which feed reader is it for?"), max_length=100, help_text=_("So that you know later which one to end.")
    )
