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
    assert found == {"alive": True, "database": True, "overdue": None}


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
    assert answer.json() == {"alive": False, "database": True, "worker_beat": None, "overdue": None}


def test_without_a_database_it_still_answers(client: Client, operator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> None:
        raise OperationalError("no such host db.example.org")

    monkeypatch.setattr(Pulse.objects, "order_by", lambda *_: gone())
    monkeypatch.setattr(clock, "ask", gone)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (503, b"not alive")
    assert operator.get("/healthz").json() == {"alive": False, "database": False, "worker_beat": None, "overdue": None}


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
