from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from advisories.demo.build import build
from advisories.models import Advisory
from members import clock
from members.models import Organisation, Person, Warp


class Command(BaseCommand):
    help = "Makes the demonstration: fictional WARPs, their people and advisories, on an empty database only. Exit "
    help += "status: 0 made, 1 refused: there is something in the database, or this is a real hub (WARP_DEMO=0)."

    def handle(self, *_args: Any, **_options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("This is a real hub (WARP_DEMO=0): make its first WARP with setup.")
        if any(model._default_manager.exists() for model in (Person, Warp, Organisation)):
            raise CommandError("The database is not empty: the demonstration is never mixed with anything else.")
        build(clock.ask())
        people, advisories = Person.objects.count(), Advisory.rows.count()
        self.stdout.write(f"The demonstration is there: {people} people to sign in as, {advisories} advisories.")
