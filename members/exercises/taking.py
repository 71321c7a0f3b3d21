"""An exercise from a scenario file, and a scenario file from an exercise."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from members.exercises import preparing
from members.exercises.scenario import InjectFile, ScenarioFile, TeamFile
from members.models import Exercise, Inject, Person, Warp


@transaction.atomic
def take(person: Person, warp: Warp, scenario: ScenarioFile, at: datetime) -> Exercise:
    """Prepare an exercise of `warp` as the scenario has it; who takes part is said afterwards. Raises Refused."""
    exercise = empty(person, warp, at, scenario.title)
    preparing.edit(person, exercise, at, aims=scenario.aims, briefing=scenario.briefing)
    teams = {one.slug: preparing.add_team(person, exercise, at, one.name, one.slug) for one in scenario.teams}
    for one in scenario.injects:
        typed = {name: getattr(one, name) for name in one.__slots__}
        typed["teams"] = [teams[slug] for slug in one.teams]
        preparing.add_inject(person, exercise, at, **typed)
    return exercise


def empty(person: Person, warp: Warp, at: datetime, title: str) -> Exercise:
    """Prepare one in which nothing happens yet. Raises Refused."""
    return preparing.prepare(person, warp, at, title)


def scenario_of(exercise: Exercise) -> ScenarioFile:
    """What happens in it, and none of those who take part: three statements. Teams are in the order of the file."""
    teams = list(exercise.teams.order_by("pk"))
    injects = exercise.injects.prefetch_related("teams").order_by("offset", "number")
    return ScenarioFile(
        title=exercise.title, aims=exercise.aims, briefing=exercise.briefing,
        teams=tuple(TeamFile(team.slug, team.name) for team in teams),
        injects=tuple(_inject(one, [team.slug for team in teams]) for one in injects),
    )  # fmt: skip


def _inject(one: Inject, order: list[str]) -> InjectFile:
    mine = {team.slug for team in one.teams.all()}
    return InjectFile(
        number=one.number, offset=one.offset, teams=tuple(slug for slug in order if slug in mine), title=one.title,
        text=one.text, channel=one.channel, tier=one.tier, expects=one.expects, asks=one.asks, within=one.within,
        attachment_name=one.attachment_name, attachment=one.attachment,
    )  # fmt: skip
