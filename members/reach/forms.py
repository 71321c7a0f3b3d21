"""What is typed about where somebody is reached."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from members.delivery.openpgp import LARGEST
from members.models import OF_ORGANISATIONS, Channel, Tier
from members.reach.register import LONGEST_URL
from members.toldforms import HOW_URGENT

OURS = _("Nobody outside the community reads what comes here")
OURS_HELP = _(
    "The community: people of member organisations and their WARPs. Only then are items marked TLP:GREEN told here, by "
    "title and link. A channel that guests, suppliers or a whole town hall read is not private."
)
CODE = {"inputmode": "numeric", "autocomplete": "one-time-code", "class": "govuk-input govuk-input--width-5"}


def lowest() -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=_("What is it told?"), choices=HOW_URGENT, coerce=int, widget=forms.RadioSelect, initial=Tier.URGENT,
        help_text=_("A Flash that concerns you goes there in any case."),
    )  # fmt: skip


class PhoneForm(forms.Form):
    number = forms.CharField(
        label=_("Mobile number"), max_length=30, widget=forms.TextInput({"type": "tel", "autocomplete": "tel"}),
        help_text=_("Your own. A code is sent to it."),
    )  # fmt: skip
    private = forms.BooleanField(
        label=_("I alone read what comes to this number"), required=False,
        help_text=_("Only then are items marked TLP:GREEN told here, by title and link."),
    )  # fmt: skip


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("The code that was sent there"), max_length=12, widget=forms.TextInput(CODE)
    )  # fmt: skip


class ChannelForm(forms.Form):
    channel = forms.ChoiceField(
        label=_("What kind of channel is it?"), widget=forms.RadioSelect,
        choices=[(one.value, capfirst(one.label)) for one in Channel if one in OF_ORGANISATIONS],
    )  # fmt: skip
    name = forms.CharField(label=_("What you call it"), max_length=100, help_text=_("Like “Security team”."))
    url = forms.CharField(
        label=_("Its web address"), max_length=LONGEST_URL, widget=forms.URLInput({"autocomplete": "off"}),
        help_text=_("Begins with https://. Whoever knows it can write there, so the hub keeps it encrypted and does "
                    "not show it again."),
    )  # fmt: skip
    lowest = lowest()
    private = forms.BooleanField(label=OURS, required=False, help_text=OURS_HELP)


class ChangeForm(forms.Form):
    name = forms.CharField(label=_("What you call it"), max_length=100)
    url = forms.CharField(
        label=_("A new web address"), max_length=LONGEST_URL, required=False,
        widget=forms.URLInput({"autocomplete": "off"}),
        help_text=_("Leave it empty to keep the one that it has. Nothing goes to a new one before it is tested."),
    )  # fmt: skip
    lowest = lowest()
    private = forms.BooleanField(label=OURS, required=False, help_text=OURS_HELP)

    def __init__(self, *args: Any, organisation: bool, **kwargs: Any) -> None:
        """Of a person's own telephone only who reads it can change: another number is another telephone."""
        super().__init__(*args, **kwargs)
        if not organisation:
            del self.fields["name"], self.fields["url"], self.fields["lowest"]
            self.fields["private"] = PhoneForm.base_fields["private"]


class KeyForm(forms.Form):
    key = forms.CharField(
        label=_("Your public key"), max_length=LARGEST, widget=forms.Textarea({"rows": 10, "spellcheck": "false"}),
        help_text=_("From “BEGIN PGP PUBLIC KEY BLOCK” to its end. It must name a mail address that you have here."),
    )  # fmt: skip
