"""The hub's own worker and beat as real processes, with what they stand on: a database, a broker, a mail server, and a
web server that takes webhooks."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.services import Postgres, Redis, Sink, installed
from warp.serve import commands
from warp.watch import die_with_parent

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 180.0  # seconds; a busy machine takes its time to start a process, and that is no part of the proof
DATABASES = ("sqlite", "postgresql")


def until(true: Callable[[], Any], seconds: float = PATIENCE, every: float = 0.01) -> bool:
    """Whether it became true in time."""
    ends = time.monotonic() + seconds
    while not true():
        if time.monotonic() > ends:
            return False
        time.sleep(every)
    return True


class Stack:
    """On SQLite with the folder that carries wake-ups, or on PostgreSQL with Redis. `environ` is set for good."""

    def __init__(self, database: str, home: Path, *, times: str = "short") -> None:
        self.database, self.home, self.faults = database, home, home / "faults"
        self.faults.mkdir(parents=True, exist_ok=True)
        (home / "broker").mkdir(exist_ok=True)
        self.sink, self.hook = Sink(), Sink("tests.faults.hook")
        self.postgres = self.redis = None
        os.environ |= {
            "WARP_HOME": str(home), "FAULTS": str(self.faults), "FAULTS_TIMES": times, "WARP_DEMO": "1",
            "EMAIL_URL": f"smtp://127.0.0.1:{self.sink.port}", "DJANGO_SETTINGS_MODULE": "warp.settings",
            "SEND_ALLOW": "127.0.0.1/32",
        }  # fmt: skip
        os.environ.pop("DATABASE_URL", None)
        os.environ.pop("REDIS_URL", None)
        if database == "postgresql":
            binaries = installed()
            assert binaries is not None, "PostgreSQL or Redis is not installed"
            self.postgres, self.redis = Postgres(binaries), Redis()
            os.environ |= {"DATABASE_URL": self.postgres.url, "REDIS_URL": self.redis.url}
        self.log = (home / "log").open("ab")
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def prepare(self) -> None:
        """Django in this process, and the tables."""
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)

    def start(self, *names: str) -> None:
        """`worker`, `beat`, or a second one by a figure behind: `worker2`. Ready when this returns."""
        for name in names:
            kind = name.rstrip("0123456789")
            command = ["tests.faults.worker" if word == "warp.celery" else word for word in commands(0)[kind]]
            if kind != name:
                command += ["--schedule", str(self.home / name)] if kind == "beat" else ["--hostname", f"{name}@%h"]
            self.processes[name] = subprocess.Popen(
                command, cwd=ROOT, stdout=self.log, stderr=self.log, process_group=0,
                preexec_fn=die_with_parent(os.getpid()),
            )  # fmt: skip
        for name in names:
            if not until(partial(self.answers, self.processes[name])) or self.processes[name].poll() is not None:
                raise RuntimeError(f"{name} did not start: {(self.home / 'log').read_text()[-2000:]}")

    def answers(self, process: subprocess.Popen[bytes]) -> bool:
        return process.poll() is not None or (self.faults / f"ready-{process.pid}").exists()

    def kill(self, *names: str) -> None:
        """With -9, and everything in its group."""
        for name in names:
            process = self.processes.pop(name)
            with suppress(ProcessLookupError):  # it fell by itself
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def fallen(self) -> list[str]:
        """Which of them are no more, though nobody killed them."""
        return [name for name, process in self.processes.items() if process.poll() is not None]

    def end(self) -> None:
        for name in list(self.processes):
            self.processes[name].send_signal(signal.SIGTERM)
        self.kill(*self.processes)
        self.sink.stop()
        self.hook.stop()
        if self.redis is not None:
            self.redis.stop()
        if self.postgres is not None:
            self.postgres.remove()
        self.log.close()
        if not os.environ.get("FAULTS_KEEP"):  # the log of its processes among it
            shutil.rmtree(self.home, ignore_errors=True)

    # What a point of the proof needs

    def arm(self, point: str) -> None:
        (self.faults / point).touch()

    def reached(self, point: str) -> bool:
        return (self.faults / f"at-{point}").exists()

    def disarm(self) -> None:
        """Whoever waits goes on; nobody else will stop, and the clock is right again."""
        for path in self.faults.iterdir():
            if not path.name.startswith("ready-"):
                path.unlink(missing_ok=True)
        for sink in (self.sink, self.hook):
            sink.ask("clear")

    def taken(self, of: str) -> dict[str, list[tuple[float, str]]]:
        """What both servers took, by recipient: when, and which message."""
        return self.sink.taken(of) | self.hook.taken(of)

    def told(self, ask: str, of: str) -> list[str]:
        """Which recipients were `refused`, or were `gone`."""
        return [to for sink in (self.sink, self.hook) for to in sink.ask(ask, of=of)]

    def left(self) -> int:
        """How often the servers are to do wrong still."""
        return sum(int(sink.ask("left")) for sink in (self.sink, self.hook))

    def go_on(self, answer: str) -> None:
        """Whoever waits at a point goes on, if still alive."""
        for path in self.faults.glob("at-*"):
            path.unlink(missing_ok=True)
        for sink in (self.sink, self.hook):
            sink.ask("release", answer=answer)

    def clock(self, seconds: float) -> None:
        """By how much the database's clock is wrong from now on."""
        draft = self.faults / "clock.draft"
        draft.write_text(str(seconds))
        draft.rename(self.faults / "clock")

    def stood(self) -> float:
        """The longest time, since all was disarmed, in which a worker was given none."""
        return max((float(path.read_text() or 0) for path in self.faults.glob("stood-*")), default=0.0)

    def flush(self) -> None:
        """The broker forgets everything."""
        if self.redis is not None:
            subprocess.run(["redis-cli", "-p", str(self.redis.port), "flushall"], check=True, stdout=subprocess.DEVNULL)
        else:
            shutil.rmtree(self.home / "broker", ignore_errors=True)
            (self.home / "broker").mkdir(exist_ok=True)

    def waiting(self) -> int:
        """How many messages the broker holds that nobody has taken."""
        if self.redis is None:
            return sum(path.name.endswith(".celery.msg") for path in (self.home / "broker").iterdir())
        command = ["redis-cli", "-p", str(self.redis.port), "llen", "celery"]
        return int(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)

    def poison(self) -> None:
        """What no worker can read, know or run stands first in the queue."""
        unknown = {"body": "W10=", "content-type": "application/json", "content-encoding": "utf-8", "headers": {},
                   "properties": {"body_encoding": "base64", "delivery_info": {}, "delivery_tag": "x"}}  # fmt: skip
        call = {"lang": "py", "id": "1", "task": "members.tasks.nothing", "argsrepr": "()", "kwargsrepr": "{}"}
        wrong = {**call, "id": "2", "task": "members.tasks.sweep"}
        payloads = [b"\x80\x04not json", b"[1, 2", b"null", json.dumps(unknown).encode()]
        payloads += [json.dumps(unknown | {"headers": one}).encode() for one in (call, wrong)]
        payloads += [json.dumps(unknown | {"headers": wrong, "body": "!" * 1000}).encode(), b"[" * 200_000]
        for n, payload in enumerate(payloads):
            if self.redis is not None:
                command = ["redis-cli", "-p", str(self.redis.port), "-x", "lpush", "celery"]
                subprocess.run(command, input=payload, check=True, stdout=subprocess.DEVNULL)
            else:
                draft = self.home / "broker" / f"0{n}.draft"
                draft.write_bytes(payload)
                draft.rename(self.home / "broker" / f"0{n}_x.celery.msg")
