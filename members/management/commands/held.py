from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from members import clock
from members.delivery import held
from members.delivery.held import Held
from members.refused import Refused


class Command(BaseCommand):
    help = "What a restore holds: messages that were due when the backup was made and may have gone out since. `held "
    help += "list` names them, `held release CODE…` sends them (each right is asked again), `held drop CODE…` does not."
    help += " `--all` means all of them, but drops no Flash or Urgent that organisations have not confirmed: name "
    help += "those. Exit status: 0, 1 something is held still, 2 wrong use."

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
        acts.add_parser("list", help="what is held").add_argument("--json", action="store_true", help="as one array")
        for act, what in (("release", "send it after all"), ("drop", "send nothing of it")):
            one = acts.add_parser(act, help=what)
            one.add_argument("codes", metavar="CODE", nargs="*", help="as `held list` prints it")
            one.add_argument("--all", action="store_true", help="everything that is held")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["act"] == "list":
            self.listed(held.held(), as_json=options["json"])
        else:
            self.decide(options["act"], options["codes"], everything=options["all"])
        if held.held():
            sys.exit(1)

    def listed(self, found: list[Held], *, as_json: bool) -> None:
        if as_json:
            told = [{**one._asdict(), "since": one.since.isoformat(), "urgent": one.urgent} for one in found]
            self.stdout.write(json.dumps(told))
            return
        if not found:
            self.stdout.write("Nothing is held.")
        for one in found:
            self.stdout.write(f"{one.code}  {sentence(one)}")

    def decide(self, act: str, codes: list[str], *, everything: bool) -> None:
        if bool(codes) == everything:
            raise CommandError("Name codes as `held list` prints them, or say --all.", returncode=2)
        if everything:
            found = held.held()
            kept = [one for one in found if act == "drop" and one.urgent]
            codes = [one.code for one in found if one not in kept]
            for one in kept:
                self.stderr.write(f"{one.code}  is not dropped unless you name it: {sentence(one)}")
        verb = held.let_go if act == "release" else held.drop
        for code in codes:
            try:
                one = verb(code.upper(), clock.ask())
            except Refused as refused:
                raise CommandError(str(refused), returncode=2) from None
            self.stdout.write(f"{one.code}  {'will be sent' if act == 'release' else 'dropped'}: {sentence(one)}")


def sentence(one: Held) -> str:
    """Like “Flash, released, WM-7K3QF: 12 messages were due; they may have gone out since. 3 organisations …”."""
    said = [f"{one.messages} messages were due" if one.planned else "nobody had been told"]
    if one.lines:
        said.append(f"{one.lines} lines waited for a digest")
    text = f"{one.tier}, {one.event}{f', {one.reference}' if one.reference else ''}, due {one.since:%Y-%m-%d %H:%M} UTC"
    text += f": {', '.join(said)} when the backup was made; they may have gone out since."
    return f"{text} {one.unconfirmed} organisations have not confirmed it." if one.unconfirmed else text
