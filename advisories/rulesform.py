"""What is typed about how entries are ranked."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from advisories.sourceforms import number
from advisories.triage.rules import CHOICES, DEFAULT, LONGEST_WORD, MOST_POINTS, MOST_WORDS, NUMBERS, Rules
from advisories.triage.ruling import words_of
from members.refused import Refused

LABELS = {
    "exploited": _("Known exploited (CISA KEV)"),
    "with_ransomware": _("Known exploited, and by ransomware groups: as many more (CISA KEV)"),
    "says_exploited": _("Says that it is being exploited"),
    "critical": _("Critical: CVSS 9.0 or more"),
    "critical_title": _("Critical by its title"),
    "high": _("High: CVSS 7.0 to 8.9"),
    "likely": _("Likely to be exploited within a month (EPSS)"),
    "likely_from": _("What counts as likely: an EPSS score of so many percent or more"),
    "speaks_of_ransomware": _("Speaks of ransomware"),
    "names_cve": _("Names a vulnerability (CVE)"),
    "watchword": _("Has one of your watchwords, or more"),
}
FROM = {
    "exploited": _("What is exploited"), "critical": _("That, and what is critical"),
    "high": _("That, and what is high or speaks of ransomware"), "any": _("Everything"),
}  # fmt: skip
LONGEST_TYPED = MOST_WORDS * (LONGEST_WORD + 2) * 2


class Row(NamedTuple):
    field: BoundField
    usual: int
    differs: bool


def _from(name: str, label: Any) -> forms.ChoiceField:
    choices = [(value, FROM[value]) for value in CHOICES[name]]
    return forms.ChoiceField(label=label, choices=choices, required=False, widget=forms.RadioSelect)


def _points(name: str) -> forms.IntegerField:
    widget = forms.NumberInput({"class": "govuk-input govuk-input--width-3", "inputmode": "numeric"})
    return number(LABELS[name], 0, MOST_POINTS, required=False, widget=widget)


class RulesForm(forms.Form):
    """The rules of one WARP. Points that are left empty are the usual ones."""

    watchwords = forms.CharField(
        label=_("Watchwords, one on each line"), required=False, max_length=LONGEST_TYPED,
        widget=forms.Textarea({"rows": 6}),
        help_text=_("Products and makers that your members use, for instance. They are looked for in titles, texts and "
                    "the products that a source names. Only coordinators of your WARP see them."),
    )  # fmt: skip

    urgent_from = _from("urgent_from", _("For what is Urgent proposed?"))
    planned_from = _from("planned_from", _("For what is Advisory proposed, where it is not Urgent?"))

    def __init__(self, data: Any = None, *, rules: Rules) -> None:
        super().__init__(data, initial=asdict(rules) | {"watchwords": "\n".join(rules.watchwords)})
        self.order_fields([*LABELS, "watchwords"])
        self.now = rules

    exploited, with_ransomware, says_exploited, critical, critical_title, high, likely, likely_from = (
        _points(name) for name in list(LABELS)[:8]
    )
    speaks_of_ransomware, names_cve, watchword = (_points(name) for name in list(LABELS)[8:])

    def clean_watchwords(self) -> tuple[str, ...]:
        try:
            return words_of(self.cleaned_data["watchwords"].splitlines())
        except Refused as refused:
            raise ValidationError(str(refused)) from refused

    def rules(self) -> Rules:
        told = {name: self.cleaned_data[name] for name in NUMBERS if self.cleaned_data[name] is not None}
        chosen = {name: self.cleaned_data[name] for name in CHOICES if self.cleaned_data[name]}
        return Rules(**told, **chosen, watchwords=self.cleaned_data["watchwords"])

    def rows(self) -> list[Row]:
        """Signal by signal: what it gives, and what is usual."""
        usual = asdict(DEFAULT)
        return [Row(self[name], usual[name], getattr(self.now, name) != usual[name]) for name in LABELS]
