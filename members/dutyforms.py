"""What is typed about who is on duty, and about what holds for a Flash."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from members import tlp
from members.contactforms import telephone
from members.duty import LABELS, WEEKS
from members.fields import MomentField, offer
from members.models import Person, Warp
from members.models.warp import LATEST, SOONEST

NARROW = {"class": "govuk-input--width-3", "inputmode": "numeric"}


class ShiftForm(forms.Form):
    person = forms.ChoiceField(label=_("Who"))
    since = MomentField(label=_("From"))
    until = MomentField(label=_("Until"))
    deputy = forms.BooleanField(label=_("As deputy"), required=False, help_text=_("Second in line, not first."))
    weeks = forms.IntegerField(
        label=_("For how many weeks, at the same hours"), min_value=1, max_value=WEEKS, initial=1,
        widget=forms.TextInput(NARROW), error_messages={"invalid": _("Write a whole number of weeks, such as 4.")},
    )  # fmt: skip

    def __init__(self, *args: Any, people: Iterable[Person], **kwargs: Any) -> None:
        """`people`: who coordinates the WARP."""
        super().__init__(*args, **kwargs)
        self.people = {one.email: one for one in people}
        offer(self, "person", [(email, one.name) for email, one in self.people.items()])

    def shift(self) -> tuple[Person, datetime, datetime]:
        """Who, from when and until when."""
        typed = self.cleaned_data
        return self.people[typed["person"]], typed["since"], typed["until"]


class FlashForm(forms.Form):
    """What holds for a Flash of one WARP."""

    telephone = telephone(
        _("Duty telephone"), _("Members see it on their first page and on each alert, to ring at night.")
    )
    flash_minutes = forms.IntegerField(
        label=_("Minutes that members have to confirm a Flash"), min_value=SOONEST, max_value=LATEST,
        widget=forms.TextInput(NARROW), error_messages={"invalid": _("Write a whole number of minutes, such as 60.")},
    )  # fmt: skip
    usual_label = forms.ChoiceField(
        label=_("Label of a Flash, unless another is chosen"), choices=[(label, tlp.display(label)) for label in LABELS]
    )

    def __init__(self, *args: Any, warp: Warp, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {
            "telephone": warp.duty_telephone, "flash_minutes": warp.flash_minutes, "usual_label": warp.usual_label
        }  # fmt: skip
