"""What the handlers of an incident type on its page."""

from __future__ import annotations

from django import forms
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext_lazy as _

from advisories.incidents import LONGEST
from advisories.indicating import MOST, MOST_TYPED
from advisories.models import Incident

MOST_LEARNED = 20_000
PASTE = _("Paste them as they are, in any text: addresses, names, hashes, CVEs. hxxps://evil[.]example is understood."
          " No more than {most}. Empty the box to name none.")  # fmt: skip


def _states() -> list[tuple[str, str]]:
    """Without the end, which asks for what was learned."""
    return [(one.value, capfirst(str(one.label))) for one in Incident.State if one != Incident.State.CLOSED]


class StateForm(forms.Form):
    state = forms.ChoiceField(
        label=_("How it stands"),
        choices=_states,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how it stands.")},
    )


class NoteForm(forms.Form):
    on = forms.DateField(
        label=_("Day"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "invalid": _("Write the date like 2026-11-23."),
            "required": _("Say on which day it happened."),
        },
    )
    words = forms.CharField(
        label=_("What happened"),
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": _("Say what happened.")},
    )


class StrikeForm(forms.Form):
    """The line is named by what it says."""

    on = forms.DateField()
    words = forms.CharField(strip=False, max_length=LONGEST)


class CloseForm(forms.Form):
    lessons = forms.CharField(
        label=_("What was learned"),
        max_length=MOST_LEARNED,
        widget=forms.Textarea({"rows": 8}),
        help_text=_("For those who read the incident: what would have helped, and what helps next time."),
        error_messages={"required": _("Say what was learned to close it.")},
    )


class IndicatorsForm(forms.Form):
    typed = forms.CharField(
        label=_("Indicators"),
        required=False,
        max_length=MOST_TYPED,
        widget=forms.Textarea({"rows": 12, "spellcheck": "false"}),
        help_text=format_lazy(PASTE, most=MOST),
    )
