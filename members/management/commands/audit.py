from __future__ import annotations

import json
import sys
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from members import clock
from members.models import Seal
from members.sealing import Head, Unreadable, Verdict, verify


class Command(BaseCommand):
    help = "Audit: `audit verify` walks the chain over what was done and read, and says the first place that does not"
    help += " fit. It shows no row. Exit status: 0 sound, 1 broken, 2 wrong use."

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True, metavar="verify")
        walk = acts.add_parser("verify", help="compare every row with its seal, and the chain with where it ended")
        walk.add_argument("--head", metavar="NUMBER:DIGEST", help="where the chain ended once, from a daily mail")
        walk.add_argument("--json", action="store_true", help="print one JSON array and nothing else")

    def handle(self, *_args: Any, **options: Any) -> None:
        began = time.monotonic()
        verdict = walked(head_of(options["head"]), quiet=options["json"])
        if options["json"]:
            self.stdout.write(json.dumps([told(verdict, time.monotonic() - began)], ensure_ascii=False))
        else:
            self.said(verdict)
        if not verdict.sound:
            sys.exit(1)

    def said(self, verdict: Verdict) -> None:
        self.stdout.write(verdict.said)
        if verdict.head:
            self.stdout.write(f"{'Its head' if verdict.sound else 'It fits as far as'}: {verdict.head}")
        for note in verdict.notes:
            self.stderr.write(note)


def head_of(text: str | None) -> Head | None:
    try:
        return Head.read(text) if text else None
    except Unreadable:
        raise CommandError(f"{text!r} is no head. Copy NUMBER:DIGEST from a daily mail.", returncode=2) from None


def walked(head: Head | None, *, quiet: bool) -> Verdict:
    """The verdict; on a terminal, with how far it is."""
    last = Seal.objects.order_by("-number").values_list("number", flat=True).first() or 0
    with tqdm(total=last, unit=" rows", disable=quiet or not sys.stderr.isatty(), leave=False) as bar:
        return verify(clock.ask(), head, bar.update)


def told(verdict: Verdict, seconds: float) -> dict[str, Any]:
    head = str(verdict.head) if verdict.head else None
    return {**verdict._asdict(), "head": head, "seconds": round(seconds, 3)}
