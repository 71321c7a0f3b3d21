"""Write an advisory: begun from what sources said, edited by its handlers until it is released."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils.translation import gettext as _

from advisories import alert
from advisories.models import Advisory, DraftedFrom, Entry, Happened, Indicator, Reference, Version
from advisories.publish import floor, indexed
from advisories.sharing.review import lapse
from advisories.triage.ruling import rules_for
from members import items, permits, tlp
from members.audit import record
from members.categories import Category
from members.embargo.derived import unread
from members.items import locked
from members.models import Grant, Handler, Item, Kind, Office, Organisation, Person, SharingGroup, Tier, Warp
from members.permits import coordinates
from members.place import place
from members.policy import Viewer, readable
from members.refused import Refused
from members.stand import Target

TABLES: dict[str, Any] = {"warp": Warp, "group": SharingGroup, "organisation": Organisation, "person": Person}
WORDS = ("title", "what_to_do", "who_it_hits", "what_is_known", "lessons", "exploited", "tier", "category", "label",
         "permission")  # fmt: skip


class Changes(TypedDict, total=False):
    """What an edit changes; what is not named stays. `references`: (title, address) pairs."""

    title: str
    what_to_do: str
    who_it_hits: str
    what_is_known: str
    lessons: str
    exploited: str
    tier: int
    category: str
    label: str
    permission: str
    audience: Sequence[Target]
    references: Sequence[tuple[str, str]]


@transaction.atomic
def begin(person: Person, office: Office, entries: Iterable[Entry], at: datetime) -> Advisory:
    """A draft of the office's WARP from `entries`, in order of their rank; from none, an empty one.

    Raises Refused where `person` does not hold the office, or names an entry that they can't read.
    """
    if not coordinates(person, at).filter(pk=office.pk).exists():
        raise Refused(_("You can't write for this WARP: only those who coordinate it can."))
    told = _readable(person, entries, at)
    label = tlp.strictest(entry.item.marking for entry in told)
    item = items.create(Kind.ADVISORY, office.warp, at, author=person, office=office, marking=label)
    advisory = Advisory.rows.create(item=item)
    DraftedFrom.objects.bulk_create(DraftedFrom(advisory=advisory, entry=entry) for entry in told)
    proposal = alert.propose(told, rules_for(office.warp))
    version = Version.objects.create(
        advisory=advisory, number=1, title=told[0].title[:200] if told else "", label=label, tier=proposal.tier,
        exploited=proposal.exploited, category=proposal.category, written_by=person, written_at=at,
    )  # fmt: skip
    clear = {entry.url: entry.title for entry in told if entry.item.marking == tlp.CLEAR and is_address(entry.url)}
    _refer(version, [(title, url) for url, title in clear.items()])
    _name_handler(item, person, label, at)
    record("draft", at, by=person, reference=item.reference, entries=len(told), label=label)
    indexed(item, version)
    return advisory


def _readable(person: Person, entries: Iterable[Entry], at: datetime) -> list[Entry]:
    """The entries, read again through the rule: one that they can't read does not exist."""
    asked = {entry.pk for entry in entries}
    mine = readable(Viewer(person.pk), at, "item")
    found = Entry.rows.filter(mine, pk__in=asked).select_related("item", "source").order_by("-rank", "-seen_at", "pk")
    if len(told := list(found)) < len(asked):
        raise Refused(_("One of these entries does not exist. Go back to the desk and choose again."))
    return told


@transaction.atomic
def edit(person: Person, advisory: Advisory, at: datetime, **changes: Unpack[Changes]) -> Version:
    """Change the version that is not released yet; where the newest is, begin the next one from it.

    Raises Refused, in words for `person`, where they don't handle it or a value is none that it can have.
    """
    item = locked(advisory.item_id)
    if not permits.can(person, "edit", item, at):
        raise Refused(_("You can't edit this: only its handlers can."))
    _check(changes)
    unread(item, at)
    if "title" in changes:
        changes["title"] = " ".join(changes["title"].split())  # one line: it goes into subjects, and is typed again
    version = _open_version(advisory)
    lapse(item, at, version=version.number)  # not what is approved in advance: they may still say no to that
    for field in WORDS:
        if field in changes:
            setattr(version, field, changes[field])  # type: ignore[literal-required]
    if "audience" in changes:
        version.audience = targets(changes["audience"])
    version.written_by, version.written_at = person, at
    version.save()
    if "references" in changes:
        version.references.all().delete()
        _refer(version, changes["references"])
    mark(item, person, _marking(version, at), at)
    record("edit", at, by=person, reference=item.reference, version=version.number, label=version.label)
    if not item.standings.exists():  # the text that stands is what readers find it by
        indexed(item, version)
    return version


