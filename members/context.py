"""What every page knows: whose hub this is, and what the menu offers."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from members import clock, permits
from members.middleware import demonstrates, in_demonstration
from members.models import Person, Warp


def hub(request: HttpRequest) -> dict[str, Any]:
    """warp_name, demo, demo_confirm (one click instead of a code) and nav; each asked only where a page shows it."""
    return {
        "warp_name": SimpleLazyObject(_name),
        "demo": SimpleLazyObject(lambda: demonstrates(request)),
        "demo_confirm": SimpleLazyObject(lambda: in_demonstration(request)),
        "nav": Navigation(request),
    }


class Navigation:
    """What the menu offers to whoever looks."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def desk(self) -> bool:
        """Whether they coordinate a WARP. One statement, and none for who is not signed in."""
        person = getattr(self.request, "user", None)
        return isinstance(person, Person) and permits.coordinates(person, clock.now()).exists()


def _name() -> str:
    return Warp.objects.filter(parent=None).values_list("name", flat=True).first() or ""
