"""What is typed while an exercise is peopled, played and looked back at."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from members.exercises.injectforms import TextField
from members.fields import offer
from members.models import Inject, Observation, Organisation, Team

LONGEST_WORDS = 5_000


class AnswerForm(forms.Form):
    words = TextField(label=_("Your answer"), max_length=LONGEST_WORDS, widget=forms.Textarea({"rows": 5}),
                      help_text=_("What you do now, who does it, and what you still need to know."))  # fmt: skip


class NoteForm(forms.Form):
    """What somebody who watches notes."""

    words = TextField(label=_("Note"), required=False, max_length=LONGEST_WORDS, widget=forms.Textarea({"rows": 3}))
    inject = forms.ChoiceField(label=_("About which inject"), required=False)
    organisation = forms.ChoiceField(label=_("About which organisation"), required=False)
    met = forms.ChoiceField(
        label=_("Was it done as expected?"), required=False, choices=Observation.Met.choices, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, injects: Iterable[Inject], houses: Iterable[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.injects = {one.code: one for one in injects}
        self.houses = {one.slug: one for one in houses}
        about = [
            ("", _now("None of them")),
            *((code, f"{one.number}. {one.title}") for code, one in self.injects.items()),
        ]
        offer(self, "inject", about)
        of = [("", _now("None of them")), *((slug, one.name) for slug, one in self.houses.items())]
        offer(self, "organisation", of)

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if not self.errors and not typed.get("words") and not typed.get("met"):
            self.add_error("words", _now("There is nothing in it yet. Write a note, or say whether it was done."))
        if typed.get("met") and not typed.get("organisation"):
            self.add_error("organisation", _now("Say of which organisation, if it was done or not."))
        return typed

    def note(self) -> dict[str, Any]:
        """As the verb takes it."""
        typed = self.cleaned_data
        return {
            "inject": self.injects.get(typed["inject"]), "organisation": self.houses.get(typed["organisation"]),
            "met": typed["met"], "words": typed["words"],
        }  # fmt: skip


class ActionForm(forms.Form):
    text = forms.CharField(label=_("What is to be done"), max_length=500)
    owner = forms.CharField(label=_("Who sees to it"), max_length=200, help_text=_("A name or an office."))
    due_on = forms.DateField(
        label=_("By which day"), widget=forms.DateInput({"type": "date"}),
        error_messages={"invalid": _("Write the date like 2026-12-31.")},
    )  # fmt: skip


class TeamChoice(forms.Form):
    """The team that somebody is put into."""

    team = forms.ChoiceField(label=_("Into which team"))

    def __init__(self, *args: Any, teams: Iterable[Team], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.teams = {one.slug: one for one in teams}
        offer(self, "team", [(slug, one.name) for slug, one in self.teams.items()])
