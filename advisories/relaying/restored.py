"""After a restore nobody can tell which relays went out since the backup, nor who was taken off the list."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from advisories.models import Destination, Relay
from members.audit import record_each

State = Relay.State


def shut(at: datetime) -> int:
    """What was due is not sent, and every destination is verified again. How many destinations."""
    due = Relay.objects.filter(state=State.DUE)
    record_each("relay_cancelled", at, due.values_list("item__reference", flat=True))
    said = _("The hub was restored from a backup. Ask them whether they have it, or relay it again.")
    due.update(state=State.CANCELLED, due_at=None, said=said)
    return Destination.objects.filter(verified_at__isnull=False).update(verified_at=None, verified_by=None)
