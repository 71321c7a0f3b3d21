from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from advisories import bounces
from advisories.collect.base import CollectError
from members import clock
from members.models import Address


class Command(BaseCommand):
    help = "Reads what mail servers say of mails that came back: from files or folders, from standard input (-), or "
    help += "without either from the mailbox of BOUNCES_URL. Exit status: 0 read, 2 it can't be."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", metavar="FILE", nargs="*")
        parser.add_argument("--bad", action="store_true", help="read nothing: show the addresses that get no mail")
        parser.add_argument("--json", action="store_true", help="print one JSON array and nothing else")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["bad"]:
            self._show(options["json"])
            return
        at = clock.ask()
        try:
            read = bounces.take(_mails(options["files"]), at) if options["files"] else self._mailbox(at)
        except (CollectError, OSError) as error:
            raise CommandError(str(error), returncode=2) from error
        if options["json"]:
            self.stdout.write(json.dumps([vars(read)]))
        else:
            said = f"{read.mails} read: {read.came_back} came back, {read.delayed} delayed, {read.not_ours} not ours"
            self.stdout.write(said)

    def _mailbox(self, at: Any) -> bounces.Read:
        if not settings.BOUNCES_URL[0]:
            raise CommandError("BOUNCES_URL is not set: name files, or - for standard input.", returncode=2)
        return bounces.from_mailbox(at)

    def _show(self, as_json: bool) -> None:
        bad = Address.objects.filter(bad_since__isnull=False, ended_at=None).order_by("bad_since", "pk")
        rows = [(one.channel, one.value, one.bad_since.isoformat()) for one in bad if one.bad_since]
        if as_json:
            self.stdout.write(
                json.dumps([dict(zip(("channel", "address", "since"), row, strict=True)) for row in rows])
            )
        for row in [] if as_json else rows:
            self.stdout.write("  ".join(row))


def _mails(names: list[str]) -> Iterator[bytes]:
    """One byte more than is taken: what is larger is known by it."""
    for name in names:
        if name == "-":
            yield sys.stdin.buffer.read(bounces.LIMITS.wire + 1)
            continue
        path = Path(name)
        for file in sorted(path.iterdir()) if path.is_dir() else [path]:
            if file.is_file():
                with file.open("rb") as mail:
                    yield mail.read(bounces.LIMITS.wire + 1)
