"""Make the demonstration by the hub's own verbs: people, sources, and what was written, with dates before now."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from advisories import draft, publish
from advisories.collect import run, schedule
from advisories.collect.sources import add_source
from advisories.demo import people as cast
from advisories.demo.writings import DRAFT_TELLS_OF, WRITINGS, Writing
from advisories.models import Advisory, Entry, Source
from members import joining
from members.models import (
    Announcement,
    ClientLink,
    GroupMember,
    Membership,
    Office,
    Organisation,
    Person,
    SharingGroup,
    Warp,
)
from members.stand import Target

BEGAN = timedelta(days=90)
NEWS = timedelta(days=1)  # what is older than this was told long ago, and is not told again
DROP = Path(__file__).parent / "drop"
# Real addresses: (kind, address, name).
SOURCES = (
    ("feed", "https://www.ncsc.gov.uk/api/1/services/v1/all-rss-feed.xml", "NCSC: all news and guidance"),
    ("kev", "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json", "CISA KEV"),
    ("feed", "https://cert.europa.eu/publications/security-advisories-rss", "CERT-EU: security advisories"),
    ("feed", "https://www.cisa.gov/cybersecurity-advisories/all.xml", "CISA: cybersecurity advisories"),
)


@transaction.atomic
def build(at: datetime) -> None:
    """People, sources and advisories, as if the WARP had worked for three months until `at`."""
    began = at - BEGAN
    _warps(began)
    _organisations(began)
    people = _people(began)
    _sources(at)
    for writing in WRITINGS:  # from the oldest on, as audit and order were written
        if writing.ago is not None:
            _write(writing, people[writing.by], at)
    Announcement.objects.filter(due_at__lt=at - NEWS).update(planned_at=at)


def collect(at: datetime) -> None:
    """Take in the drop folder, and begin the draft that lies on the desk from what it says."""
    source = Source.objects.get(kind=Source.Kind.FOLDER)
    if schedule.take(source, at):
        run.collect(source, at)
    for writing in WRITINGS:
        if writing.ago is None:
            _begin_on_desk(writing, at)


def _warps(at: datetime) -> None:
    for slug, (name, prefix, parent) in cast.WARPS.items():
        joining.add_warp(name, slug, prefix, at, Warp.objects.filter(slug=parent).first())
    Warp.objects.update(demonstration=True)


def _organisations(at: datetime) -> None:
    made = {
        slug: joining.add_organisation(name, slug, Warp.objects.get(slug=warp), at)
        for slug, (name, warp) in cast.ORGANISATIONS.items()
    }
    suspended = made[cast.SUSPENDED].memberships.get()
    Membership.objects.filter(pk=suspended.pk).update(until=at + BEGAN / 2)
    Membership.objects.create(
        organisation=made[cast.SUSPENDED], warp=suspended.warp, state=Membership.State.SUSPENDED, since=at + BEGAN / 2
    )
    ClientLink.objects.create(provider=made[cast.PROVIDER], client=made[cast.CLIENT], pass_on_amber=True, since=at)
    name, slug, members = cast.GROUP
    group = SharingGroup.objects.create(name=name, slug=slug)
    GroupMember.objects.bulk_create(GroupMember(group=group, organisation=made[one], since=at) for one in members)


def _people(at: datetime) -> dict[str, Person]:
    made: dict[str, Person] = {}
    for one in (one for group in cast.PEOPLE.values() for one in group):
        made[one.email] = person = joining.add_person(one.name, one.email, at)
        if one.of is not None:
            joining.affiliate(person, Organisation.objects.get(slug=one.of[0]), one.of[1], at)
        for warp, role in one.offices:
            joining.appoint(person, Warp.objects.get(slug=warp), role, at)
    return made


def _sources(at: datetime) -> None:
    root = Warp.objects.get(parent=None)
    for kind, url, name in SOURCES:
        add_source(kind, url, root, at, name=name, label="CLEAR", hub_wide=True)
    add_source("folder", "drop", root, at, name="Drop folder", label="CLEAR", hub_wide=True)
    folder = settings.HOME / "drop"
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted(DROP.iterdir()):
        if not (folder / path.name).exists():
            (folder / path.name).write_text(dated(path.read_text(), at))


def dated(text: str, at: datetime) -> str:
    """`text` with its dates: @DATE:3@, @ISO:3@ and @RFC:3@ are three days before `at`."""

    def written(found: re.Match[str]) -> str:
        moment = at - timedelta(days=int(found[2]))
        if found[1] == "RFC":
            return format_datetime(moment)
        return f"{moment:%Y-%m-%d}" if found[1] == "DATE" else f"{moment:%Y-%m-%dT%H:%M:%S}.000Z"

    return re.sub(r"@(DATE|ISO|RFC):(-?\d+)@", written, text)


def _write(writing: Writing, person: Person, at: datetime) -> None:
    assert writing.ago is not None
    then = at - writing.ago
    advisory = _draft(writing, person, [], then - timedelta(minutes=20))
    _release(advisory, person, then)
    if writing.then is not None:
        later = then + writing.then[0]
        draft.edit(person, advisory, later - timedelta(minutes=5), **writing.then[1])
        _release(advisory, person, later)
    if writing.withdrawn is not None:
        publish.withdraw(person, advisory.item, then + writing.withdrawn[0], writing.withdrawn[1])


def _begin_on_desk(writing: Writing, at: datetime) -> None:
    told = Entry.rows.filter(title__startswith=DRAFT_TELLS_OF).select_related("item").order_by("pk")
    with transaction.atomic():
        _draft(writing, Person.objects.get(email=writing.by), list(told), at)


def _draft(writing: Writing, person: Person, entries: list[Entry], at: datetime) -> Advisory:
    office = Office.objects.filter(person=person, role=Office.Role.COORDINATOR).select_related("warp").get()
    advisory = draft.begin(person, office, entries, at)
    tables = {"warp": Warp, "group": SharingGroup, "organisation": Organisation}
    audience: list[Target] = [
        (
            kind,
            (Person.objects.get(email=whom) if kind == "person" else tables[kind]._default_manager.get(slug=whom)).pk,
        )
        for kind, whom in writing.to
    ]
    changes: draft.Changes = {**writing.words, "audience": audience}
    draft.edit(person, advisory, at, **changes)
    return advisory


def _release(advisory: Advisory, person: Person, at: datetime) -> None:
    publish.release(person, advisory.item, at, confirm_title=publish.newest(advisory).title)
