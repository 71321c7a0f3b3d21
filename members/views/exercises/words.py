"""What pages of an exercise say in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import dateformat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members.exercises.came import Came, Step
from members.exercises.figures import Times
from members.exercises.seen import Seat
from members.exercises.spelling import spelled
from members.models import Inject, Observation, Tier
from members.times import LONDON

TIER_NAMES = {int(tier): tier.name.lower() for tier in Tier}
JUDGED: dict[str, Any] = dict(Observation.Met.choices)


def to_whom(inject: Inject) -> str:
    """The names of its teams."""
    return ", ".join(sorted(team.name for team in inject.teams.all())) or _("nobody")


def part(of: Seat) -> str:
    """As what they take part."""
    if of.leads:
        return _("You lead it")
    if of.observes or of.participant is None or of.participant.team is None:
        return _("You observe it")
    said = _("You play in the team %(team)s, for %(organisation)s")
    return said % {"team": of.participant.team.name, "organisation": of.participant.organisation}


def timeline(found: Sequence[Step]) -> list[tuple[Step, str, str]]:
    """Each step with when it was, by the clocks of the United Kingdom, and what. The day where there are several."""
    local = [one.at.astimezone(LONDON) for one in found]
    form = "j F, H:i" if len({at.date() for at in local}) > 1 else "H:i"
    return [(one, dateformat.format(at, form), step(one)) for one, at in zip(found, local, strict=True)]


def step(one: Step) -> str:
    """What happened, in one line."""
    title = f"{one.inject.number}. {one.inject.title}" if one.inject else ""
    words = {"house": one.house.name if one.house else "", "by": one.by, "title": title}
    if one.what == "sent":
        return _("It came: %(title)s") % words + _planned(one)
    if one.what == "acknowledged":
        return _("%(house)s acknowledged (%(by)s): %(title)s") % words
    if one.what == "answered":
        return _("%(house)s answered (%(by)s): %(title)s") % words
    about = [said for said in (words["house"], title, str(JUDGED[one.met]) if one.met else "") if said]
    return _("Noted by %(by)s") % words + (f" ({', '.join(about)})" if about else "")


def _planned(one: Step) -> str:
    """Where it came a minute or more from when it was planned."""
    if one.inject is None or abs(one.clock - one.inject.offset) < 60:
        return ""
    return " " + _("(planned for %(at)s)") % {"at": spelled(one.inject.offset)}


def summary(whole: Came, times: Sequence[Times]) -> list[str]:
    """What came of it, in sentences."""
    sent = [one for one in whole.injects if one.sent_clock is not None]
    houses = {one.house for one in whole.players}
    asked, done = sum(one.asked for one in times), sum(one.acknowledged for one in times)
    answers = sum(1 for one in whole.replies if one.what == "answered")
    said = [
        ngettext("%(n)d of %(all)d inject came.", "%(n)d of %(all)d injects came.", len(whole.injects))
        % {"n": len(sent), "all": len(whole.injects)},
        ngettext("%(n)d organisation played.", "%(n)d organisations played.", len(houses)) % {"n": len(houses)},
    ]
    if asked:
        said.append(_("%(done)d of %(asked)d acknowledgements were given, %(late)s.")
                    % {"done": done, "asked": asked, "late": _in_time(times)})  # fmt: skip
    said.append(ngettext("%(n)d answer was given.", "%(n)d answers were given.", answers) % {"n": answers})
    return said


def _in_time(times: Sequence[Times]) -> str:
    timed, in_time = sum(one.timed for one in times), sum(one.in_time for one in times)
    if not timed:
        return _("with no time set for any")
    return _("%(n)d of %(timed)d in the time that was set") % {"n": in_time, "timed": timed}
