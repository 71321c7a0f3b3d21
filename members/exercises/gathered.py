"""The rows of an exercise as values, for its board and its report. Whoever shows them has asked the rule."""

from __future__ import annotations

from collections.abc import Collection

from members.exercises.came import Came, Did, Happened, House, Noted, Played
from members.models import Exercise, Inject, Observation, Organisation, Participant, Reply


def came(exercise: Exercise) -> Came:
    """All that happened, in five statements."""
    injects = exercise.injects.prefetch_related("teams").order_by("offset", "number")
    players = exercise.participants.filter(role=Participant.Role.PLAYER).select_related("organisation", "team")
    replies = Reply.objects.filter(inject__exercise=exercise).select_related("inject", "organisation", "person")
    notes = exercise.observations.select_related("inject", "organisation", "by")
    return Came(
        injects=[happened(one) for one in injects],
        players=[
            Played(house(one.organisation), one.team.slug)
            for one in players.order_by("pk")
            if one.organisation and one.team
        ],
        replies=[_did(one) for one in replies.order_by("at", "pk")],
        notes=[_noted(one) for one in notes.order_by("at", "pk")],
    )


def own(whole: Came, team: str, of: House, read: Collection[int]) -> Came:
    """What a player may read of it after the end: what came to their team, and what their own organisation did.

    `read`: the numbers of the injects that the rule gives them.
    """
    injects = [one for one in whole.injects if team in one.teams and one.number in read]
    numbers = {one.number for one in injects}
    return Came(
        injects=[one._replace(expects="") for one in injects],
        players=[one for one in whole.players if one.house == of],
        replies=[one for one in whole.replies if one.house == of and one.number in numbers],
        notes=[],
    )


def happened(inject: Inject) -> Happened:
    return Happened(
        number=inject.number, title=inject.title, teams=frozenset(team.slug for team in inject.teams.all()),
        offset=inject.offset, state=inject.state, sent_at=inject.sent_at, sent_clock=inject.sent_clock,
        asks=inject.asks, within=inject.within, expects=inject.expects, code=inject.code,
    )  # fmt: skip


def house(organisation: Organisation) -> House:
    return House(organisation.slug, organisation.name)


def _did(reply: Reply) -> Did:
    return Did(
        reply.inject.number,
        house(reply.organisation),
        reply.what,
        reply.at,
        reply.clock,
        reply.person.name,
        reply.words,
    )


def _noted(note: Observation) -> Noted:
    return Noted(
        note.inject.number if note.inject else None, house(note.organisation) if note.organisation else None,
        note.met, note.words, note.at, note.clock, note.by.name,
    )  # fmt: skip
