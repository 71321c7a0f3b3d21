"""F11: from `make run` in a fresh clone to the first page, and what the whole hub holds in memory at rest."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from time import monotonic, sleep
from urllib.error import URLError
from urllib.request import urlopen

from benchmarks.measure import Figure, emit

HERE = Path(__file__).resolve().parent.parent
PATIENCE = 180.0
REST = 25.0


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "hub"
        subprocess.run(["git", "clone", "--quiet", str(HERE), str(clone)], check=True)
        first = _start(clone)
        again = _start(clone)
    emit([
        Figure("F11 make run, fresh clone", "sqlite", "to the first page", first[0], first[0] / 15, "<=1", "s"),
        Figure("F11 make run, again", "sqlite", "to the first page", again[0], again[0] / 15, "<=1", "s"),
        Figure("F11 the whole hub at rest", "sqlite", "shared pages shared out", first[1], first[1] / 512, "<=1", "MB"),
        Figure("F11 left behind after Ctrl-C", "sqlite", "processes", first[2], float(first[2]), "0", ""),
    ])  # fmt: skip


def _start(clone: Path) -> tuple[float, float, int]:
    """(seconds to the first page, MB at rest, processes left after Ctrl-C)."""
    port = free_port()
    ours = ("WARP_", "DATABASE_", "REDIS_", "DJANGO_", "VIRTUAL_")
    env = {k: v for k, v in os.environ.items() if not k.startswith(ours)}
    began = monotonic()
    hub = subprocess.Popen(
        ["make", "run"], cwd=clone, env={**env, "PORT": str(port)}, stdout=sys.stderr, start_new_session=True
    )
    try:
        seconds = _first_page(hub, port, began)
        sleep(REST)
        tree = descendants(hub.pid)
        megabytes = sum(map(_pss, tree)) / 1024
    finally:
        os.killpg(hub.pid, signal.SIGINT)
        hub.wait(timeout=30)
    sleep(1)
    return seconds, megabytes, sum(Path(f"/proc/{pid}").exists() for pid in tree)


def _first_page(hub: subprocess.Popen[bytes], port: int, began: float) -> float:
    while monotonic() - began < PATIENCE:
        if hub.poll() is not None:
            raise SystemExit(f"make run ended with status {hub.returncode} before the first page")
        try:
            with urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
                if answer.status == 200:
                    return monotonic() - began
        except (URLError, ConnectionError, TimeoutError):
            sleep(0.05)
    raise SystemExit(f"no page after {PATIENCE:.0f} s")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def descendants(root: int) -> list[int]:
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue  # it ended while we looked
    found = [root]
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid]
    return found


def _pss(pid: int) -> int:
    """Kilobytes of a process, pages that it shares counted by their share."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


if __name__ == "__main__":
    main()
