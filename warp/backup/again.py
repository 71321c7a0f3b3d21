"""What ended, was erased or was withdrawn after a backup ends again once it is restored, as the journal says.

What widened a right since then is gone. Of what narrowed one, the journal names accounts, dated rows, contacts, public
keys, withdrawals, optional mail and tightenings: that is done again. What it names without saying how it changed, an
item that was released anew, stands released no more until its handlers release it. What it doesn't name is shut
whatever became of it: releases that were approved in advance, and every address but plain mail of a person or a
subscriber, which its owner verifies again, and so the destinations of relays; no relay is sent that was due. So a
restore shows no item to more than the hub did before it, as far as the journal reaches; without one, what was in force
when the backup was made is so again, but for what is shut.

Not undone, and told to the operator: passwords and second factors are those of the backup.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import combinations
from typing import NamedTuple

from django.apps import apps
from django.db import transaction

from advisories import children
from advisories.relaying import restored
from members import journal, leaving, subscribing, tighten
from members.embargo.state import cancel_ahead
from members.ending import lost
from members.journal import Keys, Lines, What
from members.models import (
    WRITTEN,
    Address,
    Channel,
    Contact,
    Frequency,
    Grant,
    Handler,
    Item,
    Kind,
    Named,
    Person,
    PublicKey,
    Realm,
    Standing,
    Subscriber,
)
from members.models.dated import Dated
from members.place import place
from members.reach import key as keys_of_people
from members.response import ladder
from members.stand import in_force, suspend, withdraw
from members.telling import stop

KINDS = [kinds for n in (1, 2, 3) for kinds in combinations(Frequency, n)]


class Again(NamedTuple):
    """How many: rows, contacts, keys and mail that ended, accounts closed, people erased, items withdrawn, channels
    that a WARP tightened, addresses to be verified again. `ahead`: references of items whose release had been approved
    in advance, and is not any more. `anew`: of those released anew since, of which none stands released."""

    ended: int
    closed: int
    erased: int
    withdrawn: int
    tightened: int
    unverified: int
    ahead: list[str]
    anew: list[str]


@transaction.atomic
def again(told: Lines, taken_at: datetime, at: datetime) -> Again:
    """Do it all again at `at`, in what was so at `taken_at`. Twice, it changes nothing more."""
    ahead = [item.reference for item in _approved_ahead(taken_at) if _call_off(item, taken_at)]
    stopped = _stop(told.get(What.STOPPED, {}), at)
    over = told.get(What.ENDED, {})
    ended = stopped + sum(_end(model, over, at) for model in _dated()) + _take_off(over) + _expire(over, at)
    closed, erased = _close(told, at)
    withdrawn = _withdraw(told.get(What.WITHDRAWN, {}), at)
    anew = _suspend(told.get(What.RELEASED, {}), at)
    tightened, unverified = tighten.again(told.get(What.TIGHTENED, {})), _unverify() + restored.shut(at)
    lost(Person.objects.all(), at)
    return Again(ended, closed, erased, withdrawn, tightened, unverified, sorted(ahead), sorted(anew))


def _dated() -> list[type[Dated]]:
    return [model for model in apps.get_models() if issubclass(model, Dated)]


def _approved_ahead(taken_at: datetime) -> list[Item]:
    """What was to be released later: since then its embargo may have been extended, or the release called off."""
    ahead = Standing.objects.filter(since__gt=taken_at).exclude(until__lte=taken_at).order_by()
    return list(Item.rows.filter(pk__in=ahead.values("item")).select_related("warp", "parent"))


def _call_off(item: Item, taken_at: datetime) -> bool:
    if called_off := cancel_ahead(item, taken_at):
        place(item)
    return called_off


def _end(model: type[Dated], keys: Keys, at: datetime) -> int:
    """End those rows of `model` that the journal says have ended, and place anew the items that they belong to."""
    if not keys:
        return 0
    rows, label = model._base_manager.all(), model._meta.label_lower  # all of them, whatever its managers give
    there = rows.filter(until__gt=at).order_by().values_list("pk", "since")
    mine = rows.filter(pk__in=[pk for pk, since in there.iterator() if journal.row_key(label, pk, since) in keys])
    of = {Grant: "standing__item", Named: "embargo__item", Handler: "item"}.get(model)
    touched = list(mine.values_list(of, flat=True)) if of else []
    ended = mine.filter(since__lte=at).update(until=at)
    if model is Subscriber:
        subscribing.erase(Subscriber.objects.filter(pk__in=mine.values("pk")))
    for realm in Realm:
        for item in Item.rows.realm(realm).filter(pk__in=touched).select_related("warp", "parent"):
            place(item)
    return ended


def _take_off(keys: Keys) -> int:
    """Contacts that were taken away since."""
    gone = [one for one in Contact.objects.select_related("address") if ladder.name_of(one) in keys] if keys else []
    for contact in gone:
        ladder.take_off(contact)
    return len(gone)


def _expire(keys: Keys, at: datetime) -> int:
    """Public keys that were taken off or changed since. Their owners may have lost them: they get notices to sign in,
    and nothing in the clear, until they register another or take this one off."""
    gone = [one.pk for one in PublicKey.objects.all() if keys_of_people.name_of(one) in keys] if keys else []
    return PublicKey.objects.filter(pk__in=gone).update(expires_at=at)


def _unverify() -> int:
    """Where a telephone, a channel or a contact's address leads, and who reads there, may be another matter since."""
    Address.objects.filter(private_since__isnull=False).update(private_since=None)
    mail = Address.objects.filter(channel=Channel.MAIL, organisation=None, contact="")
    return Address.objects.filter(verified_at__isnull=False).exclude(pk__in=mail.values("pk")).update(verified_at=None)


