"""The operator's daily mail: the audit's head, and whether all is sound. Once a day, and after an outage at once."""

from __future__ import annotations

import random
import smtplib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail

from members import appendonly, clock, comparing, daily
from members.buckets import Bucket
from members.comparing import compare, compare_all
from members.models import AuditRow, Placement, Seal
from members.sealing import Head, verify
from tests import pages
from tests.conftest import NOON
from tests.members import tampering
from tests.members.world import World

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Path) -> Path:
    settings.WARP_HOME, settings.OPERATOR_EMAIL = tmp_path, "operator@example.org"
    return tmp_path


@pytest.fixture
def reports(monkeypatch: pytest.MonkeyPatch) -> Any:
    def at(moment: datetime) -> bool:
        monkeypatch.setattr(clock, "ask", lambda: moment)
        return daily.report(moment)

    return at


def test_it_says_that_all_is_sound_and_carries_the_head(world: World, reports: Any) -> None:
    assert reports(NOON)
    (sent,) = mail.outbox
    assert sent.to == ["operator@example.org"] and sent.subject == "The hub today: all is sound"
    number = AuditRow.objects.filter(verb=daily.BEGUN).latest("pk").seal.number
    head = str(Head(number, Seal.objects.get(number=number).digest))
    assert f"audit verify --head {head}\n" in sent.body and "is sound" in sent.body
    assert verify(NOON, Head.read(head)).sound
    assert AuditRow.objects.get(verb=daily.DONE).detail["head"] == head


def test_it_comes_once_a_day_from_four_oclock_on_and_after_an_outage_as_soon_as_somebody_looks(reports: Any) -> None:
    four = NOON.replace(hour=4) + DAY
    asked = [NOON, NOON + 8 * HOUR, four - timedelta(seconds=1), four, four + HOUR, four + 5 * DAY + 9 * HOUR]
    assert [reports(at) for at in asked] == [True, False, False, True, False, True]
    assert len(mail.outbox) == 3


def test_without_an_address_nothing_is_sent_and_the_rest_is_done(settings: Any, reports: Any) -> None:
    settings.OPERATOR_EMAIL = ""
    assert reports(NOON) and not reports(NOON + HOUR)
    assert mail.outbox == [] and AuditRow.objects.filter(verb=daily.DONE).exists()


def test_a_mail_that_does_not_go_out_is_tried_again_half_an_hour_later(
    reports: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_args: Any, **_words: Any) -> None:
        raise smtplib.SMTPServerDisconnected("away")

    with monkeypatch.context() as away:
        away.setattr(daily, "send_mail", refused)
        assert not reports(NOON)
    minutes = timedelta(minutes=1)
    assert [reports(NOON + n * minutes) for n in (1, 29, 30, 31)] == [False, False, True, False]
    assert len(mail.outbox) == 1


def test_what_is_broken_stands_in_the_subject(reports: Any) -> None:
    tampering.lay(30, random.Random(1))
    appendonly.remove()
    tampering.TAMPERINGS["a field edited"](random.Random(2))
    appendonly.install()
    assert reports(NOON)
    assert mail.outbox[0].subject == "Look today: the hub’s audit is broken"
    assert "is not what link" in mail.outbox[0].body


def test_an_item_that_lies_elsewhere_is_counted_and_never_named(world: World, reports: Any) -> None:
    items = [pages.advisory(world, {"label": None}).item for _ in range(2)]
    Placement.objects.filter(item=items[0]).update(bucket=Bucket.EVERYONE.of())
    assert reports(NOON)
    (sent,) = mail.outbox
    assert sent.subject == "Look today: items lie where they should not"
    assert "1 lie elsewhere" in sent.body and not any(item.reference in sent.body for item in items)


# The comparison


def test_what_was_touched_is_compared_and_of_the_rest_a_part_in_turn(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparing, "BATCH", 2)
    items = [world.item({"label": None}) for _ in range(6)]
    first = compare(since=0, after=0, seconds=-1)
    assert (first.looked, first.after) == (2, items[1].pk)
    second = compare(since=0, after=first.after, seconds=-1)
    assert (second.looked, second.after) == (2, items[3].pk)
    rest = compare(since=0, after=second.after, seconds=60)
    assert (rest.looked, rest.after) == (2, 0)
    row = AuditRow.objects.create(at=NOON, verb="edit", reference=items[5].reference)
    Placement.objects.filter(item=items[5]).delete()
    assert compare(since=row.pk - 1, after=0, seconds=-1).misplaced == [items[5].reference]
    assert compare(since=row.pk, after=0, seconds=-1).misplaced == []


def test_every_item_is_compared_when_that_is_asked(world: World) -> None:
    found = [pages.advisory(world, {"label": "CLEAR"}).item for _ in range(3)]
    seen: list[int] = []
    compared = compare_all(seen.append)
    assert sum(seen) == compared.looked == 3 and compared.misplaced == [] and not compared.sound
    assert set(compared.astray) == {item.reference for item in found}  # nobody has indexed them
