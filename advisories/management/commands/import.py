from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from tqdm import tqdm

from advisories.collect import report, run
from advisories.collect.base import BIG, CollectError
from advisories.collect.detect import detect
from advisories.collect.folder import TOO_LARGE, UNREADABLE
from advisories.collect.sources import imported
from advisories.management.asking import label_of, source_of, warp_of
from members import clock


class Command(BaseCommand):
    help = "Reads files of any kind that the hub collects, told apart by their content. Exit status: 0 all taken or "
    help += "the same, 1 something refused, 2 an error."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", metavar="FILE", nargs="+")
        parser.add_argument("--source", metavar="SLUG", help="whose entries they become; by default “imported”")
        parser.add_argument("--tlp", metavar="LABEL", help="the label of what comes unmarked; else the source's")
        parser.add_argument("--json", action="store_true", help="print one JSON array and nothing else")

    def handle(self, *_args: Any, **options: Any) -> None:
        label = label_of(options["tlp"]) if options["tlp"] else None
        at = clock.ask()
        source = source_of(options["source"]) if options["source"] else imported(warp_of(None), at)
        reports = []
        for file in tqdm(options["files"], unit=" files", disable=None, file=sys.stderr, leave=False):
            body = content(Path(file))
            kind = detect(body) if isinstance(body, bytes) else None
            fetch = run.take_file(source, Path(file).name, body, at, label)
            reports.append(report.report([fetch], kind or "", file=file))
        for one in reports:
            one["error"] = one["error"].removeprefix(f"{Path(one['file']).name}: ")
        report.write(self.stdout, reports, as_json=options["json"])
        if status := report.status(reports):
            sys.exit(status)


def content(path: Path) -> bytes | CollectError:
    """The file's bytes, or why there are none."""
    try:
        with path.open("rb") as file:
            body = file.read(BIG.wire + 1)
    except OSError as error:
        return CollectError(UNREADABLE, name=path.name, why=error.strerror or str(error))
    if len(body) > BIG.wire:
        return CollectError(TOO_LARGE, refused=True, name=path.name, limit=BIG.wire)
    return body
