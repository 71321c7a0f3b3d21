"""What is typed about what people are told: ticks, their hours, kit lists, and the wish of who has no account."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from members.categories import Category
from members.fields import offer
from members.kit.lists import LONGEST_PASTED
from members.kit.naming import LONGEST, LONGEST_ID
from members.models import Frequency, Tier, Warp
from members.telling.rhythm import Rhythm
from members.telling.ticks import Tick

HOW_OFTEN = [
    (Frequency.AT_ONCE, _("At once, in a message of its own")),
    (Frequency.DAILY, _("Once a day, together with everything else of that day")),
    (Frequency.WEEKLY, _("Once a week, together with everything else of that week")),
]
HOW_URGENT = [
    (Tier.INFORMATION, _("Everything, also what is only good to know")),
    (Tier.ADVISORY, _("What asks you to do something: Advisory, Urgent and Flash")),
    (Tier.URGENT, _("What must be done today: Urgent and Flash")),
    (Tier.FLASH, _("A Flash alone: what must be done now")),
]
HOURS = [(hour, f"{hour:02}:00") for hour in range(24)]
DAYS = list(enumerate(
    [_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday")]
))  # fmt: skip
ZONES = [
    ("Europe/London", _("United Kingdom")), ("Europe/Dublin", _("Ireland")), ("Europe/Isle_of_Man", _("Isle of Man")),
    ("Europe/Jersey", _("Jersey")), ("Europe/Guernsey", _("Guernsey")), ("Europe/Gibraltar", _("Gibraltar")),
    ("Europe/Paris", _("Central Europe")), ("Atlantic/Bermuda", _("Bermuda")), ("Atlantic/Stanley", _("Falklands")),
    ("America/New_York", _("New York")), ("Australia/Sydney", _("Sydney")), ("UTC", _("UTC")),
]  # fmt: skip


class TickForm(forms.Form):
    """One line of a list."""

    frequency = forms.TypedChoiceField(label=_("How often?"), choices=HOW_OFTEN, coerce=int, widget=forms.RadioSelect)
    lowest = forms.TypedChoiceField(
        label=_("How urgent must it be?"), choices=HOW_URGENT, coerce=int, widget=forms.RadioSelect
    )
    category = forms.ChoiceField(
        label=_("About what?"), required=False, choices=[("", _("Every subject")), *Category.choices]
    )
    warp = forms.ChoiceField(label=_("From which WARP?"), required=False)
    kit = forms.BooleanField(
        label=_("Only what concerns our kit"), required=False,
        help_text=_("What one of your organisations has on its list of products."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, tick: Tick, warps: Iterable[Warp]) -> None:
        """`warps`: those to choose from; that of `tick` is offered in any case."""
        super().__init__(data, initial=vars(tick))
        names = {warp.slug: warp.name for warp in warps}
        names |= {} if tick.warp in names or not tick.warp else {tick.warp: tick.warp}
        offer(self, "warp", [("", _("Any of them")), *names.items()])

    def tick(self) -> Tick:
        return Tick(**self.cleaned_data)


def _hour(label: Any, *, none: Any = None, **more: Any) -> forms.TypedChoiceField:
    choices = HOURS if none is None else [("", none), *HOURS]
    return forms.TypedChoiceField(
        label=label, choices=choices, coerce=int, empty_value=None, required=none is None, **more
    )


class RhythmForm(forms.Form):
    """When a person's day begins."""

    digest_hour = _hour(_("When does your digest come?"))
    digest_weekday = forms.TypedChoiceField(label=_("On which day comes what is weekly?"), choices=DAYS, coerce=int)
    quiet_from = _hour(
        _("Quiet from"), none=_("Never quiet"),
        help_text=_("In quiet hours no message of its own comes; it waits for their end. A Flash comes all the same."),
    )  # fmt: skip
    quiet_until = _hour(_("Quiet until"), none=_("Never quiet"))
    time_zone = forms.ChoiceField(label=_("Your clocks are those of"), choices=ZONES)

    def __init__(self, data: Any = None, *, rhythm: Rhythm) -> None:
        super().__init__(data, initial=vars(rhythm))
        if rhythm.time_zone not in dict(ZONES):
            offer(self, "time_zone", [(rhythm.time_zone, rhythm.time_zone), *ZONES])

    def rhythm(self) -> Rhythm:
        return Rhythm(**self.cleaned_data)


class ProductForm(forms.Form):
    """One product."""

    name = forms.CharField(
        label=_("Maker and name"), max_length=LONGEST, help_text=_("For example: Fortinet FortiGate")
    )
    known_as = forms.CharField(
        label=_("CPE or package URL, if you know it"), required=False, max_length=LONGEST_ID,
        help_text=_("Texts are looked through for the name in any case."),
    )  # fmt: skip


class LinesForm(forms.Form):
    """Many products."""

    lines = forms.CharField(
        label=_("Products, one on each line"), max_length=LONGEST_PASTED, widget=forms.Textarea({"rows": 8}),
        help_text=_("A name; after it a bar and its CPE or package URL, if you know it: Django | pkg:pypi/django"),
    )  # fmt: skip


class SubscribeForm(forms.Form):
    """What somebody without an account asks for."""

    email = forms.EmailField(
        label=_("E-mail address"), max_length=254, widget=forms.EmailInput({"autocomplete": "email"}),
        error_messages={"invalid": _("Write an e-mail address, like name@example.org.")},
    )  # fmt: skip
    frequency = forms.TypedChoiceField(
        label=_("How often?"), choices=HOW_OFTEN, coerce=int, initial=Frequency.DAILY, widget=forms.RadioSelect
    )
    categories = forms.MultipleChoiceField(
        label=_("About what? With nothing ticked, about everything."), required=False, choices=Category.choices,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip


def about(tick: Tick, warps: dict[str, str]) -> str:
    """What a line of a list asks for, as a sentence. `warps`: their names, by slug."""
    urgent = {
        Tier.INFORMATION: _("however urgent"), Tier.ADVISORY: _("from Advisory up"), Tier.URGENT: _("from Urgent up"),
        Tier.FLASH: _("Flash alone"),
    }[Tier(tick.lowest)]  # fmt: skip
    parts = [str(Category(tick.category).label if tick.category else _("Every subject")), str(urgent)]
    if tick.warp:
        parts.append(str(_("from %(warp)s")) % {"warp": warps.get(tick.warp, tick.warp)})
    if tick.kit:
        parts.append(str(_("only what concerns our kit")))
    return capfirst(", ".join(parts))
