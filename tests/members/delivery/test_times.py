"""Long times in a moment: outages, clocks that change or jump, a server that is busy for an hour. Nothing is lost, and
nothing is told twice."""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from members.delivery import claim as claiming
from members.delivery import hours
from members.delivery import send as sending
from members.delivery.channels.smtp import Smtp
from members.delivery.claim import claim, waiting
from members.delivery.claimed import Claimed
from members.delivery.digest import digest
from members.delivery.gate import Gate, gate, pause
from members.delivery.plan import plan
from members.delivery.send import sweep
from members.models import Delivery, DigestLine, Person, Server, Tier
from tests.members.delivery.conftest import PostOffice, owe
from tests.members.delivery.test_send import AMBER, GREEN, readers
from tests.members.world import World

pytestmark = pytest.mark.django_db

SECOND, MINUTE, HOUR, DAY = (timedelta(**{unit: 1}) for unit in ("seconds", "minutes", "hours", "days"))
ROUND = 15 * SECOND  # between two sweeps
Busy = Callable[[PostOffice, str], None]


def told_first(post: PostOffice) -> list[str]:
    """Who was told, each message once; without what escalated while time went by."""
    assert len({str(mail["Message-ID"]) for mail in post.taken}) == len(post.taken), "none twice"
    sent = Delivery.objects.filter(step=0, state="sent").values_list("address__value", flat=True)
    return sorted(value.split("@")[0] for value in sent)


# A server that is busy


@pytest.mark.parametrize("where", ["on_rcpt", "on_data"])
def test_an_hour_of_421_costs_no_message_a_try_and_loses_none(
    world: World, noon: datetime, post: PostOffice, where: str
) -> None:
    item, later = world.item(GREEN), world.item({**AMBER, "id": "later"})
    owe(item, noon)
    getattr(post, where)["*"] = "421 too busy"
    probes = []
    for n in range(int(HOUR / ROUND)):
        at, offered = noon + n * ROUND, len(post.seen)
        if n == 100:
            owe(later, at, tier=Tier.FLASH)
        sweep(at)
        assert len(post.seen) - offered <= 1, "one message probes for all"
        probes += [at] * (len(post.seen) - offered)
    rests = [two - one for one, two in pairwise(probes)]
    assert rests == sorted(rests), "ever rarer"
    assert 5 * MINUTE <= rests[-1] <= 5 * MINUTE + ROUND
    assert set(Delivery.objects.values_list("state", "tries", "first_refused_at")) == {("due", 0, None)}
    getattr(post, where).clear()
    at = noon + HOUR
    while not sweep(at).sent:
        assert at - noon < HOUR + 5 * MINUTE + ROUND, "it is asked again in time"
        at += ROUND
    assert told_first(post) == sorted([*readers(item, at), *readers(later, at)]), "all by the sweep that found it well"
    sweep(at + ROUND)
    assert len(post.taken) == Delivery.objects.count()


# Digests


def skips_eight() -> ZoneInfo:
    """A zone whose clocks go from 08:00 to 09:00 on Thursday 29 October 2026, and back on Monday 2 November."""
    counts = struct.pack(">6l", 0, 0, 0, 0, 1, 4)
    block = b"TZif2" + b"\0" * 15 + counts + struct.pack(">lbB", 0, 0, 0) + b"AAA\0"
    return ZoneInfo.from_file(BytesIO(block * 2 + b"\nAAA0BBB,M10.5.4/8,M11.1.1/9\n"), "Test/Eight")


@pytest.fixture
def zones(world: World, monkeypatch: pytest.MonkeyPatch) -> dict[str, ZoneInfo]:
    """Four people in four zones, each with eight o'clock of their own; whoever else there is gets no digest."""
    found = {
        "alice": ZoneInfo("Europe/London"), "alan": skips_eight(),
        "bob": ZoneInfo("Pacific/Kiritimati"), "wendy": ZoneInfo("Pacific/Pago_Pago"),
    }  # fmt: skip
    by_name = {zone.key: zone for zone in found.values()}
    monkeypatch.setattr(hours, "zone_of", by_name.__getitem__)
    for who, zone in found.items():
        Person.objects.filter(pk=world.people[who].pk).update(time_zone=zone.key)
    return found


