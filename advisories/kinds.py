"""What mails and pages ask of an advisory or an incident, registered with members at start."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from advisories import following, talked
from advisories.models import Entry, Version
from advisories.publish import text_of
from members import kinds, tlp
from members.kinds import Content, KindOf, Naming, Section
from members.models import WRITTEN, Cell, Item, Kind

PAGES = {
    Kind.ADVISORY: "advisories:detail",
    Kind.INCIDENT: "incidents:detail",
    Kind.REPORT: "incidents:detail",
    Kind.DISCUSSION: "questions:detail",
}


def register() -> None:
    for kind in WRITTEN:
        kinds.register(kind, KindOf(render, url, search_text, rescheduled, naming, titles, board))
    kinds.register(Kind.REPORT, KindOf(_untold, url, _untold))
    kinds.register(Kind.DISCUSSION, KindOf(talked.question, url, talked.question_text, titles=talked.titles))
    kinds.register(
        Kind.COMMENT, KindOf(talked.reply, talked.reply_url, talked.reply_text, followers=following.followers)
    )


def _untold(item: Item, *_how: Any) -> Any:
    """A report is never released: nothing is sent of it, and no search finds it."""
    raise ValueError(f"{item} is a report: what is told of it is an incident that was derived from it")


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
        Section(_("Lessons learned"), _lines(text.lessons)),
        Section(_("References"), tuple(f"{ref.title}: {ref.url}" for ref in text.references.all())),
    )
    return Content(text.title, tuple(section for section in sections if section.paragraphs))


def url(item: Item) -> str:
    return reverse(PAGES[Kind(item.kind)], args=[item.reference])


def board(item: Item) -> str:
    return reverse("advisories:responses", args=[item.reference])


def search_text(item: Item, version: int) -> str:
    text = Version.objects.get(advisory=item.pk, number=version)
    return f"{text.title}\n{text_of(text)}"


def naming(item: Item, version: int) -> Naming:
    """Its own words, and what the public ones of its sources name: of the others, who is told must not tell. Nothing
    of a version that there is not."""
    text = Version.objects.filter(advisory=item.pk, number=version).first()
    if text is None:
        return Naming()
    entries = Entry.rows.filter(drafts__advisory=item.pk, item__marking=tlp.CLEAR)
    facts = list(entries.order_by("pk").values_list("facts", flat=True))
    cpes, purls = (tuple(line for one in facts for line in str(one.get(key, "")).splitlines())
                   for key in ("cpes", "purls"))  # fmt: skip
    return Naming(f"{text.title}\n{text_of(text)}", cpes, purls)


def titles(versions: Mapping[int, int]) -> dict[int, str]:
    texts = Version.objects.filter(advisory__in=versions, number__in=set(versions.values()))
    found = texts.values_list("advisory", "number", "title")
    return {item: title for item, number, title in found if versions[item] == number}


def rescheduled(item: Item, since: datetime | None) -> None:
    """The version that was to be released later is so at another moment, or may be edited again."""
    ahead = Version.objects.filter(advisory=item.pk, released_at__isnull=False).order_by("-number")[:1]
    Version.objects.filter(pk__in=list(ahead.values_list("pk", flat=True))).update(released_at=since)


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())
