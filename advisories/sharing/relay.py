"""Questions to whoever reported, and their answers, relayed by the hub: neither side needs to know who the other is.

What a reporter says stands under the pseudonym of their report, the same all through it, and on a day.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from advisories.models import Word
from members import permits, reports
from members.audit import day_of, record
from members.delivery import reporter
from members.delivery.notices import tell_of_work
from members.items import locked
from members.models import Item, Person
from members.refused import Refused

LONGEST = 10_000
THUMB = timedelta(minutes=1)


def words_of(report: Item) -> list[Word]:
    """What was asked and answered, in order: of a report that the rule gave, for who keeps it and who made it."""
    # Not by time: of an answer without a name that is the day.
    return list(Word.objects.filter(report=report).select_related("person").order_by("pk"))


@transaction.atomic
def ask(person: Person, report: Item, at: datetime, text: str) -> Word:
    """Whoever keeps the report asks who made it, who is told that something awaits them. Raises Refused."""
    report = locked(report.pk)
    if not permits.can(person, "ask_reporter", report, at) or report.submitted_at is None:
        raise Refused(_("You can't do this: only those who keep a report can."))
    text = _checked(text)
    before = Word.objects.filter(report=report, from_keeper=True, person=person, body=text, at__gt=at - THUMB).first()
    if before is not None:  # a nervous thumb
        return before
    word = Word.objects.create(report=report, from_keeper=True, person=person, body=text, at=at)
    record("ask_reporter", at, by=person, reference=report.reference)
    reporter.owe_about(report, at)
    return word


@transaction.atomic
def answer(person: Person, report: Item, at: datetime, text: str) -> Word:
    """Whoever made the report answers, or says more. Where it names them, those who asked are told that it awaits them.
    Raises Refused."""
    report, origin = reports.own(person, report, at)
    text, when = _checked(text), at if origin is None else day_of(at)
    last = Word.objects.filter(report=report).order_by("-pk").first()
    if last is not None and not last.from_keeper and last.body == text:  # a nervous thumb
        return last
    word = Word.objects.create(report=report, from_keeper=False, body=text, at=when)
    by, pseudonym = (person, "") if origin is None else (None, origin.pseudonym)
    record("answer_keeper", at, by=by, reference=report.reference, pseudonym=pseudonym)
    if origin is None:  # else the moment of a mail would say when they were there: the first page says it instead
        asked = Word.objects.filter(report=report, from_keeper=True, person__isnull=False)
        tell_of_work(set(asked.values_list("person", flat=True)), at)
    return word


def _checked(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\0", "").strip()
    if not text:
        raise Refused(_("There is nothing in it yet. Write it first."))
    if len(text) > LONGEST:
        raise Refused(_("That is longer than %(most)d characters. Shorten it.") % {"most": LONGEST})
    return text
