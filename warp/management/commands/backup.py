from __future__ import annotations

import json
import sqlite3
import sys
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from members.refused import Refused
from warp.backup import make


class Command(BaseCommand):
    help = "Writes a backup of the database and the files to FILE while the hub runs, for its owner alone. Not in "
    help += "it: the keys (WARP_HOME/secret-key, origin-key). Keep copies of those, and of the journal, elsewhere. "
    help += "Exit status: 0, 2 nothing was written."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path, help="one that is not there yet")
        parser.add_argument("--json", action="store_true", help="print one JSON array and nothing else")

    def handle(self, *_args: Any, **options: Any) -> None:
        target, began = options["file"].absolute(), time.monotonic()
        if not target.parent.is_dir():
            raise CommandError(f"There is no folder {target.parent}.", returncode=2)
        try:
            with tqdm(total=make.size(), unit="B", unit_scale=True, disable=None, file=sys.stderr, leave=False) as bar:
                made = make.backup(target, bar.update)
        except Refused as refused:
            raise CommandError(str(refused), returncode=2) from None
        except (OSError, sqlite3.Error) as error:
            raise CommandError(f"{target} was not written: {error}.", returncode=2) from None
        said = {"file": str(target), "bytes": target.stat().st_size, "files": len(made.entries) - 1,
                "taken_at": made.taken_at.isoformat(), "seconds": round(time.monotonic() - began, 3)}  # fmt: skip
        if options["json"]:
            self.stdout.write(json.dumps([said]))
        else:
            self.stdout.write("{file}: {bytes} bytes, the database and {files} files of {taken_at}.".format(**said))
            self.stdout.write("The keys are not in it: keep WARP_HOME/secret-key and origin-key elsewhere, too.")
