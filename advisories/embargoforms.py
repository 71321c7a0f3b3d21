"""What handlers type about an embargo."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from advisories.fields import MomentField, PeopleField


def area(rows: int) -> forms.Textarea:
    return forms.Textarea({"rows": rows})


class ProposeForm(forms.Form):
    ends_at = MomentField(label=_("Until when"))
    reason = forms.CharField(label=_("Why it is kept back"), widget=area(2), max_length=2000)
    terms = forms.CharField(
        label=_("Terms"), widget=area(4), max_length=5000, help_text=_("What a named person accepts before they read.")
    )
    handling = forms.CharField(
        label=_("Handling notes"), widget=area(2), max_length=5000, required=False,
        help_text=_("How what is read may be kept and used. Shown with the terms."),
    )  # fmt: skip
    named = PeopleField(
        label=_("Named people"), required=False, help_text=_("E-mail addresses, one a line. Each is offered it.")
    )
    handlers = PeopleField(
        label=_("Other handlers"), required=False,
        help_text=_("E-mail addresses, one a line. From now on only you and these handle it. One of them approves it."),
    )  # fmt: skip
    source = forms.CharField(label=_("Agreed with"), max_length=200, required=False)
    source_reference = forms.CharField(label=_("Their reference"), max_length=200, required=False)
    source_contact = forms.EmailField(
        label=_("Their e-mail address"), required=False, help_text=_("Told at once should it leak.")
    )
    contingency = forms.CharField(
        label=_("Text that is ready should it leak"), widget=area(3), max_length=10_000, required=False
    )


class ReviseForm(forms.Form):
    terms = forms.CharField(label=_("New terms"), widget=area(4), max_length=5000)
    handling = forms.CharField(label=_("Handling notes"), widget=area(2), max_length=5000, required=False)


class ExtendForm(forms.Form):
    ends_at = MomentField(label=_("Until when"))
    reason = forms.CharField(label=_("Why it must be kept back longer"), widget=area(3), max_length=2000)


class NameForm(forms.Form):
    people = PeopleField(label=_("People"), help_text=_("E-mail addresses, one a line."))


class EndForm(forms.Form):
    why = forms.CharField(
        label=_("Why it ends"),
        widget=area(3),
        max_length=2000,
        help_text=_("Where it has become public, or who agreed."),
    )


class LeakForm(forms.Form):
    evidence = forms.CharField(
        label=_("What you saw, and where"), widget=area(4), max_length=5000,
        help_text=_("The named people and the source are told at once that it got out, and nothing more is changed."),
    )  # fmt: skip


class DeclineForm(forms.Form):
    why = forms.CharField(label=_("Why you decline it"), widget=area(3), max_length=2000)
