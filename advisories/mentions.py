"""Whom a comment may mention: people of whom its author knows by their own right that they read it.

The rule is never asked for somebody else: whether it said yes would tell what they are given. So these are the
colleagues in a house that is given it as a whole, and those who spoke there under their name. One who spoke there and
reads it no more, or whose account is closed, can be mentioned still, and is told nothing; whoever writes is told in
one sentence that it may be so, whomever they mention.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from advisories.models import Mention
from members import policy
from members.keys import openly
from members.models import Affiliation, Item, Kind, Person
from members.policy import Viewer
from members.refused import Refused

MOST = 20


def mentionable(person: Person, thread: Item, at: datetime) -> QuerySet[Person]:
    own = Affiliation.objects.at(at).filter(person=person).values("organisation")
    houses = policy.reached(thread, at).filter(pk__in=own).order_by().values("pk")
    colleagues = Affiliation.objects.at(at).filter(organisation__in=houses).values("person")
    said = policy.visible_to(openly(Viewer(person.pk), at), at, thread.realm)
    said = said.filter(Q(parent=thread, kind=Kind.COMMENT) | Q(pk=thread.pk, kind=Kind.DISCUSSION))
    spoke = said.filter(author__isnull=False).order_by().values("author")
    return Person.objects.filter(Q(pk__in=colleagues) | Q(pk__in=spoke)).order_by("name", "pk")


def mentioned(person: Person, thread: Item, at: datetime, addresses: Collection[str]) -> list[Person]:
    """The people with these mail addresses. Raises Refused, in the same words whether there is such a person or not."""
    wanted = list(dict.fromkeys(address.strip().lower() for address in addresses if address.strip()))
    if len(wanted) > MOST:
        raise Refused(_("You can mention no more than %(most)d people at once.") % {"most": MOST})
    if not wanted:
        return []
    found = {one.email.lower(): one for one in mentionable(person, thread, at)}
    if lost := [address for address in wanted if address not in found]:
        said = _("“%(address)s” can’t be mentioned here. You can mention colleagues, and those who spoke here.")
        raise Refused(said % {"address": lost[0]})
    return [found[address] for address in wanted]


def write(comment: Item, people: Collection[Person]) -> None:
    Mention.objects.bulk_create(Mention(comment=comment, person=one) for one in people)
