"""What is typed about an exercise: where it comes from, its texts, its teams and what happens in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from members import tlp
from members.exercises.injectforms import LineField, TextField
from members.exercises.library import library
from members.exercises.preparing import LABELS
from members.exercises.reading import read
from members.exercises.scenario import BYTES, LONGEST, ScenarioFile, Unreadable
from members.fields import offer
from members.models import Office

EMPTY, FILE = "empty", "file"


class NewForm(forms.Form):
    """Where an exercise comes from: the library, a file, or nothing yet."""

    warp = forms.ChoiceField(label=_("Which WARP’s exercise is it?"))
    source = forms.ChoiceField(label=_("What do you start from?"), widget=forms.RadioSelect)
    file = forms.FileField(label=_("Scenario file"), required=False, allow_empty_file=True,
                           help_text=_("If you chose a file: YAML, at most 1 MB."))  # fmt: skip
    title = LineField(label=_("Title"), required=False, max_length=LONGEST["title"],
                      help_text=_("Of an empty exercise; else it is the scenario’s."))  # fmt: skip

    def __init__(self, *args: Any, offices: Sequence[Office], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offices = {office.warp.slug: office for office in offices}
        offer(self, "warp", [(slug, office.warp.name) for slug, office in self.offices.items()])
        ready = _now("%(title)s: %(injects)d injects in %(minutes)d minutes, %(teams)d teams")
        own = [
            (slug, ready % {"title": one.title, "injects": len(one.injects), "minutes": one.minutes,
                            "teams": len(one.teams)})
            for slug, one in library().items()
        ]  # fmt: skip
        offer(self, "source", [*own, (FILE, _now("A scenario file")), (EMPTY, _now("An empty exercise"))])
        self.initial.setdefault("warp", next(iter(self.offices), ""))

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        typed["scenario"] = self._scenario(typed)
        return typed

    def _scenario(self, typed: dict[str, Any]) -> ScenarioFile | None:
        source = typed.get("source")
        if source == FILE:
            return self._read(typed.get("file"))
        if source == EMPTY and not typed.get("title"):
            self.add_error("title", _now("Say what the exercise is called."))
        return library().get(source or "")

    def _read(self, file: Any) -> ScenarioFile | None:
        if file is None:
            self.add_error("file", _now("Choose the file."))
            return None
        try:
            return read(file.read(BYTES + 1))
        except Unreadable as refused:
            self.add_error("file", ValidationError([ValidationError(one) for one in refused.errors[:50]]))
            return None


class TextsForm(forms.Form):
    title = LineField(label=_("Title"), max_length=LONGEST["title"])
    aims = TextField(label=_("Aims (optional)"), required=False, max_length=LONGEST["aims"],
                     help_text=_("What the exercise is to show. For who leads and who watches."))  # fmt: skip
    briefing = TextField(label=_("Briefing (optional)"), required=False, max_length=LONGEST["briefing"],
                         help_text=_("What players read first."), widget=forms.Textarea({"rows": 12}))  # fmt: skip
    pace = forms.IntegerField(
        label=_("Pace"), min_value=1, max_value=60, initial=1,
        widget=forms.NumberInput({"class": "govuk-input--width-2"}),
        help_text=_("Minutes of exercise time in one minute. 1 is as it would happen; 2 is twice as fast."),
    )  # fmt: skip

    label = forms.ChoiceField(
        label=_("Label"), choices=[(label, tlp.display(label)) for label in LABELS], widget=forms.RadioSelect,
        help_text=_("Of all that comes in it. It can change until somebody is invited."),
    )  # fmt: skip

    def __init__(self, *args: Any, labelled: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not labelled:
            del self.fields["label"]


class TeamForm(forms.Form):
    name = LineField(label=_("A new team"), max_length=LONGEST["team"],
                     help_text=_("Who plays together, or the role that they play."))  # fmt: skip
