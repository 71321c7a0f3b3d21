"""A member reports an incident: begun, saved as it is typed, filed once. Theirs alone until then, and their own words
for ever.

An anonymous one is written under its pseudonym, and when is told no more exactly than the day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypedDict, Unpack

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from advisories import draft
from advisories.awaiting import call_keepers
from advisories.models import Indicator, Notified, Report
from advisories.models.report import Severity
from advisories.statutory import DUTIES, NATIONS
from advisories.statutory.duty import Nation
from advisories.taxonomy import CLASSES
from members import permits, reports, tlp
from members.audit import day_of, record
from members.embargo.state import LONGEST
from members.models import Affiliation, Item, Office, Origin, Person, Warp
from members.refused import Refused
from members.seal import seal
from members.stand import Target
from members.templatetags.hub import moment_zone

KNOWN: dict[str, set[Any]] = {
    "rsit": {slug for slug, _words in CLASSES}, "severity": set(Severity.values), "label": set(tlp.LABELS),
    "nation": set(NATIONS),
}  # fmt: skip
EMPTY: dict[str, Any] = {
    "title": "", "body": "", "hit": "", "done": "", "wanted": "", "started_at": None, "aware_at": None, "rsit": "",
    "severity": None, "label": tlp.STRICT, "audience": [], "embargo_until": None, "embargo_reason": "",
    "nation": Nation.ENGLAND.value, "notified": None, "item__children": None,
}  # fmt: skip


class Told(NamedTuple):
    """That the reporter told somebody of the statutory checklist: when, and what it is called there."""

    done_at: datetime | None = None
    reference: str = ""


class Changes(TypedDict, total=False):
    """What was typed; what is not named stays."""

    title: str
    body: str
    rsit: str
    severity: int | None
    started_at: datetime | None
    aware_at: datetime | None
    hit: str
    done: str
    wanted: str
    label: str
    audience: Sequence[Target]
    embargo_until: datetime | None
    embargo_reason: str
    nation: str


class Incomplete(Refused):
    """What is missing before it can be filed: `fields` says it of each."""

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__(_("It is saved, and not filed yet: something is missing."))
        self.fields = fields


@transaction.atomic
def begin(person: Person, affiliation: Affiliation, warp: Warp, at: datetime, *, anonymous: bool) -> Item:
    """A report that its author alone reads until they file it; the one that they began and wrote nothing in, where
    there is one. Raises Refused."""
    Affiliation.objects.select_for_update().get(pk=affiliation.pk)  # a nervous thumb comes twice at once
    if not _keeps(warp, at, anonymous=anonymous):
        role = _("custodian") if anonymous else _("coordinator")
        said = _("%(warp)s has no %(role)s now, so nobody would read it. Choose otherwise, or ring somebody.")
        raise Refused(said % {"warp": warp.name, "role": role})
    whose: dict[str, Any] = {"item__author": person, "item__affiliation": affiliation}
    if anonymous:
        whose = {"item__origin__filer": seal("person", person.pk),
                 "item__origin__capacity": seal("affiliation", affiliation.pk)}  # fmt: skip
    untouched = Report.rows.filter(**EMPTY, **whose, item__warp=warp, item__submitted_at=None, item__realm=0)
    untouched = untouched.exclude(Exists(Indicator.objects.filter(item=OuterRef("item")).order_by()))
    if (before := untouched.select_related("item").order_by("pk").first()) is not None:
        return before.item
    item = reports.begin(person, affiliation, warp, at, anonymous=anonymous)
    Report.rows.create(item=item, saved_at=item.created_at)
    return item


def _keeps(warp: Warp, at: datetime, *, anonymous: bool) -> bool:
    role = Office.Role.CUSTODIAN if anonymous else Office.Role.COORDINATOR
    there = {"person__active_since__lte": at, "person__active_until__gt": at}
    return Office.objects.at(at).filter(warp=warp, role=role, **there).exists()


@transaction.atomic
def save(person: Person, item: Item, at: datetime, **changes: Unpack[Changes]) -> Report:
    """Keep what was typed into a report that is not filed yet. Raises Refused.

    No row of the audit says so: nobody else can read it yet, and each pause in the typing would be one.
    """
    item, origin = reports.own(person, item, at)
    report = _text(item)
    if item.submitted_at is not None:
        raise Refused(_("It is filed, so what you wrote stays as it is. You can still add indicators and files."))
    _check(changes)
    if "title" in changes:
        changes["title"] = " ".join(changes["title"].split())[:200]
    kept: dict[str, Any] = {**changes}
    if "audience" in changes:
        kept["audience"] = _audience(person, changes["audience"], report, at)
    for field, value in kept.items():
        setattr(report, field, value)
    report.saved_at = day_of(at) if origin else at
    report.save(update_fields=[*kept, "saved_at"])
    return report


def _text(item: Item) -> Report:
    return Report.rows.select_for_update(of=("self",)).get(item=item)


def _check(changes: Changes) -> None:
    for name in KNOWN:
        value = changes.get(name)
        if value and value not in KNOWN[name]:
            raise Refused(_("There is no such %(field)s. Choose one of those offered.") % {"field": _(name)})


def _audience(person: Person, wanted: Sequence[Target], report: Report, at: datetime) -> list[list[Any]]:
    """Whom they wish it to be for: their own WARPs and groups, and whoever stands there already."""
    stands = {(kind, pk) for kind, pk in report.audience}
    pairs = [(kind, pk) for kind, pk in wanted]
    added = [one for one in pairs if one not in stands]
    if any(kind == "person" for kind, _pk in added) or not permits.grantable(person, added, at):
        raise Refused(_("It is for somebody whom you can’t share with. Choose one of those offered."))
    return draft.targets(pairs)


@transaction.atomic
def file(person: Person, item: Item, at: datetime) -> Item:
    """Hand it to those who keep it, once, however nervous the thumb. Raises Incomplete, or Refused."""
    item, _origin = reports.own(person, item, at)
    if item.submitted_at is not None:
        return item  # a nervous thumb
    report = _text(item)
    if missing := _missing(report, at):
        raise Incomplete(missing)
    if not reports.keepers(person, item, at).exists():
        raise Refused(_("It is saved, and not filed: besides you nobody would read it now. Ring somebody."))
    item = reports.file(person, item, at)
    call_keepers(item, report.severity, at)
    return item


def _missing(report: Report, at: datetime) -> dict[str, str]:
    """What is wrong, by the field that it is to be mended in."""
    found = {}
    if not report.title:
        found["title"] = _("Give it a title: a few words that say what it is.")
    if not report.body.strip():
        found["body"] = _("Say what happened, as far as you know.")
    if report.aware_at and report.aware_at > at:
        found["aware_at"] = _("You can’t have become aware in the future. Correct the time.")
    if report.started_at and report.aware_at and report.started_at > report.aware_at:
        found["started_at"] = _("It can’t have started after you became aware. Correct one of the two.")
    if report.embargo_until and report.embargo_until <= at:
        found["embargo_until"] = _("This time is past. Choose a later one, or leave it empty.")
    if report.embargo_until and report.embargo_until > at + LONGEST:
        said = _("It can be kept back for 90 days at most. Choose a time before %(last)s.")
        found["embargo_until"] = said % {"last": moment_zone(at + LONGEST)}
    if report.embargo_until and not report.embargo_reason.strip():
        found["embargo_reason"] = _("Say why it is to be kept back until then.")
    return found


@transaction.atomic
def tell(person: Person, item: Item, at: datetime, told: Mapping[str, Told]) -> None:
    """Note whom of the statutory checklist they told, and when; an empty one takes the note away. Raises Refused."""
    item, origin = reports.own(person, item, at)
    report = _text(item)
    if unknown := set(told) - {duty.slug for duty in DUTIES}:
        raise Refused(_("There is nobody called “%(slug)s” on the checklist.") % {"slug": min(unknown)})
    stands = {one.body: Told(one.done_at, one.reference) for one in Notified.objects.filter(report=report)}
    changed = {slug: one for slug, one in told.items() if one != stands.get(slug, Told())}
    if not changed:
        return
    Notified.objects.filter(report=report, body__in=changed).delete()
    Notified.objects.bulk_create(
        Notified(report=report, body=slug, **one._asdict()) for slug, one in changed.items() if one != Told()
    )
    if item.submitted_at is not None:  # until then nobody else reads it
        noted(item, origin, person, "note_told", at, bodies=len(changed))


def noted(item: Item, origin: Origin | None, person: Person, verb: str, at: datetime, **detail: int) -> None:
    """The audit's row of what the author did: by name, or by pseudonym and day."""
    by, pseudonym = (None, origin.pseudonym) if origin else (person, "")
    record(verb, at, by=by, reference=item.reference, pseudonym=pseudonym, **detail)
