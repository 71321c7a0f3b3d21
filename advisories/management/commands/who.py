from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import localtime

from members import clock, stand, tlp
from members.audit import record
from members.models import Item, Realm
from members.rights import Reader, readers


class Command(BaseCommand):
    help = "Prints who may read an item, and by which right. For the operator: it asks for no sign-in, and is recorded."
    help += " Exit status: 0, 2 wrong use."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("reference", metavar="REF", help="of the item, like WM-7K3QF")
        parser.add_argument("--at", metavar="TIME", help="with its zone, like 2026-11-23T14:05+00:00; by default now")
        parser.add_argument("--json", action="store_true", help="print one JSON array and nothing else")

    def handle(self, *_args: Any, **options: Any) -> None:
        now = clock.ask()
        at = moment_of(options["at"]) if options["at"] else now
        item = item_of(options["reference"])
        found = readers(item, at)
        record("who", now, reference=item.reference, about=at.isoformat())
        if options["json"]:
            self.stdout.write(json.dumps([reader._asdict() for reader in found], ensure_ascii=False))
            return
        self.stdout.write(f"{item.reference}: {standing_of(item, at)}, at {localtime(at):%-d %B %Y, %H:%M %Z}")
        for reader in found:
            self.stdout.write(line(reader))
        if not found:
            self.stdout.write("Nobody may read it.")


def moment_of(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"{text!r} is no time. Write it like 2026-11-23T14:05+00:00.", returncode=2) from None
    if moment.tzinfo is None:
        raise CommandError(f"{text!r} could be one of several moments: add its zone, like {text}+00:00.", returncode=2)
    return moment


def item_of(reference: str) -> Item:
    for realm in Realm:
        item = Item.rows.realm(realm).select_related("warp", "parent").filter(reference=reference.strip().upper())
        if found := item.first():
            return found
    raise CommandError(f"There is no item {reference!r}. Look at its page for the reference.", returncode=2)


def standing_of(item: Item, at: datetime) -> str:
    standing = stand.in_force(item, at)
    if standing is None:
        return "no standing of its own"
    return f"{tlp.display(standing.label)}, version {standing.version}, {standing.get_state_display()}"


def line(reader: Reader) -> str:
    address = f" <{reader.email}>" if reader.email else ""
    of = f", {' and '.join(reader.organisations)}" if reader.organisations else ""
    return f"  {reader.name}{address}{of}: {'; '.join(reader.rights)}"
