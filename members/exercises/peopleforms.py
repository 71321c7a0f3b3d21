"""What is typed about who takes part in an exercise."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from members.exercises import enrolling
from members.fields import offer
from members.models import Exercise, Organisation, Person, Team
from members.refused import Refused


class AddressesField(forms.CharField):
    """Whole e-mail addresses, one a line: nobody is found here by a part of theirs. Cleaned to a list of them."""

    def __init__(self, **kwargs: Any) -> None:
        said = _("Whole e-mail addresses of people with an account, one on each line.")
        super().__init__(widget=forms.Textarea({"rows": 4}), help_text=said, **kwargs)

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        return list(dict.fromkeys(line.strip().lower() for line in typed.splitlines() if line.strip()))


class Peopled(forms.Form):
    """With teams to choose from."""

    def __init__(self, *args: Any, teams: Iterable[Team] = (), at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.at, self.teams = at, {one.slug: one for one in teams}
        if "team" in self.fields:
            offer(self, "team", ((slug, one.name) for slug, one in self.teams.items()))
        if "organisation" in self.fields:
            self.houses = {one.slug: one for one in enrolling.houses(at)}
            houses = [(slug, one.name) for slug, one in self.houses.items()]
            offer(self, "organisation", [("", self.none), *houses])

    none = ""

    def enrol(self, person: Person, exercise: Exercise, at: datetime) -> int:
        """`person` has those take part whom it names. How many. Raises Refused."""
        raise NotImplementedError

    def house(self) -> Organisation | None:
        return self.houses.get(self.cleaned_data["organisation"])


class PlayersForm(Peopled):
    addresses = AddressesField(label=_("Who plays"))
    team = forms.ChoiceField(label=_("In which team"))
    organisation = forms.ChoiceField(
        label=_("For which organisation"), required=False, help_text=_("Of those who are of several, say which.")
    )
    none = cast("str", _("Their own"))

    def enrol(self, person: Person, exercise: Exercise, at: datetime) -> int:
        typed = self.cleaned_data
        return enrolling.players(person, exercise, at, typed["addresses"], self.teams[typed["team"]], self.house())


class HouseForm(Peopled):
    organisation = forms.ChoiceField(label=_("Organisation"))
    team = forms.ChoiceField(label=_("In which team"))
    none = cast("str", _("Choose one"))

    def enrol(self, person: Person, exercise: Exercise, at: datetime) -> int:
        house = self.house()
        if house is None:
            raise Refused(_now("Choose the organisation."))
        return enrolling.house(person, exercise, at, house, self.teams[self.cleaned_data["team"]])


class WatchersForm(Peopled):
    addresses = AddressesField(label=_("Who observes"))

    def enrol(self, person: Person, exercise: Exercise, at: datetime) -> int:
        return enrolling.observers(person, exercise, at, self.cleaned_data["addresses"])
