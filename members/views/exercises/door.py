"""How a page of an exercise asks for one: by the seat of whoever looks. What is hidden looks like nothing."""

from __future__ import annotations

from typing import Any

from members.exercises.seen import Seat, injects, seat
from members.middleware import HubRequest
from members.models import Exercise, Inject
from members.views.asking import not_found, person_of

PREPARED, ENDED = Exercise.State.PREPARED, Exercise.State.ENDED


def seated(request: HubRequest, ref: str) -> Seat:
    """Whoever asks in the exercise; 404 for everybody who has no part in it, and where there is none."""
    person = person_of(request)
    found = seat(person, request.viewer, ref, request.at) if person is not None else None
    if found is None:
        raise not_found(request, ref)
    return found


def led(request: HubRequest, ref: str) -> Seat:
    """The same of whoever leads it."""
    found = seated(request, ref)
    if not found.leads:
        raise not_found(request, ref)
    return found


def watched(request: HubRequest, ref: str) -> Seat:
    """The same of whoever leads or observes it."""
    found = seated(request, ref)
    if found.plays:
        raise not_found(request, ref)
    return found


def one_inject(request: HubRequest, of: Seat, code: str) -> Inject:
    """The inject where whoever asks may read it."""
    found = injects(of, request.viewer, request.at).filter(code=code).first()
    if found is None:
        raise not_found(request, f"{of.item.reference}/{code}")
    return found


def context(of: Seat, **more: Any) -> dict[str, Any]:
    """What every page of an exercise knows."""
    exercise = of.exercise
    return {
        "ref": of.item.reference, "label": of.label, "exercise": exercise, "state": exercise.get_state_display(),
        "leads": of.leads, "observes": of.observes, "plays": of.plays, "preparing": exercise.state == PREPARED,
        "ended": exercise.state == ENDED, "began": exercise.state != PREPARED, **more,
    }  # fmt: skip
