"""A private PostgreSQL for the time of a benchmark, where its server is installed; it refuses to be root."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
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


@contextmanager
def postgres() -> Iterator[str | None]:
    """The address of an empty database, or None where no PostgreSQL server is installed."""
    binaries = _bin()
    if binaries is None:
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="warp-bench-"))
    user = _owner()
    data, port = folder / "data", free_port()
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
    run: dict[str, Any] = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
    init = [
        binaries / "initdb",
        "-D",
        data,
        "-U",
        "hub",
        "--auth",
        "trust",
        "--encoding",
        "UTF8",
        "--locale",
        "C.UTF-8",
    ]
    subprocess.run([*map(str, init)], check=True, stdout=subprocess.DEVNULL, **run)
    options = [
        "listen_addresses=127.0.0.1",
        f"port={port}",
        f"unix_socket_directories={folder}",
        "shared_buffers=512MB",
    ]
    server = subprocess.Popen(
        [binaries / "postgres", "-D", data, *(word for option in options for word in ("-c", option))],
        stderr=subprocess.DEVNULL, **run,
    )  # fmt: skip
    try:
        where = ["-h", "127.0.0.1", "-p", str(port), "-U", "hub"]
        while subprocess.run([binaries / "pg_isready", *where], stdout=subprocess.DEVNULL, check=False).returncode:
            sleep(0.1)
        subprocess.run([binaries / "createdb", *where, "hub"], check=True)
        yield f"postgresql://hub@127.0.0.1:{port}/hub"
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(timeout=60)
        shutil.rmtree(folder)


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
