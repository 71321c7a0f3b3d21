from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from advisories import publish
from advisories.management.acting import item_for, person_of
from advisories.models import Advisory
from members import clock
from members.models import Tier
from members.refused import Refused


class Command(BaseCommand):
    help = "Releases the newest version of an advisory, as the person named, who must handle it. Exit status: 0 "
    help += "released, 1 refused, 2 wrong use."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("reference", metavar="REF", help="of the advisory, like WM-7K3QF")
        parser.add_argument("--as", dest="email", metavar="EMAIL", required=True, help="who releases it")
        parser.add_argument("--title", default="", help="a Flash asks for its title once more")

    def handle(self, *_args: Any, **options: Any) -> None:
        with clock.one_moment() as at:
            person = person_of(options["email"])
            item = item_for(person, options["reference"], at)
            advisory = Advisory.rows.select_related("item").filter(item=item).first()
            if advisory is None:
                raise CommandError(f"{item.reference} is no advisory, so it can't be released.", returncode=2)
            try:
                preview = publish.preview(advisory, at)
                seen = publish.fingerprint(preview.version)  # before the title is asked for: typing takes time
                title = options["title"] or asked(preview.version.tier)
                publish.release(person, item, at, confirm_title=title, seen=seen)
            except Refused as refused:
                raise CommandError(str(refused)) from None
        self.stdout.write(f"{item.reference} is released. {preview.sentence()}")


def asked(tier: int) -> str:
    """The title of a Flash, from whoever sits before the terminal."""
    return input("A Flash wakes people. Type its title: ") if tier == Tier.FLASH and sys.stdin.isatty() else ""
