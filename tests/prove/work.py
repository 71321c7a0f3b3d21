"""What one process of `make prove` does: a database of its own, and one piece of the proof at a time."""

from __future__ import annotations

import logging
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest  # noqa: F401 - the settings are those of the tests where it is loaded

Result = dict[str, Any]
SHARE = 0.1  # of the acts and forms of each world; every page that shows texts is asked in each


def begin() -> None:
    """A database and a folder of this process's own; called once in each."""
    os.environ["WARP_HOME"] = tempfile.mkdtemp(prefix="warp-prove-")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "warp.settings")
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection
    from django.test.utils import setup_test_environment

    for handler in logging.getLogger().handlers:  # a walk meets thousands of pages that are not found
        if isinstance(handler, logging.StreamHandler):
            handler.setStream(Path(os.devnull).open("w"))  # noqa: SIM115 - as long as the process lives
    setup_test_environment()
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    if connection.vendor == "postgresql":
        connection.settings_dict["TEST"]["NAME"] = f"test_prove_{os.getpid()}"
    connection.creation.create_test_db(verbosity=0, autoclobber=True)


def end() -> None:
    """The database is gone again; the folder goes with the machine's own."""
    from django.db import connection

    connection.creation.destroy_test_db("", verbosity=0)


def world(number: int) -> Result:
    """One world: canaries, twin and swap."""
    from tests.prove.canaries import Tally
    from tests.prove.walk import undone
    from tests.prove.world_run import prove_world

    began, tally = time.monotonic(), Tally()
    with undone():
        prove_world(tally, number, SHARE)
    counts = {name: getattr(tally, name) for name in ("worlds", "responses", "tokens", "controls")}
    found = {name: getattr(tally, name)[:20] for name in ("leaks", "hidden", "twins", "swaps")}
    took = round(time.monotonic() - began, 2)
    return {"kind": "world", "seed": number, **counts, **found, "exits": sorted(tally.exits), "seconds": took}


def pairs(count: int) -> Result:
    """Hidden against nonexistent."""
    from tests.prove.pairs import compare
    from tests.prove.walk import undone

    began = time.monotonic()
    with undone():
        found = compare(count)
    took, median_ms = round(time.monotonic() - began, 2), round(found.median_ms, 4)
    return {"kind": "pairs", "pairs": found.pairs, "unlike": found.unlike[:20], "median_ms": median_ms, "seconds": took}


def tamperings(count: int) -> Result:
    """The audit's chain, changed at one place each time."""
    from tests.members.tampering import run

    began = time.monotonic()
    found = run(count, seed=1)
    missed = [f"{name}: {tried - seen} of {tried} not found" for name, (seen, tried) in found.items() if seen < tried]
    tried = sum(tried for _seen, tried in found.values())
    took = round(time.monotonic() - began, 2)
    return {"kind": "tamperings", "tried": tried, "missed": missed, "seconds": took}
