"""What is typed for a Flash: no more than can be typed on a telephone at night."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from advisories.draft import Changes
from advisories.models import Version
from members import tlp
from members.duty import LABELS
from members.fields import offer
from members.models import Office, Tier


class FlashForm(forms.Form):
    warp = forms.ChoiceField(label=_("For the members of"), widget=forms.RadioSelect)
    title = forms.CharField(label=_("What it is, in one line"), max_length=200)
    what_is_known = forms.CharField(
        label=_("What is happening"), required=False, max_length=4000, widget=forms.Textarea({"rows": 3})
    )
    what_to_do = forms.CharField(
        label=_("What to do now"), max_length=4000, widget=forms.Textarea({"rows": 4}), help_text=_("One step a line.")
    )
    label = forms.ChoiceField(
        label=_("Label"), choices=[(label, tlp.display(label)) for label in LABELS], widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, offices: Sequence[Office], version: Version | None = None, **kwargs: Any) -> None:
        """`offices`: under which whoever asks may write; `version`: the draft that is changed."""
        super().__init__(*args, **kwargs)
        self.offices, self.version = {office.warp.slug: office for office in offices}, version
        offer(self, "warp", [(slug, one.warp.name) for slug, one in self.offices.items()])
        if version is not None:
            self.initial = {name: getattr(version, name) for name in ("title", "what_is_known", "what_to_do", "label")}
        else:
            first = next(iter(self.offices.values()))
            self.initial = {"warp": first.warp.slug, "label": first.warp.usual_label}
        if version is not None or len(self.offices) == 1:
            del self.fields["warp"]

    def office(self) -> Office:
        chosen: str = self.cleaned_data.get("warp", "")
        return self.offices.get(chosen) or next(iter(self.offices.values()))

    def changes(self, warp: int) -> Changes:
        """What was typed, as `draft.edit` takes it: for the members of the WARP, or for whom the draft was already."""
        typed = {name: self.cleaned_data[name] for name in ("title", "what_is_known", "what_to_do", "label")}
        chosen = [(kind, pk) for kind, pk in self.version.audience] if self.version else []
        audience = [] if typed["label"] == tlp.CLEAR else chosen or [("warp", warp)]
        changes: Changes = {**typed, "tier": Tier.FLASH, "audience": audience}  # type: ignore[typeddict-item]
        return changes
