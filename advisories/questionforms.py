"""A question, and the filters over the list of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from advisories.children import LONGEST
from advisories.questions import LONGEST_TITLE
from members import tlp
from members.authorship import Capacity, name_of
from members.fields import offer
from members.models import Affiliation, SharingGroup, Warp
from members.stand import Target

HUB, WARP, STRICT, GROUP, HANDLERS = "hub", "warp", "strict", "group", "handlers"
READERS = [
    (HUB, _("Members of this hub (TLP:GREEN)")),
    (WARP, _("Members of that WARP and of those below it, and their clients (TLP:AMBER)")),
    (STRICT, _("Members of that WARP and of those below it (TLP:AMBER+STRICT)")),
    (HANDLERS, _("Only those who handle it (TLP:AMBER+STRICT)")),
]
ANY = [("", _("Any"))]
LABELS = [(label, tlp.display(label)) for label in (tlp.GREEN, tlp.AMBER, tlp.STRICT)]
ANSWERED, OPEN = "answered", "open"


class QuestionForm(forms.Form):
    """Whom it is for must be said: what is left out goes to nobody, instead of to everyone."""

    title = forms.CharField(
        label=_("Your question, in one line"),
        max_length=LONGEST_TITLE,
        error_messages={"required": _("Write your question.")},
    )
    body = forms.CharField(
        label=_("What belongs to it (optional)"), required=False, max_length=LONGEST, widget=forms.Textarea({"rows": 6})
    )
    where = forms.ChoiceField(label=_("Whom you ask, and for whom"))
    readers = forms.ChoiceField(
        label=_("Who may read it?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose who may read it.")},
    )
    anonymous = forms.BooleanField(
        label=_("Without my name"),
        required=False,
        help_text=_("It stands under a name made up for this question. Where fewer than five organisations are of the"
                    " WARP, it is put to the one above. Whoever reads it sees when it appears, and your own words may"
                    " give you away. You are told of answers only if you follow it, like anybody."),
    )  # fmt: skip

    def __init__(
        self, *args: Any, mine: Sequence[tuple[Capacity, Warp]], groups: Iterable[SharingGroup] = (), **kwargs: Any
    ) -> None:
        """`mine`: under what they may ask which WARP (questions.asks_at). `groups`: that they may put it to."""
        super().__init__(*args, **kwargs)
        self.groups = {f"{GROUP}/{one.slug}": one for one in groups}
        *wider, handlers = READERS
        within = _now("Members of the sharing group %(name)s (TLP:AMBER+STRICT)")
        named = [(key, within % {"name": one.name}) for key, one in self.groups.items()]
        offer(self, "readers", [*wider, *named, handlers])
        self.mine = {f"{name_of(capacity)}/{warp.slug}": (capacity, warp) for capacity, warp in mine}
        choices = [
            (key, _where(capacity) % {"warp": warp.name, "name": name_of(capacity)})
            for key, (capacity, warp) in self.mine.items()
        ]
        offer(self, "where", choices)

    def asked(self) -> dict[str, Any]:
        """As the verb takes it."""
        cleaned = self.cleaned_data
        capacity, warp = self.mine[cleaned["where"]]
        there: list[Target] = [("warp", warp.pk)]
        named: dict[str, tuple[str, list[Target]]] = {
            key: (tlp.STRICT, [("group", one.pk)]) for key, one in self.groups.items()
        }
        label, targets = {
            HUB: (tlp.GREEN, []), WARP: (tlp.AMBER, there), STRICT: (tlp.STRICT, there), HANDLERS: (tlp.STRICT, []),
            **named,
        }[cleaned["readers"]]  # fmt: skip
        words = {name: cleaned[name] for name in ("title", "body", "anonymous")}
        return {**words, "warp": warp, "capacity": capacity, "label": label, "targets": targets}


def _where(capacity: Capacity) -> str:
    return _now("%(warp)s, for %(name)s") if isinstance(capacity, Affiliation) else _now("%(warp)s, as %(name)s")


class QuestionsForm(forms.Form):
    """Search and filters over the list; each narrows, none is needed."""

    q = forms.CharField(
        label=_("Search"), required=False, max_length=200, widget=forms.TextInput({"type": "search", "data-key": "/"})
    )
    label = forms.ChoiceField(label=_("Label"), required=False, choices=[*ANY, *LABELS])
    state = forms.ChoiceField(
        label=_("Answer"), required=False, choices=[*ANY, (OPEN, _("None accepted yet")), (ANSWERED, _("Accepted"))]
    )
    since = forms.DateField(
        label=_("Since"),
        required=False,
        widget=forms.DateInput({"type": "date"}),
        error_messages={"invalid": _("Write the date like 2026-11-23.")},
    )

    def chosen(self) -> dict[str, Any]:
        """The filters that say something; a wrong one narrows nothing and is told at its field."""
        if not self.is_bound:
            return {}
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
