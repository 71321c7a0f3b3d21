from __future__ import annotations

import json
import sys
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from tqdm import tqdm

from members.delivery.send import sweep


class Command(BaseCommand):
    help = "Plans what is owed, then claims and sends what is due, until nothing is. Exit status: 0 all was sent or "
    help += "there was nothing, 1 some messages were refused or will be tried again, 2 a server can't be reached."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON array and nothing else")

    def handle(self, *_args: Any, **options: Any) -> None:
        began = time.monotonic()
        with tqdm(unit=" messages", disable=None, file=sys.stderr, leave=False) as bar:  # None: only on a terminal
            report = sweep(told=bar.update)
        found = {**vars(report), "seconds": round(time.monotonic() - began, 3)}
        if options["json"]:
            self.stdout.write(json.dumps([found]))
        else:
            self.stdout.write(", ".join(f"{word}: {value}" for word, value in found.items() if value != ""))
        if status := 2 if report.paused or report.failed else 1 if report.dead or report.later else 0:
            sys.exit(status)
