"""What is typed about a source."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from advisories.collect import signin
from advisories.collect.settings import BOUNDS, SLOWEST, Settings, has_keys, told, usual
from advisories.models import Source
from members import tlp

UNMARKED = [("", _("AMBER+STRICT, as nothing says otherwise"))]
LIMITS = {
    "wire": _("Megabytes of one document, as it comes"),
    "decoded": _("Megabytes of one document, unpacked"),
    "entries": _("Entries of one document"),
    "seconds": _("Seconds for one document"),
}


def number(label: Any, least: int, most: int, **more: Any) -> forms.IntegerField:
    """A whole number within bounds, which an error names."""
    said = format_lazy(_("Write a whole number from {least} to {most}."), least=least, most=intcomma(most))
    wrong = dict.fromkeys(("invalid", "required", "min_value", "max_value"), said)
    return forms.IntegerField(label=label, min_value=least, max_value=most, error_messages=wrong, **more)


class SourceForm(forms.Form):
    """The settings of one source. A limit that is left empty is that of its kind."""

    name = forms.CharField(label=_("Name"), max_length=100)
    every = number(_("Minutes between two fetches, at the least"), 1, SLOWEST)
    at_most = number(
        _("At the most"), 1, SLOWEST, required=False,
        help_text=_("While it says nothing new it is asked more seldom. Empty: four times as many, a day at most."),
    )  # fmt: skip
    label = forms.ChoiceField(
        label=_("Label of what comes unmarked"), required=False, choices=[*UNMARKED, *tlp.CHOICES]
    )
    wire, decoded, entries, seconds = (
        number(LIMITS[name], least, most, required=False) for name, (_unit, least, most) in BOUNDS.items()
    )
    sign_in = forms.CharField(
        label=_("Sign in with another name and password, or token"), required=False, max_length=signin.LONGEST,
        widget=forms.PasswordInput({"autocomplete": "off"}),
        help_text=_("Written NAME:PASSWORD, or the token alone. Empty: it stays as it is. It is never shown again."),
    )  # fmt: skip
    forget = forms.BooleanField(label=_("Don’t sign in there any more"), required=False)
    authserv = forms.CharField(
        label=_("Name of your mail server"), required=False, max_length=200,
        help_text=_("As it stands in Authentication-Results. Its word on senders is shown; nobody else’s is."),
    )  # fmt: skip
    trust_anew = forms.BooleanField(
        label=_("Trust the OpenPGP keys that its metadata names now"), required=False,
        help_text=_("The keys that it had first are pinned. Tick this once, after asking it by another way."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, source: Source) -> None:
        super().__init__(data, initial=told(source))
        for name, value in usual(source.kind).items():
            self.fields[name].help_text = _("Empty: %(usual)s, as is usual.") % {"usual": intcomma(value)}
        fits = {
            "authserv": source.kind == "mailbox", "trust_anew": has_keys(source), "sign_in": source.kind != "folder",
            "forget": bool(source.secret),
        }  # fmt: skip
        for name in (name for name, fit in fits.items() if not fit):
            del self.fields[name]

    def settings(self) -> Settings:
        said = self.cleaned_data
        return Settings(
            name=said["name"], every=said["every"], at_most=said["at_most"], label=said["label"],
            limits={name: said[name] for name in BOUNDS if said[name] is not None},
            sign_in="" if said.get("forget") else said.get("sign_in") or None,
            authserv=said.get("authserv", ""), trust_anew=bool(said.get("trust_anew")),
        )  # fmt: skip
