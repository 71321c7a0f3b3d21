"""A token seen means that the oracle said yes; and where it says yes, the page must show it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy
from functools import cached_property

from django.urls import reverse

from members.models import Delivery, DigestLine, ResponseNote
from tests.members.world import span
from tests.prove import draw, exits
from tests.prove.draw import Words
from tests.prove.exits import Ask
from tests.prove.taught import house
from tests.prove.tokens import EVERY, Canary, found
from tests.prove.walk import Answer, Walker, cached, logs, mails, messages, queued
from tests.prove.worlds import Drawn, played, sealed


@dataclass
class Tally:
    """What a proof has done, and what it found. `leaks` and `hidden` are sentences."""

    worlds: int = 0
    responses: int = 0
    tokens: int = 0
    controls: int = 0
    leaks: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)  # positive controls that were not shown
    exits: set[str] = field(default_factory=set)
    twins: list[str] = field(default_factory=list)
    swaps: list[str] = field(default_factory=list)


class Judge:
    """What one viewer may be shown at one moment."""

    def __init__(self, world: Drawn, who: str, at: datetime, *, confirmed: bool = True) -> None:
        self.world, self.who, self.at, self.confirmed = world, who, at, confirmed
        self.oracle = world.oracle(who, at)

    def allows(self, canary: Canary, channel: str, *, private: bool = False) -> bool:
        if canary.needs == "person":
            return channel == "page" and str(canary.subject) in self.known
        if canary.needs == "kit":
            return channel == "page" and self._of(str(canary.subject))
        if canary.needs == "ladder":
            return channel == "page" and str(canary.subject) in self.kept
        item: Words = canary.subject
        cell = self.oracle.shows(item, channel, private, confirmed=self.confirmed)
        if canary.needs == "reply":
            theirs = self.who in item["players"] and house(self.world, self.who) == house(self.world, item["replied"])
            return channel == "page" and cell == "body" and (theirs or self.oracle.handler(item))
        if canary.needs == "mine":  # a certificate, or what somebody said without their name
            listed = canary.field == "certificate title" and cell == "body" and self.oracle.handler(item)
            return channel == "page" and (self.who == item["certified"] or listed)
        if canary.needs == "terms":
            offered = self.confirmed and self.oracle.may(item) in ("offer", "body")
            return channel == "page" and offered
        if canary.needs == "handler":
            return channel == "page" and cell == "body" and self.oracle.handler(item)
        read = canary.version in (EVERY, *self.oracle.versions(item)) if item["kind"] in draw.WRITTEN else True
        return read and (cell == "body" or cell == canary.needs == "title")

    def _of(self, house: str) -> bool:
        """Whether they are of this organisation, be it a member of anything or not."""
        words = self.world.words["people"].get(self.who, {"active": False})
        spans = [span(row) for row in words.get("affiliations", []) if row["organisation"] == house]
        return words["active"] and any(one["since"] <= self.at < one["until"] for one in spans)

    def shown(self) -> Iterable[tuple[Canary, str]]:
        """The tokens that must be seen, and on which page: of the version that stands, on each page of its item."""
        for canary in self.world.mint.made.values():
            if canary.needs not in ("title", "body") or canary.field == "author" or not self.allows(canary, "page"):
                continue
            item: Words = canary.subject
            standing = self.oracle.now(item)[1] if item["standings"] and not item["anonymous"] else {}
            now = standing.get("version", item["versions"])
            if item["kind"] not in draw.WRITTEN or canary.version in (EVERY, now):
                for path in self._paths(item, canary):
                    yield canary, path

    def _paths(self, item: Words, canary: Canary) -> list[str]:
        if item["kind"] == "entry" and not self.oracle.desks:  # named on its source, and no desk to read it on
            return []
        row = self.world.rows[item["name"]]
        pages = exits.details(self.world, row)
        if canary.field == "sealed content":
            files = [one for one in self.world.sealed_files if one[0] == row.reference]
            return [reverse(exits.A + "attachment", args=one) for one in files]
        if item["kind"] == "training":  # what is learned stands on its page, when and by whom on that of its session
            return pages[1:] if canary.field in ("place", "trainer") else pages[:1]
        if item["kind"] == "attachment":  # its name stands on its parent's page, its content in itself
            return pages[1:] if canary.field == "file content" else pages[:1]
        return pages

    @cached_property
    def kept(self) -> set[str]:
        """The organisations whose contacts they may see: their own, and those of the WARPs that they coordinate."""
        houses: Words = self.world.words["organisations"]
        joined = {
            name for name, house in houses.items()
            if any(m["warp"] in self.oracle.desks and m["state"] != "left" and self.oracle.live(m)
                   for m in house["memberships"])
        }  # fmt: skip
        return joined | {*self.oracle.orgs}

    @cached_property
    def known(self) -> set[str]:
        """People may be known to their houses, to whom they coordinate, and to the handlers of what they receive."""
        people, me = self.world.words["people"], self.oracle
        mine = {warp for org in me.orgs for warp in me.warps(org)} | {*me.desks, *me.custody}
        known = {self.who}
        for name in people:
            other = self.world.oracle(name, self.at)
            houses = {*other.orgs} & self.kept  # colleagues, and whom the coordinators of their WARP answer for
            if other.who == name and (houses or {*other.desks, *other.custody} & mine):
                known.add(name)
        for name, words in self.world.items.items():
            if me.may(words) != "body":
                continue
            if words["kind"] in ("comment", "attachment", "discussion") and words["author"] and not sealed(words):
                known.add(words["author"])
            if me.handler(words) and not words["anonymous"]:  # of what was said without a name, who else reads it
                known |= self._met(name, words)
        return known

    def _met(self, name: str, words: Words) -> set[str]:
        """Whoever receives an item, is named on it or wrote it: but for its reporter, by that."""
        openly, drafted = without_reporters(words), {"label": words["marking"], "grants": []}
        viewers = {who: self.world.oracle(who, self.at) for who in self.world.people}
        readers = {who for who, one in viewers.items() if one.may(openly) != "nothing"}
        if words["versions"] > max([row["version"] for row in words["standings"]] or [0]):  # previewed as it is drafted
            readers |= {who for who, one in viewers.items() if one.given(drafted, words["marking"])}
        named = {row["person"] for row in (words["embargo"] or {"named": []})["named"]}
        named |= {row["person"] for row in (*words["handlers"], *words.get("seconds", []))} | {openly["author"]}
        named |= {g["person"] for s in words["standings"] for g in s["grants"] if "person" in g}
        named |= {*words.get("booked", ())}  # who teaches a course sees who booked it
        row = self.world.rows[name]
        told = set(Delivery.objects.filter(announcement__item=row).values_list("address__person", flat=True))
        told |= set(DigestLine.objects.filter(announcement__item=row).values_list("address__person", flat=True))
        told |= set(ResponseNote.objects.filter(response__item=row).values_list("by", flat=True))
        names = {person.pk: who for who, person in self.world.people.items()}
        return readers | named | {names[pk] for pk in told if pk in names}


def without_reporters(words: Words) -> Words:
    """The item, as whoever reads it otherwise than by the anonymous report that they filed, or having said it without
    a name."""
    openly = [who for who in words["reporters"] if who not in words["sealed"]]
    author = None if words.get("nameless") else words["author"]
    return {
        **words,
        "author": author,
        "reporters": openly,
        "parent": words["parent"] and without_reporters(words["parent"]),
    }


def judge(tally: Tally, judge_: Judge, answers: Iterable[Answer]) -> None:
    """Check every answer for tokens, and every token that must be seen for its page."""
    seen: dict[str, set[str]] = {}
    for answer in answers:
        tally.responses += 1
        tally.exits.add(answer.ask.route)
        for code in found(answer.said):
            canary = judge_.world.mint.made.get(code)
            if canary is None:
                continue
            seen.setdefault(answer.ask.path, set()).add(code)
            if of_exercise(canary) and not answer.ask.route.startswith("exercises:"):
                tally.leaks.append(f"{_said(judge_)} reads the {canary}, of an exercise, in {answer.ask}")
            if not judge_.allows(canary, answer.ask.channel):
                tally.leaks.append(f"{_said(judge_)} reads the {canary} in {answer.ask}")
    tally.tokens += len(judge_.world.mint.made)
    machine = judge_.who in judge_.world.machines
    for canary, path in judge_.shown() if judge_.confirmed and not machine else ():
        tally.controls += 1
        if canary.token[:6] not in seen.get(path, set()):
            tally.hidden.append(f"{_said(judge_)} should read the {canary} on {path}")


def _said(one: Judge) -> str:
    return f"world {one.world.key}, {one.at:%Y-%m-%d %H:%M}: {one.who}{'' if one.confirmed else ' (not confirmed)'}"


def walked(
    tally: Tally, world: Drawn, who: str, at: datetime, asks: list[Ask], *, confirmed: bool = True
) -> list[Answer]:
    """Walk `asks` as `who`, and judge what came out."""
    walker = Walker(world, who, confirmed=confirmed)
    answers = list(walker.walk(asks))
    judge(tally, Judge(world, who, at, confirmed=confirmed), answers)
    return answers


def pushed(tally: Tally, world: Drawn, at: datetime) -> list[tuple[str, bytes]]:
    """Send what is due at `at` and judge each mail, what was logged, what is cached and what went to the broker."""
    owners = {person.email: who for who, person in world.people.items()}
    with logs() as written, messages() as told:
        sent = mails(world, at)
    for where, said in told.sent:
        _judge_message(tally, world, at, where, said)
    sent = [*sent, *sorted(told.sent)]  # they go out side by side
    for address, said in sent[: len(sent) - len(told.sent)]:
        who = owners.get(address, "subscriber")
        one = Judge(world, who, at)
        tally.responses += 1
        digest = _is_digest(said)
        for code in found(said):
            canary = world.mint.made.get(code)
            if canary is None or canary.subject == who or canary.token in address:  # their own address, in To
                continue
            channel = "subscriber" if who == "subscriber" else "digest" if digest else "mail"
            if not one.allows(canary, channel):
                tally.leaks.append(f"{_said(one)} is mailed the {canary}")
            if of_exercise(canary) and not marked(said):
                tally.leaks.append(f"{_said(one)} is mailed the {canary}, and not that it is an exercise")
    for name, said in (("log", written.getvalue().encode()), ("cache", cached()), ("broker", queued())):
        tally.exits.add(name)
        for code in found(said) & world.mint.made.keys():
            tally.leaks.append(f"world {world.key}: the {world.mint.made[code]} stands in the {name}")
    tally.exits |= {"mail", "digest"}
    return sent


def _judge_message(tally: Tally, world: Drawn, at: datetime, where: str, said: bytes) -> None:
    """By a telephone or a channel of an organisation: no more than the table says of it, private or not."""
    who, private = world.reached[where]
    one = Judge(world, who, at)
    tally.responses += 1
    tally.exits.add("message")
    for code in found(said) & world.mint.made.keys():
        if not one.allows(world.mint.made[code], "message", private=private):
            tally.leaks.append(f"{_said(one)} is sent the {world.mint.made[code]} at {where}")


def of_exercise(canary: Canary) -> bool:
    return isinstance(canary.subject, dict) and played(canary.subject)


def marked(said: bytes) -> bool:
    return str(message_from_bytes(said, policy=policy.default)["Subject"]).startswith("EXERCISE EXERCISE EXERCISE")


def _is_digest(said: bytes) -> bool:
    subject = str(message_from_bytes(said, policy=policy.default)["Subject"])
    return "to act on" in subject or "to know" in subject or "sign in to read" in subject
