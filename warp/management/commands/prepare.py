"""Everything between an installed hub and a served one, in one process, safe to repeat at every start."""

from __future__ import annotations

import hashlib
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection

from warp.checks import OURS


class Command(BaseCommand):
    help = "Checks the settings, brings the database and the static files up to date, and on an empty database makes "
    help += "the demonstration WARP unless WARP_DEMO=0."
    requires_system_checks: list[str] = []  # in our own order: settings first, then the database they name

    def handle(self, *_args: Any, **options: Any) -> None:
        self.check(tags=[OURS])
        self.reach_database()
        self.check(databases=["default"])
        for folder in ("broker", "files", "mail"):
            (settings.HOME / folder).mkdir(parents=True, exist_ok=True)
        call_command("migrate", verbosity=0, interactive=False, skip_checks=True)
        call_command("createcachetable", verbosity=0)
        self.collect_static()
        if settings.DEMO and "demo" in get_commands() and not get_user_model()._default_manager.exists():
            call_command("demo", stdout=self.stdout, stderr=self.stderr)

    def reach_database(self) -> None:
        try:
            connection.ensure_connection()
        except DatabaseError as error:
            # The address may hold a password: only what the server or the file system said is shown.
            said = str(error).strip().splitlines()[0]
            raise CommandError(f"The database can't be reached: {said}. Start it, or correct DATABASE_URL.") from None

    def collect_static(self) -> None:
        """Copies and compresses the static files, but only when they differ from the last time."""
        stamp = settings.HOME / "static.stamp"
        print_of_now = fingerprint()
        if stamp.exists() and stamp.read_text() == print_of_now and settings.STATIC_ROOT.exists():
            return
        call_command("collectstatic", verbosity=0, interactive=False, clear=True, skip_checks=True)
        stamp.write_text(print_of_now)


def fingerprint() -> str:
    """Which static files there are, how long and how old: hex digest."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            digest.update(f"{path} {storage.size(path)} {storage.get_modified_time(path)}\n".encode())
    return digest.hexdigest()
