from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from members import clock
from members.comparing import compare_all
from members.models import Seal
from members.sealing import Head, Unreadable, Verdict, verify


class Command(BaseCommand):
    help = "Audit: `audit verify` walks the chain over what was done and read, and says the first place that does not"
    help += " fit; it shows no row. `audit compare` compares every item with the rule. Exit status: 0 sound, 1 broken,"
    help += " 2 wrong use."

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
        walk = acts.add_parser("verify", help="compare every row with its seal, and the chain with where it ended")
        walk.add_argument("--head", metavar="NUMBER:DIGEST", help="where the chain ended once, from a daily mail")
        look = acts.add_parser("compare", help="compare where every item lies, and is found, with the rule")
        for act in (walk, look):
            act.add_argument("--json", action="store_true", help="print one JSON array and nothing else")

    def handle(self, *_args: Any, **options: Any) -> None:
        if not (self.verify if options["act"] == "verify" else self.compare)(**options):
            sys.exit(1)

    def verify(self, **options: Any) -> bool:
        began = time.monotonic()
        verdict = walked(head_of(options["head"]), quiet=options["json"])
        if options["json"]:
            self.stdout.write(json.dumps([told(verdict, time.monotonic() - began)], ensure_ascii=False))
        else:
            self.said(verdict)
        return verdict.sound

    def compare(self, **options: Any) -> bool:
        with progress(None, " items", quiet=options["json"]) as bar:
            compared = compare_all(bar.update)
        if options["json"]:
            self.stdout.write(json.dumps([{**asdict(compared), "sound": compared.sound}]))
            return compared.sound
        self.stdout.write(f"{compared.looked} items compared with the rule.")
        for wrong in ("misplaced", "misfiled", "astray"):
            for reference in getattr(compared, wrong):
                self.stdout.write(f"{wrong}: {reference}")
        return compared.sound

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
    with progress(last, " rows", quiet=quiet) as bar:
        return verify(clock.ask(), head, bar.update)


def progress(total: int | None, unit: str, *, quiet: bool) -> tqdm[NoReturn]:
    return tqdm(total=total, unit=unit, disable=quiet or not sys.stderr.isatty(), leave=False)


def told(verdict: Verdict, seconds: float) -> dict[str, Any]:
    head = str(verdict.head) if verdict.head else None
    return {**verdict._asdict(), "head": head, "seconds": round(seconds, 3)}
