"""Private servers for the time of a benchmark or a proof, where they are installed; PostgreSQL refuses to be root."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import sleep
from typing import Any

from benchmarks.startup import free_port


def _bin() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    there = shutil.which("initdb")
    return Path(there).parent if there else None


class Postgres:
    """One server of our own, empty but for the database `hub`. It can be killed and started again."""

    def __init__(self, binaries: Path) -> None:
        self.binaries, self.port = binaries, free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="warp-bench-"))
        self.url = f"postgresql://hub@127.0.0.1:{self.port}/hub"
        user = _owner()
        if user is not None:
            os.chown(self.folder, user.pw_uid, user.pw_gid)
        self.run: dict[str, Any] = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
        options = ["-U", "hub", "--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8"]
        init = [str(binaries / "initdb"), "-D", str(self.folder / "data"), *options]
        subprocess.run(init, check=True, stdout=subprocess.DEVNULL, **self.run)
        self.start()
        subprocess.run([str(binaries / "createdb"), *self.where, "hub"], check=True)

    @property
    def where(self) -> list[str]:
        return ["-h", "127.0.0.1", "-p", str(self.port), "-U", "hub"]

    def start(self) -> None:
        """And wait until it answers."""
        options = [
            "listen_addresses=127.0.0.1",
            f"port={self.port}",
            f"unix_socket_directories={self.folder}",
            "shared_buffers=512MB",
        ]
        self.server = subprocess.Popen(
            [self.binaries / "postgres", "-D", self.folder / "data", *(w for one in options for w in ("-c", one))],
            stderr=subprocess.DEVNULL, **self.run,
        )  # fmt: skip
        ready = [str(self.binaries / "pg_isready"), *self.where]
        while subprocess.run(ready, stdout=subprocess.DEVNULL, check=False).returncode:
            sleep(0.05)

    def stop(self, number: int = signal.SIGINT) -> None:
        """SIGQUIT: at once, without a word to anybody, as after a crash."""
        self.server.send_signal(number)
        self.server.wait(timeout=60)

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder)


class Redis:
    """One server of our own that keeps nothing on disk."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        options = ["--bind", "127.0.0.1", "--port", str(self.port), "--save", "", "--appendonly", "no"]
        self.server = subprocess.Popen(["redis-server", *options], stdout=subprocess.DEVNULL)
        ask = ["redis-cli", "-p", str(self.port), "ping"]
        while subprocess.run(ask, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode:
            sleep(0.02)

    def stop(self, number: int = signal.SIGTERM) -> None:
        self.server.send_signal(number)
        self.server.wait(timeout=60)


class Sink:
    """The recording mail server, and how it is told what to do. `module`: another that is told in the same way."""

    def __init__(self, module: str = "benchmarks.sink") -> None:
        self.port, control = free_port(), free_port()
        command = [sys.executable, "-m", module, str(self.port), str(control)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE)
        assert self.process.stdout is not None and self.process.stdout.readline() == b"ready\n"
        self.control = socket.create_connection(("127.0.0.1", control)).makefile("rw")

    def ask(self, ask: str, **words: Any) -> Any:
        self.control.write(json.dumps({"ask": ask, **words}) + "\n")
        self.control.flush()
        return json.loads(self.control.readline())

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()

    def order(self, at: str, do: str, times: int = 1) -> None:
        self.ask("order", order={"at": at, "do": do, "times": times})

    def taken(self, of: str) -> dict[str, list[tuple[float, str]]]:
        return dict(self.ask("taken", of=of))


def installed() -> Path | None:
    """Where PostgreSQL's programs are, if Redis is here as well."""
    return _bin() if shutil.which("redis-server") else None


@contextmanager
def postgres() -> Iterator[str | None]:
    """The address of an empty database, or None where no PostgreSQL server is installed."""
    binaries = _bin()
    if binaries is None:
        yield None
        return
    server = Postgres(binaries)
    try:
        yield server.url
    finally:
        server.remove()


def _owner() -> pwd.struct_passwd | None:
    """Whom the server runs as: us, unless we are root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise SystemExit("PostgreSQL refuses to run as root, and there is no user postgres or nobody to run it as")
