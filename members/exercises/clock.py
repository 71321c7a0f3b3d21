"""The clock of an exercise: it stands while the exercise does, and runs `pace` times as fast as ours. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from members.models import Exercise


def reading(exercise: Exercise, at: datetime) -> float:
    """The seconds of exercise time at `at`. A clock of ours that was put back takes nothing away."""
    if exercise.runs_since is None:
        return exercise.played
    return exercise.played + max((at - exercise.runs_since).total_seconds(), 0.0) * exercise.pace


def comes(exercise: Exercise, offset: float, at: datetime) -> datetime | None:
    """When the clock shows `offset`, or `at` where it has already; None while it stands before that."""
    missing = offset - reading(exercise, at)
    if missing <= 0:
        return at
    return at + timedelta(seconds=missing / exercise.pace) if exercise.runs_since is not None else None
