"""Read one inject of a scenario file."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.translation import gettext as _

from members.exercises.filepart import QUOTED, Part, nearest
from members.exercises.guarded import Branch
from members.exercises.scenario import CHANNELS, FILE_NAME, LATEST, LONGEST, TIERS, InjectFile

OF_INJECT = ("number", "at", "title", "teams", "channel", "tier", "text", "attachment", "expects", "acknowledge",
             "within")  # fmt: skip
EVERYBODY = "all"


class File(NamedTuple):
    name: str
    text: str


def inject(branch: Branch, place: int, teams: list[str], errors: list[str]) -> InjectFile | None:
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
        file.wrong(_("“%(name)s” can’t be an attachment’s name. Use letters, digits, . _ - and an ending .txt, .log,"
                     " .csv, .eml, .md or .json."), name=name[:QUOTED])  # fmt: skip
    return File(name, file.text("text", LONGEST["attachment"], _("Say what stands in the attached file.")))
