"""Run a command as a person at a shell would: what it prints, and its exit status."""

from __future__ import annotations

from io import StringIO
from typing import NamedTuple

from django.core.management import call_command
from django.core.management.base import CommandError


class Ran(NamedTuple):
    status: int
    out: str
    error: str


def run(*words: str) -> Ran:
    out, error = StringIO(), StringIO()
    try:
        call_command(*words, stdout=out, stderr=error)
    except CommandError as refused:
        return Ran(refused.returncode, out.getvalue(), str(refused))
    except SystemExit as ended:
        return Ran(int(ended.code or 0), out.getvalue(), error.getvalue())
    return Ran(0, out.getvalue(), error.getvalue())
