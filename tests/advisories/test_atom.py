"""The Atom feed: TLP:CLEAR for everyone, a little more with a token, and nothing that depends on anything else."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import feedparser
import pytest
from django.test import Client

from advisories.kinds import content
from advisories.models import Reference, Version
from advisories.serve.atom import SIZE
from members import clock
from members.credentials import issue, revoke
from members.kinds import Content
from members.models import AuditRow, Cell, Credential, Person, Standing
from members.shows import Exit
from members.tighten import tighten
from tests import pages
from tests.members.world import World
from tests.pages import visitor

PATH = "/feeds/advisories.atom"
TICK = timedelta(microseconds=1)


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch, noon: datetime) -> None:
    monkeypatch.setattr(clock, "ask", lambda: noon)


@pytest.fixture
def flock(world: World) -> None:
    """One advisory under each label but RED, and a draft."""
    for label in ("CLEAR", "GREEN", "AMBER", "AMBER+STRICT", None):
        grants = [{"organisation": "brum"}] if label and label.startswith("AMBER") else []
        made = pages.advisory(world, {"id": "x", "label": label, "grants": grants}, title=f"Boilers {label}")
        Reference.objects.create(version=made.versions.get(), title="Vendor", url="https://vendor.example.org/")


def token_of(person: Person, at: datetime, use: Credential.Use = Credential.Use.ATOM) -> str:
    return issue(person, use, "reader", at, person)[1]


def ask(token: str | None = None, client: Client | None = None) -> Any:
    return (client or visitor()).get(PATH, {} if token is None else {"token": token})


def titles(answer: Any) -> list[str]:
    return [entry.title for entry in feedparser.parse(answer.content).entries]


def test_everyone_gets_the_text_of_what_is_clear(world: World, flock: None) -> None:
    found = feedparser.parse(ask().content)
    assert not found.bozo and [entry.title for entry in found.entries] == ["[TLP:CLEAR] Boilers CLEAR"]
    entry = found.entries[0]
    assert "What is known." in entry.summary and "https://vendor.example.org/" in entry.summary
    assert entry.link == entry.id and "/advisories/" in entry.link and entry.author == "wm"
    assert entry.updated == found.feed.updated == "2026-10-01T00:00:00+00:00"


def test_a_member_of_the_community_gets_the_title_of_what_is_green(world: World, noon: datetime, flock: None) -> None:
    answer = ask(token_of(world.people["alice"], noon))
    assert titles(answer) == ["[TLP:GREEN] Boilers GREEN", "[TLP:CLEAR] Boilers CLEAR"]
    green = feedparser.parse(answer.content).entries[0]
    assert "summary" not in green and answer.content.decode().count("What is known.") == 1


@pytest.mark.parametrize("name", ["lee", "paul", "olive", "cuth", "root"])
def test_who_is_not_of_the_community_gets_what_everyone_gets(
    world: World, noon: datetime, flock: None, name: str
) -> None:
    assert ask(token_of(world.people[name], noon)).content == ask().content


def test_a_wrong_an_ended_and_an_absent_token_are_answered_alike(world: World, noon: datetime, flock: None) -> None:
    alice, brian = world.people["alice"], world.people["brian"]
    ended, machine = token_of(alice, noon - TICK), token_of(alice, noon, Credential.Use.MACHINE)
    revoke(Credential.objects.order_by("pk")[0], noon, alice)
    closed = token_of(brian, noon)
    Person.objects.filter(pk=brian.pk).update(active_until=noon)
    answers = [ask(token) for token in (None, "", "WRONG", "\0", ended, machine, closed)]
    assert len({answer.content for answer in answers}) == 1
    assert len({str(sorted(answer.headers.items())) for answer in answers}) == 1
    assert not AuditRow.objects.filter(verb="export").exists()


def test_they_ask_the_database_as_much(world: World, flock: None, django_assert_num_queries: Any) -> None:
    for token in (None, "WRONG"):
        with django_assert_num_queries(9):
            ask(token)


def test_it_asks_no_more_for_fifty_than_for_one(world: World, noon: datetime, django_assert_num_queries: Any) -> None:
    for n in range(SIZE + 3):
        case = {"id": "c", "label": "CLEAR", "standing_from": noon - timedelta(minutes=n)}
        pages.advisory(world, case, title=f"Boilers {n}")
    with django_assert_num_queries(9):
        found = titles(ask())
    assert found == [f"[TLP:CLEAR] Boilers {n}" for n in range(SIZE)]


def test_who_is_signed_in_counts_for_nothing(world: World, flock: None) -> None:
    assert ask(client=visitor(world.people["carol"], confirmed=True)).content == ask().content


def test_an_organisations_credential_gets_what_its_people_get(world: World, noon: datetime, flock: None) -> None:
    token = issue(world.organisations["brum"], Credential.Use.ATOM, "SIEM", noon, None)[1]
    assert len(titles(ask(token))) == 2
    row = AuditRow.objects.get(verb="export")
    assert (row.actor, row.reference) == ("", "advisories.atom")
    assert row.detail == {"organisation": "brum"}


def test_the_record_does_not_count_what_its_owner_reads_only_as_they_reported_it(world: World, noon: datetime) -> None:
    details = []
    for who in ("bob", "wendy"):
        granted = [{"organisation": "brum"}]
        pages.advisory(world, {"label": "GREEN", "grants": granted, "derived_from_report_of": who}, title=f"For {who}")
        assert titles(ask(token_of(world.people["bob"], noon))) == ["[TLP:GREEN] For bob"]
        details.append(AuditRow.objects.filter(verb="export").latest("pk").detail)
    assert details == [{}, {}]


def test_using_a_token_is_recorded_and_the_token_is_not(world: World, noon: datetime, flock: None) -> None:
    token = token_of(world.people["alice"], noon)
    answer = ask(token)
    assert AuditRow.objects.filter(verb="export").values_list("actor", "detail").get() == (
        world.people["alice"].alias.code, {},
    )  # fmt: skip
    assert token not in answer.content.decode() and token not in str(list(AuditRow.objects.values()))


def test_nothing_of_it_is_kept_on_the_way(world: World, noon: datetime, flock: None) -> None:
    for token in (None, token_of(world.people["alice"], noon)):
        assert ask(token)["Cache-Control"] == "no-store, private"
        assert ask(token)["Content-Type"] == "application/atom+xml; charset=utf-8"


def test_when_it_was_updated_is_told_by_what_is_seen_alone(world: World, noon: datetime) -> None:
    assert feedparser.parse(ask().content).feed.updated == "1970-01-01T00:00:00+00:00"
    pages.advisory(world, {"id": "hidden", "label": "AMBER", "grants": [{"organisation": "brum"}]})
    assert feedparser.parse(ask().content).feed.updated == "1970-01-01T00:00:00+00:00"


def test_what_was_released_twice_is_told_once_as_it_stands(world: World, noon: datetime) -> None:
    made = pages.advisory(world, {"id": "x", "label": "CLEAR"}, title="First")
    Standing.objects.filter(item=made.item).update(until=noon - TICK)
    pages.write(made.item, 2, title="Second")
    Standing.objects.create(item=made.item, version=2, label="CLEAR", since=noon - TICK)
    found = feedparser.parse(ask().content)
    assert [entry.title for entry in found.entries] == ["[TLP:CLEAR] Second"]
    assert found.feed.updated == "2026-11-01T11:59:59.999999+00:00"


def test_what_was_typed_stays_text(world: World) -> None:
    pages.advisory(
        world, {"id": "x", "label": "CLEAR"}, title="<b>1 & 2</b>\x0b\x01", what_to_do="<script>alert(1)</script>\x02"
    )
    answer = ask().content.decode()
    assert "&lt;b&gt;1 &amp; 2&lt;/b&gt;</title>" in answer
    assert "<script" not in answer and "&amp;lt;script&amp;gt;" in answer
    assert not feedparser.parse(ask().content).bozo


def test_a_warp_may_tell_the_feed_less(world: World, noon: datetime, flock: None) -> None:
    carol, wm = world.people["carol"], world.warps["wm"]
    tighten(carol, wm, "CLEAR", Exit.ATOM, Cell.TITLE, noon)
    assert "What is known." not in ask().content.decode() and len(titles(ask())) == 1
    tighten(carol, wm, "CLEAR", Exit.ATOM, Cell.NOTHING, noon)
    assert titles(ask()) == []


def test_it_is_read_and_nothing_else(world: World) -> None:
    assert visitor().post(PATH).status_code == 405 and visitor().head(PATH).status_code == 200


def test_the_title_alone_holds_no_text(world: World) -> None:
    pages.advisory(world, {"id": "x", "label": "GREEN"}, title="Boilers")
    assert content(Version.objects.get(), Cell.TITLE) == Content("Boilers")