def _suspend(keys: Keys, at: datetime) -> list[str]:
    """What was released anew since: in the database it is what it was before, maybe under a label that is wider. The
    references of advisories and incidents."""
    anew = []
    for item in _named(keys):
        standing = in_force(item, at)
        if standing is not None and standing.since >= keys[journal.key(item.reference)]:
            continue  # the database knows of that release
        suspend(item, at)
        if item.kind in WRITTEN:
            anew.append(item.reference)
    return anew


def _stop(keys: Keys, at: datetime) -> int:
    """Optional mail that somebody ended by one click, whichever kinds of it they ended."""
    done = 0
    for address in Address.objects.filter(person__isnull=False) if keys else ():
        for frequencies in KINDS:
            if stop.key_of(address, frequencies) in keys:
                stop.stop(stop.token(address.pk, frequencies), at)
                done += 1
    return done


def _close(told: Lines, at: datetime) -> tuple[int, int]:
    closed, erased = told.get(What.CLOSED, {}), told.get(What.ERASED, {})
    done = [0, 0]
    for person in Person.objects.all() if closed or erased else ():
        key = leaving.key_of(person)
        if (key in closed or key in erased) and person.active_until > at:
            leaving.disable(person, at, None, last=True)
            done[0] += 1
        if key in erased and not person.email.endswith("@invalid"):
            leaving.erase(person, at, None)
            done[1] += 1
    return done[0], done[1]


def _withdraw(keys: Keys, at: datetime) -> int:
    """Those of them that stand released in the restored database."""
    done = 0
    for item in _named(keys):
        standing = in_force(item, at)
        if standing is not None and standing.state == Standing.State.RELEASED:
            withdraw(item, at)
        elif standing is None and item.kind in (Kind.COMMENT, Kind.ATTACHMENT) and item.author is not None:
            children.taken_back(item, at, by=item.author)
        else:
            continue
        done += 1
    return done


def _named(keys: Keys) -> Iterator[Item]:
    """The items that the journal names, newest first."""
    if not keys:
        return iter(())
    references = Item.rows.order_by("-pk").values_list("pk", "reference")
    found = [pk for pk, reference in references.iterator() if journal.key(reference) in keys]
    return iter(list(Item.rows.filter(pk__in=found).select_related("warp", "parent", "author").order_by("-pk")))
