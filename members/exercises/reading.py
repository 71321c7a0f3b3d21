"""Read a scenario file: all that is wrong with it is said at once, in sentences that say where."""

from __future__ import annotations

from collections import Counter

from django.utils.translation import gettext as _

from members.exercises.filepart import QUOTED, Part
from members.exercises.guarded import tree
from members.exercises.readinginject import EVERYBODY, inject
from members.exercises.scenario import (
    LONGEST,
    MOST_INJECTS,
    MOST_TEAMS,
    SLUG,
    VERSION,
    InjectFile,
    ScenarioFile,
    TeamFile,
    Unreadable,
)
from members.exercises.spelling import line

TOP = ("version", "title", "aims", "briefing", "teams", "injects")


def read(content: bytes) -> ScenarioFile:
    """The scenario that the file holds. Raises Unreadable."""
    errors: list[str] = []
    root = tree(content)
    if not isinstance(root.of, dict):
        raise Unreadable(
            [_("The file is no scenario: it begins with “version: 1”, and names a title, teams, injects.")]
        )
    top = Part(root, "", errors)
    top.known(TOP)
    _version(top)
    teams = _teams(top)
    found = ScenarioFile(
        title=top.line("title", LONGEST["title"], _("Say what the exercise is called.")),
        aims=top.text("aims", LONGEST["aims"]),
        briefing=top.text("briefing", LONGEST["briefing"]),
        teams=teams,
        injects=_injects(top, [team.slug for team in teams]),
    )
    if errors:
        raise Unreadable(errors)
    return found


def _version(top: Part) -> None:
    said = top.line("version", QUOTED)
    if said != str(VERSION):
        top.wrong(_("“version: %(said)s” is not what this hub reads. Write “version: 1” at the top."), said=said)


def _teams(top: Part) -> tuple[TeamFile, ...]:
    named = top.of.get("teams")
    if named is None or not isinstance(named.of, dict) or not named.of:
        top.wrong(_("“teams” is missing. Name the teams that play, such as “it: IT and infrastructure”."))
        return ()
    part = Part(named, _("Teams (line %(line)d)") % {"line": named.line}, top.errors)
    part.known(named.of)
    if len(named.of) > MOST_TEAMS:
        part.wrong(_("there are %(n)d, and at most %(most)d play."), n=len(named.of), most=MOST_TEAMS)
    for slug in named.of:
        if not SLUG.fullmatch(slug) or len(slug) > LONGEST["slug"] or slug == EVERYBODY:
            said = _(
                "“%(slug)s” can’t be a team’s short name. Use up to %(most)d small letters, digits, hyphens; not “all”."
            )
            part.wrong(said, slug=slug[:QUOTED], most=LONGEST["slug"])
    called = [line(branch.of) for branch in named.of.values() if isinstance(branch.of, str)]
    for name, times in Counter(called).items():
        if name and times > 1:
            said = _("%(times)d are called “%(name)s”. Give each a name of its own.")
            part.wrong(said, times=times, name=name[:QUOTED])
    names = [(slug, part.line(slug, LONGEST["team"], _("Say what the team is called."))) for slug in named.of]
    return tuple(TeamFile(*one) for one in names)


def _injects(top: Part, teams: list[str]) -> tuple[InjectFile, ...]:
    listed = top.list("injects")
    if not listed:
        top.wrong(_("“injects” is missing. List at least one thing that happens, with a time, a team and a text."))
    if len(listed) > MOST_INJECTS:
        top.wrong(_("There are %(n)d injects, and at most %(most)d are played."), n=len(listed), most=MOST_INJECTS)
        return ()
    found = [inject(branch, place, teams, top.errors) for place, branch in enumerate(listed, 1)]
    for number, times in Counter(one.number for one in found if one).items():
        if times > 1:
            top.wrong(_("Inject %(n)d: %(times)d injects have this number. Give each its own."), n=number, times=times)
    return tuple(sorted((one for one in found if one), key=lambda one: (one.offset, one.number)))
