"""The first page of an exercise for who leads it: what is prepared, and what is missing."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members.exercises import preparing
from members.exercises.checks import checks
from members.exercises.exerciseforms import TeamForm
from members.exercises.gathered import came
from members.exercises.players import manned, taking_part
from members.exercises.seen import Seat, injects
from members.middleware import HubRequest
from members.models import Inject, Team
from members.views.exercises import words
from members.views.exercises.door import ENDED, PREPARED, context


def leading(request: HubRequest, of: Seat, form: TeamForm | None = None) -> dict[str, Any]:
    whole, teams = came(of.exercise), list(of.exercise.teams.order_by("slug"))
    prepares, still = of.exercise.state == PREPARED, manned(of.exercise, request.at)
    invited = preparing.invited(of.exercise, request.at)
    return context(
        of, teams=_teams(teams, still), people=_people(of, request.at),
        players=bool(whole.players) or of.exercise.participants.exists(), invited=invited,
        checks=checks(of.exercise, teams, whole, still, invited=invited) if prepares else [],
        injects=[_row(one) for one in injects(of, request.viewer, request.at)],
        team_form=(form or TeamForm()) if of.exercise.state != ENDED else None,
    )  # fmt: skip


def _teams(teams: list[Team], players: Counter[str]) -> list[dict[str, str]]:
    said = [ngettext("%(n)d player", "%(n)d players", players[one.slug]) % {"n": players[one.slug]} for one in teams]
    return [{"slug": one.slug, "name": one.name, "said": words_} for one, words_ in zip(teams, said, strict=True)]


def _people(of: Seat, at: datetime) -> str:
    roles = Counter(taking_part(of.exercise, at).values_list("role", flat=True))
    players, observers = roles["player"], roles["observer"]
    said = ngettext("%(n)d player", "%(n)d players", players) % {"n": players}
    return _("%(players)s, %(observers)s.") % {
        "players": said, "observers": ngettext("%(n)d observer", "%(n)d observers", observers) % {"n": observers},
    }  # fmt: skip


def _row(one: Inject) -> dict[str, Any]:
    how = one.get_channel_display()
    if one.asks:
        how = _("%(how)s; to be acknowledged") % {"how": how}
    return {
        "code": one.code, "number": one.number, "title": one.title, "offset": one.offset, "to": words.to_whom(one),
        "how": how, "state": one.get_state_display(),
    }  # fmt: skip
