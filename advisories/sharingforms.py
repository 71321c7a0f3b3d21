"""What is typed about a text that derives from a report: about each place in it, and about the whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from advisories.fields import PeopleField
from advisories.sanitise import Choice, Decision, Own
from advisories.sharing.consent import LONGEST
from advisories.sharing.places import Place
from advisories.sharing.relay import LONGEST as MOST_SAID
from members.models import Person

KEEP, REDACT, OWN = Choice.KEEP.value, Choice.REDACT.value, "own"
SAID = {Choice.KEEP.value: Choice.KEEP, Choice.REDACT.value: Choice.REDACT}


@dataclass(frozen=True)
class Asked:
    """A place as the page asks about it: the radios, and the box for words of their own where it may have some."""

    place: Place
    choice: forms.BoundField
    words: forms.BoundField | None


class PlacesForm(forms.Form):
    """One question for each place. What is not answered stays open."""

    def __init__(self, *args: Any, places: Sequence[Place], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = list({one.code: one for one in places}.values())
        for one in self.places:
            self.fields[one.code] = forms.ChoiceField(
                label=format_lazy(_("“{text}” in “{name}”"), text=one.suspect.text, name=one.name),
                choices=_choices(one), widget=forms.RadioSelect, required=False,
                initial=KEEP if one.kept else None, help_text=one.suspect.why,
            )  # fmt: skip
            if not one.whole:
                self.fields[f"{one.code}-own"] = forms.CharField(
                    label=format_lazy(_("Other words for “{text}”"), text=one.suspect.text), required=False,
                    max_length=500,
                )  # fmt: skip

    def asked(self) -> list[Asked]:
        own = {one.code: f"{one.code}-own" for one in self.places if not one.whole}
        return [Asked(one, self[one.code], self[own[one.code]] if one.code in own else None) for one in self.places]

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        for one in self.places:
            if found.get(one.code) == OWN and not found.get(f"{one.code}-own", "").strip():
                self.add_error(f"{one.code}-own", _("Write what is to stand there instead."))
        return found

    def decisions(self) -> dict[str, Decision]:
        """By the code of each place that was decided."""
        chosen = {one.code: self.cleaned_data.get(one.code) for one in self.places}
        own = {code: Own(self.cleaned_data[f"{code}-own"].strip()) for code, value in chosen.items() if value == OWN}
        return {**{code: SAID[value] for code, value in chosen.items() if value in SAID}, **own}


def _choices(place: Place) -> list[tuple[str, Any]]:
    if place.whole:
        return [(REDACT, _("Take it out")), (KEEP, _("Keep it"))]
    replaced = format_lazy(_("Put “{words}” there"), words=place.suspect.replacement)
    return [(REDACT, replaced), (OWN, _("Put other words there")), (KEEP, _("Keep it"))]


class WordsForm(forms.Form):
    """Why not. Whoever agrees types nothing."""

    words = forms.CharField(
        label=_("What must be changed, or why it may not be shared"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Only where you do not agree."),
    )


class SecondsForm(forms.Form):
    """Who else handles a draft: custodians at hand, and others by address."""

    keepers = forms.ModelMultipleChoiceField(
        Person.objects.none(), to_field_name="email", label=_("Custodians of the WARP"), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    others = PeopleField(label=_("Others"), help_text=_("E-mail addresses, one a line."), required=False)

    def __init__(self, *args: Any, at_hand: QuerySet[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ModelMultipleChoiceField[Person]", self.fields["keepers"]).queryset = at_hand

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if not self.errors and not found.get("keepers") and not found.get("others"):
            self.add_error("others", _("Choose somebody, or write their address."))
        return found

    def people(self) -> list[Person]:
        return [*self.cleaned_data["keepers"], *self.cleaned_data["others"]]


class SayForm(forms.Form):
    """A question to whoever reported, or their answer."""

    body = forms.CharField(
        label=_("What do you want to say?"),
        max_length=MOST_SAID,
        widget=forms.Textarea({"rows": 4}),
        error_messages={"required": _("There is nothing in it yet. Write it first.")},
    )
