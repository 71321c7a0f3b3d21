"""A source's own settings: for whoever coordinates its WARP, within bounds, and no secret is ever shown."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from advisories.collect import signin
from advisories.collect.reading import limits_of
from advisories.collect.settings import BOUNDS
from advisories.collect.sources import set_sign_in
from advisories.models import Source
from members import clock
from members.models import AuditRow
from tests import pages
from tests.members.world import World
from tests.pages import visitor

pytestmark = pytest.mark.django_db
GIVEN = {"name": "News", "every": "30", "at_most": "", "label": ""}


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch, noon: datetime) -> None:
    monkeypatch.setattr(clock, "ask", lambda: noon)


def keep(world: World, by: str, source: Source, /, **given: Any) -> str:
    """The page that follows."""
    path = reverse("advisories:source-settings", args=[source.slug])
    answer = visitor(world.people[by]).post(path, {**GIVEN, **given}, follow=True)
    source.refresh_from_db()
    return str(answer.content.decode()) if answer.status_code == 200 else str(answer.status_code)


def test_a_coordinator_sets_its_pace_its_label_and_its_limits(world: World, noon: datetime) -> None:
    source = pages.source(world, due_at=noon + timedelta(days=1), pace=600)
    page = keep(world, "carol", source, every="15", at_most="90", label="GREEN", wire="3", seconds="20")
    assert "Kept. It is asked within a minute." in page
    assert (source.name, source.every, source.at_most, source.default_label) == ("News", 15, 90, "GREEN")
    limits = limits_of(source)
    assert (limits.wire, limits.seconds, limits.entries) == (3_000_000, 20, 5_000)
    assert (source.due_at, source.pace) == (noon, None)
    row = AuditRow.objects.get(verb="change_source")
    assert row.detail["changed"] == ["at_most", "every", "label", "name", "seconds", "wire"]
    keep(world, "carol", source)
    assert source.limits == {} and limits_of(source).wire == 10_000_000, "empty: that of its kind"


@pytest.mark.parametrize(
    "given",
    [{"name": " "}, {"every": "0"}, {"every": "x"}, {"every": "60", "at_most": "30"}, {"label": "PINK"},
     *({name: str(most + 1)} for name, (_unit, _least, most) in BOUNDS.items()), {"wire": "0"}, {"entries": "1"}],
    ids=str,
)  # fmt: skip
def test_what_is_out_of_bounds_is_refused_in_words_and_nothing_changes(world: World, given: dict[str, str]) -> None:
    source = pages.source(world)
    before = Source.objects.values().get()
    assert "There is a problem" in keep(world, "carol", source, **given)
    assert Source.objects.values().get() == before
    assert "Kept." in keep(world, "carol", source)


@pytest.mark.parametrize("name", ["kate", "ursula", "alice", "cuth", "root"])
def test_nobody_else_sees_or_changes_them(world: World, name: str) -> None:
    source = pages.source(world)
    path = reverse("advisories:source-settings", args=[source.slug])
    assert visitor(world.people[name]).get(path).status_code == 404
    assert keep(world, name, source) == "404" and source.every == 60
    assert visitor(world.people["carol"]).get(path).status_code == 200


def test_how_the_hub_signs_in_is_set_kept_and_forgotten_and_never_shown(world: World) -> None:
    source = pages.source(world)
    path = reverse("advisories:source-settings", args=[source.slug])
    carol = visitor(world.people["carol"])
    keep(world, "carol", source, sign_in="hub:open sesame")
    assert signin.opened(source) == "hub:open sesame"
    assert b"sesame" not in carol.get(path).content
    assert "sesame" not in keep(world, "carol", source, sign_in="other:sesame", every="0")
    keep(world, "carol", source)
    assert signin.opened(source) == "hub:open sesame", "left empty, it stays"
    keep(world, "carol", source, forget="on")
    assert signin.opened(source) == ""
    assert not AuditRow.objects.filter(detail__icontains="sesame").exists()


def test_the_own_mail_server_is_named_where_mail_is_read(world: World) -> None:
    box = pages.source(world, "box", kind="mailbox", url="imaps://mail.example.org/INBOX", state={"cursor": "7"})
    keep(world, "carol", box, authserv="mail.example.org")
    assert box.state == {"cursor": "7", "authserv": "mail.example.org"}
    feed = pages.source(world, "feed")
    keep(world, "carol", feed, authserv="mail.example.org")
    assert feed.state == {}


def test_the_keys_of_a_provider_are_trusted_anew_only_where_somebody_says_so(world: World) -> None:
    pinned = {"keys": "AAAA https://csaf.example.org/key", "role": "csaf_trusted_provider", "canonical_url": "x"}
    cert = pages.source(world, "cert", kind="csaf", state={**pinned, "ttl": "5"})
    set_sign_in(cert, "token")
    keep(world, "carol", cert)
    assert cert.state == {**pinned, "ttl": "5"}
    keep(world, "carol", cert, trust_anew="on")
    assert cert.state == {"ttl": "5"} and signin.opened(cert) == "token"


@pytest.mark.parametrize("named", ["carol", "alice"])
def test_only_who_reads_what_comes_red_may_loosen_the_label(world: World, named: str) -> None:
    source = pages.source(world, default_label="RED")
    source.red_handlers.add(world.people[named])
    page = keep(world, "carol", source, label="GREEN")
    assert (source.default_label == "GREEN") == (named == "carol")
    assert ("may give it a looser label" in page) == (named == "alice")
    if named == "carol":
        assert AuditRow.objects.get(verb="change_source").detail["labels"] == ["RED", "GREEN"]
        assert "Kept." in keep(world, "carol", source, label="AMBER"), "a stricter one at any time"


def test_red_for_nobody_is_refused(world: World) -> None:
    source = pages.source(world)
    assert "Nobody is named for what comes RED" in keep(world, "carol", source, label="RED")
    source.red_handlers.add(world.people["alice"])
    assert "Kept." in keep(world, "carol", source, label="RED")