def news(world: World, at: datetime, who: list[str]) -> str:
    """Something for the digest of each of `who`; its reference."""
    item = world.item({**GREEN, "standing_from": at.isoformat()})
    owe(item, at, tier=Tier.ADVISORY)
    plan(at)
    DigestLine.objects.exclude(address__value__in=[f"{one}@example.org" for one in who]).delete()
    return item.reference


def rounds(first: datetime, days: int, down: range) -> Iterator[datetime]:
    """Every hour, but for the days of `down`, on which the hub is."""
    for n in range(days * 24):
        if n // 24 not in down:
            yield first + n * HOUR


@pytest.mark.parametrize(
    ("first", "change"),
    [
        (datetime(2026, 10, 22, 0, tzinfo=UTC), "back"),  # 25 October, and 29 October in the zone that skips eight
        (datetime(2026, 3, 26, 0, tzinfo=UTC), "forward"),  # 29 March
    ],
)
def test_over_changed_clocks_an_outage_and_a_crash_each_day_is_one_digest_and_each_item_in_one(
    world: World, post: PostOffice, zones: dict[str, ZoneInfo], first: datetime, change: str
) -> None:
    told, down = [], range(5, 8)
    for at in rounds(first, 11, down):
        if at.hour in (3, 15) and at < first + 10 * DAY:
            told.append(news(world, at, list(zones)))
        if at == first + 9 * DAY + 8 * HOUR:  # planned and claimed, and then the process is no more
            digest(at)
            assert all(claim(one, at, "mail").ours for one in waiting(at, "mail"))
        else:
            sweep(at)
    for who, zone in zones.items():
        mails = [mail for mail in post.taken if mail["To"] == f"{who}@example.org"]
        sent = Delivery.objects.filter(address__value=f"{who}@example.org", state="sent").order_by("sent_at")
        days = list(sent.values_list("announcement__window", flat=True))
        assert len(set(days)) == len(days) == len(mails)
        missing = len(days) - 1 - (datetime.fromisoformat(days[-1]) - datetime.fromisoformat(days[0])).days
        assert missing in (-2, -3), f"{who} has one for each day, and after the outage one for all of it: {days}"
        for row in sent:
            assert row.sent_at is not None
            local = row.sent_at.astimezone(zone)
            caught_up = row.sent_at >= first + 8 * DAY
            assert caught_up or local.strftime("%H:%M") in ("08:00", "09:00" if "Eight" in zone.key else "")
        bodies = [str(mail) for mail in mails]
        assert all(any(one in body for one in told) for body in bodies), "none is empty"
        assert Counter(sum(one in body for body in bodies) for one in told) == {1: len(told)}, who


