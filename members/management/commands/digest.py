from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from members import clock
from members.delivery.digest import digest


class Command(BaseCommand):
    help = "Plans the digests that are due; `send` sends them. Exit status: 0, or 2 for a time that is not understood."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--at", metavar="TIME", help="plan those due at this time, like 2026-11-23T08:00+00:00")
        parser.add_argument("--json", action="store_true", help="print one JSON array and nothing else")

    def handle(self, *_args: Any, **options: Any) -> None:
        at = moment(options["at"]) if options["at"] else clock.ask()
        planned = digest(at)
        if options["json"]:
            self.stdout.write(json.dumps([{"at": at.isoformat(), "planned": planned}]))
        else:
            self.stdout.write(f"{planned} digests planned for {at.isoformat()}")


def moment(text: str) -> datetime:
    """An aware time as ISO 8601 writes it. One without an offset might be any of two hours: refused."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        said = f"{text!r} is not a time with its offset. Write it like 2026-11-23T08:00+00:00, or …Z for UTC."
        raise CommandError(said, returncode=2)
    return at
