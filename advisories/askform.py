"""About whom a handler asks: by the whole address, as everywhere."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class ReaderForm(forms.Form):
    who = forms.EmailField(
        label=_("Ask about another reader"), help_text=_("The address with which they sign in."), max_length=254
    )