def test_a_crash_in_the_midst_of_the_digests_repeats_and_skips_nobody(
    world: World, noon: datetime, post: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    owe(item := world.item(GREEN), noon, tier=Tier.ADVISORY)
    plan(noon)
    sound, morning = Smtp.send, noon + 20 * HOUR

    def send(self: Smtp, claimed: Claimed) -> object:
        if len(post.taken) == 4:
            raise KeyboardInterrupt  # nothing of ours catches it, as nothing catches a kill
        return sound(self, claimed)

    monkeypatch.setattr(Smtp, "send", send)
    with pytest.raises(KeyboardInterrupt):
        sweep(morning)
    monkeypatch.setattr(Smtp, "send", sound)
    sweep(morning + ROUND)
    assert len(post.taken) == 4, "they are another's, as long as the lease lasts"
    sweep(morning + claiming.LEASE + SECOND)
    assert post.names() == readers(item, morning)


# A clock that jumps


def test_a_clock_put_back_an_hour_tells_nobody_early_twice_or_never(
    world: World, noon: datetime, post: PostOffice
) -> None:
    sent, owed = world.item(GREEN), world.item({**AMBER, "id": "owed", "standing_from": noon.isoformat()})
    owe(sent, noon)
    sweep(noon)
    before = len(post.taken)
    owe(owed, noon)
    for back in range(60, 0, -1):
        sweep(noon - back * MINUTE)
    assert len(post.taken) == before, "what begins at noon waits for noon"
    sweep(noon)
    assert post.names() == sorted([*readers(sent, noon), *readers(owed, noon)])


def test_a_clock_put_forward_a_day_repeats_nothing_and_brings_the_next_digest_once(
    world: World, noon: datetime, post: PostOffice
) -> None:
    owe(urgent := world.item(AMBER), noon)
    owe(planned := world.item(GREEN), noon, tier=Tier.ADVISORY)
    for at in (noon, noon + DAY, noon + MINUTE, noon + DAY + MINUTE, noon + 2 * DAY):
        sweep(at)
    assert told_first(post) == sorted([*readers(urgent, noon), *readers(planned, noon)])


def test_what_a_clock_a_day_ahead_leased_and_rested_is_not_held_for_a_day(
    world: World, noon: datetime, post: PostOffice
) -> None:
    item = world.item(GREEN)
    owe(item, noon)
    plan(noon)
    (announcement,) = waiting(noon, "mail")
    assert len(claim(announcement, noon + DAY, "mail", 3).ours) == 3, "by a worker that is no more"
    pause("mail", noon + DAY, "421 too busy")
    sweep(noon + MINUTE)
    assert post.names() == readers(item, noon)


@pytest.mark.parametrize("ahead", [5 * MINUTE, MINUTE, SECOND])
def test_a_rest_that_is_usual_is_kept(world: World, noon: datetime, ahead: timedelta) -> None:
    Server.objects.create(name="mail", paused_until=noon + ahead, backoff_seconds=300)
    assert gate("mail", noon) == Gate.SHUT


@pytest.mark.parametrize("jump", [DAY, -HOUR])
def test_when_the_clock_jumps_within_a_batch_the_rest_of_it_is_asked_again(
    world: World, noon: datetime, post: PostOffice, monkeypatch: pytest.MonkeyPatch, jump: timedelta
) -> None:
    """By the new clock its leases mean nothing, and another may have taken them over."""
    owe(item := world.item(GREEN), noon)
    plan(noon)
    Delivery.objects.update(due_at=noon - DAY)
    clock = [noon]
    monkeypatch.setattr("members.clock.ask", lambda: clock[0])
    sound = Smtp.send
    others: list[int] = []

    def send(self: Smtp, claimed: Claimed) -> object:
        receipt = sound(self, claimed)
        if not others:
            clock[0] += jump
            others.append(claimed.delivery)
            sweep(clock[0])
        return receipt

    monkeypatch.setattr(Smtp, "send", send)
    sending.sweep()
    assert sorted(set(post.recipients)) == [f"{who}@example.org" for who in readers(item, noon)]
    counts = Counter(str(mail["Message-ID"]) for mail in post.taken)  # a day later, it escalates as well
    assert sum(counts.values()) - len(counts) <= 1, "the one on its way, at most"


def test_what_is_asked_again_by_a_clock_put_back_waits_for_its_time_and_is_not_cancelled(
    world: World, noon: datetime, post: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    owe(item := world.item({**AMBER, "standing_from": noon.isoformat()}), noon)
    clock, sound = [noon], sending._claim
    monkeypatch.setattr("members.clock.ask", lambda: clock[0])
    monkeypatch.setattr(sending, "FRESH", -SECOND)  # whatever was claimed is asked again

    def claimed(*words: object) -> object:
        found = sound(*words)  # type: ignore[arg-type]
        clock[0] = noon - HOUR
        return found

    monkeypatch.setattr(sending, "_claim", claimed)
    sending.sweep()
    assert post.taken == []
    monkeypatch.setattr(sending, "_claim", sound)
    clock[0] = noon + claiming.LEASE + SECOND
    sending.sweep()
    assert post.names() == readers(item, noon)
