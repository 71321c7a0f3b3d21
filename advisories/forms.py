"""What people type: filters of the list, drafts, and the acts that ask for a word."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from advisories.draft import Changes
from advisories.fields import PeopleField
from advisories.models import Entry, Version
from members import permits, tlp
from members.categories import Category
from members.fields import offer
from members.models import Membership, Organisation, Person, SharingGroup, Tier, Warp
from members.stand import Target

ANY = [("", _("Any"))]


class ListForm(forms.Form):
    """Search and filters over the list; each narrows, none is needed."""

    q = forms.CharField(
        label=_("Search"), required=False, max_length=200, widget=forms.TextInput({"type": "search", "data-key": "/"})
    )
    label = forms.ChoiceField(label=_("Label"), required=False, choices=[*ANY, *tlp.CHOICES])
    tier = forms.TypedChoiceField(
        label=_("Tier"), required=False, choices=[*ANY, *reversed(Tier.choices)], coerce=int, empty_value=None
    )
    category = forms.ChoiceField(label=_("Subject"), required=False, choices=[*ANY, *Category.choices])
    since = forms.DateField(
        label=_("Since"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),  # a browser takes no other
        error_messages={"invalid": _("Write the date like 2026-11-23.")},
    )

    def chosen(self) -> dict[str, Any]:
        """The filters that say something; a wrong one narrows nothing and is told at its field."""
        if not self.is_bound:
            return {}
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class AudienceForm(forms.Form):
    """Whom something is for: WARPs, sharing groups and organisations, by their slugs."""

    warps = forms.ModelMultipleChoiceField(
        Warp.objects.all(), to_field_name="slug", label=_("WARPs"), required=False, widget=forms.CheckboxSelectMultiple
    )
    groups = forms.ModelMultipleChoiceField(
        SharingGroup.objects.all(),
        to_field_name="slug",
        label=_("Sharing groups"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    organisations = forms.ModelMultipleChoiceField(
        Organisation.objects.all(),
        to_field_name="slug",
        label=_("Organisations"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class DraftForm(AudienceForm, forms.ModelForm):  # type: ignore[type-arg]  # generic to the type checker alone
    """The text of an advisory, its label and whom it is for."""

    people = PeopleField(
        label=_("People by name"),
        required=False,
        help_text=_("E-mail addresses, one a line. TLP:RED reaches these people and nobody else."),
    )
    references = forms.CharField(
        label=_("References"),
        required=False,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("One a line: its title, a bar, its address. For example: Vendor’s notice | https://example.org/1"),
    )

    class Meta:
        model = Version
        fields = (
            "title", "what_to_do", "who_it_hits", "what_is_known", "exploited", "tier", "category", "label",
            "permission",
        )  # fmt: skip
        labels = {
            "title": _("Title"),
            "what_to_do": _("What to do"),
            "who_it_hits": _("Who it hits"),
            "what_is_known": _("What is known"),
            "exploited": _("Is it exploited?"),
            "tier": _("Tier"),
            "category": _("Subject"),
            "label": _("Label"),
            "permission": _("Leave to use a lower label"),
        }
        help_texts = {
            "permission": _("Only where the label is lower than a source’s: who there allowed it, when and how."),
            "what_to_do": _("Steps, one a line, and by when."),
            "who_it_hits": _("Products and versions; members, if known."),
        }
        widgets = {
            "title": forms.TextInput,
            "what_to_do": forms.Textarea({"rows": 5}),
            "who_it_hits": forms.Textarea({"rows": 3}),
            "what_is_known": forms.Textarea({"rows": 6}),
            "permission": forms.TextInput,
            "label": forms.RadioSelect,
            "tier": forms.RadioSelect,
            "exploited": forms.RadioSelect,
        }

    def __init__(self, *args: Any, by: Person, at: datetime, sources: Sequence[Entry], **kwargs: Any) -> None:
        """`by`: who writes it, and may grant it to those offered. `at`: whose membership is active then is offered.
        `sources`: the entries that it was drafted from."""
        super().__init__(*args, **kwargs)
        active = Membership.objects.at(at).filter(state=Membership.State.ACTIVE).values("organisation")
        mine = permits.grantables(by, at)
        any_of = {"warp": Q(), "group": Q(), "organisation": Q(pk__in=active)}
        for kind, offered in any_of.items():
            # What is ticked stays offered, although it reads nothing by it any more or is another's to grant: were its
            # tick lost in saving, what was narrowed to it would be for all.
            ticked = [pk for of, pk in self.instance.audience if of == kind]
            theirs = offered if mine is None else Q(pk__in=mine.get(kind, ()))
            field: Any = self.fields[f"{kind}s"]
            field.queryset = field.queryset.filter(theirs | Q(pk__in=ticked)) if theirs else field.queryset
        offer(self, "exploited", [(value, capfirst(text)) for value, text in Version.Exploited.choices])
        if all(entry.item.marking == tlp.CLEAR for entry in sources):
            del self.fields["permission"]  # no label can be lower than theirs

    @property
    def offers_groups(self) -> bool:
        """Whether there is any sharing group to tick."""
        return bool(self.fields["groups"].choices)  # type: ignore[attr-defined]

    def clean_references(self) -> list[tuple[str, str]]:
        """(title, address) of each line; a bare address is its own title."""
        lines = [line.strip() for line in self.cleaned_data["references"].splitlines() if line.strip()]
        return [_reference(line) for line in lines]

    def changes(self) -> Changes:
        """What was typed, as `draft.edit` takes it."""
        words = {name: self.cleaned_data[name] for name in self._meta.fields or () if name in self.cleaned_data}
        changes: Changes = {**words, "audience": self.audience(), "references": self.cleaned_data["references"]}  # type: ignore[typeddict-item]
        return changes

    def audience(self) -> list[Target]:
        """Whom the draft is to be granted to; TLP:CLEAR is for everyone and takes none, TLP:RED takes people alone."""
        cleaned = self.cleaned_data
        people: list[Target] = [("person", person.pk) for person in cleaned.get("people", ())]
        if cleaned.get("label") == tlp.CLEAR:
            return []
        if cleaned.get("label") == tlp.RED:
            return people
        houses = (("warp", "warps"), ("group", "groups"), ("organisation", "organisations"))
        return [(kind, one.pk) for kind, field in houses for one in cleaned.get(field, ())] + people


def _reference(line: str) -> tuple[str, str]:
    title, _bar, address = line.rpartition("|")
    title, address = title.strip() or address.strip(), address.strip()
    try:
        URLValidator(["https", "http"])(address)
    except ValidationError:
        said = _("“%(line)s” has no address: end the line with one that begins with https://.")
        raise ValidationError(said, params={"line": line}) from None
    return title[:300], address


def draft_initial(version: Version) -> dict[str, Any]:
    """What the parts of the draft form that are no columns start from."""
    audience: dict[str, list[int]] = {"warp": [], "group": [], "organisation": [], "person": []}
    for kind, pk in version.audience:
        audience[kind].append(pk)
    addresses = Person.objects.filter(pk__in=audience["person"]).order_by("email").values_list("email", flat=True)
    return {
        "warps": list(Warp.objects.filter(pk__in=audience["warp"])),
        "groups": list(SharingGroup.objects.filter(pk__in=audience["group"])),
        "organisations": list(Organisation.objects.filter(pk__in=audience["organisation"])),
        "people": "\n".join(addresses),
        "references": "\n".join(f"{ref.title} | {ref.url}" for ref in version.references.all()),
    }


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=_("Why it is withdrawn"),
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("For the record. Those who had the advisory are told that it is withdrawn, and no more."),
    )


class ReleaseForm(forms.Form):
    """The last button. A Flash wakes people, so its title is typed once more."""

    confirm_title = forms.CharField(label=_("Type the title once more"), required=False, max_length=200)

    def __init__(self, *args: Any, version: Version, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.version = version
        if version.tier != Tier.FLASH:
            del self.fields["confirm_title"]
        else:
            self.fields["confirm_title"].help_text = _("A Flash wakes people. The title is: %s") % version.title

    def clean_confirm_title(self) -> str:
        typed: str = self.cleaned_data["confirm_title"].strip()
        if typed != self.version.title.strip():
            raise ValidationError(_("That is not the title: type it as it stands above."))
        return typed
