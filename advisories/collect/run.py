"""Collect from a source: fetch, parse, store, and leave a row that says how it went.

A bad source fails alone and is remembered. A bug is written down as an error of that source, and then raised.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.conf import settings
from django.utils.translation import gettext as _

from advisories.collect import folder, moved, reading, schedule, signin
from advisories.collect.attempt import attempt, failed
from advisories.collect.base import CollectError
from advisories.collect.mail import imap
from advisories.collect.reading import Read
from advisories.collect.walk import Step, Walk
from advisories.models import Document, Fetch, Source

BAD = {Fetch.Outcome.REFUSED, Fetch.Outcome.ERROR}


def collect(source: Source, at: datetime) -> list[Fetch]:
    """One attempt at `source`: a row for its document, and for each that it names which is fetched; for a folder, one
    for each file that is new or bad, or one that says that nothing is.

    Claim it first (schedule.take). Raises only what is a bug, after writing that down too.
    """
    try:
        return WAYS.get(source.kind, _web)(source, at)
    except Exception:
        schedule.fail(source, at, None)
        raise


def take_file(source: Source, name: str, body: bytes | CollectError, at: datetime, label: str | None = None) -> Fetch:
    """One file of whatever kind into `source`. `label`: for what comes unmarked, in place of the source's own."""
    row = Fetch(source=source, at=at, document=name[:255])
    attempt(row, lambda: _read(body, at, _taken(source).get(row.document, "")), label)
    return row


def _web(source: Source, at: datetime) -> list[Fetch]:
    """A row for the source's own document, and for each that it names and that was fetched."""
    rows: list[Fetch] = []
    walk, validators = Walk(source, at), dict[str, str]()
    for step in walk:
        row = Fetch(source=source, at=at, document=step.link.url[:255] if rows else "")
        got = attempt(row, partial(_got, step), then=partial(_remember, source, step, at))
        if isinstance(got, CollectError) and not rows:
            schedule.fail(source, at, got)
            return [row]
        validators |= got.validators if isinstance(got, Read) else {}
        rows.append(row)
    state = moved.follow(source, moved.counted(source, walk.state, walk.moved_to), at)
    if any(row.outcome in BAD for row in rows) or walk.failed:
        schedule.fail_in_part(source, at, **validators, **state)
    else:
        fresh = any(row.new or row.changed for row in rows)
        schedule.succeed(source, at, more=bool(walk.left), fresh=fresh, **validators, **state)
    return rows


def _got(step: Step) -> Read:
    if isinstance(step.got, CollectError):
        raise step.got
    return step.got


def _remember(source: Source, step: Step, at: datetime) -> None:
    """That it was taken under this stamp, or today refused for what it says."""
    if step.link.stamp:
        words = {"stamp": step.stamp(at), "taken_at": at}
        Document.objects.update_or_create(source=source, key=step.key, defaults=words)


def _mailbox(source: Source, at: datetime) -> list[Fetch]:
    """A row for each new mail, or one that says that none is. How far it was read is kept mail by mail."""
    rows, state = list[Fetch](), dict(source.state)
    try:
        name, _colon, password = signin.opened(source).partition(":")
        for letter in imap.messages(
            source.url, credentials=(name, password), cursor=state.get("cursor", ""),
            limits=reading.limits_of(source), allow=settings.COLLECT_ALLOW,
        ):  # fmt: skip
            row = Fetch(source=source, at=at, document=_("mail %(uid)d") % {"uid": letter.uid})
            attempt(row, partial(reading.from_mail, letter.body, at, state))
            rows.append(row)
            state["cursor"] = letter.cursor
            Source.objects.filter(pk=source.pk).update(state=state)
    except CollectError as error:
        rows.append(failed(Fetch(source=source, at=at), error))
        schedule.fail(source, at, error)
        return rows
    return _ended(source, rows, at, more=len(rows) >= imap.MOST_LETTERS)


def _folder(source: Source, at: datetime) -> list[Fetch]:
    rows: list[Fetch] = []
    taken = _taken(source)
    try:
        for name, body in folder.read(reading.folder_of(source), reading.limits_of(source)):
            row = Fetch(source=source, at=at, document=name[:255])
            if not isinstance(body, bytes) or reading.digest(body) != taken.get(row.document):
                attempt(row, partial(_read, body, at))
                rows.append(row)
    except CollectError as error:
        rows.append(failed(Fetch(source=source, at=at), error))
        schedule.fail(source, at, error)
        return rows
    return _ended(source, rows, at)


def _ended(source: Source, rows: list[Fetch], at: datetime, *, more: bool = False) -> list[Fetch]:
    if any(row.outcome in BAD for row in rows):
        schedule.fail_in_part(source, at)
    else:
        schedule.succeed(source, at, more=more)
    return rows or [Fetch.objects.create(source=source, at=at, outcome=Fetch.Outcome.SAME)]


def _read(body: bytes | CollectError, at: datetime, taken: str = "") -> Read:
    if isinstance(body, CollectError):
        raise body
    return reading.from_bytes(body, at, taken)


def _taken(source: Source) -> dict[str, str]:
    """By name of the file: the hash of what was taken of it last."""
    rows = Fetch.objects.filter(source=source).exclude(document="").exclude(body_hash="").order_by("pk")
    return dict(rows.values_list("document", "body_hash"))


WAYS = {Source.Kind.FOLDER.value: _folder, Source.Kind.MAILBOX.value: _mailbox}
