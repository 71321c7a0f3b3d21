"""The watcher starts all, restarts what falls, and leaves nothing behind however it ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from warp import serve, watch

ROOT = Path(__file__).parent.parent.parent
# Watches the children named on its command line, each a piece of Python that gets the folder for its notes.
WATCHER = """
import sys
from warp import watch
watch.GRACE = 1.0
children = [watch.Child(str(n), [sys.executable, "-c", code]) for n, code in enumerate(sys.argv[1:])]
watch.Watcher(children, lambda name, line: print(name, line, sep="|", flush=True), lambda: True, "ready").run()
"""
# Notes its process id, so that the test can see whether it is still there.
NOTE = "import os, sys, time, signal; open(f'{os.getpid()}.pid', 'w').close(); "
QUIET = NOTE + "time.sleep(60)"
STUBBORN = NOTE + "signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
PARENT = NOTE + f"import subprocess; subprocess.Popen([sys.executable, '-c', {QUIET!r}]); time.sleep(60)"


def until(true: Callable[[], bool], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not (status.exists() and status.read_text().rpartition(")")[2].split()[0] == "Z")


class Watched:
    """A watcher at work in a folder, and the processes that noted themselves there."""

    def __init__(self, folder: Path, *codes: str) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-c", WATCHER, *codes],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            text=True,
        )

    def pids(self) -> list[int]:
        return [int(path.stem) for path in self.folder.glob("*.pid")]

    def stop(self, number: int = signal.SIGINT) -> list[str]:
        """What it printed after the signal was sent and until it ended."""
        self.process.send_signal(number)
        return self.process.communicate(timeout=15)[0].splitlines()


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Callable[..., Watched]]:
    started: list[Watched] = []

    def start(*codes: str, processes: int | None = None) -> Watched:
        one = Watched(tmp_path, *codes)
        started.append(one)
        until(lambda: len(one.pids()) >= (processes or len(codes)))
        return one

    yield start
    for one in started:
        for pid in [one.process.pid, *one.pids()]:
            if alive(pid):
                os.kill(pid, signal.SIGKILL)
        one.process.wait()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_asked_to_stop_it_stops_all_and_says_no_error(watched: Callable[..., Watched], number: int) -> None:
    one = watched(QUIET, QUIET)
    one.stop(number)
    assert one.process.returncode == 0
    assert not any(map(alive, one.pids()))


def test_a_child_that_will_not_listen_is_ended_all_the_same(watched: Callable[..., Watched]) -> None:
    one = watched(STUBBORN)
    assert one.process.stdout
    while "deaf" not in one.process.stdout.readline():
        pass
    one.stop()
    assert not any(map(alive, one.pids()))


def test_a_grandchild_goes_too(watched: Callable[..., Watched]) -> None:
    one = watched(PARENT, processes=2)
    one.stop()
    assert not any(map(alive, one.pids()))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs the kernel's parent-death signal")
def test_a_killed_watcher_takes_its_children_with_it(watched: Callable[..., Watched]) -> None:
    one = watched(QUIET, QUIET)
    one.process.kill()
    until(lambda: not any(map(alive, one.pids())))


def test_a_child_that_falls_is_started_again_ever_more_slowly(watched: Callable[..., Watched]) -> None:
    one = watched(NOTE + "print('falling'); sys.exit(3)", QUIET, processes=4)
    lines = one.stop()
    assert "0|falling" in lines
    assert "hub|0 ended (exit status 3); starting it again in 1 s" in lines
    assert "hub|0 ended (exit status 3); starting it again in 2 s" in lines
    assert not any(line.startswith("hub|1 ended") for line in lines)


def test_its_last_words_are_heard(watched: Callable[..., Watched]) -> None:
    """Two lines and a half, printed by a child as it ends."""
    last = "signal.signal(signal.SIGTERM, lambda *_: (sys.stdout.write('one\\ntwo\\nthr'), sys.exit(0))); "
    one = watched(NOTE + last + "print('armed', flush=True); time.sleep(60)")
    assert one.process.stdout
    while "armed" not in one.process.stdout.readline():
        pass
    assert [line for line in one.stop() if line.startswith("0|")] == ["0|one", "0|two", "0|thr"]


def test_a_port_in_use_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("MAKELEVEL", raising=False)
    with socket.socket() as other:
        other.bind((serve.HOST, 0))
        other.listen()
        port = other.getsockname()[1]
        monkeypatch.setenv("PORT", str(port))
        assert serve.main() == 2
    said = capsys.readouterr().out
    assert said.count("\n") == 1
    assert f"Port {port} is in use" in said
    assert f"PORT={port + 1}" in said


def test_a_hub_that_cannot_be_prepared_is_not_served(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("MAKELEVEL", raising=False)
    monkeypatch.chdir(ROOT)
    for name, value in {"PORT": "eighty", "WARP_HOME": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    assert serve.main() == 1
    assert not (tmp_path / "hub.sqlite3").exists()


def test_what_comes_after_the_others_starts_when_they_are_ready_or_when_they_never_are() -> None:
    web, worker, beat = (watch.Child(name, ["true"]) for name in ("web", "worker", "beat"))
    watcher = watch.Watcher(
        [web, worker.after_the_others(60.0), beat.after_the_others(0.0)], lambda *_: None, lambda: True, "ready"
    )
    watcher.start_what_is_due()
    assert [child.running() or child.ended() for child in watcher.children] == [True, False, True]
    watcher.greet()
    watcher.start_what_is_due()
    assert worker.running() or worker.ended()
    watcher.stop()
