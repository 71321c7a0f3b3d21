"""One document: read it, store all of it or nothing, and leave a row that says how it went."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext as _

from advisories.collect import quarantine, schedule, scores
from advisories.collect.base import CollectError, Parsed
from advisories.collect.reading import Read
from advisories.collect.store import store
from advisories.models import Fetch

MOST_REFUSALS = 20  # of one document, that are kept word by word


def attempt(
    row: Fetch, read: Callable[[], Read], label: str | None = None, then: Callable[[], None] = lambda: None
) -> Read | CollectError:
    """Read a document, store all of it or nothing of it, do `then` with it, and save `row`."""
    begun = time.monotonic()
    try:
        got = read()
        with transaction.atomic():
            row.outcome = Fetch.Outcome.SAME
            if got.parsed is not None:
                _store(row, got.parsed, label)
            row.body_hash, row.seconds = got.body_hash, time.monotonic() - begun
            row.save()
            then()
        return got
    except CollectError as error:
        row.seconds = time.monotonic() - begun
        failed(row, error)
        if error.refused:
            then()
        return error
    except Exception as bug:
        row = Fetch(source=row.source, at=row.at, document=row.document, outcome=Fetch.Outcome.ERROR)
        row.error = _("The hub itself failed (%(what)s); its log says more.") % {"what": type(bug).__name__}
        row.save()
        raise


def _store(row: Fetch, parsed: Parsed, label: str | None) -> None:
    counts = store(row.source, parsed, row.at, label)
    if parsed.scores:
        new, changed, same = scores.keep(row.source, parsed.scores, row.at)
        counts = replace(counts, new=counts.new + new, changed=counts.changed + changed, same=counts.same + same)
    row.new, row.changed, row.same, row.gone = counts.new, counts.changed, counts.same, counts.gone
    row.notice = counts.notice
    refusals = [*parsed.refusals, *counts.refused]
    row.refused = len(refusals)
    row.refusals = [[refusal.guid, refusal.reason] for refusal in refusals[:MOST_REFUSALS]]
    row.items = len(parsed.entries) + len(parsed.scores) + len(parsed.refusals)
    unchanged = (
        not counts.notice
        and counts.same == len(parsed.entries) + len(parsed.scores)
        and bool(row.items or parsed.links)
    )
    if refusals or counts.gone or not unchanged:
        row.outcome = Fetch.Outcome.OK


def failed(row: Fetch, error: CollectError) -> Fetch:
    row.outcome = Fetch.Outcome.REFUSED if error.refused else Fetch.Outcome.ERROR
    row.error = str(error)
    if error.document is not None:
        row.kept = quarantine.keep(row.source, error.document, row.at)
    if schedule.is_gone(error):
        row.error += " " + _("The source has been turned off.")
    row.save()
    return row
