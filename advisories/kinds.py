"""What mails and pages ask of an advisory, registered with members at start."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from advisories.models import Version
from advisories.publish import text_of
from members import kinds
from members.kinds import Content, KindOf, Section
from members.models import Cell, Item, Kind


def register() -> None:
    kinds.register(Kind.ADVISORY, KindOf(render, url, search_text, rescheduled))


def render(item: Item, version: int, cell: Cell) -> Content:
    return content(Version.objects.get(advisory=item.pk, number=version), cell)


def content(text: Version, cell: Cell) -> Content:
    """What to do, whom it hits and what is known, in this order; the title alone where `cell` allows no more."""
    if cell < Cell.TITLE:
        raise ValueError("nothing of this may be said here, not even its title")
    if cell < Cell.BODY:
        return Content(text.title)
    known = _lines(text.what_is_known)
    if text.exploited != Version.Exploited.UNKNOWN:
        known = (str(Version.Exploited(text.exploited).label).capitalize() + ".", *known)
    sections = (
        Section(_("What to do"), _lines(text.what_to_do), steps=True),
        Section(_("Who it hits"), _lines(text.who_it_hits)),
        Section(_("What is known"), known),
        Section(_("References"), tuple(f"{ref.title}: {ref.url}" for ref in text.references.all())),
    )
    return Content(text.title, tuple(section for section in sections if section.paragraphs))


def url(item: Item) -> str:
    return reverse("advisories:detail", args=[item.reference])


def search_text(item: Item, version: int) -> str:
    text = Version.objects.get(advisory=item.pk, number=version)
    return f"{text.title}\n{text_of(text)}"


def rescheduled(item: Item, since: datetime | None) -> None:
    """The version that was to be released later is so at another moment, or may be edited again."""
    ahead = Version.objects.filter(advisory=item.pk, released_at__isnull=False).order_by("-number")[:1]
    Version.objects.filter(pk__in=list(ahead.values_list("pk", flat=True))).update(released_at=since)


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())
