"""A hub with a source for each hostile document: what it knew before, what the document came to, what comes next."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from advisories.collect import kinds, quarantine
from advisories.collect.base import ParseContext, Parsed
from advisories.collect.run import collect
from advisories.collect.worker import WALL
from advisories.models import Entry, Fetch, Source
from tests.advisories.collect.conftest import Answer, Site
from tests.advisories.feeds import AT, source
from tests.hostile.documents.case import FILE, LEAK, TRAP, Case
from tests.hostile.documents.good import GOOD, HEADERS
from tests.hostile.test_addresses import Trap
from tests.members.world import World

Run = Callable[[str, bytes, ParseContext], Parsed]
PATH = "/taxii2/one/collections/1/objects/"


class Routes(dict[str, Answer]):
    """Gives the same page whenever its objects were added; what isn't there is not found."""

    def __missing__(self, path: str) -> Answer:
        bare, _, query = path.partition("?")
        return self[bare] if query.startswith("added_after=") else lambda handler: handler.send_error(404)


def here(child: Run) -> Run:
    """Reads the good documents here, since a child for each takes long, and all others in the child."""
    good = {make(number): kind for kind, make in GOOD.items() for number in (1, 2)}

    def run(module: str, body: bytes, context: ParseContext) -> Parsed:
        return kinds.KINDS[good[body]].parse(body, context) if body in good else child(module, body, context)

    return run


class Hub:
    """`bystander`: another source of another WARP, which says the same."""

    def __init__(self, world: World, site: Site, trap: Trap, home: Path) -> None:
        self.world, self.site, self.trap, self.home = world, site, trap, home
        (home / "secret").write_text(LEAK)
        self.bystanders = set[str]()
        site.routes = Routes()

    def tries(self, kind: str, number: int, case: Case) -> list[str]:
        """What is wrong with what comes of the document; nothing where all is as it must be."""
        news = self._source("wm", kind, f"hostile-{number}")
        if kind not in self.bystanders:
            self.bystanders.add(kind)
            self._comes(self._source("kent", kind, f"bystander-{kind}"), GOOD[kind](1))
        self._comes(news, GOOD[kind](1))
        before = _all()
        body = self._placed(case.bytes())
        begun = time.monotonic()
        try:
            row = self._comes(news, body, 1, **case.headers)
        except Exception as bug:
            return [f"raised {bug!r}"]
        wrong = [*_judged(row, case, news), *_kept(row, case, body)]
        if time.monotonic() - begun > WALL * kinds.KINDS[kind].limits.cpu_seconds:
            wrong.append("took too long")
        return [*wrong, *self._harm(before), *self._goes_on(news, kind)]

    def _source(self, warp: str, kind: str, slug: str) -> Source:
        return source(self.world.warps[warp], slug, kind, url=self.site.url(PATH))

    def _comes(self, news: Source, body: bytes, hours: int = 0, **headers: str) -> Fetch:
        told: dict[str, Any] = {**HEADERS.get(news.kind, {}), **headers}
        self.site.gives(PATH, body, **told)
        news.refresh_from_db()
        return collect(news, AT + timedelta(hours=hours))[0]

    def _placed(self, body: bytes) -> bytes:
        there = f"http://127.0.0.1:{self.trap.port}/".encode()
        return body.replace(TRAP.encode(), there).replace(FILE.encode(), (self.home / "secret").as_uri().encode())

    def _harm(self, before: dict[int, Any]) -> Iterator[str]:
        after = _all()
        if {pk: after.get(pk) for pk in before} != before:
            yield "what was known has changed"
        if self.trap.came:
            self.trap.came = 0
            yield "came to the trap"
        if any(LEAK in str(row) for row in after.values()):
            yield "told what nobody may read"

    def _goes_on(self, news: Source, kind: str) -> Iterator[str]:
        row = self._comes(news, GOOD[kind](2), 2)
        titles = Entry.rows.filter(source=news, superseded_at=None, gone_at=None).values_list("title", flat=True)
        if row.outcome != Fetch.Outcome.OK or "Good 2" not in titles:
            yield f"the next good document was not taken: {row.outcome} {row.error} {row.refusals}"


def _all() -> dict[int, Any]:
    rows = Entry.rows.values_list(
        "pk", "guid", "content_hash", "title", "summary", "author", "url", "facts", "superseded_at", "gone_at",
        "item__marking",
    )  # fmt: skip
    return {row[0]: row for row in rows}


def _judged(row: Fetch, case: Case, news: Source) -> Iterator[str]:
    """Where what came of it isn't what the case says."""
    taken = Entry.rows.filter(source=news, seen_at=row.at)
    said = [row.error] if case.entries is None else [reason for _guid, reason in row.refusals]
    counted = 0 if case.entries is None else len(case.words)
    if row.outcome not in _outcomes(case) or (row.refused, taken.count()) != (counted, case.entries or 0):
        yield f"{row.outcome}: {taken.count()} taken, {row.refused} refused {row.error} {said[:3]}"
    elif missing := [word for word in case.words if not any(word in reason for reason in said)]:
        yield f"{said} does not say {missing}"
    if case.marking and {one.item.marking for one in taken.select_related("item")} - {case.marking}:
        yield f"marked {[one.item.marking for one in taken]}"
    if case.says and not any(case.says in f"{one.title}\n{one.summary}\n{one.facts}" for one in taken):
        yield f"does not say {case.says}: {[(one.title, one.summary[:200], str(one.facts)[:300]) for one in taken]}"


def _outcomes(case: Case) -> set[str]:
    """What leads on and tells nothing may count as the same as before."""
    if case.entries is None:
        return {Fetch.Outcome.REFUSED}
    return {Fetch.Outcome.OK} if case.entries or case.words else {Fetch.Outcome.OK, Fetch.Outcome.SAME}


def _kept(row: Fetch, case: Case, body: bytes) -> Iterator[str]:
    kept = case.entries is None and case.kept
    body = gzip.decompress(body) if case.headers.get("Content_Encoding") == "gzip" and kept else body
    if bool(row.kept) != kept:
        yield f"kept: {row.kept}"
    elif kept and (quarantine.folder(row.source) / row.kept).read_bytes() != body:
        yield "other bytes were kept than came"
