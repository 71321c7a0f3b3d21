"""A hub's database for a benchmark: the one of DATABASE_URL, or SQLite under WARP_HOME; emptied by who made it."""

from __future__ import annotations

import os

import django


def setup() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "warp.settings")
    django.setup()


def fill(advisories: int, *, searched: bool = False) -> str:
    """Migrate, draw people and `advisories`, in the search index too where they are `searched`; the vendor's name."""
    from django.core.management import call_command
    from django.db import connection, transaction

    from benchmarks import data

    call_command("migrate", verbosity=0)
    with transaction.atomic():
        data.people()
        data.advisories(advisories, searched=searched)
    return connection.vendor
