from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Max, OuterRef, Subquery
from tqdm import tqdm

from advisories.collect import quarantine, walk
from advisories.collect.base import CollectError
from advisories.collect.feeds import opml
from advisories.collect.kinds import KINDS
from advisories.collect.report import FAILED, REFUSED
from advisories.collect.sources import add_source
from advisories.management.acting import person_of
from advisories.management.asking import label_of, source_of, warp_of
from advisories.models import Fetch, Source
from members import clock, tlp

SHOWN = 10  # entries and refusals that `test` prints


class Command(BaseCommand):
    help = (
        "Lists, adds and tries sources. Exit status: 0, or 1 where something is refused, 2 for wrong use or an error."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="list | add | test | import | refused")
        listing = verbs.add_parser("list", help="every source, and how it is")
        adding = verbs.add_parser("add", help="one more source")
        adding.add_argument("kind", metavar="KIND", help=", ".join(KINDS))
        adding.add_argument("url", metavar="URL", help="or a folder's path; a relative one starts at WARP_HOME")
        adding.add_argument("--name", default="", help="by default the address's host")
        adding.add_argument(
            "--sign-in", action="store_true", help="read NAME:PASSWORD or a token, a line of standard input"
        )
        several = verbs.add_parser("import", help="the feeds of an OPML file, as feed readers export it")
        several.add_argument("file", metavar="OPML", type=Path)
        for one in (adding, several):
            one.add_argument("--tlp", metavar="LABEL", help="of what comes unmarked; by default AMBER+STRICT")
            one.add_argument("--every", metavar="MINUTES", type=int, help="between fetches")
            one.add_argument("--warp", metavar="SLUG", help="to whose desk its entries come; by default the root's")
            one.add_argument("--red-to", metavar="EMAIL", action="append", default=[], help="who reads what comes RED")
            one.add_argument("--hub-wide", action="store_true", help="its entries come to every desk")
        trying = verbs.add_parser("test", help="fetches and parses a source, and stores nothing")
        trying.add_argument("slug", metavar="SLUG")
        refused = verbs.add_parser("refused", help="the documents that were refused, and where they are kept")
        refused.add_argument("slug", metavar="SLUG", nargs="?", help="of this source alone")
        for one in (listing, adding, trying, several, refused):
            one.add_argument("--json", action="store_true", help="print one JSON array and nothing else")

    def handle(self, *_args: Any, **options: Any) -> None:
        rows = VERBS[options["verb"]](options)
        status = max((row.pop("status", 0) for row in rows), default=0)
        if options["json"]:
            self.stdout.write(json.dumps(rows, ensure_ascii=False))
        else:
            for row in rows:
                self.stdout.write(WORDS.get(options["verb"], line)(row))
        if status:
            sys.exit(status)


def listed(_options: dict[str, Any]) -> list[dict[str, Any]]:
    last = Fetch.objects.filter(source=OuterRef("pk")).order_by("-pk").values("outcome")[:1]
    sources = Source.objects.select_related("warp").annotate(outcome=Subquery(last), last=Max("fetches__at"))
    return [described(source, source.last, source.outcome) for source in sources.order_by("name", "pk")]


def added(options: dict[str, Any]) -> list[dict[str, Any]]:
    if options["kind"] not in KINDS:
        raise CommandError(f"This hub collects from: {', '.join(KINDS)}; not from {options['kind']!r}.", returncode=2)
    traits = _traits(options)
    try:
        sign_in = sys.stdin.readline().strip() if options["sign_in"] else ""  # never among the words of a process
        made = add_source(
            options["kind"], options["url"], at=clock.ask(), name=options["name"], sign_in=sign_in, **traits
        )
        return [described(made)]
    except CollectError as error:
        raise CommandError(str(error), returncode=2) from error


def _traits(options: dict[str, Any]) -> dict[str, Any]:
    """What all sources of one command have in common, looked up once."""
    if options["every"] is not None and not 1 <= options["every"] <= 100_000:
        raise CommandError("--every takes a number of minutes, at least 1.", returncode=2)
    return {
        "warp": warp_of(options["warp"]), "label": label_of(options["tlp"]) if options["tlp"] else "",
        "every": options["every"], "hub_wide": options["hub_wide"],
        "red_to": [person_of(email) for email in options["red_to"]],
    }  # fmt: skip


