from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from advisories import publish
from advisories.management.acting import item_for, person_of
from members import clock
from members.refused import Refused


class Command(BaseCommand):
    help = "Withdraws an advisory, as the person named, who must handle it. Its readers are told the reference and "
    help += "that it is withdrawn. Exit status: 0 withdrawn, 1 refused, 2 wrong use."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("reference", metavar="REF", help="of the advisory, like WM-7K3QF")
        parser.add_argument("--as", dest="email", metavar="EMAIL", required=True, help="who withdraws it")
        parser.add_argument("--reason", default="", help="why, for its handlers; asked for on a terminal")

    def handle(self, *_args: Any, **options: Any) -> None:
        reason = options["reason"]
        if not reason:
            reason = input("Why is it withdrawn? ") if sys.stdin.isatty() else _("By command, without a reason given.")
        with clock.one_moment() as at:
            person = person_of(options["email"])
            item = item_for(person, options["reference"], at)
            try:
                publish.withdraw(person, item, at, reason)
            except Refused as refused:
                raise CommandError(str(refused)) from None
        self.stdout.write(f"{item.reference} is withdrawn. Those who had it are being told.")
