from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from advisories.management.acting import person_of
from members import breakglass, clock
from members.models import BreakGlass
from members.refused import Refused


class Command(BaseCommand):
    help = "Names somebody as handler of an item for an hour, when nobody who handles it can be reached: one person "
    help += "asks, a second one approves, and the custodians of its WARP are told. Exit: 0, 1 refused, 2 wrong use."

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        ask = acts.add_parser("ask", help="ask for an hour; prints the number to approve")
        ask.add_argument("reference", metavar="REF", help="of the item, like WM-7K3QF")
        ask.add_argument("--as", dest="email", metavar="EMAIL", required=True, help="who is to handle it")
        ask.add_argument("--reason", required=True, help="why it can't wait: the custodians read this")
        approve = acts.add_parser("approve", help="the second person's word")
        approve.add_argument("number", type=int, help="as `ask` printed it")
        approve.add_argument("--as", dest="email", metavar="EMAIL", required=True, help="who approves it")

    def handle(self, *_args: Any, **options: Any) -> None:
        person = person_of(options["email"])
        with clock.one_moment() as at:
            try:
                if options["act"] == "ask":
                    asked = breakglass.ask(person, options["reference"], options["reason"], at)
                    self.stdout.write(f"Asked, as number {asked.pk}. A second person approves it.")
                    return
                breakglass.approve(person, _asked(options["number"]), at)
            except Refused as refused:
                raise CommandError(str(refused)) from None
        self.stdout.write("Approved. If there is such an item, they handle it for an hour; its custodians are told.")


def _asked(number: int) -> BreakGlass:
    asked = BreakGlass.objects.filter(pk=number).first()
    if asked is None:
        raise CommandError(f"Nobody asked for number {number}. `breakglass ask` prints it.", returncode=2)
    return asked
