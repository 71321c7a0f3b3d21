"""What a member types to report an incident. Nothing is required while it is typed: only filing asks for more."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from advisories.forms import AudienceForm
from advisories.models import Notified, Report
from advisories.models.report import NATION_CHOICES, Severity
from advisories.reporting import Changes, Told
from advisories.statutory import DUTIES
from advisories.taxonomy import CLASSES
from members import permits, tlp
from members.fields import MomentField, offer
from members.models import Affiliation, Membership, Organisation, Person, SharingGroup, Warp
from members.stand import Target
from members.times import LONDON

LONGEST = 20_000
NAMED, ANONYMOUS = "named", "anonymous"
HOUSES = (("warp", "warps"), ("group", "groups"), ("organisation", "organisations"))
PICKED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?")


class Picker(forms.DateTimeInput):
    """A clock to choose from; where what stands there is nothing that it could show, a line to correct."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        shown = context["widget"]["value"]
        picks = not shown or (PICKED.fullmatch(shown) and not context["widget"]["attrs"].get("aria-invalid"))
        context["widget"]["type"] = "datetime-local" if picks else "text"
        return context


class WhenField(MomentField):
    """A moment, picked or written."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=Picker, required=False, **kwargs)
        self.help_text = _("In UK time.")


def picked(at: datetime | None) -> str:
    """As the field has it; an hour that clocks show twice with its zone."""
    if at is None:
        return ""
    local = at.astimezone(LONDON)
    if local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset():
        return f"{local:%Y-%m-%d %H:%M} {local.tzname()}"
    return f"{local:%Y-%m-%dT%H:%M}"


class StartForm(forms.Form):
    """For which organisation, to which WARP, and whether by name: what can't be changed later."""

    where = forms.ChoiceField(label=_("For whom, and to which WARP"), widget=forms.RadioSelect)
    how = forms.ChoiceField(
        label=_("Do you report by name?"),
        widget=forms.RadioSelect,
        choices=[
            (NAMED, _("By name: those who handle reports to the WARP read it, and can ring you back")),
            (ANONYMOUS, _("Anonymously: the WARP’s custodians read it, without your name")),
        ],
    )

    def __init__(self, *args: Any, places: Sequence[tuple[Affiliation, Warp]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = {f"{one.organisation.slug}/{warp.slug}": (one, warp) for one, warp in places}
        said = _("%(organisation)s, to %(warp)s")
        choices = [
            (key, said % {"organisation": one.organisation.name, "warp": warp.name})
            for key, (one, warp) in self.places.items()
        ]
        offer(self, "where", choices)
        self.fields["where"].initial = next(iter(self.places), None)

    def chosen(self) -> tuple[Affiliation, Warp, bool]:
        return *self.places[self.cleaned_data["where"]], self.cleaned_data["how"] == ANONYMOUS


def area(rows: int) -> forms.Textarea:
    return forms.Textarea({"rows": rows})


def text(label: Any, rows: int, help_text: Any = "") -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=LONGEST, widget=area(rows), help_text=help_text)


class ChecklistForm(forms.Form):
    """What is added to a report, filed or not; and whom of the statutory checklist they told: when, and the reference
    that they were given."""

    indicators = forms.CharField(
        label=_("Paste indicators"),
        required=False,
        strip=False,  # the lines keep their numbers
        widget=area(4),
        help_text=_("Addresses, domains, hashes, file names, as you have them: hxxp and [.] are understood."),
    )
    file = forms.FileField(label=_("File"), required=False, widget=forms.FileInput, allow_empty_file=True)

    def __init__(self, *args: Any, told: Sequence[Notified] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stands = {one.body: one for one in told}
        for duty in DUTIES:
            one = stands.get(duty.slug)
            when = WhenField(label=_("When you told them"), initial=picked(one.done_at if one else None))
            reference = forms.CharField(
                label=_("Their reference"), required=False, max_length=200, initial=one.reference if one else ""
            )
            self.fields |= {f"told-{duty.slug}-at": when, f"told-{duty.slug}-reference": reference}

    def told(self) -> dict[str, Told]:
        """Of each body that was typed about and can be read."""
        return {
            duty.slug: Told(self.cleaned_data[at], self.cleaned_data[reference])
            for duty in DUTIES
            if {at := f"told-{duty.slug}-at", reference := f"told-{duty.slug}-reference"} <= self.cleaned_data.keys()
            and at in self.data
        }


class ReportForm(AudienceForm, ChecklistForm):
    title = forms.CharField(
        label=_("What is it, in a few words?"), required=False, max_length=200, help_text=_("For the list.")
    )
    body = text(_("What happened?"), 6, _("As you would say it on the telephone."))
    rsit = forms.ChoiceField(
        label=_("What kind of incident is it?"), required=False, choices=[("", _("Not chosen yet")), *CLASSES]
    )
    started_at = WhenField(label=_("When did it start?"))
    aware_at = WhenField(label=_("When did you become aware of it?"))
    hit = text(_("What is hit?"), 3, _("Services, systems, people, information."))
    severity = forms.TypedChoiceField(
        label=_("How bad is it?"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", _("Not known yet")), *((value, capfirst(words)) for value, words in Severity.choices)],
    )
    done = text(_("What have you done so far?"), 3)
    wanted = text(_("What help do you want?"), 3)
    label = forms.ChoiceField(
        label=_("Label"),
        required=False,
        widget=forms.RadioSelect,
        choices=[(label, f"{tlp.display(label)}: {tlp.MEANING[label]}") for label in reversed(tlp.LABELS)],
    )
    embargo_until = WhenField(label=_("Keep it back until"))
    embargo_reason = text(_("Why it is kept back"), 2)
    nation = forms.ChoiceField(label=_("Your nation"), required=False, choices=NATION_CHOICES)

    WORDS = ("title", "body", "rsit", "started_at", "aware_at", "hit", "severity", "done", "wanted", "label",
             "embargo_until", "embargo_reason", "nation")  # fmt: skip

    def __init__(self, *args: Any, by: Person, at: datetime, report: Report, **kwargs: Any) -> None:
        """`by`: who may share with those offered. `at`: whose membership is active then is offered."""
        super().__init__(*args, initial=self._initial(report), **kwargs)
        mine = permits.grantables(by, at)
        active = Membership.objects.at(at).filter(state=Membership.State.ACTIVE).values("organisation")
        for kind, name in HOUSES:
            field: Any = self.fields[name]
            ticked = [pk for of, pk in report.audience if of == kind]
            if mine is not None:
                field.queryset = field.queryset.filter(pk__in={*mine.get(kind, ()), *ticked})
            elif kind == "organisation":
                field.queryset = field.queryset.filter(pk__in=active)
            if not field.choices:
                del self.fields[name]

    @staticmethod
    def _initial(report: Report) -> dict[str, Any]:
        audience = {name: [pk for of, pk in report.audience if of == kind] for kind, name in HOUSES}
        whens = {name: picked(getattr(report, name)) for name in ("started_at", "aware_at", "embargo_until")}
        words = {name: getattr(report, name) for name in ReportForm.WORDS}
        tables: dict[str, Any] = {"warps": Warp, "groups": SharingGroup, "organisations": Organisation}
        ticked = {name: list(tables[name].objects.filter(pk__in=pks)) for name, pks in audience.items() if pks}
        return {**words, **whens, **ticked}

    def changes(self) -> Changes:
        """What was typed and can be read, as `reporting.save` takes it; what was not sent stays as it was."""
        sent = {name: self.cleaned_data[name] for name in self.WORDS if name in self.cleaned_data and name in self.data}
        sent = {name: value for name, value in sent.items() if value or name not in ("label", "nation")}
        if "label" in self.data and not any(name in self.errors for _kind, name in HOUSES):
            sent["audience"] = self.audience()
        return sent  # type: ignore[return-value]

    def audience(self) -> list[Target]:
        return [(kind, one.pk) for kind, name in HOUSES for one in self.cleaned_data.get(name, ())]
