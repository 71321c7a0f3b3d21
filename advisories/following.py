"""Who hears of what is said about an item: those who follow it, and those whom a comment mentions.

Following gives no right: that is asked when planning, and again when sending. No audit row tells of it, since an item's
handlers read those, and who asked without a name may follow what they asked.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from advisories.models import Follow, Mention
from members import permits, tasks
from members.delivery.right import FOLLOWED
from members.models import Announcement, DigestLine, Item, Person, Tier
from members.refused import Refused

FOLLOWS, MUTED, NEITHER = "follows", "muted", "neither"


@transaction.atomic
def follow(person: Person, item: Item, at: datetime, how: str = FOLLOWS) -> None:
    """`person` hears of what is said about `item`; `how` MUTED: not even where it mentions them. Raises Refused."""
    if how not in (FOLLOWS, MUTED, NEITHER) or not permits.can(person, "follow", item, at):
        raise Refused(_("You can follow what you can read."))
    if how == NEITHER:
        Follow.objects.filter(person=person, item=item).delete()
    else:
        Follow.objects.update_or_create(person=person, item=item, defaults={"muted": how == MUTED})
    if how != FOLLOWS:  # nor of what waits for their digest
        waiting = DigestLine.objects.filter(delivery=None, address__person=person, announcement__event__in=FOLLOWED)
        waiting.filter(announcement__item__parent=item).delete()


def state(person: Person, item: Item) -> str:
    muted = Follow.objects.filter(person=person, item=item).values_list("muted", flat=True).first()
    return NEITHER if muted is None else MUTED if muted else FOLLOWS


def followers(item: Item) -> QuerySet[Person]:
    """Who wants to hear of what was said by the comment `item`: but for its author, unless they said it without a name.
    Left out alone among those who follow, they would be told from the others."""
    of = Follow.objects.filter(item=item.parent_id)
    mentioned = Mention.objects.filter(comment=item.pk).order_by().values("person")
    wanted = Q(pk__in=of.filter(muted=False).values("person")) | Q(pk__in=mentioned)
    people = Person.objects.filter(wanted).exclude(pk__in=of.filter(muted=True).values("person"))
    return people if item.author_id is None else people.exclude(pk=item.author_id)


def announce(item: Item, event: Announcement.Event, at: datetime) -> None:
    """Owe that whoever follows it hears of `item`."""
    Announcement.objects.create(
        event=event, item=item, version=1, realm=item.realm, tier=Tier.INFORMATION, created_at=at, due_at=at
    )
    tasks.nudge()
