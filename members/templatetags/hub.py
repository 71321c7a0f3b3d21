"""The hub's words on pages and in mails: labels, tiers, times, and forms as GOV.UK form groups."""

from __future__ import annotations

from datetime import date, datetime

from django import template
from django.forms import BaseForm, BoundField, Field
from django.forms import widgets as w
from django.utils import dateformat
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from members import tlp as labels
from members.exercises.spelling import in_words, spelled
from members.times import LONDON, from_to

register = template.Library()

TIERS: dict[str, tuple[Promise, Promise]] = {
    "flash": (_("Flash"), _("Act now: people are woken for this.")),
    "urgent": (_("Urgent"), _("Act today.")),
    "advisory": (_("Advisory"), _("Act when you next plan your work.")),
    "information": (_("Information"), _("Good to know. Nothing needs doing.")),
}
CLASSES: tuple[tuple[type[w.Widget], str], ...] = (
    (w.CheckboxInput, "govuk-checkboxes__input"),
    (w.CheckboxSelectMultiple, "govuk-checkboxes__input"),
    (w.RadioSelect, "govuk-radios__input"),
    (w.Select, "govuk-select"),
    (w.Textarea, "govuk-textarea"),
    (w.PasswordInput, "govuk-input govuk-password-input__input govuk-js-password-input-input"),
    (w.FileInput, "govuk-file-upload"),
    (w.Input, "govuk-input"),
)


@register.simple_tag
def tlp(label: str) -> SafeString:
    """The label as a black box with FIRST's colour and its text, and on hover what it means."""
    css = label.lower().replace("+", "-")
    meaning = labels.MEANING[label]
    return format_html('<strong class="tlp tlp--{}" title="{}">{}</strong>', css, meaning, labels.display(label))


@register.simple_tag
def tier(name: str) -> SafeString:
    """The tier (`flash`, `urgent`, `advisory`, `information`) as a word and a shape."""
    word, meaning = TIERS[name]
    return format_html('<span class="tier tier--{}" title="{}">{}</span>', name, meaning, word)


@register.filter
def moment(at: datetime | None) -> str:
    """23 November 2026, 14:05 as the clocks of the United Kingdom show it; nothing where there is no moment."""
    return dateformat.format(_local(at), "j F Y, H:i") if at else ""


@register.filter
def moment_zone(at: datetime | None) -> str:
    """As `moment`, with GMT or BST: for ends and deadlines, where an hour matters."""
    return f"{moment(at)} {_local(at).tzname()}" if at else ""


@register.filter
def day(on: date | None) -> str:
    """23 November 2026; a moment is first taken to the United Kingdom, where it may be another day."""
    if not on:
        return ""
    return dateformat.format(_local(on) if isinstance(on, datetime) else on, "j F Y")


@register.filter
def clock(played: float | None) -> str:
    """T+1:15: a time of an exercise, from its seconds; nothing where there is none."""
    return spelled(played) if played is not None else ""


@register.filter
def span(took: float | None) -> str:
    """5 min 10 s; nothing where it took no time that is known."""
    return in_words(took) if took is not None else ""


register.simple_tag(from_to)


def _local(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError(f"{at} says no time zone: give an aware moment")
    return at.astimezone(LONDON)


@register.inclusion_tag("components/field.html")
def field(bound: BoundField) -> dict[str, object]:
    """One form field as a GOV.UK form group; label, hint, errors and what was typed come from the field."""
    widget = bound.field.widget
    if widget.is_hidden:
        return {"field": bound}
    css = next((css for kind, css in CLASSES if isinstance(widget, kind)), "govuk-input")
    if bound.errors and css.startswith(("govuk-input", "govuk-select", "govuk-textarea", "govuk-file-upload")):
        css = f"{css} {css.split()[0]}--error"
    own = widget.attrs.get("class", "")
    # A placeholder vanishes when it is needed; what it would say belongs in the hint.
    widget.attrs.update({"class": " ".join(dict.fromkeys(f"{css} {own}".split())), "placeholder": False})
    return {"field": bound, "errors": _said(bound), "kind": _kind(widget)}


def _kind(widget: w.Widget) -> str:
    if isinstance(widget, w.MultiWidget):
        raise TypeError(f"{type(widget).__name__} has inputs without labels of their own: use single fields")
    if isinstance(widget, w.CheckboxSelectMultiple):
        return "checkboxes"
    if isinstance(widget, w.RadioSelect):
        return "radios"
    if isinstance(widget, w.CheckboxInput):
        return "checkbox"
    return "password" if isinstance(widget, w.PasswordInput) else "input"


@register.inclusion_tag("components/error_summary.html")
def error_summary(*forms: BaseForm | str | None) -> dict[str, object]:
    """What went wrong in these forms, each linked to its field; nothing where nothing did, or there is no form."""
    bound = [form for form in forms if isinstance(form, BaseForm) and form.is_bound]
    return {"errors": [error for form in bound for error in _errors(form)]}


def _errors(form: BaseForm) -> list[tuple[str, str]]:
    """(text, id of the field to go to) of each error; what concerns the whole form leads to its first field."""
    visible = form.visible_fields()
    first = _target(visible[0]) if visible else ""
    whole = [(str(text), first) for text in form.non_field_errors()]
    hidden = [(str(text), first) for one in form.hidden_fields() for text in one.errors]
    return whole + hidden + [(text, _target(one)) for one in visible for text in _said(one)]


def _said(bound: BoundField) -> list[str]:
    """The field's errors; where Django would only say that a field is required, which one and what to do."""
    widget = bound.field.widget
    if isinstance(widget, w.CheckboxInput):
        missing = _("Tick “%(label)s”.")
    else:
        missing = _("Choose “%(label)s”.") if isinstance(widget, w.ChoiceWidget) else _("Fill in “%(label)s”.")
    bare = str(Field.default_error_messages["required"])
    return [str(missing) % {"label": bound.label} if text == bare else str(text) for text in bound.errors]


def _target(bound: BoundField) -> str:
    return bound.id_for_label or f"{bound.auto_id}_0"


@register.inclusion_tag("components/pagination.html")
def pagination(previous: str = "", next: str = "") -> dict[str, str]:
    """Links to the page before and the page after, by address; nothing where there is neither."""
    return {"previous": previous, "next": next}
