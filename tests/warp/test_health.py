"""`/healthz` tells the world one word, and the operator why."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import OperationalError
from django.test import Client

from members import clock
from members.models import Address, Announcement, Delivery, Pulse
from tests import pages
from tests.members.world import World


@pytest.fixture
def operator() -> Client:
    return Client(headers={"Authorization": f"Bearer {settings.OPERATOR_TOKEN}"})


def beat(seconds_ago: float) -> None:
    Pulse.objects.create(name="worker", at=clock.ask() - timedelta(seconds=seconds_ago))


@pytest.mark.django_db
def test_alive(client: Client, operator: Client) -> None:
    beat(5)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"alive")
    found = operator.get("/healthz").json()
    assert 5 <= found.pop("worker_beat") < 15
    assert found == {
        "alive": True,
        "database": True,
        "overdue": None,
        "held": 0,
        "sources": 0,
        "late": 0,
        "collected": None,
    }


@pytest.mark.django_db
def test_a_stale_heartbeat_is_not_alive(client: Client, operator: Client) -> None:
    beat(settings.PULSE_STALE_SECONDS + 1)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (503, b"not alive")
    assert operator.get("/healthz").json()["worker_beat"] > settings.PULSE_STALE_SECONDS


@pytest.mark.django_db
def test_no_heartbeat_yet_is_not_alive(operator: Client) -> None:
    answer = operator.get("/healthz")
    assert answer.status_code == 503
    assert (answer.json()["alive"], answer.json()["database"], answer.json()["worker_beat"]) == (False, True, None)


def test_without_a_database_it_still_answers(client: Client, operator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> None:
        raise OperationalError("no such host db.example.org")

    monkeypatch.setattr(Pulse.objects, "order_by", lambda *_: gone())
    monkeypatch.setattr(clock, "ask", gone)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (503, b"not alive")
    found = operator.get("/healthz").json()
    assert (found.pop("alive"), found.pop("database")) == (False, False)
    assert found and set(found.values()) == {None}, "of what it can't know it says nothing"


@pytest.mark.django_db
@pytest.mark.parametrize("sent", ["Bearer wrong", "Bearer ", "Basic {token}", "{token}", "Bearer é"])
def test_a_wrong_token_learns_nothing_more(client: Client, sent: str) -> None:
    header = sent.format(token=settings.OPERATOR_TOKEN)
    assert client.get("/healthz", headers={"Authorization": header}).content == b"not alive"


@pytest.mark.django_db
def test_nothing_is_written_by_asking(client: Client) -> None:
    assert client.post("/healthz").status_code == 405


@pytest.mark.django_db
def test_the_operator_sees_how_long_a_message_has_waited(operator: Client) -> None:
    person = get_user_model().objects.create_user("ann@example.org", name="Ann")
    address = Address.objects.create(person=person, value="ann@example.org")
    for minutes, state in [(60, "sent"), (5, "due"), (3, "due"), (-10, "due")]:
        owed = Announcement.objects.create(event="account")
        due = clock.ask() - timedelta(minutes=minutes)
        Delivery.objects.create(announcement=owed, address=address, state=state, due_at=due)
    assert 300 <= operator.get("/healthz").json()["overdue"] < 310


@pytest.mark.django_db
def test_the_operator_sees_that_sources_are_not_being_read_and_never_which(world: World, operator: Client) -> None:
    now = clock.ask()
    pages.source(world, "late", due_at=now - timedelta(hours=2))
    pages.source(world, "waits", due_at=now - timedelta(minutes=20), last_good_at=now - timedelta(hours=3))
    pages.source(world, "off", due_at=now - timedelta(days=2), enabled=False)
    answer = operator.get("/healthz")
    assert (answer.json()["sources"], answer.json()["late"]) == (2, 1)
    assert 3 * 3600 <= answer.json()["collected"] < 3 * 3600 + 60
    assert b"waits" not in answer.content and b'"late"' in answer.content
