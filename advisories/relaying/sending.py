"""Sending what is owed: each relay is claimed for as long as sending may take, everything is asked again, and it goes
with no transaction open. A worker that dies leaves its claim to the next; the other side knows what comes twice by the
ids in it.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from advisories.models import Destination, Relay
from advisories.relaying import asking, bymail, bytaxii
from advisories.relaying.outcome import Outcome
from advisories.relaying.pacing import after
from advisories.relaying.parcel import Parcel, ready
from members import clock, permits
from members.audit import record
from members.journal import restoring

log = structlog.get_logger(__name__)
State = Relay.State
LEASE = timedelta(minutes=5)  # more than the longest that sending may take
MOST, BUDGET = 50, 20.0  # relays of one pass, and its seconds


def send(at: datetime, budget: float = BUDGET) -> int:
    """Send what is due at `at`. How many were seen to. Safe to repeat, alone or side by side."""
    if restoring():
        return 0
    began, done = time.monotonic(), 0
    due = list(Relay.objects.filter(due_at__lte=at).order_by("due_at", "pk").values_list("pk", flat=True)[:MOST])
    if due:
        ready()
    for pk in due:
        if time.monotonic() - began > budget:
            break
        done += _one(pk, at)
    return done


def _one(pk: int, at: datetime) -> bool:
    """Whether it was ours to see to. What fails by a fault of the hub is tried again, and holds up no other."""
    try:
        relay, goes = _claimed(pk, at)
    except Exception as error:
        _noted(_put_off(pk, at), _ours(error), clock.ask())
        return True
    if relay is None:
        return False
    if goes is None and relay.state == State.DUE:
        return True  # cancelled
    try:
        outcome = _handed(relay, goes)
    except Exception as error:
        outcome = _ours(error)
    _noted(relay, outcome, clock.ask())
    return True


def _ours(error: Exception) -> Outcome:
    """In no log but by its name: it may quote what was sent, or where."""
    log.error("a relay failed by a fault of the hub", error=type(error).__name__)
    return Outcome(State.DUE, _("The hub could not send it, by a fault of its own."))


@transaction.atomic
def _put_off(pk: int, at: datetime) -> Relay:
    """What can't even be claimed counts as tried."""
    relay = Relay.objects.select_for_update(of=("self",)).select_related("item", "destination").get(pk=pk)
    relay.tries, relay.due_at = relay.tries + 1, at + LEASE
    relay.save(update_fields=["tries", "due_at"])
    return relay


def _handed(relay: Relay, goes: Parcel | None) -> Outcome:
    if goes is None:
        return bytaxii.receipt(relay)
    if relay.destination.kind == Destination.Kind.MAIL:
        return bymail.send(relay, goes)
    return bytaxii.send(relay, goes)


@transaction.atomic
def _claimed(pk: int, at: datetime) -> tuple[Relay | None, Parcel | None]:
    """The relay, ours until the lease ends, with what goes; without that it is cancelled, or taken over already."""
    due = Relay.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk, due_at__lte=at)
    relay = due.select_related("item__warp", "item__parent", "destination__warp", "by").first()
    if relay is None:
        return None, None
    goes = None
    if relay.state == State.DUE:
        goes, said = _asked_again(relay, at)
        if goes is None:
            _cancelled(relay, said, at)
            return relay, None
        relay.tries += 1
    relay.due_at = at + LEASE
    relay.save(update_fields=["due_at", "tries"])
    return relay, goes


def _asked_again(relay: Relay, at: datetime) -> tuple[Parcel | None, str]:
    """What goes, or why nothing may any more."""
    if not permits.can(relay.by, "relay", relay.item, at):
        return None, _("Whoever asked for it does not handle it any more.")
    goes, said = asking.shown(relay.item, relay.destination, at)
    if goes is None:
        return None, said
    if (goes.digest, goes.label, goes.facts.version) != (relay.digest, relay.label, relay.version):
        return None, _("It reads otherwise than what was to be sent. Look at it, and relay it again.")
    return goes, ""


def _cancelled(relay: Relay, said: str, at: datetime) -> None:
    if relay.tries:
        said = _("%(said)s An attempt before may have reached them.") % {"said": said}
    Relay.objects.filter(pk=relay.pk).update(state=State.CANCELLED, due_at=None, said=said[:500])
    record("relay_cancelled", at, reference=relay.item.reference, version=relay.version, to=relay.destination.code)


@transaction.atomic
def _noted(relay: Relay, outcome: Outcome, at: datetime) -> None:
    """Write down what came of it, unless the lease ran out and another has it now."""
    mine = Relay.objects.filter(pk=relay.pk, due_at=relay.due_at)
    state, due = after(relay, outcome, at)
    told = {"state": state, "due_at": due, "said": outcome.said[:500], "status": outcome.status}
    took = state in (State.TAKEN, State.DONE) or bool(outcome.status)
    if not mine.update(**told, sent_at=relay.sent_at or (at if took else None)):
        return
    if (verb := VERBS.get(state)) and state != relay.state:
        record(verb, at, reference=relay.item.reference, version=relay.version, to=relay.destination.code)


VERBS = {State.TAKEN: "relay_sent", State.DONE: "relay_done", State.FAILED: "relay_failed"}
