"""What is shared of an incident: derived from a report, tended until it is closed, made into an advisory."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from advisories import draft, taxonomy
from advisories.made import label_of
from advisories.models import Advisory, Happened, Incident, MadeFrom, Report, Version
from advisories.publish import indexed, newest
from members import embargo, permits, reports, stand, tlp
from members.audit import record
from members.items import locked
from members.models import Item, Kind, Person, Standing
from members.permits import coordinates
from members.refused import Refused
from members.shows import EMBARGOED, stands

LONDON = ZoneInfo("Europe/London")
LONGEST = 1000
State = Incident.State
COPIED = ("title", "what_to_do", "who_it_hits", "what_is_known", "exploited", "tier", "category")


@transaction.atomic
def derive_incident(person: Person, report: Item, at: datetime) -> Incident:
    """An incident with an empty text, from a report that `person` keeps, under the label that its author wished for.

    Of an anonymous report it is its custodian's alone until they submit it; of another, its handlers' at once. Where
    its author asked that it is kept back, it is under that embargo from the first, and `person` names who else handles
    it. Asked twice by a nervous thumb, it is the one that is still empty. Raises Refused.
    """
    report = locked(report.pk)
    if permits.can(person, "derive", report, at) and (begun := _begun(person, report)):
        return begun
    item = reports.derive(person, report, Kind.INCIDENT, at)
    if item.office_id is None:  # they keep the report by break-glass alone
        raise Refused(_("Break-glass lets you read it for an hour: ask who keeps it to derive something from it."))
    wish = Report.rows.filter(item=report.pk).first() or Report(item=report)
    text = Advisory.rows.create(item=item)
    version = Version.objects.create(
        advisory=text, number=1, title="", label=wish.label, audience=_audience(wish), written_by=person,
        written_at=at,
    )  # fmt: skip
    started = wish.started_at.astimezone(LONDON).date() if wish.started_at else None
    incident = Incident.rows.create(item=item, rsit=wish.rsit or taxonomy.OTHER, started=started, state_at=at)
    draft.mark(item, person, wish.label, at)
    _kept_back(person, item, wish, at)
    if not report.anonymous:
        reports.submit(person, item, at)
        item.refresh_from_db()
    indexed(item, version)
    return incident


def _begun(person: Person, report: Item) -> Incident | None:
    """What they derived from it and have not written in yet."""
    written = Version.objects.exclude(number=1, title="").values("advisory")
    mine = Incident.rows.filter(item__author=person, item__derived_from__report=report, item__standings=None)
    return mine.exclude(item__in=written).select_related("item").first()


def _kept_back(person: Person, item: Item, wish: Report, at: datetime) -> None:
    """Not in their own words for why: those may tell who they are to whoever is named on it later."""
    if wish.embargo_until is None or wish.embargo_until <= at:
        return
    reason = _("Whoever reported it asked for it.")
    terms = _("Until the embargo ends, tell nobody of it who is not named on it.")
    embargo.wished(person, item, at, ends_at=wish.embargo_until, reason=reason, terms=terms)


def _audience(wish: Report) -> list[list[Any]]:
    """Whom its author wished it to be for. Who releases it must be one who may grant it to them."""
    return [] if wish.label == tlp.CLEAR else draft.targets([(kind, pk) for kind, pk in wish.audience])


@transaction.atomic
def note(person: Person, item: Item, at: datetime, on: date, words: str) -> Happened:
    """A line of its timeline, which is told with the next version. Written twice, it stands there once.

    Raises Refused.
    """
    item, _incident = tended(person, item, at)
    words = " ".join(words.replace("\0", "").split())
    if not words:
        raise Refused(_("Say what happened."))
    if len(words) > LONGEST:
        raise Refused(_("That is longer than %(most)d characters. Shorten it.") % {"most": LONGEST})
    if on > at.astimezone(LONDON).date():
        raise Refused(_("That day has not come yet. Choose the day on which it happened."))
    text = Advisory.rows.get(item=item)
    if line := newest(text).timeline.filter(on=on, words=words).first():
        return line
    version = draft.edit(person, text, at)
    line = Happened.objects.create(version=version, on=on, words=words, by=person, written_at=at)
    record("note", at, by=person, reference=item.reference, version=version.number)
    return line


@transaction.atomic
def strike(person: Person, item: Item, at: datetime, on: date, words: str) -> None:
    """The next version tells this line no more. Raises Refused."""
    item, _incident = tended(person, item, at)
    text = Advisory.rows.get(item=item)
    if not newest(text).timeline.filter(on=on, words=words).exists():
        return  # another did it, or a nervous thumb
    version = draft.edit(person, text, at)
    version.timeline.filter(on=on, words=words).delete()
    record("strike", at, by=person, reference=item.reference, version=version.number)


@transaction.atomic
def set_state(person: Person, item: Item, at: datetime, state: str) -> Incident:
    """It is open, contained or recovered; one that was closed is open again by it. Raises Refused."""
    item, incident = tended(person, item, at)
    if state == State.CLOSED:
        raise Refused(_("Say what was learned to close it."))
    if state not in State.values:
        raise Refused(_("There is no such state. Choose one of those offered."))
    incident.state, incident.closed_at, incident.state_at = state, None, at
    incident.save(update_fields=["state", "closed_at", "state_at"])
    record("set_state", at, by=person, reference=item.reference, state=state)
    return incident


@transaction.atomic
def take(person: Person, item: Item, at: datetime) -> Incident:
    """It is `person` who sees to it from now on. Raises Refused."""
    item, incident = tended(person, item, at)
    incident.owner = person
    incident.save(update_fields=["owner"])
    record("take", at, by=person, reference=item.reference)
    return incident


@transaction.atomic
def close(person: Person, item: Item, at: datetime, lessons: str) -> Incident:
    """It is over, and this is what was learned: its readers read that with the next version. Raises Refused."""
    item, incident = tended(person, item, at)
    lessons = lessons.replace("\r\n", "\n").replace("\0", "").strip()
    if not lessons:
        raise Refused(_("Say what was learned to close it."))
    text = Advisory.rows.get(item=item)
    if newest(text).lessons != lessons:
        draft.edit(person, text, at, lessons=lessons)
    if incident.state == State.CLOSED:
        return incident
    incident.state, incident.closed_at, incident.state_at = State.CLOSED, at, at
    incident.save(update_fields=["state", "closed_at", "state_at"])
    record("close_incident", at, by=person, reference=item.reference)
    return incident


@transaction.atomic
def become_advisory(person: Person, item: Item, at: datetime) -> Advisory:
    """A draft of an advisory with the text that stands, under the label of the incident: a lower one needs leave, as
    with what a source said. Raises Refused."""
    item, _incident = tended(person, item, at, "become")
    office = coordinates(person, at).filter(warp=item.warp).first()
    if office is None:
        raise Refused(_("You can't write for this WARP: only those who coordinate it can."))
    standing, stood = stand.in_force(item, at), stands([item], at)[item.pk]
    if stood.row == EMBARGOED:
        raise Refused(_("It is kept back: make an advisory of it when its embargo has ended and it is released."))
    if standing is not None and standing.state == Standing.State.WITHDRAWN:
        raise Refused(_("It is withdrawn, so there is nothing to warn of."))
    if standing is None and item.derived_from.exists():
        raise Refused(_("It comes from a report. Release it first: whoever reported it agrees to the text, and a second"
                        " person looks at it."))  # fmt: skip
    if begun := Advisory.rows.filter(
        made_from__incident=item.pk, item__author=person, item__standings=None
    ).first():  # by a nervous thumb, or as long as nobody has released it
        return begun
    text = _standing_text(item, standing)
    advisory = draft.begin(person, office, [], at)
    MadeFrom.objects.create(advisory=advisory, incident_id=item.pk)
    copied: dict[str, Any] = {field: getattr(text, field) for field in COPIED}
    references = list(text.references.values_list("title", "url"))
    draft.edit(person, advisory, at, **copied, label=label_of(item, stood), references=references)
    record("become_advisory", at, by=person, reference=item.reference)
    return advisory


def _standing_text(item: Item, standing: Standing | None) -> Version:
    """Not the next version, which may be meant for fewer than the label that stands says."""
    text = Advisory.rows.get(item=item)
    return text.versions.get(number=standing.version) if standing else newest(text)


def tended(person: Person, item: Item, at: datetime, verb: str = "tend") -> tuple[Item, Incident]:
    item = locked(item.pk)
    if item.kind != Kind.INCIDENT or not permits.can(person, verb, item, at):
        raise Refused(_("You can't do this: only the handlers of an incident can."))
    return item, Incident.rows.select_for_update(of=("self",)).get(item=item)
