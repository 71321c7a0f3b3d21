"""What is not out yet of an exercise never will be."""

from __future__ import annotations

from django.utils.translation import gettext as _

from members.models import Delivery, Exercise

DUE = Delivery.State.DUE


def cancel_injects(exercise: Exercise) -> int:
    """Cancel what is still due of its injects, but what a sender holds: the next claim asks about that. How many."""
    due = Delivery.objects.filter(announcement__item__parent=exercise.item_id, state=DUE, lease_until=None)
    return due.update(state=Delivery.State.CANCELLED, outcome=str(_("The exercise ended before this was sent.")))
