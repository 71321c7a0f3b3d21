"""Under an embargo, people read what is not released yet. Of what derives from a report they read nothing that whoever
reported it has not agreed to: releasing it in advance asks that, so people are named after it, and then the text
stays as it is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from members import stand
from members.clock import FOREVER
from members.delivery.revoke import revoke
from members.delivery.right import hearers
from members.joining import end
from members.models import Announcement, Item, Named, Person, Standing
from members.place import place
from members.refused import Refused

Answer = Named.Answer


def may_be_named(item: Item, people: Iterable[Person], at: datetime) -> None:
    """Raise Refused where `item` derives from a report and these people are none that it was approved for."""
    wanted = {one.pk: one for one in people}
    if not item.derived_from.exists():
        return
    ahead = stand.ahead(item, at)
    if ahead is None:
        said = _("It comes from a report. Approve its release in advance first, since whoever reported it agrees to the"
                 " text before anybody reads it. Then name people.")  # fmt: skip
        raise Refused(said)
    for_them = hearers(item, Announcement.Event.RELEASED, ahead.since).filter(pk__in=wanted)
    if outside := wanted.keys() - set(for_them.values_list("pk", flat=True)):
        said = _("%(name)s is not among those for whom it was agreed. Name somebody whom it will reach.")
        raise Refused(said % {"name": wanted[min(outside)].name})


def unread(item: Item, at: datetime) -> None:
    """Raise Refused where named people read the text of `item`, which derives from a report, before its release."""
    named = Named.objects.filter(embargo__item=item, until=FOREVER, answer__in=(Answer.UNANSWERED, Answer.ACCEPTED))
    if not named.filter(embargo__item__derived_from__isnull=False).exists():
        return
    if Standing.objects.at(at).filter(item=item, item__embargo__ends_at__lte=at).exists():
        return  # they read what stands
    raise Refused(_("People are named under its embargo, and read this text. Take them off it before you change it."))


def name_nobody(item: Item, at: datetime, when: datetime) -> None:
    """Whoever reported it does not agree any more: nobody reads it by being named. `when`: what rows say of it."""
    if Standing.objects.at(at).filter(item=item).exists():
        return  # they read what stands
    named = Named.objects.filter(embargo__item=item, until=FOREVER)
    whom = list(named.values_list("person", flat=True))
    if end(named, when):
        place(item)
        revoke(Person.objects.filter(pk__in=whom), at)


def ahead_of(item: Item, at: datetime) -> bool:
    """Whether `item` derives from a report, and its release is approved in advance."""
    return item.derived_from.exists() and stand.ahead(item, at) is not None
