"""Whoever reported something hears that it awaits them, and no row says who that was. bob reports to wm."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core import mail
from structlog.testing import capture_logs

from members import reports
from members.delivery import held, reporter
from members.delivery.channels.base import ChannelError
from members.delivery.compose import write
from members.models import Address, AuditRow, Delivery, Item, Kind, Person, ReporterNotice
from members.place import place
from tests.conftest import NOON
from tests.members.test_reports import filed
from tests.members.world import World

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(minutes=1)


def owed(world: World, *, anonymous: bool = True, who: str = "bob") -> Item:
    report = filed(world, who, anonymous=anonymous)
    item = reports.derive(world.people["cuth" if anonymous else "carol"], report, Kind.ADVISORY, NOON)
    reporter.owe(item, NOON)
    return item


@pytest.mark.parametrize("anonymous", [True, False])
def test_they_hear_that_something_awaits_them_and_no_more(world: World, anonymous: bool) -> None:
    item = owed(world, anonymous=anonymous)
    assert reporter.send(NOON) == 1
    (letter,) = mail.outbox
    assert letter.to == ["bob@example.org"]
    said = write(reporter.SAID)
    assert (letter.subject, letter.body) == (said.subject, said.text) and "awaits you" in said.subject
    assert item.reference not in letter.message().as_string() and not ReporterNotice.objects.exists()
    assert reporter.send(LATER) == 0


def naming(model: Any, person: Person) -> int:
    """How many rows of a table name them."""
    columns = [one.attname for one in model._meta.concrete_fields if one.related_model is Person]
    return sum(person.pk in row for row in model._base_manager.values_list(*columns)) if columns else 0


def test_no_row_and_no_log_says_to_whom_it_went(world: World) -> None:
    bob = world.people["bob"]
    models = list(apps.get_app_config("members").get_models())
    before = {model: set(map(str, model._base_manager.values_list())) for model in models}
    counted = {model: naming(model, bob) for model in models}
    owed(world)
    with capture_logs() as logs:
        reporter.send(NOON)
    for model in models:
        fresh = set(map(str, model._base_manager.values_list())) - before[model]
        assert naming(model, bob) == counted[model], model
        assert bob.email not in str(fresh) and f"{bob.name}'" not in str(fresh), model
    assert not Delivery.objects.exists()
    assert "bob" not in str(logs).lower()
    assert "owe" not in set(AuditRow.objects.values_list("verb", flat=True))


def test_while_it_is_owed_it_is_the_same_whoever_reported(world: World) -> None:
    rows = []
    for who in ("bob", "dora"):
        item = owed(world, who=who)
        notice = ReporterNotice.objects.get(report__derivatives__item=item)
        rows.append((notice.due_at, notice.tries))
    assert rows[0] == rows[1]


def test_owed_twice_it_goes_out_once(world: World) -> None:
    reporter.owe(owed(world), NOON)
    reporter.send(NOON)
    assert len(mail.outbox) == 1


def test_after_a_restore_nobody_is_told_twice(world: World) -> None:
    owed(world)
    held.hold(NOON)
    assert reporter.send(LATER) == 0 and not mail.outbox


class Served:
    """A mail server that refuses so, by address, and takes all else."""

    def __init__(self, **refuses: ChannelError) -> None:
        self.refuses, self.seen, self.taken = refuses, list[str](), list[str]()

    def send(self, claimed: Any) -> None:
        self.seen.append(claimed.to)
        if refusal := self.refuses.get(claimed.to.partition("@")[0]):
            raise refusal
        self.taken.append(claimed.to)

    def close(self) -> None:
        pass


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Served:
    served = Served()
    monkeypatch.setattr(reporter, "channel", lambda name: served)
    return served


def test_what_does_not_go_out_is_tried_again_and_what_never_will_is_not(world: World, served: Served) -> None:
    owed(world)
    served.refuses = {"bob": ChannelError("come back later")}
    assert reporter.send(NOON) == 0
    assert ReporterNotice.objects.get().tries == 1
    assert reporter.send(LATER) == 0 and len(served.seen) == 1, "not before its time, and others go first"
    served.refuses = {"bob": ChannelError("no such mailbox", refused=True)}
    reporter.send(LATER + reporter.AGAIN)
    assert not ReporterNotice.objects.exists()


def test_a_server_that_is_gone_is_asked_once_a_pass_and_costs_no_try_however_long(world: World, served: Served) -> None:
    """As it costs no other message one: an afternoon's outage of the mail server lost what was owed."""
    owed(world)
    owed(world, who="dora")
    gone = ChannelError("gone", server=True)
    served.refuses = {"bob": gone, "dora": gone}
    hours = 5
    for minute in range(hours * 60):
        reporter.send(NOON + timedelta(minutes=minute))
    assert len(served.seen) == hours * 60
    served.refuses = {}
    assert reporter.send(NOON + timedelta(hours=hours)) == 2


def test_what_breaks_the_connection_lets_others_go_first(world: World, served: Served) -> None:
    owed(world)
    owed(world, who="dora")
    served.refuses = {"bob": ChannelError("cut off", midway=True)}
    reporter.send(NOON)
    reporter.send(LATER)
    assert served.taken == ["dora@example.org"]
    assert ReporterNotice.objects.get().tries == 1


def test_an_address_that_has_it_is_not_told_again_since_another_is_to_be_tried_later(
    world: World, served: Served
) -> None:
    owed(world)
    Address.objects.create(person=world.people["bob"], channel="mail", value="robert@example.org", verified_at=NOON)
    served.refuses = {"robert": ChannelError("come back later")}
    for minute in range(10):
        reporter.send(NOON + timedelta(minutes=minute))
    assert served.taken == ["bob@example.org"]


def test_what_a_clock_a_day_ahead_wrote_waits_for_no_day(world: World, served: Served) -> None:
    owed(world)
    served.refuses = {"bob": ChannelError("gone", server=True)}
    reporter.send(NOON + timedelta(days=1))
    served.refuses = {}
    assert reporter.send(NOON) == 1


def test_what_can_not_begin_while_it_is_ours_is_left_to_the_next_pass(
    world: World, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else another pass took it over, and both sent it."""
    owed(world)
    owed(world, who="dora")
    slow = iter([0.0, 0.0, reporter.BUDGET + 1])
    with monkeypatch.context() as patched:
        patched.setattr("time.monotonic", lambda: next(slow))
        assert reporter.send(NOON) == 1
    assert reporter.send(LATER) == 1
    assert sorted(served.taken) == ["bob@example.org", "dora@example.org"]


def test_a_closed_account_hears_nothing(world: World) -> None:
    item = owed(world)
    Person.objects.filter(pk=world.people["bob"].pk).update(active_until=NOON)
    place(item)
    assert reporter.send(NOON) == 0 and not mail.outbox and not ReporterNotice.objects.exists()


def test_with_another_key_than_it_was_sealed_with_nobody_hears(world: World, settings: Any) -> None:
    owed(world)
    settings.ORIGIN_KEY = "another"
    assert reporter.send(NOON) == 0 and not mail.outbox
