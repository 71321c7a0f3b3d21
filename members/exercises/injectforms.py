"""What is typed about one thing that happens in an exercise."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from members.exercises import spelling
from members.exercises.scenario import FILE_NAME, LATEST, LONGEST
from members.fields import offer
from members.models import Inject, Team, Tier

TIMES = _("Hours and minutes after the start, such as 0:15 or 1:30.")
EASY = "govuk-input--width-10"


class OffsetField(forms.CharField):
    """A time of the exercise, as seconds after its start."""

    widget = forms.TextInput({"class": EASY, "autocomplete": "off"})

    def clean(self, value: Any) -> Any:
        said = super().clean(value)
        if not said:
            return None
        found = spelling.seconds(said)
        if found is None:
            raise ValidationError(_("This is no time after the start. Write hours and minutes, such as 0:15 or 1:30."))
        if found > LATEST:
            raise ValidationError(_("This is too late: an exercise has at most %(days)d days.")
                                  % {"days": LATEST // 86400})  # fmt: skip
        return found


class TextField(forms.CharField):
    """Lines of text, kept as the hub keeps them."""

    widget = forms.Textarea({"rows": 6})

    def clean(self, value: Any) -> str:
        return _printable(spelling.lines(super().clean(value)))


class LineField(forms.CharField):
    """One line of text, which a scenario file may hold too."""

    def clean(self, value: Any) -> str:
        return _printable(spelling.line(super().clean(value)))


def _printable(said: str) -> str:
    if bad := spelling.unprintable(said):
        raise ValidationError(_("It holds the character %(bad)s, which is none of a text. Take it out.") % {"bad": bad})
    return said


class InjectForm(forms.Form):
    """One thing that happens."""

    offset = OffsetField(label=_("When"), help_text=TIMES)
    title = LineField(label=_("Title"), max_length=LONGEST["title"])
    teams = forms.MultipleChoiceField(label=_("To which teams"), widget=forms.CheckboxSelectMultiple)
    text = TextField(label=_("What they read"), max_length=LONGEST["text"], widget=forms.Textarea({"rows": 10}))
    expects = TextField(label=_("What good players do (optional)"), required=False, max_length=LONGEST["expects"],
                        help_text=_("Players never see this."))  # fmt: skip
    channel = forms.ChoiceField(
        label=_("How it reaches them"), choices=[(value, capfirst(said)) for value, said in Inject.Channel.choices],
        initial=Inject.Channel.MAIL, widget=forms.RadioSelect,
    )  # fmt: skip
    tier = forms.TypedChoiceField(
        label=_("How urgent it is"), choices=Tier.choices, coerce=int, initial=Tier.ADVISORY, widget=forms.RadioSelect
    )
    asks = forms.BooleanField(label=_("Each organisation is to acknowledge it"), required=False)
    within = OffsetField(label=_("Within what time (optional)"), required=False,
                         help_text=_("Hours and minutes of exercise time, such as 0:10."))  # fmt: skip
    attachment_name = forms.CharField(label=_("Name of a text file with it (optional)"), required=False,
                                      max_length=LONGEST["attachment_name"], help_text=_("Like note.txt."))  # fmt: skip
    attachment = TextField(label=_("What stands in that file (optional)"), required=False,
                           max_length=LONGEST["attachment"])  # fmt: skip

    def __init__(self, *args: Any, teams: Iterable[Team], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(team.slug, team.name) for team in teams]
        offer(self, "teams", choices)

    def clean_attachment_name(self) -> str:
        name = spelling.line(self.cleaned_data["attachment_name"])
        if name and not FILE_NAME.fullmatch(name):
            raise ValidationError(_("Use letters, digits, . _ - and an ending .txt, .log, .csv, .eml, .md or .json."))
        return name

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if bool(typed.get("attachment_name")) != bool(typed.get("attachment")):
            self.add_error("attachment_name", _now("A file has a name and a text: give both, or neither."))
        if typed.get("within") is not None and not typed.get("asks"):
            self.add_error("asks", _now("The time is that for acknowledging it: tick this, or leave the time out."))
        if typed.get("within") == 0:
            self.add_error("within", _now("This leaves no time at all. Write a time such as 0:10."))
        return typed
