"""What an exercise and its injects say where they are told of: no search, no tick and no kit knows them."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from members import kinds
from members.exercises.spelling import spelled
from members.kinds import Content, KindOf, Section
from members.models import Cell, Exercise, Inject, Item, Kind


def register() -> None:
    kinds.register(Kind.EXERCISE, KindOf(_exercise, _page, _unsearched))
    kinds.register(Kind.INJECT, KindOf(_inject, _inject_page, _unsearched))


def _exercise(item: Item, version: int, cell: Cell) -> Content:
    exercise = Exercise.rows.get(item=item)
    if cell < Cell.BODY or not exercise.briefing:
        return Content(exercise.title)
    return Content(exercise.title, (Section(_("Briefing"), _paragraphs(exercise.briefing)),))


def _inject(item: Item, version: int, cell: Cell) -> Content:
    inject = Inject.objects.get(item=item)
    if cell < Cell.BODY:
        return Content(inject.title)
    said = list(_paragraphs(inject.text))
    if inject.attachment_name:
        said.append(_("With it comes a file, %(name)s: it is on its page.") % {"name": inject.attachment_name})
    return Content(inject.title, (Section(spelled(inject.sent_clock or 0.0), tuple(said)),))


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(one for one in (part.strip() for part in text.split("\n")) if one)


def _page(item: Item) -> str:
    return reverse("exercises:detail", args=[item.reference])


def _inject_page(item: Item) -> str:
    """Of its own, below its exercise."""
    above = item.parent
    assert above is not None  # `send` makes none without
    code = Inject.objects.filter(item=item).values_list("code", flat=True).get()
    return reverse("exercises:inject", args=[above.reference, code])


def _unsearched(item: Item, version: int) -> str:
    return ""
