from __future__ import annotations

import logging
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from advisories.collect import report, run, schedule
from advisories.management.asking import source_of
from advisories.models import Fetch, Source
from members import clock

log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Fetches the sources that are due, or one of them now. Exit status: 0 all taken or the same, 1 something "
    help += "refused, 2 an error."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--source", metavar="SLUG", help="fetch this source now, due or not")
        parser.add_argument("--json", action="store_true", help="print one JSON array and nothing else")

    def handle(self, *_args: Any, **options: Any) -> None:
        sources = [source_of(options["source"])] if options["source"] else list(schedule.due(clock.ask()))
        reports = []
        for source in tqdm(sources, unit=" sources", disable=None, file=sys.stderr, leave=False):
            if fetches := self.collected(source):
                reports.append(report.report(fetches, source.kind, source=source.slug))
            elif options["source"]:
                raise CommandError(f"{source.slug} is being fetched by somebody else at this moment.", returncode=2)
        report.write(self.stdout, reports, as_json=options["json"])
        if status := report.status(reports):
            sys.exit(status)

    def collected(self, source: Source) -> list[Fetch]:
        """The rows that the attempt left; none where somebody else was quicker. A bug is logged, others go on."""
        at = clock.ask()
        if not schedule.take(source, at):
            return []
        try:
            return run.collect(source, at)
        except Exception:
            log.exception("collecting failed by a fault of the hub", extra={"source": source.slug})
            return list(Fetch.objects.filter(source=source, at=at, outcome=Fetch.Outcome.ERROR))
