"""What people write beneath an item: a comment, or a file, and for whom."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from advisories import files
from advisories.children import LONGEST
from advisories.narrower import for_handlers
from members import tlp
from members.authorship import Capacity, name_of
from members.fields import offer
from members.models import Item, Kind
from members.placing import TAKES_GREEN_ON_CLEAR
from members.stand import Target

READERS, MEMBERS, HANDLERS = "readers", "members", "handlers"
ALL_MEMBERS = _("Members of this hub (TLP:GREEN)")


class ChildForm(forms.Form):
    """Whom it is for must be said: what is left out goes to nobody, instead of to everyone."""

    kind: Kind
    readers = forms.ChoiceField(label=_("Who is it for?"), widget=forms.RadioSelect)
    capacity = forms.ChoiceField(label=_("You write as"))

    def __init__(self, *args: Any, floor: str, mine: Sequence[Capacity], **kwargs: Any) -> None:
        """`floor`: what a file here may be at the least (narrower.least). `mine`: under what they may write, the
        likeliest first."""
        super().__init__(*args, **kwargs)
        self.prefix = self.kind.name.lower()
        self.mine = {name_of(capacity): capacity for capacity in reversed(mine)}
        choices = self._choices(floor)
        offer(self, "readers", choices)
        self.fields["readers"].initial = choices[-2][0]
        names = [name_of(capacity) for capacity in mine]
        offer(self, "capacity", [(name, capfirst(name)) for name in dict.fromkeys(names)])
        if len(self.mine) < 2:
            del self.fields["capacity"]

    def _choices(self, floor: str) -> list[tuple[str, Any]]:
        """The narrowest last; the one before it is proposed."""
        handlers = (HANDLERS, _("Only those who handle it"))
        if floor != tlp.CLEAR:
            return [(READERS, _("Everyone who can read what it belongs to, now or later")), handlers]
        if self.kind in TAKES_GREEN_ON_CLEAR:
            return [(READERS, ALL_MEMBERS), handlers]
        return [(READERS, _("Everyone, signed in or not (TLP:CLEAR)")), (MEMBERS, ALL_MEMBERS), handlers]

    def chosen(self, parent: Item, at: datetime) -> dict[str, Any]:
        """Label, targets and capacity, as the verbs take them."""
        label: str | None = None
        targets: list[Target] = []
        if self.cleaned_data["readers"] == HANDLERS:
            label, targets = for_handlers(parent, at)
        elif self.cleaned_data["readers"] == MEMBERS:
            label = tlp.GREEN
        wanted = self.cleaned_data.get("capacity")
        return {"label": label, "targets": targets, "capacity": self.mine[wanted] if wanted else None}


class CommentForm(ChildForm):
    kind = Kind.COMMENT
    body = forms.CharField(label=_("Your comment"), max_length=LONGEST, widget=forms.Textarea({"rows": 4}))
    mention = forms.CharField(
        label=_("Whom it should reach (optional)"),
        required=False,
        max_length=2000,
        help_text=_("Mail addresses of colleagues, or of people who spoke here. They are told as those who follow it."),
    )
    anonymous = forms.BooleanField(
        label=_("Without my name"),
        required=False,
        help_text=_("It stands under a name made up for this page. Whoever reads it sees when it appears. Your own"
                    " words may give you away, and so may it that few can read this page."),
    )  # fmt: skip
    field_order = ["body"]

    def said(self, parent: Item, at: datetime) -> dict[str, Any]:
        """All that the verb takes."""
        addresses = self.cleaned_data["mention"].replace(",", " ").replace(";", " ").split()
        return {**self.chosen(parent, at), "anonymous": self.cleaned_data["anonymous"], "mention": addresses}


class AttachForm(ChildForm):
    """The file comes last: where it is too large, what follows it is not read any more."""

    kind = Kind.ATTACHMENT
    file = forms.FileField(
        label=_("File"), widget=forms.FileInput, allow_empty_file=True, error_messages={"required": _("Choose a file.")}
    )
    field_order = ["readers", "capacity", "file"]

    def __init__(self, *args: Any, too_large: bool = False, **kwargs: Any) -> None:
        """`too_large`: more was sent than the hub takes, so that the file is not among what arrived."""
        super().__init__(*args, **kwargs)
        if too_large:
            self.fields["file"].error_messages["required"] = str(files.TooLarge())


class RemoveForm(forms.Form):
    reason = forms.CharField(
        label=_("Why it is removed"),
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("For the record. Who wrote it and the handlers can still read it; nobody else can."),
    )
