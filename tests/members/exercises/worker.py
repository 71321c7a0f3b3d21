"""`python -m tests.members.exercises.worker PERIOD BEGINS LOG`: a worker that sweeps every PERIOD seconds by the hub's
own task, from when the file BEGINS is there on. LOG has when each sweep began. It is there to be killed."""

from __future__ import annotations

import os
import sys
import time
from datetime import timedelta
from pathlib import Path

import django

LEASE = timedelta(seconds=2)  # of what a killed worker held: a minute, in the time of this proof
FRESH = LEASE / 12  # how old a claim may grow, as in the hub: else whoever lives loses the lease while they send


def main() -> None:
    period, begins, log = float(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])
    os.environ["DJANGO_SETTINGS_MODULE"] = "warp.settings"
    django.setup()
    from members import clock, tasks
    from members.delivery import claim, send

    claim.LEASE, claim.FAR = LEASE, 2 * LEASE
    claim.FRESH = FRESH
    vars(send)["FRESH"] = FRESH  # a name that it imported
    tasks.wake = lambda: None
    print("ready", flush=True)
    while not begins.exists():
        time.sleep(0.01)
    with log.open("a") as said:
        while True:
            began = time.monotonic()
            said.write(f"{os.getpid()} {clock.ask().isoformat()}\n")
            said.flush()
            tasks.sweep()
            time.sleep(max(0.0, period - (time.monotonic() - began)))


if __name__ == "__main__":
    main()
