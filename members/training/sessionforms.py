"""What is typed about sessions of a course, and about whom to book."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from members.fields import MomentField, offer
from members.models import Affiliation, Organisation, Session
from members.times import typed
from members.training.courseforms import number
from members.training.scheduling import MOST_PLACES, Details
from members.training.series import FURTHEST, MOST, Series, Unit, When

UNITS = [
    (Unit.WEEKS.value, _("weeks, on the same day")),
    (Unit.MONTHS.value, _("months, on the same weekday, such as the second Tuesday")),
    (Unit.QUARTERS.value, _("quarters, likewise")),
]


class SessionForm(forms.Form):
    """When, where, for how many."""

    starts_at = MomentField(label=_("Begins"))
    ends_at = MomentField(label=_("Ends"))
    books_until = MomentField(label=_("Book by (left empty: until it begins)"), required=False)
    place = forms.CharField(
        label=_("Place"), required=False, max_length=300, help_text=_("A room, or what is to be known of it: all who"
        " read the course see it."),
    )  # fmt: skip
    link = forms.URLField(
        label=_("Link to join it"), required=False, max_length=500, assume_scheme="https",
        help_text=_("Only those with a place see it."),
    )  # fmt: skip
    trainer = forms.CharField(label=_("Trainer"), required=False, max_length=200)
    capacity = number(_("Places"), 1, MOST_PLACES, initial=12)
    pounds = forms.DecimalField(
        label=_("Price in pounds"), min_value=0, max_value=10_000, decimal_places=2, initial=0,
        widget=forms.TextInput({"class": "govuk-input--width-5", "inputmode": "decimal"}), help_text=_("0: free."),
        error_messages={"invalid": _("Write an amount such as 0 or 12.50.")},
    )  # fmt: skip

    def when(self) -> When:
        given = self.cleaned_data
        return When(given["starts_at"], given["ends_at"], given["books_until"] or given["starts_at"])

    def details(self) -> Details:
        given = self.cleaned_data
        return Details(
            capacity=given["capacity"], place=given["place"], link=given["link"], trainer=given["trainer"],
            pence=int(given["pounds"] * 100),
        )  # fmt: skip


class ScheduleForm(SessionForm):
    """The same, once or as a series."""

    count = number(_("How many sessions"), 1, MOST, initial=1, help_text=_("More than one is a series."))
    every = number(_("One every"), 1, FURTHEST, initial=1)
    unit = forms.ChoiceField(label=_("Of these"), choices=UNITS, initial=Unit.QUARTERS.value, widget=forms.RadioSelect)

    def series(self) -> Series | None:
        given = self.cleaned_data
        return Series(given["count"], given["every"], Unit(given["unit"])) if given["count"] > 1 else None


def as_typed(session: Session) -> dict[str, Any]:
    """What the form of an existing session starts from."""
    until = "" if session.books_until == session.starts_at else typed(session.books_until)
    return {
        "starts_at": typed(session.starts_at), "ends_at": typed(session.ends_at), "books_until": until,
        "place": session.place, "link": session.link, "trainer": session.trainer, "capacity": session.capacity,
        "pounds": f"{session.pence / 100:.2f}",
    }  # fmt: skip


class CancelForm(forms.Form):
    reason = forms.CharField(
        label=_("Why it does not take place"), max_length=500, widget=forms.Textarea({"rows": 3}),
        help_text=_("Everybody who booked reads it."),
    )  # fmt: skip


class OtherForm(forms.Form):
    """Whoever teaches the course books anybody who reads it, by their whole address."""

    email = forms.EmailField(label=_("Their e-mail address"), widget=forms.EmailInput({"autocomplete": "off"}))
    house = forms.ChoiceField(label=_("For which organisation"), required=False)
    seen = forms.CharField(required=False, widget=forms.HiddenInput())

    def __init__(self, *args: Any, houses: Iterable[Organisation] = (), **kwargs: Any) -> None:
        """`houses`: theirs, where they are of several."""
        super().__init__(*args, **kwargs)
        choices = [(one.slug, one.name) for one in houses]
        offer(self, "house", choices)
        if not choices:
            del self.fields["house"]


class OwnForm(forms.Form):
    """A lead books one of their people."""

    who = forms.ChoiceField(label=_("Who"))
    seen = forms.CharField(required=False, widget=forms.HiddenInput())

    def __init__(self, *args: Any, people: Iterable[Affiliation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {f"{one.person.email} {one.organisation.slug}": one for one in people}
        choices = [(key, f"{one.person.name}, {one.organisation.name}") for key, one in self.people.items()]
        offer(self, "who", choices)