def imported(options: dict[str, Any]) -> list[dict[str, Any]]:
    """Each feed of the file for itself: one that can't be added says why, and holds up no other."""
    try:
        feeds = opml.parse(options["file"].read_bytes())
    except OSError as error:
        raise CommandError(f"{options['file']} can't be read: {error.strerror}.", returncode=2) from error
    except CollectError as error:
        raise CommandError(f"{options['file']}: {error}", returncode=1) from error
    rows, traits, at = [], _traits(options), clock.ask()
    for feed in tqdm(feeds, unit=" feeds", disable=None, file=sys.stderr, leave=False):
        try:
            rows.append(described(add_source("feed", feed.url, at=at, name=feed.name, **traits)) | {"error": ""})
        except CollectError as error:
            rows.append({"name": feed.name, "url": feed.url, "error": str(error), "status": REFUSED})
    return rows


def tried(options: dict[str, Any]) -> list[dict[str, Any]]:
    source = source_of(options["slug"])
    row: dict[str, Any] = {
        "source": source.slug, "kind": source.kind, "outcome": "ok", "items": 0, "entries": [], "refused": 0,
        "refusals": [], "error": "",
    }  # fmt: skip
    try:
        for parsed in walk.everything(source, clock.ask()):
            row["items"] += len(parsed.entries) + len(parsed.refusals)
            row["refused"] += len(parsed.refusals)
            row["refusals"] += [[one.guid, one.reason] for one in parsed.refusals[:SHOWN]]
            row["entries"] += [
                {"title": e.title, "url": e.url, "published": e.published and e.published.isoformat(), "label": e.label}
                for e in parsed.entries[:SHOWN]
            ]
    except CollectError as error:
        row |= {"outcome": "refused" if error.refused else "error", "error": str(error)}
    row["status"] = FAILED if row["outcome"] == "error" else REFUSED if row["refused"] or row["error"] else 0
    return [row]


def put_aside(options: dict[str, Any]) -> list[dict[str, Any]]:
    source = source_of(options["slug"]) if options["slug"] else None
    return [
        {"source": fetch.source.slug, "at": fetch.at.isoformat(), "document": fetch.document, "error": fetch.error,
         "bytes": path.stat().st_size, "path": str(path)}
        for fetch, path in quarantine.kept(source)
    ]  # fmt: skip


def described(source: Source, last: Any = None, outcome: str | None = None) -> dict[str, Any]:
    return {
        "source": source.slug, "name": source.name, "kind": source.kind, "url": source.url, "warp": source.warp.slug,
        "hub_wide": source.hub_wide, "tlp": source.default_label or tlp.STRICT, "every": source.every,
        "enabled": source.enabled, "due": source.due_at.isoformat(), "last": last and last.isoformat(),
        "outcome": outcome, "failures": source.failures,
    }  # fmt: skip


def line(row: dict[str, Any]) -> str:
    if row.get("error"):
        return f"{row['name'] or row['url']}: not added: {row['error']}"
    desk = "every desk" if row["hub_wide"] else row["warp"]
    state = (row["outcome"] or "not yet fetched") if row["enabled"] else "off"
    return f"{row['source']}: {row['kind']} {row['url']}, {desk}, TLP:{row['tlp']}, every {row['every']} min, {state}"


def trial(row: dict[str, Any]) -> str:
    if row["error"]:
        return f"{row['source']}: {row['outcome']}: {row['error']}"
    told = [f"{row['source']}: {row['items'] - row['refused']} entries would come, {row['refused']} be refused"]
    told += [f"  {(e['published'] or '')[:10]:10}  {e['label'] or '':12}  {e['title']}" for e in row["entries"][:SHOWN]]
    return "\n".join([*told, *(f"  refused {guid}: {reason}" for guid, reason in row["refusals"][:SHOWN])])


def aside(row: dict[str, Any]) -> str:
    of = f" ({row['document']})" if row["document"] else ""
    return f"{row['at'][:16]}  {row['source']}{of}: {row['error']}\n  {row['bytes']:,} bytes in {row['path']}"


VERBS = {"list": listed, "add": added, "test": tried, "import": imported, "refused": put_aside}
WORDS = {"test": trial, "refused": aside}
