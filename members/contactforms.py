"""What is typed about whom to reach in an organisation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from members.fields import offer
from members.models import Contact, Person
from members.response.ladder import Rung

TELEPHONE = RegexValidator(
    r"^\+?[0-9 ()\-]{3,}( ?(ext|x)\.? ?[0-9]+)?$", _("Write a telephone number like 01632 960 123.")
)


def telephone(label: Any, help_text: Any = "") -> forms.CharField:
    """A number as people write it: digits and what stands between them, and an extension."""
    widget = forms.TextInput({"type": "tel", "autocomplete": "off", "class": "govuk-input--width-20"})
    return forms.CharField(
        label=label, required=False, max_length=40, validators=[TELEPHONE], widget=widget, help_text=help_text
    )


class ContactForm(forms.Form):
    """One contact: of the organisation's people, or a name without an account."""

    role = forms.ChoiceField(
        label=_("What they are"), widget=forms.RadioSelect, initial=Contact.Role.PRIMARY,
        choices=[(value, capfirst(said)) for value, said in Contact.Role.choices],
    )  # fmt: skip
    person = forms.ChoiceField(label=_("One of your people"), required=False)
    name = forms.CharField(
        label=_("Or somebody without an account"), required=False, max_length=150,
        help_text=_("Their name, or that of a desk: for example, Night porter."),
    )  # fmt: skip
    telephone = telephone(_("Telephone"), _("Seen by your organisation and the coordinators of your WARP alone."))
    mail = forms.EmailField(
        label=_("E-mail address of somebody without an account"), required=False,
        help_text=_("Once verified, they are told that something waits for your organisation, and nothing of what."),
    )  # fmt: skip
    note = forms.CharField(
        label=_("When they are there"), required=False, max_length=200,
        help_text=_("For example: weekdays from 8:00 to 18:00."),
    )  # fmt: skip

    def __init__(self, *args: Any, people: Iterable[Person], contact: Contact | None = None, **kwargs: Any) -> None:
        """`people`: of the organisation, who may be chosen. `contact`: the one that is changed."""
        super().__init__(*args, **kwargs)
        self.initial = _initial(contact) if contact else {}
        self.people = {person.email: person for person in people}
        choices = [("", _("Nobody of them")), *((email, one.name) for email, one in self.people.items())]
        offer(self, "person", choices)

    def rung(self) -> Rung:
        typed = self.cleaned_data
        return Rung(**{**typed, "person": self.people.get(typed["person"])})


def _initial(contact: Contact) -> dict[str, str]:
    person, mail = contact.person, contact.address
    return {
        "role": contact.role, "name": contact.name, "telephone": contact.telephone, "note": contact.note,
        "person": person.email if person else "", "mail": mail.value if mail else "",
    }  # fmt: skip
