"""What an address is called before others, and what stays of one whose owner is gone: that something was told there."""

from __future__ import annotations

from django.db.models import Case, CharField, QuerySet, Value, When
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _

from members.models import Address, Announcement, Channel, Delivery

NOBODY = Concat(Value("erased-"), Cast("pk", CharField()), output_field=CharField())


def called(address: Address) -> str:
    """What those who answer for its owner are told of an address that no longer works: of a telephone only whose."""
    if address.channel == Channel.MAIL:
        return address.value
    said, channel = _("%(who)s (%(channel)s)"), Channel(address.channel).label
    return said % {"who": address.person or address.name or address.organisation, "channel": channel}


def forget(addresses: QuerySet[Address]) -> None:
    """Nobody is named or reached by `addresses` any more, nor by what servers said of them or others were told of them.

    The rows stay, and every message that went there, when and how. Four statements, however many they are.
    """
    there = list(addresses.select_related("person", "organisation"))
    mine = [one.pk for one in there]
    told = {word[:200] for one in there for word in (called(one), one.value)}
    returned = Announcement.objects.filter(notice=Announcement.Notice.RETURNED, words__in=told)
    returned.update(words=_("a former member"))
    said = Delivery.objects.filter(address__in=mine).exclude(state=Delivery.State.CANCELLED)  # whose words are ours
    said.exclude(outcome="").update(outcome="")
    contact = Case(When(contact="", then=Value("")), default=Value(_("a former contact")))
    Address.objects.filter(pk__in=mine).update(value=NOBODY, name="", contact=contact, secret=b"", verified_at=None)
