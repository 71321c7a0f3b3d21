"""The hub's own Celery application with the stops of this proof: `celery --app tests.faults.worker`."""

from __future__ import annotations

import os
import traceback
from typing import Any

from celery.signals import beat_init, worker_init, worker_ready

from tests.faults import stops
from warp.celery import app as app

schedule = {name: dict(entry) for name, entry in app.conf.beat_schedule.items() if name != "collect"}
for name in schedule:
    if name == "sweep":
        schedule[name] |= {"schedule": stops.times()["sweep"], "options": {"expires": stops.times()["sweep"]}}
app.conf.beat_schedule = schedule


@worker_init.connect
def stoppable(**_: Any) -> None:
    """Celery would go on without: a worker that can't be stopped proves nothing."""
    try:
        stops.install()
    except BaseException:
        traceback.print_exc()
        os._exit(1)


@worker_ready.connect
@beat_init.connect
def ready(**_: Any) -> None:
    (stops.FOLDER / f"ready-{os.getpid()}").touch()
