"""Make the demonstration by the hub's own verbs: people, sources and what was written, with dates before now."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from advisories import draft, publish
from advisories.demo import people as cast
from advisories.demo.asked import ask
from advisories.demo.confirmed import confirm
from advisories.demo.exercise import exercise
from advisories.demo.guarded import guard
from advisories.demo.incidents import tell
from advisories.demo.kit import keep_kit
from advisories.demo.lessons import lessons
from advisories.demo.reach import reach
from advisories.demo.reports import report
from advisories.demo.sources import add_sources
from advisories.demo.talk import talk
from advisories.demo.training import train
from advisories.demo.writings import DRAFT_TELLS_OF, WRITINGS, Writing
from advisories.models import Advisory, Entry
from members import joining, leaving, sharing
from members.models import (
    Announcement,
    ClientLink,
    Office,
    Organisation,
    Person,
    Warp,
)
from members.reach import register

BEGAN = timedelta(days=90)
NEWS = timedelta(days=1)
MINUTES = timedelta(minutes=1)


@transaction.atomic
def build(at: datetime) -> None:
    """People, sources, advisories and what the drop folder says, as if the WARPs had worked for three months."""
    _warps(at - BEGAN)
    _organisations(at - BEGAN)
    _people(at - BEGAN)
    _channel(at - BEGAN)
    add_sources(at)
    for writing in WRITINGS:  # the oldest first, so that audit and order run as they would have
        _write(writing, at)
    tell(at)
    talk(at)
    ask(at)
    guard(at)
    report(at)
    reach(at)
    confirm(at)
    exercise(at)
    lessons(at)
    train(at)
    _told_long_ago(at)
    keep_kit(at)


def _told_long_ago(at: datetime) -> None:
    """Nobody was there to be told of what these people "released" last week, and three weeks of mail at the first
    start would be noise: the announcements count as planned, with no delivery, and so the ledger of such an advisory
    truly says that nobody was told. Those of the last day are owed like any other, and go out."""
    Announcement.objects.filter(due_at__lt=at - NEWS).update(planned_at=at)


def _warps(at: datetime) -> None:
    for slug, (name, prefix, parent) in cast.WARPS.items():
        joining.add_warp(name, slug, prefix, at, Warp.objects.filter(slug=parent).first())
    Warp.objects.update(demonstration=True)


def _organisations(at: datetime) -> None:
    made = {
        slug: joining.add_organisation(name, slug, Warp.objects.get(slug=warp), at)
        for slug, (name, warp) in cast.ORGANISATIONS.items()
    }
    suspended = made[cast.SUSPENDED]
    leaving.suspend(suspended, suspended.memberships.get().warp, at + BEGAN / 2, None)
    for client in cast.CLIENTS:
        ClientLink.objects.create(provider=made[cast.PROVIDER], client=made[client], pass_on_amber=True, since=at)
    name, slug, warp, members = cast.GROUP
    group = sharing.add_group(name, slug, Warp.objects.get(slug=warp), at, None)
    for one in members:
        sharing.join_group(made[one], group, at, None)


def _people(at: datetime) -> None:
    for one in (one for group in cast.PEOPLE.values() for one in group):
        person = joining.add_person(one.name, one.email, at)
        if one.of is not None:
            joining.affiliate(person, Organisation.objects.get(slug=one.of[0]), one.of[1], at)
        for warp, role in one.offices:
            joining.appoint(person, Warp.objects.get(slug=warp), role, at)


def _channel(at: datetime) -> None:
    by, organisation, channel, name, url = cast.CHANNEL
    lead, house = Person.objects.get(email=by), Organisation.objects.get(slug=organisation)
    register.add_channel(lead, house, channel, name, url, at, private=True)


def _write(writing: Writing, at: datetime) -> None:
    """Draft it, and release, revise and withdraw it where it says so."""
    person = Person.objects.get(email=writing.by)
    if writing.ago is None:
        told = Entry.rows.filter(title__startswith=DRAFT_TELLS_OF).order_by("pk")
        _draft(writing, person, list(told), at)
        return
    then = at - writing.ago
    advisory = _draft(writing, person, [], then - 20 * MINUTES)
    _release(advisory, person, then)
    if writing.revised is not None:
        later = then + writing.revised[0]
        draft.edit(person, advisory, later - 5 * MINUTES, **writing.revised[1])
        _release(advisory, person, later)
    if writing.withdrawn is not None:
        publish.withdraw(person, advisory.item, then + writing.withdrawn[0], writing.withdrawn[1])


def _draft(writing: Writing, person: Person, entries: list[Entry], at: datetime) -> Advisory:
    office = Office.objects.select_related("warp").get(person=person, role=Office.Role.COORDINATOR)
    advisory = draft.begin(person, office, entries, at)
    words: draft.Changes = {**writing.words, "audience": [_target(*to) for to in writing.to]}
    draft.edit(person, advisory, at, **words)
    return advisory


def _target(kind: str, whom: str) -> tuple[str, int]:
    """A target as grants have it, from a slug; a person's from their address."""
    key = "email" if kind == "person" else "slug"
    return kind, draft.TABLES[kind].objects.get(**{key: whom}).pk


def _release(advisory: Advisory, person: Person, at: datetime) -> None:
    publish.release(person, advisory.item, at, confirm_title=publish.newest(advisory).title)
