"""One world, proved: walked as it is, with one hidden item more, and with its anonymous report filed by another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from advisories import sighted
from tests.prove import draw, exits, talk, train, twins
from tests.prove.canaries import Tally, pushed, walked
from tests.prove.draw import Words
from tests.prove.exits import Ask
from tests.prove.oracle import Oracle
from tests.prove.twins import Mails
from tests.prove.walk import Answer, numbered_alike, standing_still, undone
from tests.prove.worlds import Drawn


@dataclass
class Run:
    """What came out of one variant of a world."""

    mails: list[Mails] = field(default_factory=list)
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)
    asks: list[Ask] = field(default_factory=list)


@dataclass
class Plan:
    """What is drawn for one world before anything is built."""

    number: int
    share: float
    words: Words
    moments: list[datetime]
    viewers: list[str]

    def variant(
        self, tally: Tally, items: list[Words], asks: list[Ask] | None = None, also: Sequence[tuple[str, bool]] = ()
    ) -> Run:
        """Build the world of `items`, send what it owes, walk it; then it is gone."""
        run, (earlier, at) = Run(), self.moments
        with numbered_alike(), undone():
            with standing_still(earlier):
                world = Drawn(self.words, self.number)
                for one in items:
                    world.add(one)
                run.mails.append(pushed(tally, world, earlier))
            with standing_still(at):
                world.search_at(at)
                sighted.count_daily(at)
                run.mails.append(pushed(tally, world, at))
                run.addresses = {who: person.email for who, person in world.people.items()}
                run.asks = asks or sample(exits.asks(world), Random(self.number), self.share)
                for who in self.viewers:
                    run.answers[who] = walked(tally, world, who, at, run.asks)
                for who, confirmed in also:
                    walked(tally, world, who, at, run.asks, confirmed=confirmed)
        return run


KEPT = {"home"} | {f"advisories:{name}" for name in ("list", "detail", "attachment", "story", "desk", "sources")}
KEPT |= {"incidents:list", "incidents:detail", "questions:list", "questions:detail"}
KEPT |= {"training:list", "training:course", "training:session"}


def sample(asks: list[Ask], r: Random, share: float) -> list[Ask]:
    """What shows texts, and of the rest a share: how large a proof is its operator chooses, not which exits."""
    return [ask for ask in asks if _kept(ask) or r.random() < share]


def _kept(ask: Ask) -> bool:
    return ask.route in KEPT and ask.method == "GET" and ("?" not in ask.path or ask.path.endswith("?q=jl"))


def prove_world(tally: Tally, number: int, share: float = 1.0) -> None:
    r = Random(number)
    words = draw.world(r)
    items = train.with_training(number, words, talk.with_talk(number, words, draw.items(r, words)))
    at = r.choice(draw.MOMENTS[2:])
    moments = [max(moment for moment in draw.MOMENTS if moment < at), at]
    one, blind = twins.hidden(r, words, items, moments, number)
    people = well_read(r, words, items, at)
    best = next(who for who in people if who in blind)
    other = r.choice([who for who in blind if who in words["people"] and who != best])
    machines = [who for who in blind if who in words["credentials"]]
    plan = Plan(number, share, words, moments, [best, other, "nobody", *machines])
    twin = plan.variant(tally, twins.with_hidden(items, one))
    seers = [(who, True) for who in people if who not in plan.viewers][:2]
    plain = plan.variant(tally, items, twin.asks, [*seers, (people[0], False)])
    again, knowing = twins.swapped(r, words, items)
    swap = plan.variant(tally, again, twin.asks)
    tally.twins += _compared(f"twin of {number}", plain, twin, blind)
    tally.swaps += _compared(f"swap of {number}", plain, swap, [who for who in words["people"] if who not in knowing])
    tally.worlds += 1


def well_read(r: Random, words: Words, items: list[Words], at: datetime) -> list[str]:
    """The people, those first who read the most: what they see says most about what a page shows."""
    reads = {who: sum(Oracle(words, who, at).may(one) == "body" for one in items) for who in words["people"]}
    return sorted(r.sample(list(reads), len(reads)), key=lambda who: -reads[who])


def _compared(name: str, one: Run, other: Run, viewers: list[str]) -> list[str]:
    found = []
    for who in viewers:
        if who in one.answers:
            found += twins.differences(name, who, one.answers[who], other.answers[who])
    addresses = [one.addresses[who] for who in viewers if who in one.addresses]
    for mine, theirs in zip(one.mails, other.mails, strict=True):
        found += twins.mailed(name, addresses, mine, theirs)
    return found
