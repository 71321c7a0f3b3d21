"""What a page of a report is given, and what it says where the same was changed elsewhere meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from advisories import together
from advisories.models import Report
from advisories.reporting import Told
from advisories.statutory import DUTIES
from advisories.together import TOLD, Given
from advisories.whosees import audience_names
from members import chance, tlp
from members.templatetags.hub import moment_zone

HERE, SOON, UNSURE = (
    gettext_lazy("“%(label)s” was changed elsewhere since this page was opened. What is stored stands at the top of the"
                 " page; what you typed is still here, and not saved yet. Put the two together, then save."),
    gettext_lazy("“%(label)s” was changed elsewhere since this page was opened, so what you typed there is not saved."
                 " Press “Save” to see both."),
    gettext_lazy("“%(label)s” was changed elsewhere since this page was opened, so what you typed there is not saved."
                 " Open the report in another tab and confirm that it is you, then press “Save” here to see both."),
)  # fmt: skip
SHOWN = gettext_lazy("“%(label)s” is not saved yet: put together what is stored and what you typed, or press “Save”.")
DUTY_NAMES = {f"{TOLD}{duty.slug}": duty.name for duty in DUTIES}


class Stored(NamedTuple):
    """What stands in a field that was changed elsewhere, in words."""

    label: str | Promise
    words: str


def say(form: forms.Form, names: Iterable[str], said: Promise) -> None:
    """At each of these fields that it is not saved, and why."""
    for name in sorted(names):
        form.add_error(_field(form, name), str(said) % {"label": _label(form, name)})


def _field(form: forms.Form, name: str) -> str | None:
    likely = ("warps", "groups", "organisations") if name == "audience" else (name, f"{name}-reference")
    return next((one for one in likely if one in form.fields), None)


def _label(form: forms.Form, name: str) -> str | Promise:
    if name == "audience":
        return _("Who may read it")
    return DUTY_NAMES[name] if name in DUTY_NAMES else form.fields[name].label or name


def shown(form: forms.Form, report: Report, names: Iterable[str]) -> list[Stored]:
    """What is stored of these, for whoever wrote it."""
    there = together.stored(report)
    return [Stored(_label(form, name), _words(report, name, there.get(name)) or _("nothing")) for name in sorted(names)]


def _words(report: Report, name: str, value: Any) -> str:
    if name == "audience":
        return ", ".join(audience_names(report))
    if name == "label":
        return tlp.display(value)
    if isinstance(value, Told):
        return ", ".join(filter(None, [moment_zone(value.done_at), value.reference]))
    if isinstance(value, datetime):
        return moment_zone(value)
    choices = getattr(report, f"get_{name}_display", None)
    return str((choices() if choices else value) or "")


def given_again(
    form: forms.Form, page: Given, report: Report, typed: Mapping[str, Any], names: Iterable[str], *, seen: bool
) -> str:
    """What a page that answers is given: what was typed, which it shows; of `names`, that both changed, what is stored,
    once that is `seen`. What was not sent it shows empty, which is no change yet. It has a name of its own: to load it
    anew is to send what was sent before."""
    there, names = together.stored(report), set(names)
    stamps = {name: one for name, one in page.stamps.items() if _sent(form, name)}
    stamps |= {name: together.stamp(value) for name, value in typed.items() if name not in names}
    if seen:
        stamps |= {name: f"{together.stamp(there.get(name))}/{together.stamp(typed[name])}" for name in names}
    return str(Given(chance.code(together.LONGEST), stamps))


def _sent(form: forms.Form, name: str) -> bool:
    if name == "audience":  # no tick is sent as nothing at all
        return "label" in form.data
    return (f"{name}-at" if name.startswith(TOLD) else name) in form.data
