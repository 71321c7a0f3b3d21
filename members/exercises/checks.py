"""What should be so before an exercise begins: sentences, none of which stops anybody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members.exercises.came import Came
from members.models import Exercise, Team


def checks(
    exercise: Exercise, teams: Iterable[Team], whole: Came, manned: Mapping[str, int], *, invited: bool
) -> list[str]:
    """What is missing, the worst first. `manned`: how many play in each team still."""
    found = []
    waiting = [one for one in whole.injects if one.state == "waiting"]
    if not waiting:
        found.append(_("Nothing happens: there is no inject."))
    if not manned:
        found.append(_("Nobody plays."))
    empty = [team.name for team in teams if team.slug not in manned]
    if empty and manned:
        said = ngettext("The team %(teams)s has no players.", "The teams %(teams)s have no players.", len(empty))
        found.append(said % {"teams": ", ".join(empty)})
    if manned:
        for one in waiting:
            if not one.teams & manned.keys():
                found.append(_("Inject %(n)d, “%(title)s”, goes to nobody.") % {"n": one.number, "title": one.title})
    if not exercise.briefing:
        found.append(_("There is no briefing: players would not know what they play."))
    if manned and not invited:
        found.append(_("Nobody is invited: until they are, players see nothing of it."))
    return found