def _open_version(advisory: Advisory) -> Version:
    """The version that may be edited: a copy of the newest one, where that is released."""
    version = advisory.versions.select_for_update().order_by("-number").first()
    if version is None:
        return Version(advisory=advisory, number=1)
    if version.released_at is None:
        return version
    beside = [list(rows.all()) for rows in (version.references, version.timeline, version.indicators)]
    version.pk, version.number, version.released_at = None, version.number + 1, None
    version.permission = version.withdrawn_because = ""
    version._state.adding = True
    version.save()
    for model, rows in zip((Reference, Happened, Indicator), beside, strict=True):
        _carry(version, model, rows)
    return version


def _carry(version: Version, model: Any, rows: list[Any]) -> None:
    """What stands beside the version before stands beside this one too, until it is edited."""
    for row in rows:
        row.pk, row.version = None, version
    model.objects.bulk_create(rows)


def _check(changes: Changes) -> None:
    known: dict[str, Iterable[Any]] = {
        "label": tlp.LABELS, "tier": Tier.values, "category": Category.values,
        "exploited": Version.Exploited.values,
    }  # fmt: skip
    for field, values in known.items():
        if field in changes and changes[field] not in values:  # type: ignore[literal-required]
            raise Refused(_("There is no such %(field)s. Choose one of those offered.") % {"field": _(field)})
    if len(changes.get("title", "")) > 200:
        raise Refused(_("The title is longer than 200 characters. Shorten it."))


def targets(audience: Sequence[Target]) -> list[list[Any]]:
    """The same [kind, id] pairs, each once, when all of them exist."""
    pairs = list(dict.fromkeys((kind, pk) for kind, pk in audience))
    for kind in Grant.TARGETS:
        wanted = {pk for of, pk in pairs if of == kind}
        if TABLES[kind].objects.filter(pk__in=wanted).count() < len(wanted):
            raise Refused(_("Somebody whom it is for does not exist. Choose again whom it is for."))
    if any(kind not in Grant.TARGETS for kind, _pk in pairs):
        raise Refused(_("It can be for WARPs, groups, organisations and people, and for nothing else."))
    return [[kind, pk] for kind, pk in pairs]


def is_address(url: str) -> bool:
    """Whether a reader can follow it from a page."""
    try:
        URLValidator(["https", "http"])(url)
    except ValidationError:
        return False
    return True


def _refer(version: Version, references: Sequence[tuple[str, str]]) -> None:
    for title, url in references:
        if not is_address(url):
            said = _("“%(url)s” is no address that a reference can have. Begin it with https://.")
            raise Refused(said % {"url": url})
        Reference.objects.create(version=version, title=title[:300], url=url)


def _marking(version: Version, at: datetime) -> str:
    """What the draft carries: its own label, and while nobody wrote down that it may be lower, its sources'."""
    return version.label if version.permission.strip() else tlp.strictest([version.label, floor(version, at)])


def mark(item: Item, person: Person, label: str, at: datetime) -> None:
    """The draft carries its label: a RED one is for the handlers named on it, its editor among them."""
    if item.marking == label:
        return
    item.marking = label
    item.save(update_fields=["marking"])
    _name_handler(item, person, label, at)
    place(item)


def _name_handler(item: Item, person: Person, label: str, at: datetime) -> None:
    if label == tlp.RED and not Handler.objects.at(at).filter(item=item, person=person).exists():
        if permits.by_glass_alone(person, item, at):
            said = _("TLP:RED is for the handlers named on it, and break-glass names you for its hour alone.")
            raise Refused(said)
        Handler.objects.create(item=item, person=person, since=at)
        place(item)
