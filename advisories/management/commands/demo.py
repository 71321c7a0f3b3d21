from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from advisories.demo.build import build, collect
from members import clock
from members.models import Organisation, Person, Warp


class Command(BaseCommand):
    help = "Makes the demonstration: fictional WARPs, their people and advisories, on an empty database only. Exit "
    help += "status: 0 made, 1 there is something in the database, 2 this is a real hub (WARP_DEMO=0)."

    def handle(self, *_args: Any, **_options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("This is a real hub (WARP_DEMO=0): make its first WARP with setup.", returncode=2)
        if any(model._default_manager.exists() for model in (Person, Warp, Organisation)):
            raise CommandError("The database is not empty: the demonstration is never mixed with anything else.")
        at = clock.ask()
        build(at)
        collect(clock.ask())
        self.stdout.write(f"The demonstration is there: {Person.objects.count()} people, one click each to sign in.")
