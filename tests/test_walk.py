"""Canaries: each item's title and body hold a token of their own, and every page is walked as everyone.

A token seen means that the rule said `body`; where the rule says `body` of an advisory, its page must show it, so
that a blank site does not pass.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from advisories.models import DraftedFrom
from members import clock, search
from members.credentials import issue
from members.models import Cell, Credential, Item, Kind
from members.policy import Answer, Viewer, may
from members.shows import Exit, shows
from tests import pages
from tests.members.world import World
from tests.pages import visitor
from tests.test_exits import ROUTES

EMBARGO = {"state": "active", "ends_at": "2026-12-01T12:00Z", "handlers": ["carol"],
           "named": {"alice": "unanswered", "bob": "accepted", "dora": "declined"}}  # fmt: skip
BRUM, SOLIHULL = [{"organisation": "brum"}], [{"organisation": "solihull"}]
CANARIES: dict[str, dict[str, Any]] = {
    "embargoed": {"label": None, "author": "mia", "embargo": EMBARGO},
    "red": {"label": "RED", "grants": [{"person": "alice"}], "handlers": ["carol"]},
    "amber": {"label": "AMBER", "grants": BRUM},
    "strict": {"label": "AMBER+STRICT", "grants": SOLIHULL},
    "draft": {"label": None},
    "members-draft": {"label": None, "author": "bob", "submitted": False},
    "anonymous": {"label": None, "anonymous": True, "author": "bob"},
    "withdrawn": {"label": "AMBER", "grants": BRUM, "withdrawn_at": "2026-10-20T00:00Z"},
    "green": {"label": "GREEN"},
    "clear": {"label": "CLEAR"},
}
CHILDREN: dict[str, dict[str, Any]] = {  # beneath each advisory
    "comment": {},
    "file": {},
    "narrower": {"label": "AMBER+STRICT", "grants": [{"organisation": "brum"}], "author": "alice"},
    "narrowerfile": {"label": "AMBER+STRICT", "grants": [{"person": "dora"}]},
    "wider": {"label": "CLEAR"},
}
ENTRIES: dict[str, dict[str, Any]] = {"entry": {}, "red-entry": {"import_label": "RED", "handlers": ["kate"]}}
WALKED_ELSEWHERE = {
    "healthz",
    "dev-mail-one",
    "dev-mail-html",
    "account_confirm_email",
    "account_reset_password_from_key",
}
ACTS = {  # they answer no GET
    "advisories:dismiss", "advisories:restore", "advisories:draft-new", "advisories:comment", "advisories:attach",
    "demo-sign-in",
}  # fmt: skip
ENDS = {"account_logout"}


@dataclass(frozen=True)
class Canary:
    """An item, and its two tokens."""

    name: str
    item: Item

    @property
    def tokens(self) -> tuple[str, str]:
        return f"canary{self.name}title", f"canary{self.name}body"


@pytest.fixture
def canaries(world: World, noon: datetime, folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[Canary]:
    monkeypatch.setattr(clock, "ask", lambda: noon)
    flock = []
    for name, case in CANARIES.items():
        canary = Canary(name, world.item({"id": name, **case}))
        title, body = canary.tokens
        pages.write(canary.item, title=title, what_to_do=body, who_it_hits=body, what_is_known=body, tier=4)
        search.index(canary.item, title, body)
        flock.append(canary)
    flock += [_child(world, canary, name, words) for canary in flock for name, words in CHILDREN.items()]
    source = pages.source(world)
    for name, fields in ENTRIES.items():
        entry = pages.entry(world, source, f"canary{name}title", summary=f"canary{name}body", **fields)
        DraftedFrom.objects.create(advisory_id=flock[0].item.pk, entry=entry)
        DraftedFrom.objects.create(advisory_id=flock[2].item.pk, entry=entry)
        flock.append(Canary(name, entry.item))
    return flock


def _child(world: World, parent: Canary, name: str, words: dict[str, Any]) -> Canary:
    """A comment or a file, with tokens of its own: in the text; in name and content."""
    token = f"canary{parent.name}{name}"
    if "file" in name:
        made = pages.attachment(world, parent.item, f"{token}title.txt", f"{token}body".encode(), **words)
        return Canary(f"{parent.name}{name}", made.item)
    return Canary(f"{parent.name}{name}", pages.comment(world, parent.item, f"{token}body", **words).item)


def walk(client: Client, canaries: list[Canary]) -> Iterator[tuple[str, str]]:
    """(path, what it answered, headers and all) of every page, with every reference and story there is."""
    arguments: list[list[str]] = [[], ["feed"], *([canary.item.reference] for canary in canaries)]
    arguments += [[one.item.parent.reference, one.item.reference] for one in canaries if one.item.parent]
    arguments += [[canary.item.entry.story.code] for canary in canaries if canary.item.kind == Kind.ENTRY]
    for name in sorted(set(ROUTES) - WALKED_ELSEWHERE - ACTS - ENDS):
        paths = [path for given in arguments if (path := _path(name, given))]
        assert paths, f"{name} is walked nowhere: give tests/test_walk.py its arguments"
        for path in paths:
            for query in _queries(name, canaries):
                answer = client.get(path, query)
                yield path, f"{answer.headers}\n{answer.getvalue().decode()}"


def _path(name: str, given: list[str]) -> str:
    try:
        return reverse(name, args=given)
    except NoReverseMatch:
        return ""


def _queries(name: str, canaries: list[Canary]) -> list[dict[str, str]]:
    """As typed, and for pages that search: a word of each text, which the page must not give back by itself."""
    if name == "advisories:list":
        return [{}, {"q": "canary"}, {"label": "RED"}, {"tier": "4"}, {"before": canaries[1].item.reference}]
    if name == "advisories:desk":
        return [{}, {"q": "canary"}, {"dismissed": "1"}]
    return [{}, {"version": "1"}] if name == "advisories:detail" else [{}]


CAST = ["alice", "alan", "bob", "dora", "mia", "mo", "pat", "lee", "olive", "carol", "brian", "kate", "ursula", "cuth",
        "root", "nobody"]  # fmt: skip


@pytest.mark.parametrize("name", CAST)
def test_a_token_is_seen_where_the_rule_says_body_and_there_it_can_be_read(
    world: World, canaries: list[Canary], noon: datetime, name: str
) -> None:
    person = world.people.get(name)
    viewer = Viewer(person.pk) if person else Viewer()
    readable = {one.name for one in canaries if may(viewer, one.item, noon) == Answer.BODY}
    seen: dict[str, set[str]] = {one.name: set() for one in canaries}
    for path, content in walk(visitor(person, confirmed=True), canaries):
        for one in canaries:
            for token in one.tokens:
                if token in content:
                    assert one.name in readable, f"{name} reads {token} on {path}"
                    seen[one.name].add(path)
    for one in canaries:
        if one.name in readable and one.item.kind != Kind.ENTRY:
            page = one.item.parent or one.item
            assert reverse("advisories:detail", args=[page.reference]) in seen[one.name], one.name
        if one.name in readable and one.item.kind == Kind.ATTACHMENT:
            assert one.item.parent is not None
            pair = [one.item.parent.reference, one.item.reference]
            assert reverse("advisories:attachment", args=pair) in seen[one.name], one.name


GUARDED = {"embargoed", "red", "anonymous", "red-entry"}


@pytest.mark.parametrize("name", ["alice", "bob", "carol", "kate", "mia", "cuth"])
def test_without_a_confirmation_nothing_guarded_is_seen_anywhere(
    world: World, canaries: list[Canary], name: str
) -> None:
    for path, content in walk(visitor(world.people[name]), canaries):
        for one in canaries:
            if one.name in GUARDED or (one.item.parent and one.name.startswith(tuple(GUARDED - {"red-entry"}))):
                assert not any(token in content for token in one.tokens), f"{name} reads {one.name} on {path}"


@pytest.mark.parametrize("name", CAST)
def test_a_feed_reader_is_told_what_the_atom_column_gives_its_owner_and_no_more(
    world: World, canaries: list[Canary], noon: datetime, name: str
) -> None:
    person, path = world.people.get(name), reverse("feed-advisories")
    viewer, query = Viewer(), {"token": "WRONG"}
    if person is not None:
        credential, token = issue(person, Credential.Use.ATOM, "reader", noon, person)
        viewer, query = Viewer(credential=credential.pk), {"token": token}
    answer = visitor(world.people["carol"], confirmed=True).get(path, query)  # whoever's browser it is
    content = f"{answer.headers}\n{answer.getvalue().decode()}"
    for one in canaries:
        said = shows(viewer, one.item, noon, Exit.ATOM) if one.item.kind == Kind.ADVISORY else Cell.NOTHING
        title, body = one.tokens
        assert (title in content) == (said >= Cell.TITLE), one.name
        assert (body in content) == (said >= Cell.BODY), one.name
