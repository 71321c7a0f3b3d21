"""Read a scenario file: all that is wrong with it is said at once, each in a sentence that says where and what to do."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from django.utils.translation import gettext as _

from members.exercises.guarded import Branch, tree
from members.exercises.part import QUOTED, Part, nearest
from members.exercises.scenario import (
    CHANNELS,
    FILE_NAME,
    LATEST,
    LONGEST,
    MOST_INJECTS,
    MOST_TEAMS,
    SLUG,
    TIERS,
    VERSION,
    InjectFile,
    ScenarioFile,
    TeamFile,
    Unreadable,
)

TOP = ("version", "title", "aims", "briefing", "teams", "injects")
OF_INJECT = ("number", "at", "title", "teams", "channel", "tier", "text", "attachment", "expects", "acknowledge",
             "within")  # fmt: skip
EVERYBODY = "all"


class File(NamedTuple):
    name: str
    text: str


def read(content: bytes) -> ScenarioFile:
    """The scenario that the file holds. Raises Unreadable."""
    errors: list[str] = []
    root = tree(content)
    if not isinstance(root.of, dict):
        raise Unreadable([_("The file is no scenario: it begins with “version: 1”, and names a title, teams, injects.")])
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
            said = _("“%(slug)s” can’t be a team’s short name. Use up to %(most)d small letters, digits, hyphens; not “all”.")
            part.wrong(said, slug=slug[:QUOTED], most=LONGEST["slug"])
    names = [(slug, part.line(slug, LONGEST["team"], _("Say what the team is called."))) for slug in named.of]
    return tuple(TeamFile(*one) for one in names)


def _injects(top: Part, teams: list[str]) -> tuple[InjectFile, ...]:
    listed = top.list("injects")
    if not listed:
        top.wrong(_("“injects” is missing. List at least one thing that happens, with a time, a team and a text."))
    if len(listed) > MOST_INJECTS:
        top.wrong(_("There are %(n)d injects, and at most %(most)d are played."), n=len(listed), most=MOST_INJECTS)
        return ()
    found = [_inject(branch, place, teams, top.errors) for place, branch in enumerate(listed, 1)]
    for number, times in Counter(one.number for one in found if one).items():
        if times > 1:
            top.wrong(_("Inject %(n)d: %(times)d injects have this number. Give each its own."), n=number, times=times)
    return tuple(sorted((one for one in found if one), key=lambda one: (one.offset, one.number)))


def _inject(branch: Branch, place: int, teams: list[str], errors: list[str]) -> InjectFile | None:
    number = _number(branch, place)
    part = Part(branch, _("Inject %(n)s (line %(line)d)") % {"n": number, "line": branch.line}, errors)
    if not isinstance(branch.of, dict):
        part.wrong(_("this is no inject. Write “at:”, “title:”, “teams:” and “text:” below a hyphen."))
        return None
    part.known(OF_INJECT)
    if not number.isascii() or not number.isdecimal() or not 1 <= int(number) <= 9999:
        part.wrong(_("its number is none. Write a whole number from 1, or leave it out."))
        number = str(place)
    file = _attachment(part)
    asks, within = part.flag("acknowledge"), part.seconds("within", LATEST)
    if within is not None and not asks:
        part.wrong(_("“within” is the time to acknowledge it. Add “acknowledge: yes”, or take “within” out."))
    if within == 0:
        part.wrong(_("“within” leaves no time at all. Write a time such as 0:15."))
    return InjectFile(
        number=int(number),
        offset=part.seconds("at", LATEST, _("Say when it happens, such as T+0:15.")) or 0,
        teams=_of_teams(part, teams),
        title=part.line("title", LONGEST["title"], _("Say what it is, in one line.")),
        text=part.text("text", LONGEST["text"], _("Say what the players read.")),
        channel=part.choice("channel", CHANNELS, CHANNELS[0]),
        tier=TIERS[part.choice("tier", TIERS, "advisory")],
        expects=part.text("expects", LONGEST["expects"]),
        asks=asks, within=within, attachment_name=file.name, attachment=file.text,
    )  # fmt: skip


def _number(branch: Branch, place: int) -> str:
    """As it was written; where it was not, its place in the list."""
    said = branch.of.get("number") if isinstance(branch.of, dict) else None
    return said.of.strip()[:QUOTED] if said is not None and isinstance(said.of, str) else str(place)


def _of_teams(part: Part, teams: list[str]) -> tuple[str, ...]:
    named = [one.of.strip() if isinstance(one.of, str) else "?" for one in part.list("teams")]
    if not named:
        part.wrong(_("“teams” is missing. Name the teams that get it, or “all”."))
    for name in dict.fromkeys(named):
        if name not in teams and name != EVERYBODY:
            part.wrong(_("there is no team “%(name)s”. %(near)s"), name=name[:QUOTED], near=nearest(name, teams))
    return tuple(slug for slug in teams if slug in named or EVERYBODY in named)


def _attachment(part: Part) -> File:
    branch = part.of.get("attachment")
    if branch is None or branch.of == "":
        return File("", "")
    file = Part(branch, part.where, part.errors)
    if not isinstance(branch.of, dict):
        file.wrong(_("“attachment” has a “name” and a “text”: write both below it."))
        return File("", "")
    file.known(("name", "text"))
    name = file.line("name", LONGEST["attachment_name"], _("Say what the attached file is called."))
    if name and not FILE_NAME.fullmatch(name):
        file.wrong(_("“%(name)s” can’t be an attachment’s name. Use letters, digits, . _ - and an ending .txt, .log, .csv,"
                     " .eml, .md or .json."), name=name[:QUOTED])  # fmt: skip
    return File(name, file.text("text", LONGEST["attachment"], _("Say what stands in the attached file.")))
