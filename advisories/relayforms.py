"""What is typed about destinations of relays."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from advisories.models import Destination
from advisories.models.relay import LABELS
from advisories.relaying.destinations import LONGEST, Typed
from members.delivery.openpgp import LARGEST

Kind = Destination.Kind


class DestinationForm(forms.Form):
    """A new one. What a mail address needs, and what a collection, stand side by side."""

    name = forms.CharField(label=_("Who they are"), max_length=100)
    kind = forms.ChoiceField(label=_("How it goes there"), choices=Kind.choices, widget=forms.RadioSelect)
    strictest = forms.ChoiceField(
        label=_("The strictest label that they may be sent"), choices=LABELS, help_text=_("TLP:RED is never relayed.")
    )
    mail = forms.EmailField(label=_("E-mail address (by mail)"), required=False, max_length=320)
    key = forms.CharField(
        label=_("Their OpenPGP public key (by mail)"), required=False, max_length=LARGEST,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("Mail there is encrypted to it. Needed for what is narrower than TLP:GREEN."),
    )  # fmt: skip
    root = forms.CharField(
        label=_("API root of their server (by TAXII)"), required=False, max_length=2000,
        help_text=_("Like https://taxii.example.org/api1/"),
    )  # fmt: skip
    collection = forms.CharField(label=_("Id of the collection (by TAXII)"), required=False, max_length=100)
    sign_in = forms.CharField(
        label=_("How the hub signs in there (by TAXII)"), required=False, max_length=LONGEST,
        widget=forms.PasswordInput({"autocomplete": "off"}),
        help_text=_("Written NAME:PASSWORD, or the token alone. It is kept encrypted and never shown again."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        needs = ("mail",) if said.get("kind") == Kind.MAIL else ("root", "collection")
        for name in needs if said.get("kind") else ():
            if not said.get(name) and name not in self.errors:
                self.add_error(name, _("This is needed to send anything there."))
        return said

    def typed(self) -> Typed:
        return Typed(**self.cleaned_data)


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("The code that they tell you"), max_length=20,
        help_text=_("Ring them on a number that you know already, not on one from a mail."),
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip
