"""PostgreSQL: dumped by pg_dump, put back by pg_restore and psql in one transaction, so that it is whole or not at all.

The tools come with PostgreSQL's client package. They are told the password by the environment, never on the command
line.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from django.db import connection
from django.db.backends.postgresql.client import DatabaseClient
from django.utils.translation import gettext as _

from members.refused import Refused
from warp.backup.archive import CHUNK

DEBIAN = Path("/usr/lib/postgresql")


def snapshot(beside: Path) -> Iterator[bytes]:
    """The database at one moment, while others read and write it. Raises Refused where pg_dump does not do it."""
    command = [str(tool("pg_dump")), "--format=custom", "--no-owner", "--no-privileges", "--dbname", _name()]
    with subprocess.Popen(command, env=_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as dump:  # noqa: S603
        assert dump.stdout is not None and dump.stderr is not None
        while chunk := dump.stdout.read(CHUNK):
            yield chunk
        said = dump.stderr.read()
    if dump.returncode:
        raise _failed("pg_dump", said)


def size() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def version() -> str:
    return str(_major(tool("pg_dump")))


def put(copy: Path) -> None:
    """The hub's database is what `copy` dumped from now on, or stays as it was. Raises Refused."""
    restore, psql, tables = tool("pg_restore"), tool("psql"), _tables()
    connection.close()
    script = [str(restore), "--clean", "--if-exists", "--no-owner", "--no-privileges", "--file=-", str(copy)]
    into = [str(psql), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--dbname", _name()]
    pipe, env = subprocess.PIPE, _environment()
    with (
        subprocess.Popen(into, env=env, stdin=pipe, stdout=subprocess.DEVNULL, stderr=pipe) as target,  # noqa: S603
        subprocess.Popen(script, env=env, stdout=pipe, stderr=pipe) as source,  # noqa: S603
    ):
        assert source.stdout and source.stderr and target.stdin and target.stderr
        try:
            _fill(target.stdin, source, tables)
        except BrokenPipeError:  # psql has given up, and says why
            source.kill()
            with contextlib.suppress(BrokenPipeError):
                target.stdin.close()
        if source.wait() and source.returncode > 0:
            raise _failed("pg_restore", source.stderr.read())
        said = target.stderr.read()
        if target.wait():
            raise _failed("psql", said)


def _fill(psql: IO[bytes], source: subprocess.Popen[bytes], tables: list[str]) -> None:
    """All in one transaction, and committed only where pg_restore had no complaint: half a script ends in nothing."""
    assert source.stdout is not None
    psql.write(b"BEGIN;\n")
    for table in tables:  # those of a newer hub are not in the dump, and would stay
        psql.write(f"DROP TABLE IF EXISTS {connection.ops.quote_name(table)} CASCADE;\n".encode())
    while chunk := source.stdout.read(CHUNK):
        psql.write(chunk)
    if source.wait() == 0:
        psql.write(b"\nCOMMIT;\n")
    psql.close()


def others() -> int:
    """How many others are connected to the hub's database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        )
        return int(cursor.fetchone()[0])


def tool(name: str) -> Path:
    """The program of that name that fits the server: of its own version, else of a newer one. Raises Refused."""
    connection.ensure_connection()
    wanted = connection.pg_version // 10000  # type: ignore[attr-defined]
    found = {_major(path): path for path in reversed(_candidates(name))}
    if fitting := sorted(major for major in found if major >= wanted):
        return found[fitting[0]]
    there = ", ".join(str(major) for major in sorted(found) if major)
    said = _("The server is PostgreSQL %(wanted)d, and %(tool)s of that version or later is not here (%(there)s).")
    said += " " + _("Install its client, on Debian: apt install postgresql-client-%(wanted)d")
    raise Refused(said % {"wanted": wanted, "tool": name, "there": there or _("there is none")})


def _candidates(name: str) -> list[Path]:
    on_path = shutil.which(name)
    return [*([Path(on_path)] if on_path else []), *sorted(DEBIAN.glob(f"*/bin/{name}"))]


def _major(path: Path) -> int:
    """Its version; 0 where it does not say one."""
    try:
        said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False, timeout=20).stdout  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return 0
    return int(found[1]) if (found := re.search(r"\) (\d+)", said)) else 0


def _tables() -> list[str]:
    with connection.cursor() as cursor:
        return connection.introspection.table_names(cursor)


def _environment() -> dict[str, str]:
    settings: Any = connection.settings_dict
    _args, env = DatabaseClient.settings_to_cmd_args_env(settings, [])
    named = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}
    ours = {name: str(settings[key]) for name, key in named.items() if settings[key]}
    options = str(settings["OPTIONS"].get("options", ""))
    return {**os.environ, **(env or {}), **ours, "PGOPTIONS": options, "PGCONNECT_TIMEOUT": "10", "LC_ALL": "C.UTF-8"}


def _name() -> str:
    return str(connection.settings_dict["NAME"])


def _failed(name: str, said: bytes) -> Refused:
    lines = said.decode(errors="replace").strip().splitlines() or ["?"]
    words = _("%(tool)s failed: %(said)s")
    return Refused(words % {"tool": name, "said": next((line for line in lines if "rror" in line), lines[-1])})
