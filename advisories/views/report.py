"""The page of one report: the form, for who writes it; what it says, for who made it and who keeps it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.forms import BoundField
from django.http import HttpResponse
from django.shortcuts import render

from advisories import files, safefiles, statutory, together
from advisories.indicators import defanged
from advisories.models import Attachment, Indicator, Notified, Report
from advisories.reportforms import ChecklistForm, ReportForm
from advisories.safefiles.what import HEAD
from advisories.views.awaited import shared_of
from advisories.views.seen import also
from advisories.whosees import audience_names, sentences
from members import permits, policy, reports, shows, stand
from members.authorship import name_of
from members.middleware import HubRequest
from members.models import Item, Person
from members.views.asking import confirmed, guarded, person_of, to_confirm, viewed

HERE = "warp"  # of the checklist: that is what they do here
SHOWN = 200  # indicators; more are counted


class File(NamedTuple):
    """A file of it, and what that really is."""

    ref: str
    name: str
    what: str
    size: int


def report_page(request: HubRequest, item: Item) -> HttpResponse:
    if guarded(item, stand.in_force(item, request.at), request.at):
        if not confirmed(request):
            return to_confirm(request)
        viewed(request, item)
    person, report = person_of(request), Report.rows.get(item=item)
    theirs = is_theirs(person, item)
    if person is not None and theirs and item.submitted_at is None:
        form = ReportForm(by=person, at=request.at, report=report, told=told_of(report))
        return render(request, "incidents/report.html", {**written(request, person, item, report, form), "form": form})
    return render(request, "incidents/reported.html", filed(request, person, item, report, theirs=theirs))


def is_theirs(person: Person | None, item: Item) -> bool:
    """Whether they reported it: of an item that the rule gave."""
    return person is not None and Report.rows.filter(reports.mine(person, "item"), item=item).exists()


def told_of(report: Report) -> list[Notified]:
    return list(Notified.objects.filter(report=report))


def written(
    request: HubRequest, person: Person, item: Item, report: Report, form: ChecklistForm
) -> dict[str, Any]:  # fmt: skip
    """What the form of a report has beside it, for its author."""
    return {**below(request, item), **head(item, report), **seen(request, person, item, report, form),
            "given": str(together.given(together.stored(report)))}  # fmt: skip


def seen(request: HubRequest, person: Person, item: Item, report: Report, form: ChecklistForm) -> dict[str, Any]:
    """What changes with what is typed: who will see it, and by when others are to be told."""
    told = told_of(report)
    return {"who_sees": sentences(person, item, report, request.at), "duties": duties(request, report, form, told)}


def head(item: Item, report: Report) -> dict[str, Any]:
    return {"ref": item.reference, "report": report, "anonymous": item.anonymous, "warp": item.warp,
            "duty_telephone": item.warp.duty_telephone, "replaces_none": statutory.REPLACES_NONE}  # fmt: skip


class Line(NamedTuple):
    """A body of the statutory checklist, and that they told it: the fields to say so, or what was said."""

    due: statutory.Due
    when: BoundField | None
    reference: BoundField | None
    told: Notified | None


def duties(
    request: HubRequest, report: Report, form: ChecklistForm | None, told: Sequence[Notified] = ()
) -> list[Line]:
    """The checklist of its nation. By when, only where it is known when they became aware."""
    found = statutory.due(report.nation, report.aware_at or request.at, request.at)
    stands = {one.body: one for one in told}
    return [
        Line(
            due._replace(by=due.by if report.aware_at else None, late=_late(due, report, stands)),
            form[f"told-{due.duty.slug}-at"] if form else None,
            form[f"told-{due.duty.slug}-reference"] if form else None,
            stands.get(due.duty.slug),
        )
        for due in found
        if due.duty.slug != HERE
    ]


def _late(due: statutory.Due, report: Report, told: Mapping[str, Notified]) -> bool:
    return due.late and report.aware_at is not None and due.duty.slug not in told


def below(request: HubRequest, item: Item) -> dict[str, Any]:
    """The indicators and the files of it, as far as whoever asks reads them."""
    found = list(Indicator.objects.filter(item=item).order_by("position", "pk")[: SHOWN + 1])
    count = len(found) if len(found) <= SHOWN else Indicator.objects.filter(item=item).count()
    rows = [(one.get_kind_display(), defanged(one.value, one.kind), f"{one.kind} {one.value}") for one in found[:SHOWN]]
    return {"indicators": rows, "indicator_count": count, "files": _files(request, item)}


def _files(request: HubRequest, item: Item) -> list[File]:
    mine = policy.readable(request.viewer, request.at, "item_id")
    found = list(Attachment.rows.filter(mine, item__parent=item).select_related("item").order_by("item__pos"))
    for text in found:
        text.item.parent = item
    stands = shows.stands([text.item for text in found], request.at) if found else {}
    sure = confirmed(request)
    return [_file(one) for one in found if sure or not stands[one.item_id].asks]


def _file(text: Attachment) -> File:
    with files.read(text.stored) as kept:
        what = safefiles.sniff(kept.read(HEAD), text.size)
    return File(text.item.reference, text.name, safefiles.shown_as(text.name, what), text.size)


def filed(
    request: HubRequest, person: Person | None, item: Item, report: Report, *, theirs: bool,
    form: ChecklistForm | None = None,
) -> dict[str, Any]:  # fmt: skip
    """What stands on the page of a report that is read and not written."""
    keeps = person is not None and permits.can(person, "derive", item, request.at)
    told = told_of(report)
    if theirs:
        form = form or ChecklistForm(told=told)
    shown: dict[str, Any] = {
        **below(request, item),
        **head(item, report),
        "wished_for": audience_names(report),
        "theirs": theirs,
        "keeps": keeps,
        "by": _by(item) if keeps or theirs else "",
        "filed_at": item.submitted_at,
        "duties": duties(request, report, form, told),
        "form": form,
        "given": str(together.given(together.stored(report))) if theirs else "",
        "derived": shared_of(request, item, theirs=theirs),
        "also": also(request, item, None),
    }
    if person is not None and theirs:
        shown["who_sees"] = sentences(person, item, report, request.at)
    return shown


def _by(item: Item) -> str:
    """Who reported it, as whoever keeps it is told."""
    if item.anonymous:
        return item.origin.label
    name = item.author.name if item.author else ""
    return ", ".join(filter(None, [name, name_of(item.affiliation or item.office)]))
