"""`python -m warp.serve`: the whole hub in one terminal, on this machine only. Imports no Django: see `watch`."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys

from warp.watch import Child, Watcher, die_with_parent

HOST = "127.0.0.1"


def commands(port: int) -> dict[str, list[str]]:
    """What the hub consists of: name and command line."""
    celery = [sys.executable, "-m", "celery", "--app", "warp.celery", "--quiet"]
    worker = ["worker", "--pool", "threads", "--concurrency", "4", "--loglevel", "WARNING"]
    alone = ["--without-gossip", "--without-mingle", "--without-heartbeat"]  # no other worker to talk to
    web = ["--config", "python:warp.gunicorn", "--bind", f"{HOST}:{port}"]
    return {
        "web": [sys.executable, "-m", "gunicorn", *web, "warp.wsgi"],
        "worker": [*celery, *worker, *alone],
        "beat": [*celery, "beat", "--loglevel", "WARNING", "--pidfile="],
    }


def answers(port: int) -> bool:
    """Whether the first page comes, which also fills the web server's template cache before anyone waits for it."""
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/")
        return bool(connection.getresponse().status)
    except OSError:
        return False
    finally:
        connection.close()


def taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a port just left is free
        try:
            probe.bind((HOST, port))
        except OSError:
            return True
    return False


def say(name: str, line: str) -> None:
    print(f"{name:<6} | {line}", flush=True)


def main() -> int:
    if "MAKELEVEL" in os.environ and (die := die_with_parent(os.getppid())):
        die()  # a killed `make run` takes the hub with it
    text = os.environ.get("PORT") or "8000"
    port = int(text) if text.isdecimal() and 0 < int(text) < 65536 else 0  # `prepare` says what is wrong with it
    if port and taken(port):
        print(f"Port {port} is in use on {HOST}. Stop what uses it, or choose another: make run PORT={port + 1}")
        return 2
    prepared = subprocess.run([sys.executable, "manage.py", "prepare"], check=False)
    if prepared.returncode:
        return prepared.returncode
    web, *others = (Child(name, command) for name, command in commands(port).items())
    children = [web, *(child.after_the_others(10.0) for child in others)]  # the first page comes sooner
    Watcher(children, say, lambda: answers(port), f"ready at http://{HOST}:{port}  (Ctrl-C stops it)").run()
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:  # while preparing
        sys.exit(130)
