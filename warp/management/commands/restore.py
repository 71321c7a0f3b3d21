from __future__ import annotations

import json
import sqlite3
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from tqdm import tqdm

from members.refused import Refused
from warp.backup.restore import Restored, restore


class Command(BaseCommand):
    help = "Puts back what `backup` wrote; stop the hub first. Nothing that was sent is sent again: what was due then "
    help += "is held (see `held`). What ended, was erased or withdrawn since ends again, as far as the journal says "
    help += "(WARP_HOME/journal). Exit status: 0 all is decided, 1 something is held, 2 refused: nothing was touched."
    requires_system_checks: list[str] = []  # one of them refuses while a restore is half done

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--replace", action="store_true", help="over the hub that is in this database")
        parser.add_argument("--journal", metavar="FILE", type=Path, action="append", default=[],
                            help="another journal: of another machine, or a copy of a lost one")  # fmt: skip
        parser.add_argument("--other-keys", action="store_true", help="go on although the keys of that hub are lost")
        parser.add_argument("--json", action="store_true", help="print one JSON array and nothing else")

    def handle(self, *_args: Any, **options: Any) -> None:
        if lacking := [one for one in (options["file"], *options["journal"]) if not one.is_file()]:
            raise CommandError(f"There is no file {lacking[0]}.", returncode=2)
        try:
            with tqdm(unit="B", unit_scale=True, disable=None, file=sys.stderr, leave=False) as bar:
                done = restore(
                    options["file"], bar.update, replace=options["replace"], other_keys=options["other_keys"],
                    journals=options["journal"], begin=bar.reset,
                )  # fmt: skip
        except Refused as refused:
            raise CommandError(str(refused), returncode=2) from None
        except (OSError, sqlite3.Error, DatabaseError) as error:
            raise CommandError(f"The restore broke off: {error}. Mend that, and run it again.", returncode=2) from None
        self.told(done, as_json=options["json"])
        if done.held:
            sys.exit(1)

    def told(self, done: Restored, *, as_json: bool) -> None:
        if as_json:
            again = done.again._asdict()
            self.stdout.write(json.dumps([{**done._asdict(), "taken_at": done.taken_at.isoformat(), "again": again}]))
            return
        for line in sentences(done):
            self.stdout.write(line)


def sentences(done: Restored) -> list[str]:
    again, taken = done.again, f"{done.taken_at:%Y-%m-%d %H:%M:%S} UTC"
    said = [f"The hub is as it was on {taken}, with {done.files} files. Everybody signs in again."]
    if done.journals:
        said.append(
            f"As the journal says, since then {again.ended} rights had ended, {again.closed} accounts were closed, "
            f"{again.erased} people erased, {again.withdrawn} items withdrawn, {again.tightened} channels tightened: "
            f"they are again. {done.known} messages had gone out: they are not sent again."
        )
    else:
        said.append(
            "There is no journal: whoever was erased, closed or suspended since then, and whatever was withdrawn, is "
            "back. Find a copy of the journal and restore again with --journal, or end by hand what had ended."
        )
    if again.ahead:
        said.append(f"Approved to be released later, and not any more: {', '.join(again.ahead)}. Approve them anew.")
    if again.anew:
        said.append(f"Released anew since then: {', '.join(again.anew)}. None of them stands released now, since its "
                    "label may be stricter than it was: its handlers see it, and release it again.")  # fmt: skip
    if again.unverified:
        said.append(f"{again.unverified} telephones, channels and contacts' addresses get nothing before they are "
                    "verified again by those who registered them, and none is stated to be private: tell your "
                    "coordinators.")  # fmt: skip
    if done.exercises:
        said.append(f"Exercises that ran and are paused: {', '.join(done.exercises)}. What was owed of them is "
                    "dropped; whoever facilitates one resumes it.")  # fmt: skip
    said.append("Passwords and second factors are what they were: whoever changed or removed one since does it again.")
    if done.held:
        said.append(f"{done.held} announcements may have gone out since then, and are held: manage.py held list")
    return said
