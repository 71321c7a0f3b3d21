"""What mails and searches ask of a course, registered with members at start."""

from __future__ import annotations

from collections.abc import Mapping

from django.urls import reverse
from django.utils.translation import gettext as _

from members import kinds
from members.kinds import Content, KindOf, Section
from members.models import Cell, Course, Item, Kind


def register() -> None:
    kinds.register(Kind.TRAINING, KindOf(render, url, search_text, titles=titles))


def render(item: Item, version: int, cell: Cell) -> Content:
    """What it is for whom; when it takes place is on its page, since that changes."""
    if cell < Cell.TITLE:
        raise ValueError("nothing of this may be said here, not even its title")
    course = Course.rows.get(item=item)
    if cell < Cell.BODY:
        return Content(course.title)
    aims = tuple(line.strip() for line in course.aims.splitlines() if line.strip())
    sections = (
        Section(_("Training"), (f"{course.get_level_display()}.",)),
        Section(_("What you learn"), aims),
    )
    return Content(course.title, tuple(section for section in sections if section.paragraphs))


def url(item: Item) -> str:
    return reverse("training:course", args=[item.reference])


def search_text(item: Item, version: int) -> str:
    course = Course.rows.get(item=item)
    return f"{course.title}\n{course.aims}"


def titles(versions: Mapping[int, int]) -> dict[int, str]:
    return dict(Course.rows.filter(item__in=versions).values_list("item", "title"))
