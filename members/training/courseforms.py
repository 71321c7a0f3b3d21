"""What is typed about a course and whom it is for, and filters over what is planned."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from members import permits, tlp
from members.fields import offer
from members.models import Course, Membership, Organisation, Person, SharingGroup, Warp
from members.stand import Target
from members.training import courses

ANY = [("", _("Any"))]
NARROW = {"class": "govuk-input--width-4", "inputmode": "numeric"}
LEVELS = Course.Level.choices


def number(label: Any, least: int, most: int, **kwargs: Any) -> forms.IntegerField:
    """A whole number, typed and not spun."""
    return forms.IntegerField(
        label=label, min_value=least, max_value=most, widget=forms.TextInput(NARROW),
        error_messages={"invalid": _("Write a whole number.")}, **kwargs,
    )  # fmt: skip


class CourseForm(forms.Form):
    """The text of a course."""

    title = forms.CharField(label=_("Title"), max_length=courses.LONGEST_TITLE)
    aims = forms.CharField(
        label=_("What is learned, and by whom"), required=False, max_length=courses.LONGEST_AIMS,
        widget=forms.Textarea({"rows": 6}),
    )  # fmt: skip
    level = forms.ChoiceField(label=_("Level"), choices=LEVELS, widget=forms.RadioSelect,
                              initial=Course.Level.FOUNDATION)  # fmt: skip
    form = forms.ChoiceField(label=_("How it is taught"), choices=Course.Form.choices, widget=forms.RadioSelect,
                             initial=Course.Form.TAUGHT)  # fmt: skip
    cpd_minutes = number(
        _("Minutes of CPD"), 0, 60_000, initial=0, help_text=_("What whoever completes it may count. 0: none.")
    )
    pass_mark = number(
        _("Pass mark, in per cent"), 0, 100, initial=80, help_text=_("Of its quizzes, where it has lessons.")
    )


class NewCourseForm(CourseForm):
    """A draft, and whose it is."""

    warp = forms.ChoiceField(label=_("WARP"), help_text=_("Its coordinators write and teach it."))
    field_order = ["warp"]

    def __init__(self, *args: Any, warps: list[Warp], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "warp", [(one.slug, one.name) for one in warps])
        if len(warps) == 1:
            self.fields["warp"].widget = forms.HiddenInput()
            self.fields["warp"].initial = warps[0].slug


class AudienceForm(forms.Form):
    """Under which label it is published, and for whom."""

    label = forms.ChoiceField(
        label=_("Label"), widget=forms.RadioSelect, choices=[(one, tlp.display(one)) for one in courses.LABELS],
        error_messages={"required": _("Choose a label.")},
    )  # fmt: skip
    warps = forms.ModelMultipleChoiceField(
        Warp.objects.order_by("name"), to_field_name="slug", label=_("WARPs"), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    groups = forms.ModelMultipleChoiceField(
        SharingGroup.objects.order_by("name"), to_field_name="slug", label=_("Sharing groups"), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    organisations = forms.ModelMultipleChoiceField(
        Organisation.objects.none(), to_field_name="slug", label=_("Organisations"), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    def __init__(self, *args: Any, by: Person, at: datetime, given: set[Target], **kwargs: Any) -> None:
        """`by`: who grants, and is offered what they may. `given`: what it is granted to now, which stays offered."""
        super().__init__(*args, **kwargs)
        active = Membership.objects.at(at).filter(state=Membership.State.ACTIVE).values("organisation")
        ticked = {kind: [pk for of, pk in given if of == kind] for kind in ("warp", "group", "organisation")}
        houses = Organisation.objects.filter(pk__in=active) | Organisation.objects.filter(pk__in=ticked["organisation"])
        fields: dict[str, Any] = self.fields
        fields["organisations"].queryset = houses.order_by("name", "pk")
        if (mine := permits.grantables(by, at)) is not None:  # no coordinator, who may name anybody
            for kind in ticked:
                theirs = [*mine.get(kind, ()), *ticked[kind]]
                fields[f"{kind}s"].queryset = fields[f"{kind}s"].queryset.filter(pk__in=theirs)
        for kind, pks in ticked.items():
            field = fields[f"{kind}s"]
            field.initial = field.queryset.filter(pk__in=pks)

    def targets(self) -> list[Target]:
        """As the verb takes them."""
        kinds = (("warp", "warps"), ("group", "groups"), ("organisation", "organisations"))
        return [(kind, one.pk) for kind, field in kinds for one in self.cleaned_data[field]]


class PlannedForm(forms.Form):
    """Filters over what is planned; each narrows, none is needed."""

    q = forms.CharField(
        label=_("Search"), required=False, max_length=200, widget=forms.TextInput({"type": "search", "data-key": "/"})
    )
    level = forms.ChoiceField(label=_("Level"), required=False, choices=[*ANY, *LEVELS])
    warp = forms.ChoiceField(label=_("WARP"), required=False)
    mine = forms.BooleanField(label=_("Only what I booked"), required=False)

    def __init__(self, *args: Any, warps: list[tuple[str, str]], signed_in: bool, **kwargs: Any) -> None:
        """`warps`: slug and name of those whose courses whoever looks reads."""
        super().__init__(*args, **kwargs)
        offer(self, "warp", [*ANY, *warps])
        if not signed_in:
            del self.fields["mine"]

    def chosen(self) -> dict[str, Any]:
        """The filters that say something; a wrong one narrows nothing and is told at its field."""
        if not self.is_bound:
            return {}
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
